//! What a redirect URI may look like.

use url::Url;

/// Why a text is no redirect URI, if so.
///
/// The hub compares redirect URIs byte for byte and sends browsers there, so each must mean one place to every parser
/// (A05): what parsers strip or read in two ways is refused, not cleaned.
pub(crate) fn problem(uri: &str) -> Option<&'static str> {
    // WHATWG URL: control characters and spaces are stripped, a backslash is read as a slash.
    if !uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Some("has a control character, a space, a backslash or a character outside ASCII");
    }
    // FAPI 2.0 Security Profile §5.3.2.2: https.
    let Some(rest) = uri.strip_prefix("https://") else { return Some("is not an absolute https URI") };
    // RFC 6749 §3.1.2: no fragment, an empty one included.
    if rest.contains('#') {
        return Some("has a fragment");
    }
    // RFC 3986 §3.2.1, §7.5: who reads only the beginning takes user information for the host.
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("has user information");
    }
    let host = Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if host.is_empty() {
        return Some("names no host");
    }
    if is_spelled_out(&host, authority) { None } else { Some("spells its host in a way that is read as another one") }
}

/// WHATWG URL §3.5: `0x7f.1` is read as an address, `bank%2eexample` as a name with a dot; others read them as they stand.
fn is_spelled_out(host: &str, authority: &str) -> bool {
    let (written, port) = authority.split_at_checked(host.len()).unwrap_or_default();
    written.eq_ignore_ascii_case(host) && (port.is_empty() || port.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a05_a_redirect_uri_is_an_absolute_https_uri_that_means_one_place() {
        for uri in [
            "https://bank.xb.example/cb",
            "https://bank.xb.example/cb?tenant=1&to=a@b",
            "https://localhost:8443/cb",
            "https://Bank.XB.example?x",
            "https://[::1]:8443/cb",
        ] {
            assert_eq!(problem(uri), None, "{uri}");
        }
        for uri in [
            "",
            "/cb",
            "http://bank.example/cb",
            "http://127.0.0.1/cb",
            "HTTPS://bank.example/cb",
            "javascript://bank.example/%0aalert(1)",
            "com.example.app://cb",
            "data:text/html,x",
            "https:/bank.example/cb",
            "https:///bank.example/cb",
            "https://",
            "https://?x",
            "https://bank.example/cb#",
            "https://bank.example/cb#x",
            "https://bank.example@evil.example/cb",
            "https://@evil.example/cb",
            "https://a:b@evil.example/cb",
            "https://bank.example\\@evil.example/cb",
            "https://bank.example/c\tb",
            "https://bank.example/c\nb",
            "https://bank.example/cb ",
            " https://bank.example/cb",
            "https://bank.example/\u{0}",
            "https://bänk.example/cb",
            "https://bank.example:99999/cb",
            "https://[::1/cb",
            "https://0x7f.1/cb",
            "https://2130706433/cb",
            "https://bank%2eexample/cb",
            "https://b%61nk.example:8443/cb",
        ] {
            assert!(problem(uri).is_some(), "{uri:?}");
        }
    }
}
