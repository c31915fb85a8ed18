//! Whether a URL may be called at all: checked before anything is resolved or sent.

use std::net::IpAddr;

use url::{Host, Url};

use super::request::OutboundError;
use super::special_use::SpecialUse;

/// Every rule about a destination, in order.
pub(super) fn check(url: &Url, hosts: &[String], special_use: SpecialUse) -> Result<(), OutboundError> {
    check_https(url)?;
    check_host_is_listed(url, hosts)?;
    check_literal_address(url, special_use)
}

/// RFC 9110 §4.2.2, and §4.2.4: no credentials in a URL.
fn check_https(url: &Url) -> Result<(), OutboundError> {
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    if plain { Ok(()) } else { Err(OutboundError::NotHttps) }
}

/// The signed list names the hosts. Compared as the parser of URLs writes them: lower case, punycode, and a number
/// such as `2130706433` or `0x7f.1` already turned into the address it means.
fn check_host_is_listed(url: &Url, hosts: &[String]) -> Result<(), OutboundError> {
    let host = url.host_str().ok_or(OutboundError::HostNotAllowed)?;
    let port = url.port_or_known_default().ok_or(OutboundError::HostNotAllowed)?;
    let listed = |entry: &String| same_host_and_port(entry, host, port);
    if hosts.iter().any(listed) { Ok(()) } else { Err(OutboundError::HostNotAllowed) }
}

/// The entry is `host` or `host:port`; without a port it means the default one.
fn same_host_and_port(entry: &str, host: &str, port: u16) -> bool {
    let Some(rest) =
        entry.get(..host.len()).filter(|start| start.eq_ignore_ascii_case(host)).and(entry.get(host.len()..))
    else {
        return false;
    };
    match rest.strip_prefix(':') {
        Some(digits) => digits.parse() == Ok(port),
        None => rest.is_empty() && port == HTTPS_PORT,
    }
}

/// An address in the URL itself never reaches the resolver.
fn check_literal_address(url: &Url, special_use: SpecialUse) -> Result<(), OutboundError> {
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        _ => return Ok(()),
    };
    if special_use.admits(address) { Ok(()) } else { Err(OutboundError::ForbiddenAddress) }
}

const HTTPS_PORT: u16 = 443;

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str, hosts: &[&str]) -> Result<(), OutboundError> {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        check(&url.parse().unwrap(), &hosts, SpecialUse::Refuse)
    }

    #[test]
    fn n13_only_https_without_credentials() {
        for url in [
            "http://idp.example/",
            "file:///etc/passwd",
            "gopher://idp.example/",
            "data:text/plain,x",
            "ftp://idp.example/",
            "https://user@idp.example/",
            "https://user:secret@idp.example/",
        ] {
            assert_eq!(checked(url, &["idp.example"]), Err(OutboundError::NotHttps), "{url}");
        }
    }

    #[test]
    fn only_hosts_of_the_list_entry_and_only_their_ports() {
        for url in [
            "https://other.example/",
            "https://idp.example.evil.example/",
            "https://evil-idp.example/",
            "https://idp.example:8443/",
            "https://idp.exampl/",
            "https://idp.example./",
        ] {
            assert_eq!(checked(url, &["idp.example"]), Err(OutboundError::HostNotAllowed), "{url}");
        }
        for (url, host) in [
            ("https://idp.example/x?y", "idp.example"),
            ("https://IDP.example:443/", "idp.example"),
            ("https://idp.example/", "IDP.example:443"),
            ("https://idp.example:8443/", "idp.example:8443"),
            ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
        ] {
            assert_eq!(checked(url, &[host]), Ok(()), "{url}");
        }
        assert_eq!(checked("https://idp.example/", &["idp.example:8443"]), Err(OutboundError::HostNotAllowed));
        assert_eq!(checked("https://idp.example/", &[]), Err(OutboundError::HostNotAllowed));
    }

    #[test]
    fn n10_an_address_written_as_a_number_is_the_address_it_means() {
        for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "169.254.169.254", "10.0.0.1", "0"] {
            let url: Url = format!("https://{host}/").parse().unwrap();
            // Even an entry that lists the address does not open it.
            let listed = url.host_str().unwrap().to_owned();
            let entry = [host.to_owned(), listed];
            assert_eq!(check(&url, &entry, SpecialUse::Refuse), Err(OutboundError::ForbiddenAddress), "{host}");
        }
        for host in ["[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fc00::1]"] {
            let url: Url = format!("https://{host}/").parse().unwrap();
            let entry = [url.host_str().unwrap().to_owned()];
            assert_eq!(check(&url, &entry, SpecialUse::Refuse), Err(OutboundError::ForbiddenAddress), "{host}");
        }
    }
}
