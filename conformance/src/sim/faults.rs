//! What a simulated provider can be told to do wrong, at run time.
//!
//! `POST /config` with `{"faults": ["INVALID_ISS"]}` replaces the set; `{"faults": []}` makes the provider honest again.
//! To add a fault: 1. a variant here; 2. ask for it with [`Behaviour::has`] where the provider would do it right.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// One way of being wrong. The wire name is in capitals, as in `INVALID_ISS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fault {
    /// The person is sent back with `error=access_denied`.
    AccessDenied,
    /// The person is sent back with `error=temporarily_unavailable`.
    TemporarilyUnavailable,
    /// The person is sent back with an error nobody knows, and markup in its description.
    UnknownError,
    /// The error comes back with `state=null`, as eSignet does when it lost it.
    ErrorStateNull,
    /// The redirect back has no `iss` although the metadata promise it.
    RedirectIssMissing,
    /// The redirect back names another issuer (mix-up).
    RedirectIssOther,
    /// ID token: another issuer.
    InvalidIss,
    /// ID token: for another client.
    InvalidAud,
    /// ID token: no audience at all.
    MissingAud,
    /// ID token: two audiences and no `azp`.
    AudListWithoutAzp,
    /// ID token: `azp` names another client.
    InvalidAzp,
    /// ID token: the header names an algorithm that did not make the signature.
    InvalidAlgHeader,
    /// ID token: `alg: none`.
    AlgNone,
    /// ID token: HMAC under the bytes of our public key.
    AlgHs256,
    /// ID token: one bit of the signature flipped.
    InvalidSignature,
    /// ID token: signed with a key that is in nobody's set, under our `kid`.
    UnknownKey,
    /// ID token: signed with another country's key, under that key's own `kid`.
    OtherCountrysKey,
    /// ID token: expired a day ago.
    TokenExpired,
    /// ID token: issued a day ahead.
    TokenNotValidYet,
    /// ID token: no expiry.
    ExpMissing,
    /// ID token: another nonce.
    NonceNotMatching,
    /// ID token: no nonce.
    NonceMissing,
    /// ID token: `at_hash` of another access token.
    InvalidAtHash,
    /// ID token: no subject.
    SubMissing,
    /// ID token: an empty subject.
    SubEmpty,
    /// ID token: a subject of 4 KiB.
    SubHuge,
    /// ID token: a subject with a right-to-left override in it.
    SubControl,
    /// ID token: `auth_time` ten days ago.
    AuthTimeOld,
    /// ID token: the lowest level, whatever was asked.
    AcrDowngrade,
    /// ID token: a level that is in nobody's table.
    AcrUnknown,
    /// Userinfo: the subject of somebody else.
    UserinfoSubMismatch,
    /// Userinfo: signed with a key that is in nobody's set.
    UserinfoUnknownKey,
    /// Userinfo: a bomb, inflating to 200 MiB (where it is compressed).
    UserinfoZipBomb,
    /// Token endpoint: 200 with a page.
    TokenHtml,
    /// Token endpoint: a gzip bomb.
    TokenGzipBomb,
    /// Token endpoint: ten mebibytes of JSON.
    TokenHuge,
    /// Token endpoint: JSON cut in the middle.
    TokenTruncated,
    /// Token endpoint: a JSON object with a name twice.
    TokenDuplicateKeys,
    /// Token endpoint: 302 to an address of the cloud.
    TokenRedirect,
    /// Token endpoint: no answer for a minute.
    TokenHang,
    /// Token endpoint: 503.
    TokenUnavailable,
    /// Token endpoint: asks for a new DPoP nonce again and again.
    NonceForever,
    /// Keys: an empty set.
    JwksEmpty,
    /// Keys: 503.
    JwksUnavailable,
}

/// How a provider behaves now; shared by all its requests.
#[derive(Debug, Default)]
pub struct Behaviour {
    faults: Mutex<BTreeSet<Fault>>,
}

impl Behaviour {
    /// Is the provider to do this wrong?
    pub fn has(&self, fault: Fault) -> bool {
        self.locked().contains(&fault)
    }

    /// Replaces the whole set.
    pub fn set(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.locked() = faults.into_iter().collect();
    }

    /// What is set now.
    pub fn faults(&self) -> BTreeSet<Fault> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeSet<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
