//! Pushed authorization requests (RFC 9126).

use std::time::Duration;

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::TrustState;

use crate::answer::{PushedRequestAnswer, RequestHead};
use crate::broker::{Broker, in_force, trace_transaction};
use crate::error::{AuthenticationFault, OAuthError};
use crate::form::Form;
use crate::handles::RequestId;
use crate::ports::{Guarded, StoreError};
use crate::request::AuthorizationRequest;
use crate::sealed::SealPurpose;

impl Broker {
    /// RFC 9126 §2: authenticates the client, checks the request whole, keeps it for a minute.
    ///
    /// The request's own errors come as JSON here, not by redirect: nobody's browser is involved yet (RFC 9126 §2.3).
    #[tracing::instrument(name = "hub.flow.par", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn pushed_authorization_request(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        form: &Form,
        now: UnixTime,
    ) -> Result<PushedRequestAnswer, OAuthError> {
        let as_of = in_force(trust, now)?;
        let parameters = form.parameters()?;
        // RFC 9126 §2: "the same rules as for client authentication at the token endpoint".
        let caller = self.authenticate_client(as_of, head, &parameters)?;
        let request = AuthorizationRequest::parse(&parameters, caller.client())?;
        trace_transaction(&request.transaction);
        let id = RequestId::random()?;
        let sealed = self.keys.sealer.seal(SealPurpose::PushedRequest, &id.to_text(), &request)?;
        let life = Duration::from_secs(self.config.lifetimes.pushed_request);
        match self.stores.pushed_requests.put(&id, sealed, life, caller.once()).await? {
            Guarded::Fresh(()) => {
                Ok(PushedRequestAnswer { request_uri: id.to_request_uri(), expires_in: life.as_secs() })
            }
            Guarded::Replayed(_) => Err(AuthenticationFault::Replayed.into()),
        }
    }

    /// The pushed request behind a `request_uri`, if it is still there and ours.
    pub(crate) async fn pushed_request(&self, id: &RequestId) -> Result<Option<AuthorizationRequest>, StoreError> {
        let sealed = self.stores.pushed_requests.read(id).await?;
        Ok(sealed.and_then(|sealed| self.keys.sealer.open(SealPurpose::PushedRequest, &id.to_text(), &sealed).ok()))
    }
}
