//! What can go wrong, by whose doing: the person's, the assertion's, the provider's, our own configuration's.
//!
//! No variant carries text that a provider wrote.

use trust_list::Level;

/// Why there is no [`VerifiedAssertion`](crate::VerifiedAssertion).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdapterError {
    /// The person, or the provider on the person's account, ended the login.
    #[error("the person did not complete the login: {0}")]
    Person(#[from] PersonRefusal),
    /// The assertion breaks a rule. Always worth an audit record.
    #[error("the assertion is refused: {0}")]
    Assertion(#[from] AssertionProblem),
    /// The answer comes from another provider than the one the person was sent to (RFC 9207, RFC 9700 §4.4).
    #[error("the answer does not come from the provider that was asked")]
    MixUp,
    /// The person was authenticated, but not well enough.
    #[error("the level that was asked for was not reached")]
    LevelNotMet {
        /// The level that was reached, if the provider said so.
        got: Option<Level>,
    },
    /// The person authenticated too long ago and has to do it again.
    #[error("the person has to log in again")]
    LoginRequired,
    /// The provider cannot be used now; another attempt may work.
    #[error("the provider is unavailable: {0}")]
    Unavailable(#[from] Unavailable),
    /// Something an operator or a list editor has to mend.
    #[error("the configuration does not work: {0}")]
    Misconfigured(#[from] Misconfigured),
    /// This protocol cannot do what was asked.
    #[error("not supported: {0}")]
    Unsupported(#[from] Unsupported),
}

/// How a person's login ended without an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonRefusal {
    /// Said no.
    #[error("refused")]
    Denied,
    /// Took longer than the provider waits.
    #[error("too slow")]
    TooSlow,
    /// Is locked out there: another method, or the registry office.
    #[error("locked")]
    Locked,
    /// Went back.
    #[error("cancelled")]
    Cancelled,
}

/// The rule an assertion breaks: one variant a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AssertionProblem {
    /// Not a compact JWS (or JWE) of strict JSON within the limits.
    #[error("malformed")]
    Malformed,
    /// The algorithm is not in the profile's list.
    #[error("algorithm not allowed")]
    AlgorithmNotAllowed,
    /// No usable key of the provider has this kid.
    #[error("key unknown")]
    KeyUnknown,
    /// More than one key could be meant: two of the same kid, or several and no kid.
    #[error("key ambiguous")]
    KeyAmbiguous,
    /// The key's own lifetime is over.
    #[error("key expired")]
    KeyExpired,
    /// A regulator's order suspends the key.
    #[error("key suspended")]
    KeySuspended,
    /// The signature is wrong.
    #[error("signature wrong")]
    Signature,
    /// `iss` is missing or not the profile's.
    #[error("issuer wrong")]
    Issuer,
    /// `aud` is missing or does not mean us.
    #[error("audience wrong")]
    Audience,
    /// `azp` is missing where it is needed, or not us.
    #[error("authorized party wrong")]
    AuthorizedParty,
    /// A required time is missing.
    #[error("a time is missing")]
    TimeMissing,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("not valid yet")]
    NotYetValid,
    /// Issued longer ago than the caller accepts.
    #[error("too old")]
    TooOld,
    /// `nonce` is missing or not the one sent.
    #[error("nonce wrong")]
    Nonce,
    /// `at_hash` does not fit the access token, or `c_hash` the code.
    #[error("at_hash wrong")]
    AtHash,
    /// `auth_time` is missing though `max_age` was asked, or malformed.
    #[error("auth_time missing")]
    AuthTime,
    /// `sub` is empty, too long, or has characters that no identifier needs.
    #[error("subject unusable")]
    Subject,
    /// `acr` is missing or has a value that the profile does not know.
    #[error("acr unknown")]
    AcrUnknown,
    /// The access token is not bound to our key though it must be (RFC 9449 §5).
    #[error("access token not bound")]
    AccessTokenNotBound,
    /// Userinfo speaks about someone else than the ID token (OpenID Connect Core §5.3.2).
    #[error("userinfo is about another subject")]
    UserinfoSubject,
    /// Userinfo has the wrong form, or cannot be decrypted.
    #[error("userinfo malformed")]
    UserinfoMalformed,
    /// Userinfo inflates past the cap.
    #[error("userinfo too large")]
    UserinfoTooLarge,
    /// Userinfo names another issuer.
    #[error("userinfo issuer wrong")]
    UserinfoIssuer,
    /// Userinfo names another audience.
    #[error("userinfo audience wrong")]
    UserinfoAudience,
    /// The QR text is not Base45 of zlib within the caps.
    #[error("QR text unreadable")]
    QrEncoding,
    /// The content of the QR code inflates past the cap.
    #[error("QR content too large")]
    QrTooLarge,
    /// Not a signed CWT of one of the known shapes.
    #[error("not a signed CWT")]
    NotACwt,
    /// CBOR that is malformed, nested too deeply, or has a key twice.
    #[error("CBOR malformed")]
    Cbor,
    /// No identity data in the CWT.
    #[error("claim 169 missing")]
    IdentityDataMissing,
    /// The credential has no `exp` and the country's profile does not accept that, or not for so long.
    #[error("credential without an end")]
    NoExpiry,
}

/// Why a provider cannot be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unavailable {
    /// No connection: name, route or TLS.
    #[error("no connection")]
    Connect,
    /// No complete answer in time.
    #[error("too slow")]
    Timeout,
    /// Too many failures lately: not even asked.
    #[error("circuit open")]
    CircuitOpen,
    /// Too many requests of ours are waiting for this country.
    #[error("too many requests in flight")]
    Busy,
    /// An answer that breaks the protocol: status, content type, size, JSON.
    #[error("protocol broken")]
    Protocol,
    /// The provider says that it has a problem.
    #[error("the provider reports an error")]
    Upstream,
    /// The provider's DPoP nonce changes faster than we can use it (RFC 9449 §8).
    #[error("DPoP nonce refused twice")]
    DpopNonce,
}

/// What an operator or a list editor has to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Misconfigured {
    /// The list names an adapter that this hub does not have.
    #[error("no such adapter")]
    NoSuchAdapter,
    /// The entry's adapter is another one.
    #[error("the entry names another adapter")]
    WrongAdapter,
    /// The profile in the list is unusable.
    #[error("profile unusable")]
    Profile,
    /// The provider's metadata names another issuer than the profile.
    #[error("metadata of another issuer")]
    DiscoveryIssuer,
    /// The profile calls the provider by a name that is not among the entry's identifiers.
    #[error("an issuer that the list entry does not have")]
    IssuerNotListed,
    /// An endpoint is missing from the provider's metadata.
    #[error("endpoint missing")]
    EndpointMissing,
    /// A URL is not https, or its host is not in the list entry.
    #[error("host not in the list entry")]
    HostNotAllowed,
    /// A host resolves to an address that is not public.
    #[error("host has a special-use address")]
    ForbiddenAddress,
    /// The provider refuses our client: registration, key or redirect URI.
    #[error("the provider refuses our client")]
    ClientRefused,
    /// The provider ended the login with an error code that this adapter does not know.
    #[error("unknown error code")]
    UnknownErrorCode,
    /// The hub has no key of the kind the profile asks for.
    #[error("no key of the right kind")]
    NoClientKey,
    /// No level that the profile knows reaches the one asked for.
    #[error("the profile reaches no such level")]
    LevelOutOfReach,
    /// The system gives no randomness.
    #[error("no randomness")]
    Random,
}

/// What a protocol cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unsupported {
    /// There is nowhere to send a person.
    #[error("login by redirect")]
    RedirectLogin,
    /// Nothing can be presented.
    #[error("presentation")]
    Presentation,
    /// Not this kind of presentation.
    #[error("this kind of presentation")]
    PresentationKind,
}

/// Why a profile cannot be used. It names the field, for the editor of the list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A field is missing, unknown or of the wrong type.
    #[error("{0}")]
    Malformed(String),
    /// A URL is not https, or has a query, a fragment or credentials.
    #[error("{0} is not a plain https URL")]
    NotHttps(&'static str),
    /// A list that must not be empty is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// An algorithm is not one this use allows.
    #[error("{0} names an algorithm that is not allowed there")]
    Algorithm(&'static str),
    /// A dialect of the protocol that this adapter does not speak.
    #[error("dialect {0:?} is not supported")]
    Dialect(String),
    /// Two fields contradict one another.
    #[error("{0}")]
    Contradiction(&'static str),
}
