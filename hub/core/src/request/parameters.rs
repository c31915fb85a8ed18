//! The rules of the table, one function each.

use serde::{Deserialize, Serialize};
use strict_jose::Thumbprint;
use trust_list::{Client, CountryCode, GrantType, Level};
use url::Url;

use super::{ClaimsRequest, OFFLINE_ACCESS, OPENID, PERSON_SCOPES, Scope};
use crate::error::{OAuthError, ProofFault, RequestFault};
use crate::form::Parameters;

/// RFC 6749 §4.1.2.1: the client is registered for logins. That its profile is served was seen when it authenticated.
pub(super) fn client_may_ask(client: &Client) -> Result<(), RequestFault> {
    let registered = client.grant_types.contains(&GrantType::AuthorizationCode);
    if registered { Ok(()) } else { Err(RequestFault::NotRegistered) }
}

/// RFC 9126 §2.1: the request_uri parameter must not be provided.
pub(super) fn no_request_uri(form: &Parameters<'_>) -> Result<(), RequestFault> {
    if form.optional("request_uri").is_some() { Err(RequestFault::PushedRequestUri) } else { Ok(()) }
}

/// OpenID Connect Core §6.1: request_not_supported.
pub(super) fn no_request_object(form: &Parameters<'_>) -> Result<(), RequestFault> {
    if form.optional("request").is_some() { Err(RequestFault::RequestObject) } else { Ok(()) }
}

/// FAPI 2.0 Security Profile §5.3.2.2: only the authorization code grant.
pub(super) fn response_type_is_code(form: &Parameters<'_>) -> Result<(), RequestFault> {
    if form.required("response_type")? == "code" { Ok(()) } else { Err(RequestFault::ResponseType) }
}

/// OAuth 2.0 Multiple Response Types §2.1: `query` is the default for `code`.
pub(super) fn response_mode_is_query(form: &Parameters<'_>) -> Result<(), RequestFault> {
    match form.optional("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(RequestFault::ResponseMode),
    }
}

/// RFC 9700 §2.1, RFC 3986 §6.2.1: exact string matching with a registered URI. FAPI 2.0 Security Profile §5.3.2.2:
/// required in the pushed request, and https.
pub(super) fn redirect_uri(form: &Parameters<'_>, client: &Client) -> Result<String, RequestFault> {
    let asked = form.required("redirect_uri")?;
    let registered = client.redirect_uris.iter().find(|registered| *registered == asked);
    registered.filter(|uri| is_https(uri)).cloned().ok_or(RequestFault::RedirectUri)
}

/// RFC 9700 §4.1.3: a code travels to it, so nobody between may read along. RFC 6749 §3.1.2: no fragment. The text begins
/// as it is parsed, so that a browser cannot read it as something else.
fn is_https(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain && url.host_str().is_some_and(|host| uri.starts_with(&format!("https://{host}")))
}

/// OpenID Connect Core §3.1.2.1: `openid` is required. Nothing unknown or unregistered is silently dropped.
/// OpenID Connect Core §11: `offline_access` needs a client that may refresh.
pub(super) fn scope(form: &Parameters<'_>, client: &Client) -> Result<Scope, RequestFault> {
    let scope = Scope::parse(form.required("scope")?).ok_or(RequestFault::Scope)?;
    let may_refresh = client.grant_types.contains(&GrantType::RefreshToken) || !scope.contains(OFFLINE_ACCESS);
    if scope.contains(OPENID) && may_refresh && scope.is_within(&PERSON_SCOPES, &client.scopes) {
        Ok(scope)
    } else {
        Err(RequestFault::Scope)
    }
}

/// RFC 6749 §4.1.1: opaque to us, echoed as it came.
pub(super) fn state(form: &Parameters<'_>) -> Result<Option<String>, RequestFault> {
    opaque(form, "state", MAX_STATE)
}

/// OpenID Connect Core §3.1.2.1: opaque to us, repeated in the ID token.
pub(super) fn nonce(form: &Parameters<'_>) -> Result<Option<String>, RequestFault> {
    opaque(form, "nonce", MAX_NONCE)
}

fn opaque(form: &Parameters<'_>, name: &'static str, max: usize) -> Result<Option<String>, RequestFault> {
    match form.optional(name) {
        // RFC 6749 appendix A.5: VSCHAR. Line breaks have split headers elsewhere.
        Some(text) if text.len() > max || text.chars().any(char::is_control) => Err(RequestFault::Unusable(name)),
        other => Ok(other.map(str::to_owned)),
    }
}

/// What discovery says in `code_challenge_methods_supported`.
pub(crate) const CHALLENGE_METHODS: [&str; 1] = ["S256"];

/// FAPI 2.0 Security Profile §5.3.2.2: PKCE with S256 is required. RFC 7636 §4.2: the challenge is a SHA-256 in base64url
/// without padding, 43 characters.
pub(super) fn code_challenge(form: &Parameters<'_>) -> Result<String, RequestFault> {
    // RFC 7636 §4.3: without a method it would be "plain".
    if form.required("code_challenge_method")? != "S256" {
        return Err(RequestFault::Unusable("code_challenge_method"));
    }
    let challenge = form.required("code_challenge")?;
    match strict_jose::b64::decode(challenge) {
        Ok(hash) if hash.len() == 32 => Ok(challenge.to_owned()),
        _ => Err(RequestFault::Unusable("code_challenge")),
    }
}

/// RFC 9449 §10: the thumbprint of the key that the code will be bound to. §10.1: a proof with the pushed request says the
/// same, and both must agree.
pub(super) fn dpop_jkt(form: &Parameters<'_>, key: Option<&Thumbprint>) -> Result<Option<Thumbprint>, OAuthError> {
    let Some(text) = form.optional("dpop_jkt") else { return Ok(key.cloned()) };
    let named = Thumbprint::parse(text).map_err(|_| RequestFault::Unusable("dpop_jkt"))?;
    match key {
        Some(key) if *key != named => Err(ProofFault::OtherKey.into()),
        _ => Ok(Some(named)),
    }
}

/// OpenID Connect Core §3.1.2.1: `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Prompt {
    /// Nobody is ever logged in at the hub, so every login asks.
    Usual,
    /// `login`: the home country is to ask again, too.
    Login,
    /// `none`: no page may be shown.
    None,
}

/// `none` stands alone; unknown values are an error.
pub(super) fn prompt(form: &Parameters<'_>) -> Result<Prompt, RequestFault> {
    let Some(text) = form.optional("prompt") else { return Ok(Prompt::Usual) };
    let mut prompt = Prompt::Usual;
    for value in words(text, MAX_PROMPTS).ok_or(RequestFault::Unusable("prompt"))? {
        prompt = match (value, text) {
            ("none", "none") => Prompt::None,
            ("login", _) => Prompt::Login,
            ("consent" | "select_account", _) => prompt,
            _ => return Err(RequestFault::Unusable("prompt")),
        };
    }
    Ok(prompt)
}

/// OpenID Connect Core §3.1.2.1: `max_age` in seconds.
pub(super) fn max_age(form: &Parameters<'_>) -> Result<Option<u64>, RequestFault> {
    let Some(text) = form.optional("max_age") else { return Ok(None) };
    let digits = (1..=MAX_AGE_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = if digits { text.parse().ok() } else { None };
    seconds.map(Some).ok_or(RequestFault::Unusable("max_age"))
}

/// OpenID Connect Core §3.1.2.1: languages, best first; what is not supported is not an error.
pub(super) fn ui_locales(form: &Parameters<'_>) -> Vec<String> {
    let is_tag = |tag: &&str| {
        (1..=MAX_LANGUAGE_TAG).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let text = form.optional("ui_locales").unwrap_or_default();
    text.split(' ').filter(is_tag).take(MAX_LOCALES).map(str::to_owned).collect()
}

/// Ours: the country the person named at the relying party.
pub(super) fn country_hint(form: &Parameters<'_>) -> Result<Option<CountryCode>, RequestFault> {
    let hint = form.optional("country_hint").map(str::parse).transpose();
    hint.map_err(|_| RequestFault::Unusable("country_hint"))
}

/// OpenID Connect Core §5.5.
pub(super) fn claims(form: &Parameters<'_>) -> Result<ClaimsRequest, RequestFault> {
    let Some(text) = form.optional("claims") else { return Ok(ClaimsRequest::default()) };
    ClaimsRequest::parse(text).ok_or(RequestFault::Unusable("claims"))
}

/// The lowest level the relying party says it would take.
///
/// OpenID Connect Core §5.5.1.1: an essential `acr` must be met. Off-spec: `acr_values` is a wish there; here the result is
/// never below the lowest level it names. Whoever names levels wants no less. Values we do not know are passed over.
pub(super) fn level(form: &Parameters<'_>, claims: &ClaimsRequest) -> Result<Option<Level>, RequestFault> {
    let values = form.optional("acr_values").unwrap_or_default();
    let values = words(values, MAX_ACR_VALUES).ok_or(RequestFault::Unusable("acr_values"))?;
    let wished = values.filter_map(Level::from_acr).min();
    match claims.essential_acr() {
        [] => Ok(wished),
        values => {
            let lowest = values.iter().filter_map(|value| Level::from_acr(value)).min();
            lowest.map(Some).ok_or(RequestFault::Acr)
        }
    }
}

/// The words of a parameter that is a list, if there are not too many (attacks Q09).
fn words(text: &str, max: usize) -> Option<impl Iterator<Item = &str>> {
    text.split(' ').nth(max).is_none().then(|| text.split(' '))
}

/// A JWT used as state (1 KiB) and room for another. It is echoed in a URL, where browsers of old phones take 8 KiB.
const MAX_STATE: usize = 2048;
/// FAPI 2.0 Security Profile §5.3.2.2 wants 64 characters; a SHA-512 in hexadecimal has 128, and four times that.
const MAX_NONCE: usize = 512;
/// 2^31 seconds are 68 years.
const MAX_AGE_DIGITS: usize = 10;
/// There are four values.
const MAX_PROMPTS: usize = 4;
/// What a browser sends in Accept-Language.
const MAX_LOCALES: usize = 8;
/// RFC 5646 §4.4.1.
const MAX_LANGUAGE_TAG: usize = 35;
/// Three levels, and what other schemes call theirs.
const MAX_ACR_VALUES: usize = 16;

#[cfg(test)]
mod tests {
    use strict_jose::{JwkSet, UnixTime};
    use trust_list::ClientKind;

    use super::*;
    use crate::form::Form;

    fn check<T>(pairs: &[(&str, &str)], rule: impl Fn(&Parameters<'_>) -> T) -> T {
        let form = Form::from_pairs(pairs.iter().copied());
        rule(&form.parameters().unwrap())
    }

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn a03_a_registered_redirect_uri_must_be_https_all_the_same() {
        let (country, entity, now) = ("XB".parse().unwrap(), "bank".parse().unwrap(), UnixTime::new(1_800_000_000));
        let mut client = Client::draft(country, entity, ClientKind::RelyingParty, JwkSet::from_keys([]), now);
        for (uri, good) in [
            ("https://bank.example/cb", true),
            ("https://bank.example:8443/cb?tenant=1", true),
            ("http://bank.example/cb", false),
            ("http://127.0.0.1/cb", false),
            ("bank.example://cb", false),
            ("https:///bank.example/cb", false),
            ("https:\\\\bank.example/cb", false),
            ("https://bank@bank.example/cb", false),
            ("https://bank.example/cb#x", false),
            ("https:", false),
        ] {
            client.redirect_uris = vec![uri.to_owned()];
            let checked = check(&[("redirect_uri", uri)], |form| redirect_uri(form, &client));
            assert_eq!(checked.is_ok(), good, "{uri}");
        }
    }

    #[test]
    fn a08_only_the_code_flow_is_served() {
        for value in ["token", "id_token", "code token", "code id_token", "none", "CODE", " code"] {
            let refused = check(&[("response_type", value)], response_type_is_code);
            assert_eq!(refused, Err(RequestFault::ResponseType), "{value}");
        }
        assert_eq!(check(&[("response_type", "code")], response_type_is_code), Ok(()));
        assert_eq!(check(&[], response_type_is_code), Err(RequestFault::Missing("response_type")));
    }

    #[test]
    fn a06_only_the_query_response_mode_is_served() {
        for value in ["form_post", "form_post.jwt", "query.jwt", "fragment", "jwt"] {
            assert!(check(&[("response_mode", value)], response_mode_is_query).is_err(), "{value}");
        }
        assert_eq!(check(&[("response_mode", "query")], response_mode_is_query), Ok(()));
    }

    #[test]
    fn a10_pkce_is_s256_with_43_characters() {
        let challenge = |method: &str, value: &str| {
            check(&[("code_challenge_method", method), ("code_challenge", value)], code_challenge).is_ok()
        };
        assert!(challenge("S256", CHALLENGE));
        for (method, value) in [
            ("plain", CHALLENGE),
            ("s256", CHALLENGE),
            ("", CHALLENGE),
            ("S256", ""),
            ("S256", &CHALLENGE[..42]),
            ("S256", &"a".repeat(129)),
            ("S256", &format!("{}=", &CHALLENGE[..42])),
            ("S256", &format!("{CHALLENGE}=")),
            ("S256", &CHALLENGE.replace('-', "+")),
        ] {
            assert!(!challenge(method, value), "{method} {value}");
        }
    }

    #[test]
    fn a11_a_state_may_be_long_but_not_endless_and_holds_no_control_characters() {
        let fits = |value: &str| check(&[("state", value)], state).is_ok();
        assert!(fits(&"s".repeat(MAX_STATE)));
        assert!(!fits(&"s".repeat(MAX_STATE + 1)));
        assert!(!fits("a\r\nb") && !fits("a\0b") && !fits("a\u{85}b"));
        assert!(check(&[("nonce", &"n".repeat(MAX_NONCE + 1))], nonce).is_err());
    }

    #[test]
    fn a12_prompt_none_stands_alone_and_max_age_is_a_number() {
        assert_eq!(check(&[("prompt", "none")], prompt), Ok(Prompt::None));
        assert_eq!(check(&[("prompt", "consent login")], prompt), Ok(Prompt::Login));
        assert_eq!(check(&[("prompt", "consent")], prompt), Ok(Prompt::Usual));
        for value in ["none login", "login none", "NONE", "create", "login  consent", &"login ".repeat(10_000)] {
            assert!(check(&[("prompt", value)], prompt).is_err(), "{value:.20}");
        }
        assert_eq!(check(&[("max_age", "0")], max_age), Ok(Some(0)));
        for value in ["-1", "abc", "1e30", "1.5", "+1", " 1", "99999999999"] {
            assert!(check(&[("max_age", value)], max_age).is_err(), "{value}");
        }
    }

    #[test]
    fn the_lowest_level_named_is_the_least_that_will_do() {
        let asked = |acr_values: &str, claims: &str| {
            let claims = ClaimsRequest::parse(claims).unwrap();
            check(&[("acr_values", acr_values)], |form| level(form, &claims))
        };
        assert_eq!(asked("", "{}"), Ok(None));
        assert_eq!(
            asked("urn:passerelle:loa:high urn:passerelle:loa:substantial other", "{}"),
            Ok(Some(Level::Substantial))
        );
        assert_eq!(asked("other", "{}"), Ok(None));
        let essential = r#"{"id_token":{"acr":{"essential":true,"values":["urn:passerelle:loa:high","x"]}}}"#;
        assert_eq!(asked("urn:passerelle:loa:low", essential), Ok(Some(Level::High)));
        let unknown = r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#;
        assert_eq!(asked("", unknown), Err(RequestFault::Acr));
        assert_eq!(asked(&"a ".repeat(10_000), "{}"), Err(RequestFault::Unusable("acr_values")), "q09");
    }
}
