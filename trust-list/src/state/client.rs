//! The client: keeps the state of trust up to date.

use std::sync::Arc;

use async_trait::async_trait;
use strict_jose::UnixTime;

use super::{Staleness, TrustState};
use crate::VerifiedList;
use crate::high_water::HighWater;
use crate::publisher::{FetchError, Publisher};
use crate::update::{Fault, Origin, UpdateError, Updated, update_from};

/// Drives [`crate::update`] and owns the transitions of [`TrustState`].
///
/// ```text
/// start ─► Stale(from disk) | Expired | Unreachable ─refresh─► Fresh | Stale | Unreachable | Regressed | ZeroAnchors
///                                                    ─tick──► Expired
/// ```
pub struct TrustClient {
    configured: Option<Configured>,
    last: Option<Arc<VerifiedList>>,
    last_error: Option<Arc<UpdateError>>,
    state: TrustState,
}

struct Configured {
    pinned_root: Vec<u8>,
    high_water: HighWater,
}

impl TrustClient {
    /// A client without a pinned root. It trusts nothing and says so.
    pub fn not_configured() -> Self {
        Self { configured: None, last: None, last_error: None, state: TrustState::NotConfigured }
    }

    /// A client that begins with the last good documents on disk, if there are any.
    ///
    /// Fails only for what an operator must put right: a root that cannot be used, a directory that cannot be.
    pub async fn start(pinned_root: Vec<u8>, high_water: HighWater, now: UnixTime) -> Result<Self, UpdateError> {
        let mut configured = Configured { pinned_root, high_water };
        let stored = Stored::of(&configured.high_water);
        let outcome = configured.update(Origin::Disk, &stored, None, now).await;
        if let Err(why) = &outcome
            && why.fault() == Fault::Operator
        {
            return Err(why.clone());
        }
        let mut client = Self { configured: Some(configured), ..Self::not_configured() };
        client.take(outcome, now);
        if let TrustState::Fresh(list) = &client.state {
            client.state = TrustState::Stale { list: Arc::clone(list), since: now, why: Staleness::FromDisk };
        }
        Ok(client)
    }

    /// The state now.
    pub fn state(&self) -> &TrustState {
        &self.state
    }

    /// Why the last refresh failed, if it did; also when the list has since expired.
    pub fn last_error(&self) -> Option<&Arc<UpdateError>> {
        self.last_error.as_ref()
    }

    /// Verifies the publisher's newest documents. On any failure the last good list stays in force until its end, with
    /// what the newest status document suspends.
    pub async fn refresh(&mut self, publisher: &dyn Publisher, now: UnixTime) -> &TrustState {
        let Some(configured) = &mut self.configured else { return &self.state };
        let previous = self.last.as_deref().filter(|list| now < list.expires_at());
        let outcome = configured.update(Origin::Publisher, publisher, previous, now).await;
        self.take(outcome, now);
        &self.state
    }

    /// Lets time pass: a list past its end is dropped.
    pub fn tick(&mut self, now: UnixTime) -> &TrustState {
        self.state = std::mem::take(&mut self.state).tick(now);
        &self.state
    }

    fn take(&mut self, outcome: Result<Updated, UpdateError>, now: UnixTime) {
        if let Ok(Updated::Changed(list) | Updated::Narrowed { list, .. }) = &outcome {
            self.last = Some(Arc::clone(list));
        }
        let outcome = match outcome {
            Ok(Updated::Changed(list)) => Ok(Some(list)),
            Ok(Updated::Unchanged) => Ok(None),
            Ok(Updated::Narrowed { why, .. }) | Err(why) => Err(Arc::new(why)),
        };
        self.last_error = outcome.as_ref().err().cloned();
        self.state = std::mem::take(&mut self.state).after(outcome, self.last.as_ref(), now).tick(now);
    }
}

impl Configured {
    async fn update(
        &mut self,
        origin: Origin,
        publisher: &dyn Publisher,
        previous: Option<&VerifiedList>,
        now: UnixTime,
    ) -> Result<Updated, UpdateError> {
        update_from(origin, &self.pinned_root, publisher, &mut self.high_water, previous, now).await
    }
}

/// The documents on disk, offered like any publisher's: what was verified when it was written is verified again.
struct Stored {
    status: Option<Vec<u8>>,
}

impl Stored {
    fn of(high_water: &HighWater) -> Self {
        Self { status: high_water.document(crate::document::DocumentPath::Status) }
    }
}

#[async_trait]
impl Publisher for Stored {
    /// Roots and lists are looked for in [`HighWater`] before any publisher is asked.
    async fn fetch(&self, path: &str, _: usize) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(if path == "status.json" { self.status.clone() } else { None })
    }
}
