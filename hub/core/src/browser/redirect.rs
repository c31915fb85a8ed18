//! Redirects: to a national identity provider, or back to the relying party.

use crate::error::ErrorCode;

/// A redirect. RFC 9700 §4.12: it answers a form, so it is sent as 303, never 307.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The `Location`, complete.
    pub location: String,
    /// Why, for metrics.
    pub reason: RedirectReason,
    /// The binding cookie to set, or to renew, with it.
    pub set_cookie: Option<super::BrowserSecret>,
}

/// Why a browser is redirected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectReason {
    /// To the national identity provider.
    ToIdentityProvider,
    /// To the relying party, with a code.
    Code,
    /// To the relying party, with an error.
    Error(ErrorCode),
}

/// Where the answer to an authorization request goes: the client's registered redirect URI and what RFC 6749 §4.1.2 and
/// RFC 9207 add to it.
pub(crate) struct Answer<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: Option<&'a str>,
    pub(crate) issuer: &'a str,
}

impl Answer<'_> {
    /// RFC 6749 §4.1.2: `code` and `state`; RFC 9207 §2: `iss`.
    pub(crate) fn code(&self, code: &str) -> Redirect {
        self.redirect(&[("code", code)], RedirectReason::Code)
    }

    /// RFC 6749 §4.1.2.1: `error`, `error_description` and `state`; RFC 9207 §2: `iss`.
    pub(crate) fn error(&self, code: ErrorCode, description: &str) -> Redirect {
        let pairs = [("error", code.as_str()), ("error_description", description)];
        self.redirect(&pairs, RedirectReason::Error(code))
    }

    fn redirect(&self, pairs: &[(&str, &str)], reason: RedirectReason) -> Redirect {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        query.extend_pairs(self.state.map(|state| ("state", state)));
        query.append_pair("iss", self.issuer);
        // RFC 6749 §3.1.2: a query that the redirect URI has is retained. The URI itself is a registered string and is
        // never re-parsed: what was compared is what is sent.
        let joint = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let location = format!("{}{joint}{}", self.redirect_uri, query.finish());
        Redirect { location, reason, set_cookie: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_a_state_with_line_breaks_cannot_split_a_header() {
        let answer = Answer {
            client_id: "https://bank.example",
            redirect_uri: "https://bank.example/cb?tenant=1",
            state: Some("a\r\nSet-Cookie: x=1&code=evil"),
            issuer: "https://hub.example",
        };
        assert_eq!(
            answer.code("c0de").location,
            "https://bank.example/cb?tenant=1&code=c0de&state=a%0D%0ASet-Cookie%3A+x%3D1%26code%3Devil\
             &iss=https%3A%2F%2Fhub.example"
        );
    }

    #[test]
    fn errors_carry_state_and_iss_too() {
        let answer = Answer {
            client_id: "https://bank.example",
            redirect_uri: "https://bank.example/cb",
            state: Some("s"),
            issuer: "https://hub.example",
        };
        assert_eq!(
            answer.error(ErrorCode::AccessDenied, "no").location,
            "https://bank.example/cb?error=access_denied&error_description=no&state=s&iss=https%3A%2F%2Fhub.example"
        );
    }
}
