//! The browser binding: a login goes on only in the browser where it began (attacks G04; RFC 9700 §4.7).

use std::fmt;

use serde::{Deserialize, Serialize};
use strict_jose::{RandomError, b64, ct_eq, random_token, sha256};

/// What the edge reads from the browser's request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Browser<'r> {
    /// The value of the binding cookie, if there is one. A malformed one counts as none.
    pub cookie: Option<&'r str>,
}

/// The secret in the binding cookie. The edge sets it as a `__Host-` cookie: Secure, HttpOnly, SameSite=Lax, Path=/,
/// no Domain, for [`Lifetimes::login`](crate::config::Lifetimes::login) seconds.
///
/// Lax, not Strict: the callback is a navigation that comes from the national identity provider's site.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserSecret(String);

/// 32 bytes in base64url.
const SECRET_LEN: usize = 43;

impl BrowserSecret {
    /// The cookie's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserSecret(..)")
    }
}

/// The hash of the secret, as it stands in the sealed state of a login.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct BrowserHash(String);

/// The browser as we know it at `/authorize`: by the secret it came with, or by a new one.
pub(crate) struct Recognised {
    pub(crate) hash: BrowserHash,
    /// To be set again even if the browser came with it: the cookie must last as long as the login that begins now.
    pub(crate) set_cookie: BrowserSecret,
}

impl Browser<'_> {
    /// Takes the browser's secret, or draws one.
    pub(crate) fn recognise(&self) -> Result<Recognised, RandomError> {
        let set_cookie = match self.renewed() {
            Some(secret) => secret,
            None => BrowserSecret(random_token()?),
        };
        Ok(Recognised { hash: BrowserHash::of(set_cookie.as_str()), set_cookie })
    }

    /// The secret that the browser came with, to be set for a while longer.
    pub(crate) fn renewed(&self) -> Option<BrowserSecret> {
        self.secret().map(|secret| BrowserSecret(secret.to_owned()))
    }

    /// Whether this is the browser in which the login began.
    pub(crate) fn is(&self, hash: &BrowserHash) -> bool {
        self.secret().is_some_and(|secret| ct_eq(&BrowserHash::of(secret).0, &hash.0))
    }

    /// Attacks J09: an oversized or malformed cookie is no cookie.
    fn secret(&self) -> Option<&str> {
        self.cookie.filter(|cookie| cookie.len() == SECRET_LEN && b64::decode(cookie).is_ok())
    }
}

impl BrowserHash {
    fn of(secret: &str) -> Self {
        Self(b64::encode(sha256(secret)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_again_by_its_secret_only() {
        let first = Browser { cookie: None }.recognise().unwrap();
        let secret = first.set_cookie;
        let same = Browser { cookie: Some(secret.as_str()) };
        assert!(same.is(&first.hash));
        assert_eq!(same.recognise().unwrap().set_cookie, secret, "and its cookie is renewed");
        assert!(!Browser { cookie: None }.is(&first.hash));
        let other = Browser::default().recognise().unwrap().set_cookie;
        assert!(!Browser { cookie: Some(other.as_str()) }.is(&first.hash));
    }

    #[test]
    fn j09_a_malformed_cookie_counts_as_none() {
        let long = "a".repeat(5000);
        for cookie in ["", "short", &"*".repeat(SECRET_LEN), &long] {
            assert_ne!(
                Browser { cookie: Some(cookie) }.recognise().unwrap().set_cookie.as_str(),
                cookie,
                "{cookie:.20}"
            );
        }
    }

    #[test]
    fn r02_the_secret_does_not_print() {
        let secret = Browser::default().recognise().unwrap().set_cookie;
        assert_eq!(format!("{secret:?}"), "BrowserSecret(..)");
    }
}
