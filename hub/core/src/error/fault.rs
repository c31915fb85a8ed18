//! What can go wrong, by whose fault it is.
//!
//! The text of a fault is for the log. It is made of fixed words and parameter names only: nothing a peer sent, nothing
//! about a person.

use super::ErrorCode;
use crate::policy::DocumentProblem;
use crate::ports::QuotaExceeded;

/// The relying party or country system asked wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    /// It could not show who it is.
    #[error("client authentication: {0}")]
    Authentication(#[from] AuthenticationFault),
    /// The request itself is wrong.
    #[error("{0}")]
    Request(#[from] RequestFault),
    /// The code, refresh token or subject token is no good.
    #[error("{0}")]
    Grant(#[from] GrantFault),
    /// The access token is no good here.
    #[error("{0}")]
    Token(#[from] TokenFault),
    /// It asks too often.
    #[error("{0}")]
    Quota(#[from] QuotaExceeded),
    /// The DPoP proof of a request to the authorization server is no good.
    #[error("{0}")]
    Proof(#[from] ProofFault),
}

/// Why a client could not show who it is. All of them look the same to the peer: `invalid_client` and one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationFault {
    /// Neither RFC 7523 parameter is there, or `client_assertion_type` is another.
    #[error("no private_key_jwt assertion")]
    NoAssertion,
    /// Another method was tried: a secret, or an Authorization header.
    #[error("a method other than private_key_jwt in the form")]
    MethodNotServed,
    /// The same, with an Authorization header: RFC 6749 §5.2 wants a challenge in the answer.
    #[error("a method other than private_key_jwt in the Authorization header")]
    HeaderNotServed,
    /// Not a compact JWS, or its header or claims are not strict JSON.
    #[error("the assertion cannot be read")]
    Malformed,
    /// The algorithm is not ES256, PS256 or EdDSA.
    #[error("the algorithm is not allowed")]
    Algorithm,
    /// The list knows no such client, or it is suspended or withdrawn.
    #[error("the client is unknown, suspended or withdrawn")]
    Client,
    /// No registered key fits the kid and the algorithm.
    #[error("no key of the client fits")]
    Key,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// `iss`, `sub` and the client differ, or one is missing.
    #[error("iss and sub are not both the client")]
    IssuerOrSubject,
    /// `aud` is anything but our issuer as one string.
    #[error("aud is not our issuer as one string")]
    Audience,
    /// `exp` is missing, over, or too far ahead.
    #[error("exp is missing, over or too far ahead")]
    Expiry,
    /// `iat` or `nbf` lie in the future.
    #[error("iat or nbf lie in the future")]
    NotYet,
    /// `jti` is missing or unusable.
    #[error("jti is missing or unusable")]
    Identifier,
    /// The assertion was used before.
    #[error("the assertion was used before")]
    Replayed,
    /// `client_id` in the form names another client.
    #[error("client_id and assertion name different clients")]
    OtherClientId,
}

/// What is wrong with a request. The text goes to the peer as `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// The body or query is not `application/x-www-form-urlencoded` in UTF-8.
    #[error("the form cannot be read")]
    Malformed,
    /// RFC 6749 §3.1: a parameter stands twice.
    #[error("a parameter stands more than once")]
    Repeated,
    /// A required parameter is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A parameter is there and says nonsense.
    #[error("{0} is not usable")]
    Unusable(&'static str),
    /// RFC 9126 §2.1: `request_uri` in a pushed request.
    #[error("request_uri may not be pushed")]
    PushedRequestUri,
    /// OpenID Connect Core §6.1: request objects are not served.
    #[error("request objects are not served")]
    RequestObject,
    /// RFC 6749 §3.1.1: `response_type` other than `code`.
    #[error("only response_type code is served")]
    ResponseType,
    /// OAuth 2.0 Multiple Response Types §2.1: `response_mode` other than `query`.
    #[error("only response_mode query is served")]
    ResponseMode,
    /// RFC 6749 §3.1.2.3: the redirect URI is not, character by character, a registered one.
    #[error("redirect_uri is not registered")]
    RedirectUri,
    /// A scope that is unknown or not registered for the client; or `openid` is missing.
    #[error("scope is unknown, not registered or lacks openid")]
    Scope,
    /// RFC 6749 §6: a wider scope than the grant has.
    #[error("scope is wider than what was granted")]
    WiderScope,
    /// The client registered several purposes and named none, or named one it has not registered.
    #[error("purpose must name one of the client's registered purposes")]
    Purpose,
    /// An essential `acr` that no level of ours can meet.
    #[error("no supported level meets the essential acr")]
    Acr,
    /// RFC 6749 §5.2: no such grant.
    #[error("this grant_type is not served")]
    GrantType,
    /// The client is not registered for this grant.
    #[error("the client is not registered for this")]
    NotRegistered,
    /// RFC 8693 §2.2.2: the audience is unknown or not allowed.
    #[error("the audience is not allowed for this client")]
    Target,
    /// RFC 7009 §2.2.1: the token has no grant that could be revoked; it ends by itself within minutes.
    #[error("tokens of this type cannot be revoked")]
    TokenType,
}

impl RequestFault {
    /// The code that goes with it.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Malformed
            | Self::Repeated
            | Self::Missing(_)
            | Self::Unusable(_)
            | Self::PushedRequestUri
            | Self::ResponseMode
            | Self::RedirectUri
            | Self::Purpose => ErrorCode::InvalidRequest,
            Self::RequestObject => ErrorCode::RequestNotSupported,
            Self::ResponseType => ErrorCode::UnsupportedResponseType,
            Self::Scope | Self::WiderScope => ErrorCode::InvalidScope,
            Self::Acr => ErrorCode::UnmetAuthenticationRequirements,
            Self::GrantType => ErrorCode::UnsupportedGrantType,
            Self::NotRegistered => ErrorCode::UnauthorizedClient,
            Self::Target => ErrorCode::InvalidTarget,
            Self::TokenType => ErrorCode::UnsupportedTokenType,
        }
    }
}

/// Why a grant gives no token. The peer reads `invalid_grant` and one text, whichever it is; the log reads which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    /// Not one of ours, expired, revoked, or its record is gone.
    #[error("the grant is unknown, expired or revoked")]
    Unknown,
    /// RFC 6749 §4.1.2: the code was used before; what came of it is revoked.
    #[error("the code was used before")]
    UsedBefore,
    /// RFC 6749 §5.2: it was issued to another client.
    #[error("the grant was issued to another client")]
    OtherClient,
    /// RFC 6749 §4.1.3: `redirect_uri` is not the one of the authorization request.
    #[error("redirect_uri differs from the authorization request")]
    RedirectUri,
    /// RFC 7636 §4.6: the verifier is missing or wrong.
    #[error("code_verifier is missing or wrong")]
    Verifier,
    /// RFC 9449 §10: the code is bound to a key, and the request proves another one or none.
    #[error("the code is bound to another key")]
    OtherKey,
    /// Client, country, recognition or purpose are no longer in force.
    #[error("policy no longer allows it")]
    Policy,
    /// RFC 8693 §2.2.2: the subject token fails a check, or its issuer is not recognised for this purpose.
    #[error("the subject token is not acceptable")]
    SubjectToken,
    /// The subject token was exchanged before.
    #[error("the subject token was used before")]
    SubjectTokenReplayed,
}

/// Why an access token opens nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// RFC 6750 §3.1: no credentials at all; the challenge then carries no error.
    #[error("no access token")]
    Absent,
    /// More than one, or not of the Bearer scheme's form.
    #[error("the Authorization header cannot be read")]
    Malformed,
    /// Signature, type, issuer, audience or time are wrong, or the token is revoked, or policy ended.
    #[error("the access token is not valid here")]
    Invalid,
    /// It lacks the scope.
    #[error("the access token lacks the scope")]
    Scope,
    /// RFC 9449 §7.1: it is bound to a key, and the proof that came with it is no good.
    #[error("{0}")]
    Proof(#[from] ProofFault),
}

/// What is wrong with a DPoP proof (RFC 9449 §4.3). The text goes to the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// There is none, and the tokens are bound to a key.
    #[error("a DPoP proof is required")]
    Absent,
    /// Not one compact JWS of type `dpop+jwt` with strict JSON.
    #[error("the DPoP proof cannot be read")]
    Malformed,
    /// No public key in the header, a weak one, or an algorithm that is not allowed.
    #[error("the DPoP proof has no usable public key and algorithm")]
    Key,
    /// Not signed by the key in its header.
    #[error("the signature of the DPoP proof is wrong")]
    Signature,
    /// `htm` is another method.
    #[error("htm is not the method of the request")]
    Method,
    /// `htu` is another endpoint.
    #[error("htu is not the URL of the request")]
    Url,
    /// `iat` is missing, more than a minute ago, or in the future.
    #[error("iat is missing, too long ago or in the future")]
    Time,
    /// `ath` is not the hash of the access token.
    #[error("ath is not the hash of the access token")]
    AccessToken,
    /// `jti` is missing or unusable.
    #[error("jti is missing or unusable")]
    Identifier,
    /// RFC 9449 §11.1: it was used before.
    #[error("the DPoP proof was used before")]
    Replayed,
    /// It is by another key than the one that `dpop_jkt` or the token names.
    #[error("the DPoP proof is by another key")]
    OtherKey,
    /// RFC 9449 §8: no nonce of ours, or an old one.
    #[error("the DPoP proof needs the nonce of this answer")]
    Nonce,
}

impl ProofFault {
    /// The code that goes with it.
    pub const fn code(self) -> ErrorCode {
        match self {
            // Not `invalid_dpop_proof`: there is no proof that could be invalid.
            Self::Absent => ErrorCode::InvalidRequest,
            Self::Nonce => ErrorCode::UseDpopNonce,
            Self::Malformed
            | Self::Key
            | Self::Signature
            | Self::Method
            | Self::Url
            | Self::Time
            | Self::AccessToken
            | Self::Identifier
            | Self::Replayed
            | Self::OtherKey => ErrorCode::InvalidDpopProof,
        }
    }
}

/// The person, or what the register says about the person, ends the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonFault {
    /// Refused at home, at our picker or at our consent page.
    #[error("the person refused")]
    Refused,
    /// Took longer than the home country waits.
    #[error("the person was too slow")]
    TooSlow,
    /// Is locked out at home.
    #[error("the person is locked out at home")]
    Locked,
    /// The home register does not report the person alive.
    #[error("the home register does not report the person alive")]
    NotAlive,
    /// Attacks L12: the purpose does not accept the person's document.
    #[error("the purpose does not accept the person's document: {0}")]
    Document(DocumentProblem),
    /// OpenID Connect Core §3.1.2.2: somebody else than the `sub` that was asked for.
    #[error("the person is not the one asked for")]
    SomebodyElse,
    /// OpenID Connect Core §3.1.2.1: `prompt=none` and nobody is logged in; or the login is older than `max_age`.
    #[error("a fresh login is required")]
    LoginRequired,
}

/// The home country cannot or may not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountryFault {
    /// Suspended, withdrawn or not recognised, for this purpose, now.
    #[error("the country may not be used for this, now")]
    NotAllowed,
    /// The level asked for cannot be reached or was not reached.
    #[error("the level was not reached")]
    LevelNotReached,
    /// RFC 9207 §2.4: the answer came from another issuer than the one the person was sent to.
    #[error("the answer came from another issuer")]
    MixUp,
    /// What the country asserted fails a check.
    #[error("the assertion fails a check")]
    AssertionInvalid,
    /// It does not answer, or answers that it cannot.
    #[error("the country does not answer")]
    Unavailable,
    /// Its profile in the list or our keys towards it do not fit.
    #[error("the country's profile does not fit")]
    Misconfigured,
}

/// Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubFault {
    /// No trust list in force: nothing is issued.
    #[error("no trust list in force")]
    NotReady,
    /// The store does not answer.
    #[error("the store does not answer")]
    Store,
    /// The audit log cannot record: no audit, no token.
    #[error("the audit log cannot record")]
    Audit,
    /// Randomness, sealing or signing failed.
    #[error("the hub cannot sign, seal or draw randomness")]
    Internal,
}
