//! What an operator decides, checked once.

use url::Url;

/// The settings of a [`Broker`](crate::Broker).
#[derive(Clone, Debug)]
pub struct Config {
    /// Our issuer identifier. It is compared and written byte for byte.
    pub issuer: IssuerUrl,
    /// How long things live.
    pub lifetimes: Lifetimes,
}

impl Config {
    /// Everything as the specifications and our profile want it.
    pub fn new(issuer: IssuerUrl) -> Self {
        Self { issuer, lifetimes: Lifetimes::default() }
    }
}

/// How long things live, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// A pushed request (RFC 9126 §2.2; FAPI 2.0 Security Profile §5.3.2.2: below 600).
    pub pushed_request: u64,
    /// A login, from `/authorize` to consent: slow networks, late SMS.
    pub login: u64,
    /// An authorization code (FAPI 2.0 Security Profile §5.3.2.1: at most 60).
    pub code: u64,
    /// An ID token.
    pub id_token: u64,
    /// An access token, whatever the grant.
    pub access_token: u64,
    /// A refresh token. The person's attributes stay sealed in the store as long, so it is hours, not months.
    pub refresh_token: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { pushed_request: 60, login: 1800, code: 60, id_token: 300, access_token: 300, refresh_token: 4 * 3600 }
    }
}

/// An issuer identifier: an https URL without query, fragment or trailing slash (RFC 8414 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl(String);

impl IssuerUrl {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(text).map_err(|_| ConfigError::Issuer)?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        // What is not written the way `url` writes it would be spelled differently by others: `HTTPS://Hub.example:443`.
        let canonical = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        if url.scheme() == "https" && plain && canonical && !text.ends_with('/') {
            Ok(Self(text.to_owned()))
        } else {
            Err(ConfigError::Issuer)
        }
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of one of our endpoints; `path` starts with a slash.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl Config {
    /// Checks that the settings stay inside what the specifications allow.
    pub fn check(&self) -> Result<(), ConfigError> {
        let at_most = |name, value, most| {
            if (1..=most).contains(&value) { Ok(()) } else { Err(ConfigError::Lifetime { name, most }) }
        };
        let lifetimes = &self.lifetimes;
        at_most("pushed_request", lifetimes.pushed_request, 599)?;
        at_most("login", lifetimes.login, 3600)?;
        at_most("code", lifetimes.code, 60)?;
        at_most("id_token", lifetimes.id_token, 3600)?;
        at_most("access_token", lifetimes.access_token, 3600)?;
        at_most("refresh_token", lifetimes.refresh_token, 24 * 3600)
    }
}

/// A setting that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The issuer is not an https URL in its canonical spelling.
    #[error("issuer must be an https URL without query, fragment or trailing slash, e.g. https://hub.example")]
    Issuer,
    /// A lifetime is zero or too long.
    #[error("{name} must be from 1 to {most} seconds")]
    Lifetime {
        /// Which.
        name: &'static str,
        /// The most it may be.
        most: u64,
    },
    /// The system gives no randomness, or a key cannot be used.
    #[error("the system's random source or a key failed")]
    Key,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_one_spelling() {
        for text in ["https://hub.example", "https://hub.example/region", "https://hub.example:8443"] {
            assert_eq!(IssuerUrl::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "http://hub.example",
            "https://hub.example/",
            "https://hub.example/?a=b",
            "https://hub.example#x",
            "HTTPS://hub.example",
            "https://Hub.example",
            "https://hub.example:443",
            "https://user@hub.example",
            "hub.example",
        ] {
            assert_eq!(IssuerUrl::parse(text), Err(ConfigError::Issuer), "{text}");
        }
    }

    #[test]
    fn no_setting_leaves_what_the_profiles_allow() {
        let config = Config::new(IssuerUrl::parse("https://hub.example").unwrap());
        assert_eq!(config.check(), Ok(()));
        let long_code = Lifetimes { code: 61, ..Lifetimes::default() };
        let refused = Config { lifetimes: long_code, ..config }.check();
        assert_eq!(refused, Err(ConfigError::Lifetime { name: "code", most: 60 }));
    }
}
