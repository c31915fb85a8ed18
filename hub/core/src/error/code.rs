//! The error codes of the wire, as the specifications register them.

use std::fmt;

/// An `error` value.
///
/// To add one: 1. a variant with its clause, 2. its name in [`ErrorCode::as_str`], 3. a fault that maps to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1 and §5.2: the request lacks something, says it twice or says nonsense.
    InvalidRequest,
    /// RFC 6749 §5.2: client authentication failed.
    InvalidClient,
    /// RFC 6749 §5.2: the grant is unknown, used, expired, revoked or somebody else's.
    InvalidGrant,
    /// RFC 6749 §5.2: this client may not use this grant.
    UnauthorizedClient,
    /// RFC 6749 §5.2: no such grant here.
    UnsupportedGrantType,
    /// RFC 6749 §5.2: a scope is unknown or more than allowed.
    InvalidScope,
    /// RFC 6749 §4.1.2.1: only `code` is served.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1: the person, the home country or policy said no.
    AccessDenied,
    /// RFC 6749 §4.1.2.1: something broke that the client cannot mend.
    ServerError,
    /// RFC 6749 §4.1.2.1: try again later.
    TemporarilyUnavailable,
    /// OpenID Connect Core §3.1.2.6: the person has to log in, and the request forbade it.
    LoginRequired,
    /// RFC 9126 §2.1, RFC 9101 §7: the `request_uri` is unknown, expired, used or another client's.
    InvalidRequestUri,
    /// OpenID Connect Core §3.1.2.6: request objects are not served for this client.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6: a `request_uri` may only be the one from the pushed request endpoint.
    RequestUriNotSupported,
    /// RFC 8693 §2.2.2: the audience is unknown or not for this client.
    InvalidTarget,
    /// RFC 6750 §3.1: the access token is missing what makes it good here.
    InvalidToken,
    /// RFC 6750 §3.1: the access token is good, for something else.
    InsufficientScope,
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0: the level asked for cannot be met.
    UnmetAuthenticationRequirements,
    /// RFC 7009 §2.2.1: tokens of this type cannot be revoked.
    UnsupportedTokenType,
    /// RFC 9449 §5: the DPoP proof breaks a rule.
    InvalidDpopProof,
    /// RFC 9449 §8: the proof has no nonce of ours, or an old one; the answer carries the next.
    UseDpopNonce,
}

impl ErrorCode {
    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    /// The HTTP status of a JSON answer with this code (RFC 6749 §5.2, RFC 6750 §3.1).
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::InvalidScope
            | Self::UnsupportedResponseType
            | Self::AccessDenied
            | Self::LoginRequired
            | Self::InvalidRequestUri
            | Self::RequestNotSupported
            | Self::RequestUriNotSupported
            | Self::InvalidTarget
            | Self::UnmetAuthenticationRequirements
            | Self::UnsupportedTokenType
            | Self::InvalidDpopProof
            | Self::UseDpopNonce => 400,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
