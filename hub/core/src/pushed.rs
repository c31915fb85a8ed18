//! Pushed authorization requests (RFC 9126).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::TrustState;

use crate::answer::{PushedRequestAnswer, RequestHead};
use crate::broker::{Broker, in_force, trace_transaction};
use crate::client_auth::seen_before;
use crate::error::OAuthError;
use crate::form::Form;
use crate::handles::RequestId;
use crate::ports::{Guarded, StoreError};
use crate::request::AuthorizationRequest;
use crate::sealed::SealPurpose;

/// The endpoint, below our issuer.
pub(crate) const PAR: &str = "/par";

/// What is kept of a pushed request.
#[derive(Serialize, Deserialize)]
struct PushedRequest {
    request: AuthorizationRequest,
    link_ends: UnixTime,
}

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
        let caller = self.authenticate_sender(as_of, head, &parameters, PAR)?;
        let request = AuthorizationRequest::parse(&parameters, caller.client(), caller.key())?;
        trace_transaction(&request.transaction);
        let id = RequestId::random()?;
        let life = Duration::from_secs(self.config.lifetimes.pushed_request);
        let link_ends = now.plus(i64::try_from(life.as_secs()).unwrap_or(i64::MAX));
        let pushed = PushedRequest { request, link_ends };
        let sealed = self.keys.sealer.seal(SealPurpose::PushedRequest, &id.to_text(), &pushed)?;
        match self.stores.pushed_requests.put(&id, sealed, life, caller.once()).await? {
            Guarded::Fresh(()) => {
                Ok(PushedRequestAnswer { request_uri: id.to_request_uri(), expires_in: life.as_secs() })
            }
            Guarded::Replayed(kind) => Err(seen_before(kind)),
        }
    }

    /// The pushed request behind a `request_uri`, if it is still there, ours and in time. From now on it is kept as long as
    /// a login may take: as long as it is there, none that began with it has come to its end.
    pub(crate) async fn begin_request(
        &self,
        id: &RequestId,
        now: UnixTime,
    ) -> Result<Option<AuthorizationRequest>, StoreError> {
        let life = Duration::from_secs(self.config.lifetimes.login);
        let Some(sealed) = self.stores.pushed_requests.begin(id, life).await? else { return Ok(None) };
        let pushed = self.keys.sealer.open::<PushedRequest>(SealPurpose::PushedRequest, &id.to_text(), &sealed).ok();
        // RFC 9126 §2.2: the link itself ends with `expires_in`, however long the record is kept.
        Ok(pushed.filter(|pushed| now < pushed.link_ends).map(|pushed| pushed.request))
    }
}
