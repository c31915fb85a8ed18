//! The answer in the redirect: whose it is, and whether it has a code.

use super::Provider;
use crate::error::{AdapterError, Misconfigured, PersonRefusal, Unavailable};
use crate::{AuthorizationResponse, Pending};
use trust_list::TrustedIssuer;

/// Whether an error answer has to say whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorIssuer {
    /// RFC 9207 §2: `iss` is in error answers too.
    Required,
    /// eSignet's pages send errors without it. The redirect URI is the country's own and `state` was live, and an
    /// error hands nothing out.
    MayBeAbsent,
}

/// RFC 9700 §4.4: what was remembered belongs to this provider and no other.
pub(crate) fn check_pending(adapter: &str, issuer: &TrustedIssuer<'_>, pending: &Pending) -> Result<(), AdapterError> {
    let same =
        pending.adapter == adapter && pending.country == issuer.country() && pending.issuer == issuer.issuer().id;
    if same { Ok(()) } else { Err(AdapterError::MixUp) }
}

impl Provider<'_> {
    /// The code, if the answer is this provider's and carries one.
    pub(crate) async fn code<'r>(
        &self,
        response: &'r AuthorizationResponse,
        error_issuer: ErrorIssuer,
        error_meaning: fn(&str) -> AdapterError,
    ) -> Result<&'r str, AdapterError> {
        self.check_redirect_issuer(response, error_issuer).await?;
        read_code(response, error_meaning)
    }

    /// RFC 9207 §2.4: compared as strings; missing though promised is as bad as wrong, whether the profile promises
    /// it or the metadata. A provider that does not promise it may still send it, but then only its own.
    async fn check_redirect_issuer(
        &self,
        response: &AuthorizationResponse,
        error_issuer: ErrorIssuer,
    ) -> Result<(), AdapterError> {
        let is_error = response.error.is_some() && response.code.is_none();
        let right = match (&self.settings.redirect_issuer, &response.iss) {
            (Some(expected), Some(iss)) => expected == iss,
            (Some(_), None) => is_error && error_issuer == ErrorIssuer::MayBeAbsent,
            (None, Some(iss)) => *iss == self.settings.discovery_issuer,
            (None, None) => !self.metadata().await?.promises_redirect_issuer,
        };
        if right { Ok(()) } else { Err(AdapterError::MixUp) }
    }
}

fn read_code(response: &AuthorizationResponse, error_meaning: fn(&str) -> AdapterError) -> Result<&str, AdapterError> {
    match (&response.code, &response.error) {
        (Some(code), None) if !code.is_empty() && code.len() <= MAX_CODE => Ok(code),
        (None, Some(error)) => {
            let meaning = error_meaning(error);
            tracing::info!(code = printable(error), %meaning, "the provider ended the login");
            Err(meaning)
        }
        // Both, neither, or no code that one could send on.
        _ => Err(Unavailable::Protocol.into()),
    }
}

/// The code as far as it is one: it came through the person's browser, so it may be anything.
fn printable(code: &str) -> &str {
    let is_code = code.len() <= MAX_ERROR_CODE && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_code { code } else { "(not a code)" }
}

/// RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, OpenID Connect Core Unmet Authentication Requirements.
pub(crate) fn oauth_error(code: &str) -> AdapterError {
    match code {
        "access_denied" | "consent_required" => PersonRefusal::Denied.into(),
        "login_required" | "interaction_required" | "account_selection_required" => AdapterError::LoginRequired,
        "unmet_authentication_requirements" => AdapterError::LevelNotMet { got: None },
        "temporarily_unavailable" | "server_error" => Unavailable::Upstream.into(),
        "invalid_request"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "invalid_scope"
        | "invalid_request_uri"
        | "invalid_request_object"
        | "request_not_supported"
        | "request_uri_not_supported"
        | "registration_not_supported" => Misconfigured::ClientRefused.into(),
        _ => Misconfigured::UnknownErrorCode.into(),
    }
}

/// `unmet_authentication_requirements` has 33 characters.
const MAX_ERROR_CODE: usize = 64;
/// A code is copied into one form field.
const MAX_CODE: usize = 4096;
