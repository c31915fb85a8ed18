//! Metrics. Labels come from small fixed sets: routes, codes, countries. Nothing about persons, no client identifiers.
//!
//! To add one: 1. a field; 2. its registration in [`Metrics::new`]; 3. the one place that counts.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use strict_jose::UnixTime;
use trust_list::{Alarm, CountryCode, TrustState, Verdict};

/// OpenTelemetry semantic conventions for HTTP, `http.server.request.duration`: the buckets it advises, in seconds.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Histogram>,
    /// Logins that ended, by how.
    pub logins: Family<LoginLabels, Counter>,
    /// Calls to national systems.
    pub adapters: Family<AdapterLabels, Histogram>,
    /// Requests refused because their client asks too often.
    pub quota_refusals: Counter,
    /// Audit records that could not be written.
    pub audit_write_errors: Counter,
    /// Requests that are being answered.
    pub in_flight: Gauge,
    /// Requests whose handler panicked.
    pub panics: Counter,
    /// Times a refresher of the trust lists was given up on.
    pub refresher_restarts: Counter,
    trust_version: Gauge,
    trust_expires: Gauge,
    trust_alarm: Gauge,
    trust_state: Family<StateLabels, Gauge>,
    trust_turn_age: Gauge<f64, AtomicU64>,
    suspensions: Gauge,
    publisher_verdict: Family<VerdictLabels, Gauge>,
    publisher_version: Family<PublisherLabels, Gauge>,
    publisher_answered: Family<PublisherLabels, Gauge>,
}

/// A request that is being answered; it is counted until this is dropped.
pub struct InFlight<'m>(&'m Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Of one HTTP request.
#[expect(clippy::struct_field_names, reason = "the labels are OpenTelemetry's attribute names")]
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabels {
    http_request_method: String,
    http_route: String,
    http_response_status_code: u16,
}

/// Of one login.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LoginLabels {
    /// The home country.
    pub country: Country,
    /// The level that was reached, as `acr`.
    pub acr: &'static str,
    /// `ok` or an error code.
    pub outcome: &'static str,
}

/// Of one call to a national system.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct AdapterLabels {
    /// Whose system.
    pub country: Country,
    /// `begin`, `complete` or `present`.
    pub op: &'static str,
    /// `ok` or `error`.
    pub outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

/// A publisher or mirror, as the configuration names it.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PublisherLabels {
    publisher: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct VerdictLabels {
    publisher: String,
    verdict: &'static str,
}

/// A country as a label; empty where none is known.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub struct Country(pub Option<CountryCode>);

impl EncodeLabelValue for Country {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        match &self.0 {
            Some(code) => code.as_str().encode(encoder),
            None => "".encode(encoder),
        }
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Family::new_with_constructor(histogram as fn() -> Histogram);
        registry.register_with_unit("http_server_request_duration", "Time to answer", Unit::Seconds, requests.clone());
        let logins = Family::default();
        registry.register("hub_logins", "Logins that ended, by home country, level and outcome", logins.clone());
        let adapters = Family::new_with_constructor(histogram as fn() -> Histogram);
        let help = "Time spent in calls to national systems";
        registry.register_with_unit("hub_adapter_request_duration", help, Unit::Seconds, adapters.clone());
        let quota_refusals = Counter::default();
        let help = "Requests refused because their client asks too often";
        registry.register("hub_client_quota_refusals", help, quota_refusals.clone());
        let audit_write_errors = Counter::default();
        registry.register("hub_audit_write_errors", "Audit records that failed", audit_write_errors.clone());
        let in_flight = Gauge::default();
        registry.register("http_server_active_requests", "Requests that are being answered", in_flight.clone());
        let panics = Counter::default();
        registry.register("hub_panics", "Requests whose handler panicked", panics.clone());
        let refresher_restarts = Counter::default();
        let help = "Trust list refreshers that were stuck or died";
        registry.register("hub_trustlist_refresher_restarts", help, refresher_restarts.clone());
        let trust_version = Gauge::default();
        registry.register("hub_trustlist_version", "Version of the status document in force", trust_version.clone());
        let trust_expires = Gauge::default();
        let help = "When the lists in force expire";
        registry.register_with_unit("hub_trustlist_expires_timestamp", help, Unit::Seconds, trust_expires.clone());
        let trust_alarm = Gauge::default();
        let help = "Per cent of the lists' life that is over without newer ones: 0, 50 or 80";
        registry.register("hub_trustlist_alarm", help, trust_alarm.clone());
        let trust_state = Family::default();
        registry.register("hub_trustlist_state", "1 for the state that holds", trust_state.clone());
        let trust_turn_age = Gauge::default();
        let help = "Time since the last completed look for newer trust lists";
        registry.register_with_unit("hub_trustlist_turn_age", help, Unit::Seconds, trust_turn_age.clone());
        let suspensions = Gauge::default();
        registry.register("hub_suspended_entities", "Suspension orders in force", suspensions.clone());
        let publisher_verdict = Family::default();
        let help = "1 for how the status document of each publisher compares: newest, behind, or why it is refused";
        registry.register("hub_trustlist_publisher_verdict", help, publisher_verdict.clone());
        let publisher_version = Family::default();
        let help = "Version of the last good status document of each publisher";
        registry.register("hub_trustlist_publisher_version", help, publisher_version.clone());
        let publisher_answered = Family::default();
        let help = "When each publisher last answered with a good status document";
        registry.register_with_unit(
            "hub_trustlist_publisher_answered_timestamp",
            help,
            Unit::Seconds,
            publisher_answered.clone(),
        );
        Self {
            registry,
            requests,
            logins,
            adapters,
            quota_refusals,
            audit_write_errors,
            in_flight,
            panics,
            refresher_restarts,
            trust_version,
            trust_expires,
            trust_alarm,
            trust_state,
            trust_turn_age,
            suspensions,
            publisher_verdict,
            publisher_version,
            publisher_answered,
        }
    }

    /// A publisher was looked at; `before` is the word for how it was then.
    pub fn observe_publisher(&self, name: &str, before: Option<&'static str>, verdict: &Verdict, now: UnixTime) {
        let publisher = PublisherLabels { publisher: name.to_owned() };
        let labels = |verdict| VerdictLabels { publisher: name.to_owned(), verdict };
        if let Some(before) = before {
            self.publisher_verdict.remove(&labels(before));
        }
        self.publisher_verdict.get_or_create(&labels(verdict.code())).set(1);
        if let Verdict::Newest { version } | Verdict::Behind { version, .. } = verdict {
            self.publisher_version.get_or_create(&publisher).set(i64::try_from(*version).unwrap_or(i64::MAX));
            self.publisher_answered.get_or_create(&publisher).set(now.seconds());
        }
    }

    /// A request begins; it is in flight until what this returns is dropped.
    pub fn one_in_flight(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// One request was answered. `route` is the pattern it matched, so a scanner cannot make up labels.
    pub fn observe_request(&self, route: Option<String>, method: &Method, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            http_request_method: known_method(method).to_owned(),
            http_route: route.unwrap_or_default(),
            http_response_status_code: status.as_u16(),
        };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// The OpenMetrics text. The state of trust is looked at now, not when it last changed: a list expires by itself.
    /// `turn_age` is the time since the last completed look for newer lists.
    pub fn render(&self, trust: &TrustState, turn_age: Duration, now: UnixTime) -> Result<String, fmt::Error> {
        self.look_at(trust, now);
        self.trust_turn_age.set(turn_age.as_secs_f64());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn look_at(&self, trust: &TrustState, now: UnixTime) {
        let list = trust.in_force(now).ok();
        let state = super::health::state_name(trust, now);
        self.trust_state.clear();
        self.trust_state.get_or_create(&StateLabels { state }).set(1);
        self.trust_alarm.set(match trust.alarm(now) {
            Some(Alarm::Urgent) => 80,
            Some(Alarm::Half) => 50,
            None => 0,
        });
        self.trust_version.set(list.map_or(0, |list| i64::try_from(list.sequence()).unwrap_or(i64::MAX)));
        self.trust_expires.set(list.map_or(0, |list| list.expires_at().seconds()));
        self.suspensions.set(list.map_or(0, |list| i64::try_from(list.suspensions().len()).unwrap_or(i64::MAX)));
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

// OpenTelemetry semantic conventions for HTTP: `_OTHER` for methods nobody knows, so that peers cannot make up labels.
fn known_method(method: &Method) -> &str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH];
    if known.contains(method) { method.as_str() } else { "_OTHER" }
}
