//! Cookies by host and port, name and path. Enough for loopback, where every party has its own port.

use std::collections::BTreeMap;

use url::Url;

#[derive(Clone, Debug, Default)]
pub(super) struct Jar(BTreeMap<(String, String), Cookie>);

#[derive(Clone, Debug)]
struct Cookie {
    value: String,
    path: String,
}

impl Jar {
    /// Keeps what a `Set-Cookie` header says; `Max-Age=0` forgets it.
    pub(super) fn set(&mut self, url: &Url, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (mut path, mut gone) = ("/".to_owned(), false);
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" => value.clone_into(&mut path),
                "max-age" => gone = value.parse::<i64>().is_ok_and(|age| age <= 0),
                _ => {}
            }
        }
        let key = (origin(url), name.to_owned());
        if gone {
            self.0.remove(&key);
        } else {
            self.0.insert(key, Cookie { value: value.to_owned(), path });
        }
    }

    /// The `Cookie` header for a request to `url`.
    pub(super) fn for_url(&self, url: &Url) -> String {
        let origin = origin(url);
        let fits = |cookie: &Cookie| url.path().starts_with(&cookie.path);
        let pairs = self.0.iter().filter(|((at, _), cookie)| *at == origin && fits(cookie));
        pairs.map(|((_, name), cookie)| format!("{name}={}", cookie.value)).collect::<Vec<_>>().join("; ")
    }
}

fn origin(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_back_to_its_own_host_and_port_only() {
        let mut jar = Jar::default();
        let hub = Url::parse("https://localhost:7441/authorize").unwrap();
        jar.set(&hub, "__Host-hub=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(jar.for_url(&hub), "__Host-hub=abc");
        assert_eq!(jar.for_url(&Url::parse("https://localhost:7442/").unwrap()), "");
        jar.set(&hub, "__Host-hub=; Path=/; Max-Age=0");
        assert_eq!(jar.for_url(&hub), "");
    }
}
