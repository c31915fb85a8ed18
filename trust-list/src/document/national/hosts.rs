//! The hosts an issuer may have.

use url::Url;

use crate::Issuer;
use crate::document::ListProblem;
use crate::document::lote::SupplyPoint;

/// The hosts of the supply points, each once.
pub(super) fn of(supply_points: &[SupplyPoint]) -> Result<Vec<String>, ListProblem> {
    let mut hosts: Vec<String> = Vec::new();
    for point in supply_points {
        let host = of_uri(&point.uri_value)
            .ok_or_else(|| ListProblem::WrongForm(format!("{:?} is not an https address", point.uri_value)))?;
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    Ok(hosts)
}

/// The hosts that speak for an issuer: those it may be called at, and those of the names it gives itself.
pub(super) fn of_issuer(issuer: &Issuer) -> impl Iterator<Item = String> + use<'_> {
    let names = issuer.issuer_identifiers.iter().filter_map(|identifier| of_uri(identifier));
    issuer.hosts.iter().cloned().chain(names)
}

/// `host` or `host:port` of an https URL, in the one spelling the URL standard gives it.
pub(super) fn of_uri(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "https" && url.username().is_empty())?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// RFC 5280 §4.2.1.10, for host names: `.xa.example` permits the hosts below, `id.xa.example` that one. Without rules
/// every host is permitted.
pub(super) fn is_permitted(host: &str, rules: &[String]) -> bool {
    let name = without_port(host);
    let matches = |rule: &String| if rule.starts_with('.') { name.ends_with(rule.as_str()) } else { name == rule };
    rules.is_empty() || rules.iter().any(matches)
}

/// The colons of an IPv6 address are inside its brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_spelling_whatever_the_uri_looks_like() {
        for (uri, host) in [
            ("https://id.xa.example", "id.xa.example"),
            ("https://ID.XA.Example:443/path?q#f", "id.xa.example"),
            ("https://id.xa.example:8443/", "id.xa.example:8443"),
            ("https://127.0.0.1:9000", "127.0.0.1:9000"),
            ("https://[::1]:9000", "[::1]:9000"),
            ("https://bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(of_uri(uri).as_deref(), Some(host), "{uri}");
        }
        for uri in ["http://id.xa.example", "https://user@id.xa.example", "ftp://x", "id.xa.example", "https://", ""] {
            assert_eq!(of_uri(uri), None, "{uri}");
        }
    }

    #[test]
    fn n10_a_rule_permits_the_hosts_it_names_with_any_port_and_no_others() {
        let rules = [".xa.example".to_owned(), "id.example".to_owned(), "[::1]".to_owned()];
        for host in ["a.xa.example", "a.b.xa.example:8443", "id.example", "id.example:444", "[::1]", "[::1]:9000"] {
            assert!(is_permitted(host, &rules), "{host}");
        }
        for host in ["xa.example", "axa.example", "a.id.example", "id.example.evil", "[::2]:1", "127.0.0.1"] {
            assert!(!is_permitted(host, &rules), "{host}");
        }
        assert!(is_permitted("anything.example", &[]));
    }
}
