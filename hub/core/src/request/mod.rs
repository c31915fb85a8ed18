//! The authorization request, parsed once and never validated again.
//!
//! [`AuthorizationRequest::parse`] is the table: one line a rule, one small function a line, one error a function. What it
//! returns cannot be made any other way in this crate, and leaves it only sealed.
//!
//! To add a parameter: 1. a field of [`Wanted`], 2. a function with its clause in `parameters.rs`, 3. a line in the
//! table, 4. a row in the tests.

mod claims;
mod parameters;
mod scope;

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use strict_jose::{RandomError, Thumbprint};
use trust_list::{Client, CountryCode, Level, Purpose};

pub(crate) use claims::{ClaimsRequest, Importance, base_name};
pub(crate) use parameters::{CHALLENGE_METHODS, Prompt};
pub(crate) use scope::{MACHINE_SCOPES, OFFLINE_ACCESS, OPENID, PERSON_SCOPES, Scope};

use crate::error::{HubFault, OAuthError, RequestFault};
use crate::form::Parameters;
use crate::handles::TransactionId;

/// A request that passed every check of the pushed authorization request endpoint.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest(Wanted);

/// What the relying party wants.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Names the transaction in the audit log and in tokens; opens nothing.
    pub(crate) transaction: TransactionId,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: Scope,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: String,
    pub(crate) prompt: Prompt,
    pub(crate) max_age: Option<u64>,
    pub(crate) ui_locales: Vec<String>,
    /// The level the result has to reach: the purpose's, or a higher one that was asked for.
    pub(crate) level: Level,
    pub(crate) claims: ClaimsRequest,
    pub(crate) purpose: Purpose,
    pub(crate) country_hint: Option<CountryCode>,
    /// RFC 9449 §10: the key that the code is bound to.
    pub(crate) dpop_jkt: Option<Thumbprint>,
}

impl AuthorizationRequest {
    /// Every rule, in the order of the table. The client has shown who it is.
    /// `key` is the one that the request proved to have.
    pub(crate) fn parse(form: &Parameters<'_>, client: &Client, key: Option<&Thumbprint>) -> Result<Self, OAuthError> {
        parameters::client_may_ask(client)?;
        parameters::no_request_uri(form)?;
        parameters::no_request_object(form)?;
        parameters::response_type_is_code(form)?;
        parameters::response_mode_is_query(form)?;
        let redirect_uri = parameters::redirect_uri(form, client)?;
        let scope = parameters::scope(form, client)?;
        let state = parameters::state(form)?;
        let nonce = parameters::nonce(form)?;
        let code_challenge = parameters::code_challenge(form)?;
        let dpop_jkt = parameters::dpop_jkt(form, key)?;
        let prompt = parameters::prompt(form)?;
        let max_age = parameters::max_age(form)?;
        let ui_locales = parameters::ui_locales(form);
        let country_hint = parameters::country_hint(form)?;
        let claims = parameters::claims(form)?;
        let purpose = purpose(form, client)?;
        let level = parameters::level(form, &claims)?.map_or(purpose.min_level, |asked| asked.max(purpose.min_level));
        let transaction = TransactionId::random().map_err(|_: RandomError| HubFault::Internal)?;
        Ok(Self(Wanted {
            transaction,
            client_id: client.client_id.clone(),
            redirect_uri,
            scope,
            state,
            nonce,
            code_challenge,
            prompt,
            max_age,
            ui_locales,
            level,
            claims,
            purpose: purpose.purpose.clone(),
            country_hint,
            dpop_jkt,
        }))
    }
}

impl Deref for AuthorizationRequest {
    type Target = Wanted;

    fn deref(&self) -> &Wanted {
        &self.0
    }
}

/// Which of its registered purposes the client has; the only one, if it names none.
pub(crate) fn purpose<'c>(
    form: &Parameters<'_>,
    client: &'c Client,
) -> Result<&'c trust_list::RegisteredPurpose, RequestFault> {
    let Some(name) = form.optional("purpose") else {
        return match client.purposes.as_slice() {
            [only] => Ok(only),
            _ => Err(RequestFault::Purpose),
        };
    };
    let purpose: Purpose = name.parse().map_err(|_| RequestFault::Purpose)?;
    client.purpose(&purpose).ok_or(RequestFault::Purpose)
}
