//! Whether this replica can work, and if not, why.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use country_adapters::Outbound;
use country_adapters::outbound::Health as Silence;
use hub_core::audit::AuditLog;
use hub_core::ports::{Clock, StoreHealth};
use serde::Serialize;
use strict_jose::UnixTime;
use trust_list::{Alarm, NotReady, TrustState};

use crate::trust::Trust;

/// A probe that takes longer is a no: the orchestrator's own deadline is a second or two.
const PROBE_LIMIT: Duration = Duration::from_millis(800);

/// A suspension bites within a minute where turns of the refresher complete. Two that were cut off in a row, or a
/// refresher that is being replaced, stay below this; a replica above it may be serving what others have suspended.
pub const TURN_AGE_LIMIT: Duration = Duration::from_mins(2);

/// What readiness depends on.
pub struct Health {
    /// The state of trust.
    pub trust: Arc<Trust>,
    /// The store.
    pub store: Arc<dyn StoreHealth>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Knows which countries have stopped answering.
    pub outbound: Outbound,
    /// Set when the hub was asked to stop: new traffic goes elsewhere while the rest is finished.
    pub stopping: AtomicBool,
}

/// The answer to a readiness probe. The signing key is no check of its own: a hub without one does not start.
#[derive(Debug, Serialize)]
pub struct Readiness {
    /// `ready` or `not ready`.
    pub status: &'static str,
    /// Each check, and `ok` or what is wrong.
    pub checks: Checks,
    /// What is wrong without making the hub unready: a country that is down is that country's affair.
    pub warnings: Vec<String>,
}

/// The checks.
#[derive(Debug, Serialize)]
pub struct Checks {
    /// `ok`, or why no list is in force.
    pub trust: String,
    /// The state of trust by name; a hub can be ready with a stale list.
    pub trust_state: &'static str,
    /// Per cent of the lists' life that is over.
    pub trust_life_used_percent: Option<u8>,
    /// `ok`, or that no look for newer lists has completed for too long, whatever it would have found.
    pub trust_refresh: &'static str,
    /// `ok`, or what is wrong with the store.
    pub store: String,
    /// `ok`, or what is wrong with the audit log.
    pub audit: String,
    /// `ok`, or that the hub stops.
    pub lifecycle: &'static str,
}

const OK: &str = "ok";

impl Checks {
    fn all_ok(&self) -> bool {
        let checks = [self.trust.as_str(), self.trust_refresh, &self.store, &self.audit, self.lifecycle];
        checks.iter().all(|check| *check == OK)
    }
}

impl Health {
    /// Looks at everything.
    pub async fn readiness(&self) -> Readiness {
        let state = self.trust.state();
        let now = self.clock.now();
        let in_force = state.in_force(now);
        let (store, audit) = tokio::join!(probe(self.store.health()), probe(self.audit.health()));
        let checks = Checks {
            trust_state: state_name(&state, now),
            trust: in_force.map_or_else(|not_ready| not_ready.to_string(), |_| OK.to_owned()),
            trust_life_used_percent: state.life_used_percent(now),
            trust_refresh: check_turn_age(self.trust.turn_age()),
            store,
            audit,
            lifecycle: if self.stopping.load(Ordering::Relaxed) { "stopping" } else { OK },
        };
        let status = if checks.all_ok() { "ready" } else { "not ready" };
        let warnings = old_lists(&state, now).into_iter().chain(self.silent_countries(&state, now)).collect();
        Readiness { status, checks, warnings }
    }

    fn silent_countries(&self, state: &TrustState, now: UnixTime) -> Vec<String> {
        let members = state.list().into_iter().flat_map(|list| list.members());
        let silent = members.filter(|member| matches!(self.outbound.health(member.code(), now), Silence::Down { .. }));
        silent.map(|member| format!("{} does not answer and is left alone for a while", member.code())).collect()
    }
}

/// Nobody renews the lists, or we do not learn of it: the state says which.
fn old_lists(state: &TrustState, now: UnixTime) -> Option<String> {
    let share = match state.alarm(now)? {
        Alarm::Half => "half",
        Alarm::Urgent => "80 %",
    };
    let end = state.list()?.expires_at().to_rfc3339();
    Some(format!("{share} of the trust lists' life is over and there are no newer ones; they end at {end}"))
}

/// The name of the state that really holds: a list that was fresh when it was fetched expires by itself.
pub(super) fn state_name(state: &TrustState, now: UnixTime) -> &'static str {
    match state.in_force(now) {
        Ok(_) | Err(NotReady::NotConfigured | NotReady::NoList) => state.name(),
        Err(NotReady::ZeroAnchors) => "zero-anchors",
        Err(NotReady::Expired { .. }) => "expired",
    }
}

fn check_turn_age(age: Duration) -> &'static str {
    if age <= TURN_AGE_LIMIT { OK } else { "no look for newer lists completed in time" }
}

async fn probe<E: std::fmt::Display>(check: impl Future<Output = Result<(), E>>) -> String {
    match tokio::time::timeout(PROBE_LIMIT, check).await {
        Ok(Ok(())) => OK.to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h13_a_replica_that_completes_no_turn_is_not_ready_after_two_minutes() {
        assert_eq!(check_turn_age(Duration::ZERO), OK);
        assert_eq!(check_turn_age(TURN_AGE_LIMIT), OK);
        assert_ne!(check_turn_age(TURN_AGE_LIMIT + Duration::from_millis(1)), OK);
    }
}
