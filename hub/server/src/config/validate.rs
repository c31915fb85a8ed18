//! Checks that need no disk and no network: each names the key, what is wrong and what to do.

use url::Url;

use super::{Config, Problem};

/// FAPI 2.0 Security Profile §5.3.2.2, item 12: `expires_in` of a pushed request is less than 600 seconds.
const PUSHED_REQUEST_SECONDS: (u64, u64) = (5, 599);
/// Below 20 minutes people on slow networks fail (WCAG 2.2, 2.2.1); above an hour a lost phone is a risk.
const LOGIN_SECONDS: (u64, u64) = (20 * 60, 60 * 60);
/// FAPI 2.0 Security Profile §5.3.2.1, item 11: at most 60 seconds.
const CODE_SECONDS: (u64, u64) = (1, 60);
/// A suspension must bite: tokens are short.
const TOKEN_SECONDS: (u64, u64) = (30, 60 * 60);
/// The person's attributes stay sealed in the store as long as a refresh token lives: a day at most.
const REFRESH_TOKEN_SECONDS: (u64, u64) = (60, 24 * 60 * 60);
/// A suspension is enforced within 60 seconds, also one that a turn just missed: that turn, a pause and the next turn, of at
/// most 20 seconds each (`trust::refresh::TURN_LIMIT`).
pub(crate) const REFRESH_SECONDS: (u64, u64) = (1, 20);
/// A balancer's probes are seconds apart. Longer ones would eat the time that supervisors give a stop.
const STOP_PAUSE_SECONDS: (u64, u64) = (0, 60);
/// From one request in a minute to more than a node can answer. Not zero: nobody is locked out by a quota, that is what a
/// suspension is for.
const CLIENT_REQUESTS: (u64, u64) = (1, 10_000_000);
/// More threads than any machine this runs on.
const WORKERS: (u64, u64) = (1, 1024);

impl Config {
    /// Everything wrong with the values, in the order of the file.
    pub fn validate(&self) -> Vec<Problem> {
        [
            self.check_issuer(),
            self.check_workers(),
            check_range("listen.stop_pause_seconds", self.listen.stop_pause_seconds, STOP_PAUSE_SECONDS),
            self.check_management_is_apart(),
            check_publisher("trust.publisher", &self.trust.publisher),
            self.check_mirrors(),
            check_range("trust.refresh_seconds", self.trust.refresh_seconds, REFRESH_SECONDS),
            self.check_store(),
            self.check_sentinels(),
            self.check_sentinel_urls(),
            check_range(
                "lifetimes.pushed_request_seconds",
                self.lifetimes.pushed_request_seconds,
                PUSHED_REQUEST_SECONDS,
            ),
            check_range("lifetimes.login_seconds", self.lifetimes.login_seconds, LOGIN_SECONDS),
            check_range("lifetimes.code_seconds", self.lifetimes.code_seconds, CODE_SECONDS),
            check_range("lifetimes.access_token_seconds", self.lifetimes.access_token_seconds, TOKEN_SECONDS),
            check_range("lifetimes.id_token_seconds", self.lifetimes.id_token_seconds, TOKEN_SECONDS),
            check_range("lifetimes.refresh_token_seconds", self.lifetimes.refresh_token_seconds, REFRESH_TOKEN_SECONDS),
            check_range(
                "limits.client_requests_per_minute",
                self.limits.client_requests_per_minute.into(),
                CLIENT_REQUESTS,
            ),
            check_range("limits.client_burst", self.limits.client_burst.into(), CLIENT_REQUESTS),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    // RFC 8414 §2: an https URL without query and fragment. Off-spec: no path either, because the `__Host-` cookie and
    // both well-known documents then have one place each.
    fn check_issuer(&self) -> Option<Problem> {
        const REMEDY: &str = "write the public address alone, e.g. \"https://hub.example\" (no path, no slash at the end, host in lower case)";
        let problem = |what: &str| Some(Problem::new("issuer", format!("{:?} {what}", self.issuer), REMEDY));
        let Ok(url) = Url::parse(&self.issuer) else { return problem("is not a URL") };
        if url.scheme() != "https" {
            return problem("does not start with https://");
        }
        // The text is compared byte by byte by relying parties, so it must be what a URL parser would write.
        if url.origin().ascii_serialization() != self.issuer {
            return problem("has more than a host and a port, or is not in normal form");
        }
        None
    }

    fn check_workers(&self) -> Option<Problem> {
        let workers = u64::try_from(self.listen.workers?).unwrap_or(u64::MAX);
        check_range("listen.workers", workers, WORKERS)
    }

    fn check_management_is_apart(&self) -> Option<Problem> {
        let same = self.management.address == self.listen.address && self.listen.address.port() != 0;
        same.then(|| {
            Problem::new("management.address", "is the address of the public listener", "give it a port of its own")
        })
    }

    /// Each has its share of the time that a list may take.
    fn check_mirrors(&self) -> Option<Problem> {
        const REMEDY: &str = "name at most three mirrors";
        if self.trust.mirrors.len() > MIRRORS {
            return Some(Problem::new("trust.mirrors", format!("{} mirrors", self.trust.mirrors.len()), REMEDY));
        }
        self.trust.mirrors.iter().find_map(|mirror| check_publisher("trust.mirrors", mirror))
    }

    fn check_store(&self) -> Option<Problem> {
        const REMEDY: &str = "set store.url to \"memory\" or \"redis://host:6379\"; with a password, put the URL in a file and set store.url_file";
        match (&self.store.url, &self.store.url_file) {
            (None, None) => Some(Problem::new("store.url", "is missing", REMEDY)),
            (Some(_), Some(_)) => Some(Problem::new("store.url_file", "is set besides store.url", REMEDY)),
            (None, Some(_)) => None,
            (Some(url), None) if url == "memory" => None,
            (Some(url), None) => check_redis_url(url).map(|what| Problem::new("store.url", what, REMEDY)),
        }
    }

    fn check_sentinels(&self) -> Option<Problem> {
        const REMEDY: &str = "set store.sentinels and store.sentinel_primary together, or neither";
        let (sentinels, primary) = (!self.store.sentinels.is_empty(), self.store.sentinel_primary.is_some());
        (sentinels != primary).then(|| Problem::new("store.sentinels", "stands without its counterpart", REMEDY))
    }

    fn check_sentinel_urls(&self) -> Option<Problem> {
        const REMEDY: &str =
            "write redis://host:26379 or rediss://host:26379, without a password: it does not belong in this file";
        // Not the URL itself: it may be the password that is in the wrong place.
        let what = self.store.sentinels.iter().find_map(|url| check_redis_url(url))?;
        Some(Problem::new(
            "store.sentinels",
            format!("one of them {}", what.replace("neither memory nor", "not")),
            REMEDY,
        ))
    }
}

fn check_redis_url(url: &str) -> Option<&'static str> {
    match Url::parse(url) {
        Ok(url) if !matches!(url.scheme(), "redis" | "rediss") => Some("is neither memory nor a redis URL"),
        Ok(url) if has_password(&url) => Some("carries a password"),
        Ok(_) => None,
        Err(_) => Some("is neither memory nor a redis URL"),
    }
}

/// In the place for it, or as the parameter that Redis clients also take.
fn has_password(url: &Url) -> bool {
    url.password().is_some() || url.query_pairs().any(|(name, _)| matches!(&*name, "pass" | "password"))
}

fn check_range(path: &'static str, value: u64, (least, most): (u64, u64)) -> Option<Problem> {
    (!(least..=most).contains(&value)).then(|| {
        Problem::new(
            path,
            format!("is {value}, allowed are {least} to {most}"),
            "choose a value in that range, or leave the key out",
        )
    })
}

/// With the publisher four: 3 s for each of them to send a list that only the last one has.
const MIRRORS: usize = 3;

fn check_publisher(key: &'static str, place: &str) -> Option<Problem> {
    const REMEDY: &str = "write an https:// URL ending in a slash, or the path of a folder";
    if !place.contains("://") {
        return None;
    }
    let well_formed = Url::parse(place).is_ok_and(|url| {
        url.scheme() == "https" && url.path().ends_with('/') && url.query().is_none() && url.username().is_empty()
    });
    (!well_formed).then(|| Problem::new(key, format!("{place:?} is not such an address"), REMEDY))
}
