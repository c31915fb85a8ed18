//! The rules that every token meets, one function and one error each.
//!
//! To add one: 1. a function here with its clause, 2. its error in `claims.rs`, 3. a row in the tests below.

use crate::claims::{Audience, ClaimError, Claims};
use crate::time::UnixTime;

/// Whether a token has to carry a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is an error if it does not.
    Required,
    /// Checked if it does.
    Optional,
}

/// What times a token may carry. All lengths in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimePolicy {
    /// Whether `exp` must be there.
    pub exp: Presence,
    /// Whether `iat` must be there.
    pub iat: Presence,
    /// How long after `exp` a token still passes, for clocks that differ.
    pub leeway: i64,
    /// How far `iat` and `nbf` may be ahead of our clock.
    pub max_ahead: i64,
    /// How far `exp` may be after `iat` (or after now, without `iat`).
    pub max_life: Option<i64>,
    /// How long ago `iat` may be.
    pub max_age: Option<i64>,
}

impl TimePolicy {
    /// What a national identity provider says about a person: both times, a minute for clocks that differ.
    pub const UPSTREAM: Self = Self {
        exp: Presence::Required,
        iat: Presence::Required,
        leeway: 60,
        max_ahead: 60,
        max_life: None,
        max_age: None,
    };

    /// What a client says of itself (RFC 7523 §3): `exp` at most ten minutes ahead. FAPI 2.0 Security Profile
    /// §5.3.2.1: clocks 10 s ahead are accepted, 60 s refused.
    pub const CLIENT: Self = Self {
        exp: Presence::Required,
        iat: Presence::Optional,
        leeway: 10,
        max_ahead: 10,
        max_life: Some(600),
        max_age: None,
    };

    /// A DPoP proof (RFC 9449 §4.2): `iat` and no `exp`. §11.1: accepted for a short time only.
    pub const PROOF: Self = Self {
        exp: Presence::Optional,
        iat: Presence::Required,
        leeway: 10,
        max_ahead: 10,
        max_life: None,
        max_age: Some(60),
    };
}

impl Claims {
    /// RFC 7519 §4.1.1, compared as the string it is: no trailing slash, no case, nothing is forgiven.
    pub fn expect_issuer(&self, issuer: &str) -> Result<(), ClaimError> {
        if self.required_str("iss")? == issuer { Ok(()) } else { Err(ClaimError::WrongIssuer) }
    }

    /// A string claim that must have this value.
    pub fn expect_str(&self, name: &str, expected: &str) -> Result<(), ClaimError> {
        if self.required_str(name)? == expected { Ok(()) } else { Err(ClaimError::Unexpected(name.to_owned())) }
    }

    /// Exactly the one string `audience`: not an array, not a second party (FAPI 2.0 Security Profile §5.3.2.1 and
    /// the audience injection attack on private_key_jwt of 2025).
    pub fn expect_single_audience(&self, audience: &str) -> Result<(), ClaimError> {
        match self.audience()? {
            Audience::One(one) if one == audience => Ok(()),
            _ => Err(ClaimError::WrongAudience),
        }
    }

    /// RFC 7519 §4.1.3: each principal must find itself in the audience. Beside other audiences the authorized party
    /// must be us: see [`Claims::expect_authorized_party`].
    pub fn expect_audience_includes(&self, audience: &str) -> Result<(), ClaimError> {
        if self.audience()?.includes(audience) { Ok(()) } else { Err(ClaimError::WrongAudience) }
    }

    /// OpenID Connect Core §3.1.3.7, items 4 and 5: `azp` must be there if there are several audiences, and must be
    /// us if it is there.
    pub fn expect_authorized_party(&self, client_id: &str) -> Result<(), ClaimError> {
        let alone = self.audience()?.as_slice().len() == 1;
        match self.optional_str("azp")? {
            Some(azp) if azp == client_id => Ok(()),
            None if alone => Ok(()),
            _ => Err(ClaimError::WrongAuthorizedParty),
        }
    }

    /// Every rule about times, in the order exp, nbf, iat.
    pub fn check_times(&self, now: UnixTime, policy: &TimePolicy) -> Result<(), ClaimError> {
        let exp = self.time("exp", policy.exp)?;
        let iat = self.time("iat", policy.iat)?;
        check_not_expired(exp, now, policy)?;
        check_not_before(self.optional_time("nbf")?, now, policy)?;
        check_issued(iat, now, policy)?;
        check_life(exp, iat.unwrap_or(now), policy)
    }

    fn time(&self, name: &str, presence: Presence) -> Result<Option<UnixTime>, ClaimError> {
        match presence {
            Presence::Required => self.required_time(name).map(Some),
            Presence::Optional => self.optional_time(name),
        }
    }
}

/// RFC 7519 §4.1.4: the current time must be before the expiration time.
fn check_not_expired(exp: Option<UnixTime>, now: UnixTime, policy: &TimePolicy) -> Result<(), ClaimError> {
    match exp {
        Some(exp) if now >= exp.plus(policy.leeway) => Err(ClaimError::Expired),
        _ => Ok(()),
    }
}

/// RFC 7519 §4.1.5: the current time must be after or equal to the not-before time.
fn check_not_before(nbf: Option<UnixTime>, now: UnixTime, policy: &TimePolicy) -> Result<(), ClaimError> {
    match nbf {
        Some(nbf) if nbf > now.plus(policy.max_ahead) => Err(ClaimError::NotYetValid),
        _ => Ok(()),
    }
}

/// RFC 7519 §4.1.6 and RFC 7523 §3 item 6: a time in the future is a wrong clock or a token kept for later.
fn check_issued(iat: Option<UnixTime>, now: UnixTime, policy: &TimePolicy) -> Result<(), ClaimError> {
    match iat {
        Some(iat) if iat > now.plus(policy.max_ahead) => Err(ClaimError::IssuedInFuture),
        Some(iat) if policy.max_age.is_some_and(|max| now.since(iat) > max) => Err(ClaimError::TooOld),
        _ => Ok(()),
    }
}

/// RFC 7523 §3 item 4: an expiry unreasonably far in the future may be refused.
fn check_life(exp: Option<UnixTime>, from: UnixTime, policy: &TimePolicy) -> Result<(), ClaimError> {
    match (exp, policy.max_life) {
        (Some(exp), Some(max)) if exp.since(from) > max => Err(ClaimError::LifeTooLong),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: UnixTime = UnixTime::new(1_764_000_000);
    const AT: i64 = NOW.seconds();

    fn claims(mut value: Value) -> Claims {
        Claims::from_map(std::mem::take(value.as_object_mut().unwrap()))
    }

    fn refusal(value: Value, policy: &TimePolicy) -> Option<String> {
        claims(value).check_times(NOW, policy).err().map(|error| format!("{error:?}"))
    }

    #[test]
    fn d02_only_the_one_expected_audience_passes_where_one_is_asked() {
        claims(json!({ "aud": "https://hub.example" })).expect_single_audience("https://hub.example").unwrap();
        for aud in [
            json!("https://hub.example/token"),
            json!("https://hub.example/"),
            json!("https://HUB.example"),
            json!(["https://hub.example"]),
            json!(["https://hub.example", "https://other.example"]),
            json!(""),
        ] {
            let refused = claims(json!({ "aud": aud })).expect_single_audience("https://hub.example");
            assert!(matches!(refused, Err(ClaimError::WrongAudience)), "{aud}");
        }
    }

    #[test]
    fn d02_an_audience_that_is_missing_or_mistyped_is_an_error() {
        let missing = claims(json!({}));
        assert!(matches!(missing.expect_single_audience("hub"), Err(ClaimError::Missing(name)) if name == "aud"));
        assert!(matches!(missing.expect_audience_includes("hub"), Err(ClaimError::Missing(_))));
        for aud in [json!(null), json!(1), json!([]), json!(["hub", 1]), json!(["hub", null]), json!({ "hub": 1 })] {
            let mistyped = claims(json!({ "aud": aud }));
            assert!(matches!(mistyped.audience(), Err(ClaimError::WrongType(_))), "{aud}");
            assert!(matches!(mistyped.expect_audience_includes("hub"), Err(ClaimError::WrongType(_))), "{aud}");
        }
    }

    #[test]
    fn an_audience_of_several_must_include_us_and_authorize_us() {
        let several = |azp: Value| claims(json!({ "aud": ["hub", "other"], "azp": azp }));
        several(json!("hub")).expect_audience_includes("hub").unwrap();
        several(json!("hub")).expect_authorized_party("hub").unwrap();
        assert!(matches!(several(json!("hub")).expect_audience_includes("evil"), Err(ClaimError::WrongAudience)));
        let rule = ClaimError::WrongAuthorizedParty;
        for (value, expected) in [
            (json!({ "aud": ["hub", "other"] }), Some(&rule)),
            (json!({ "aud": ["hub", "other"], "azp": "other" }), Some(&rule)),
            (json!({ "aud": "hub", "azp": "other" }), Some(&rule)),
            (json!({ "aud": "hub", "azp": "hub" }), None),
            (json!({ "aud": "hub" }), None),
            (json!({ "aud": ["hub"] }), None),
        ] {
            let result = claims(value.clone()).expect_authorized_party("hub").err();
            assert_eq!(result.map(|e| e.to_string()), expected.map(ToString::to_string), "{value}");
        }
        let mistyped = claims(json!({ "aud": "hub", "azp": ["hub"] }));
        assert!(matches!(mistyped.expect_authorized_party("hub"), Err(ClaimError::WrongType(_))));
    }

    #[test]
    fn d03_issuer_and_subject_are_compared_as_they_are() {
        let own = claims(json!({ "iss": "https://idp.example", "sub": "client-1" }));
        own.expect_issuer("https://idp.example").unwrap();
        own.expect_str("sub", "client-1").unwrap();
        for issuer in ["https://idp.example/", "https://IDP.example", "http://idp.example", ""] {
            assert!(matches!(own.expect_issuer(issuer), Err(ClaimError::WrongIssuer)), "{issuer}");
        }
        assert!(matches!(own.expect_str("sub", "client-2"), Err(ClaimError::Unexpected(name)) if name == "sub"));
        assert!(matches!(own.expect_str("jti", "1"), Err(ClaimError::Missing(name)) if name == "jti"));
        let mistyped = claims(json!({ "iss": ["https://idp.example"] }));
        assert!(matches!(mistyped.expect_issuer("https://idp.example"), Err(ClaimError::WrongType(_))));
    }

    #[test]
    fn d04_every_rule_about_times_has_its_edge() {
        let client = TimePolicy::CLIENT;
        let table = [
            (json!({ "exp": AT + 60 }), None),
            (json!({ "exp": AT + 60, "iat": AT, "nbf": AT }), None),
            (json!({}), Some("Missing(\"exp\")")),
            (json!({ "exp": AT - 300 }), Some("Expired")),
            (json!({ "exp": AT - 9 }), None),
            (json!({ "exp": AT - 10 }), Some("Expired")),
            (json!({ "exp": AT + 600 }), None),
            (json!({ "exp": AT + 601 }), Some("LifeTooLong")),
            (json!({ "exp": 9_007_199_254_740_991_i64 }), Some("LifeTooLong")),
            (json!({ "exp": AT + 300, "iat": AT - 301 }), Some("LifeTooLong")),
            (json!({ "exp": AT + 60, "iat": AT + 10 }), None),
            (json!({ "exp": AT + 60, "iat": AT + 11 }), Some("IssuedInFuture")),
            (json!({ "exp": AT + 4000, "iat": AT + 3600 }), Some("IssuedInFuture")),
            (json!({ "exp": AT + 60, "nbf": AT + 10 }), None),
            (json!({ "exp": AT + 60, "nbf": AT + 11 }), Some("NotYetValid")),
            (json!({ "exp": AT + 60, "nbf": "soon" }), Some("WrongType(\"nbf\")")),
            (json!({ "exp": AT + 60, "iat": null }), Some("WrongType(\"iat\")")),
            (json!({ "exp": "never" }), Some("WrongType(\"exp\")")),
            (json!({ "exp": 1e300 }), Some("WrongType(\"exp\")")),
        ];
        for (value, expected) in table {
            assert_eq!(refusal(value.clone(), &client).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn an_assertion_about_a_person_carries_both_times() {
        let upstream = TimePolicy::UPSTREAM;
        assert_eq!(refusal(json!({ "exp": AT + 60, "iat": AT - 60 }), &upstream), None);
        assert_eq!(refusal(json!({ "exp": AT + 60 }), &upstream).as_deref(), Some("Missing(\"iat\")"));
        assert_eq!(refusal(json!({ "iat": AT }), &upstream).as_deref(), Some("Missing(\"exp\")"));
        assert_eq!(refusal(json!({ "exp": AT - 59, "iat": AT + 60 }), &upstream), None);
        assert_eq!(refusal(json!({ "exp": AT - 60, "iat": AT }), &upstream).as_deref(), Some("Expired"));
        assert_eq!(refusal(json!({ "exp": AT + 99, "iat": AT + 61 }), &upstream).as_deref(), Some("IssuedInFuture"));
    }

    #[test]
    fn a_proof_is_fresh_and_needs_no_expiry() {
        let proof = TimePolicy::PROOF;
        assert_eq!(refusal(json!({ "iat": AT - 60 }), &proof), None);
        assert_eq!(refusal(json!({ "iat": AT - 61 }), &proof).as_deref(), Some("TooOld"));
        assert_eq!(refusal(json!({ "iat": AT + 11 }), &proof).as_deref(), Some("IssuedInFuture"));
        assert_eq!(refusal(json!({}), &proof).as_deref(), Some("Missing(\"iat\")"));
    }
}
