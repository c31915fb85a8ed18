//! Two cookies: the browser binding and the chosen language. Both are `__Host-`: this host only, https only, every path
//! (RFC 6265bis §4.1.3.2).

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::COOKIE;

/// Binds a login to the browser that began it.
pub const BINDING: &str = "__Host-passerelle";
/// The language a person pressed.
pub const LANGUAGE: &str = "__Host-passerelle-lang";

/// No cookie of ours is longer.
const MAX_VALUE: usize = 64;

/// The value of `name`, if the browser sent exactly one and it looks like one of ours. Anything else counts as none: a
/// second cookie of that name was planted by somebody else, and which of the two is ours cannot be known.
pub fn value<'r>(req: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let pairs =
        req.headers().get_all(COOKIE).filter_map(|header| header.to_str().ok()).flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim_matches(' ').strip_prefix(name)?.strip_prefix('='));
    let first = values.next()?;
    (values.next().is_none() && is_ours(first)).then_some(first)
}

fn is_ours(value: &str) -> bool {
    (1..=MAX_VALUE).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A cookie to set. Lax, not Strict: the callback is a navigation from the national identity provider's site.
pub fn cookie(name: &'static str, value: String, seconds: u64) -> Cookie<'static> {
    Cookie::build(name, value)
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(lines: &[&str]) -> Option<String> {
        let request = lines.iter().fold(TestRequest::get(), |request, line| request.append_header((COOKIE, *line)));
        value(&request.to_http_request(), BINDING).map(ToOwned::to_owned)
    }

    #[test]
    fn j09_a_doubled_oversized_or_malformed_cookie_is_none() {
        let long = format!("__Host-passerelle={}", "a".repeat(MAX_VALUE + 1));
        for lines in [
            &["__Host-passerelle=abc; __Host-passerelle=def"][..],
            &["__Host-passerelle=abc", "__Host-passerelle=abc"],
            &["__Host-passerelle="],
            &["__Host-passerelle=a\"b"],
            &["__host-passerelle=abc"],
            &["__Host-passerelle2=abc"],
            &[&long],
            &[],
        ] {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(read(&["a=b; __Host-passerelle=abc-_9; __Host-passerelle-lang=fr"]).as_deref(), Some("abc-_9"));
    }

    #[test]
    fn j09_cookies_have_every_attribute() {
        assert_eq!(
            cookie(BINDING, "abc".into(), 1800).to_string(),
            "__Host-passerelle=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1800"
        );
    }
}
