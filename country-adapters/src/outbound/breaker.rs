//! One circuit breaker and one bulkhead for each country: a sick one does not hold up the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use strict_jose::UnixTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use trust_list::CountryCode;

use super::request::OutboundError;

/// How a country has answered lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answers, or nobody has asked.
    Up,
    /// It did not answer; the next request tries again.
    Probing,
    /// It did not answer and is left alone.
    Down {
        /// Until when.
        until: UnixTime,
    },
}

/// ```text
/// Closed --FAILURES_TO_OPEN in a row--> Open --OPEN_FOR--> HalfOpen --success--> Closed
///                                         ^------------------failure--'
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Circuit {
    Closed {
        failures: u32,
    },
    Open {
        until: UnixTime,
    },
    /// One request is trying; the others wait for its result, or until it must be lost.
    HalfOpen {
        until: UnixTime,
    },
}

impl Circuit {
    /// Lets a request through, or not.
    fn enter(self, now: UnixTime) -> Result<Self, OutboundError> {
        match self {
            Self::Closed { .. } => Ok(self),
            Self::Open { until } | Self::HalfOpen { until } if now < until => Err(OutboundError::CircuitOpen),
            Self::Open { .. } | Self::HalfOpen { .. } => Ok(Self::HalfOpen { until: now.plus(TRIAL_FOR) }),
        }
    }

    /// A success that began before the circuit opened comes late and proves nothing: only the trial closes it. No
    /// call outlives [`OPEN_FOR`], so what is reported while the circuit is half open is the trial's.
    fn after_success(self) -> Self {
        match self {
            Self::Open { .. } => self,
            Self::Closed { .. } | Self::HalfOpen { .. } => Self::Closed { failures: 0 },
        }
    }

    fn after_failure(self, now: UnixTime) -> Self {
        match self {
            Self::Closed { failures } if failures + 1 < FAILURES_TO_OPEN => Self::Closed { failures: failures + 1 },
            _ => Self::Open { until: now.plus(OPEN_FOR) },
        }
    }

    fn health(self, now: UnixTime) -> Health {
        match self {
            Self::Closed { .. } => Health::Up,
            Self::Open { until } if now < until => Health::Down { until },
            Self::Open { .. } | Self::HalfOpen { .. } => Health::Probing,
        }
    }
}

#[derive(Default)]
pub(super) struct Breakers(Mutex<HashMap<CountryCode, Country>>);

struct Country {
    circuit: Circuit,
    places: Arc<Semaphore>,
}

impl Default for Country {
    fn default() -> Self {
        Self { circuit: Circuit::Closed { failures: 0 }, places: Arc::new(Semaphore::new(MAX_IN_FLIGHT)) }
    }
}

/// A place among the requests in flight; giving it up frees it.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Breakers {
    /// A place for one request.
    pub(super) fn enter(&self, country: CountryCode, now: UnixTime) -> Result<Place, OutboundError> {
        self.with(country, |entry| {
            let permit = Arc::clone(&entry.places).try_acquire_owned().map_err(|_| OutboundError::Busy)?;
            entry.circuit = entry.circuit.enter(now)?;
            Ok(Place { _permit: permit })
        })
    }

    pub(super) fn succeeded(&self, country: CountryCode) {
        self.with(country, |entry| entry.circuit = entry.circuit.after_success());
    }

    pub(super) fn failed(&self, country: CountryCode, now: UnixTime) {
        self.with(country, |entry| entry.circuit = entry.circuit.after_failure(now));
    }

    pub(super) fn health(&self, country: CountryCode, now: UnixTime) -> Health {
        self.with(country, |entry| entry.circuit.health(now))
    }

    fn with<T>(&self, country: CountryCode, act: impl FnOnce(&mut Country) -> T) -> T {
        // What is inside is valid at every step, so a panic elsewhere spoils nothing.
        let mut countries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(countries.entry(country).or_default())
    }
}

/// Two may be a coincidence; five in a row are an outage.
const FAILURES_TO_OPEN: u32 = 5;
/// Long enough for a restart, short enough for a person to try again.
const OPEN_FOR: i64 = 30;
/// The longest call, and a little: after that the trial must have ended.
const TRIAL_FOR: i64 = 15;
/// Ten logins a second at ten seconds each, and some: what one national system handles at best.
const MAX_IN_FLIGHT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    const T: UnixTime = UnixTime::new(1_764_000_000);

    fn country(code: &str) -> CountryCode {
        code.parse().unwrap()
    }

    fn fail(breakers: &Breakers, times: u32) {
        for _ in 0..times {
            breakers.failed(country("XA"), T);
        }
    }

    #[test]
    fn f9_five_failures_in_a_row_open_the_circuit_of_that_country_only() {
        let breakers = Breakers::default();
        fail(&breakers, FAILURES_TO_OPEN - 1);
        assert!(breakers.enter(country("XA"), T).is_ok());
        fail(&breakers, 1);
        assert_eq!(breakers.enter(country("XA"), T).err(), Some(OutboundError::CircuitOpen));
        assert_eq!(breakers.health(country("XA"), T), Health::Down { until: T.plus(OPEN_FOR) });
        assert!(breakers.enter(country("XB"), T).is_ok());
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let breakers = Breakers::default();
        fail(&breakers, FAILURES_TO_OPEN - 1);
        breakers.succeeded(country("XA"));
        fail(&breakers, FAILURES_TO_OPEN - 1);
        assert_eq!(breakers.health(country("XA"), T), Health::Up);
    }

    #[test]
    fn f9_a_success_that_comes_after_the_circuit_opened_does_not_close_it() {
        let breakers = Breakers::default();
        fail(&breakers, FAILURES_TO_OPEN);
        breakers.succeeded(country("XA"));
        assert_eq!(breakers.health(country("XA"), T), Health::Down { until: T.plus(OPEN_FOR) });
        assert_eq!(breakers.enter(country("XA"), T).err(), Some(OutboundError::CircuitOpen));
    }

    #[test]
    fn after_the_pause_one_request_tries_and_decides() {
        let breakers = Breakers::default();
        fail(&breakers, FAILURES_TO_OPEN);
        let later = T.plus(OPEN_FOR);
        assert_eq!(breakers.health(country("XA"), later), Health::Probing);
        assert!(breakers.enter(country("XA"), later).is_ok());
        assert_eq!(breakers.enter(country("XA"), later).err(), Some(OutboundError::CircuitOpen));
        breakers.failed(country("XA"), later);
        assert_eq!(breakers.health(country("XA"), later), Health::Down { until: later.plus(OPEN_FOR) });

        let again = later.plus(OPEN_FOR);
        assert!(breakers.enter(country("XA"), again).is_ok());
        breakers.succeeded(country("XA"));
        assert_eq!(breakers.health(country("XA"), again), Health::Up);
    }

    #[test]
    fn a_trial_that_is_never_reported_does_not_lock_the_country_out() {
        let breakers = Breakers::default();
        fail(&breakers, FAILURES_TO_OPEN);
        drop(breakers.enter(country("XA"), T.plus(OPEN_FOR)).unwrap());
        assert!(breakers.enter(country("XA"), T.plus(OPEN_FOR + TRIAL_FOR)).is_ok());
    }

    #[test]
    fn a_country_that_hangs_holds_a_bounded_number_of_requests() {
        let breakers = Breakers::default();
        let mut places: Vec<Place> = (0..MAX_IN_FLIGHT).map(|_| breakers.enter(country("XA"), T).unwrap()).collect();
        assert_eq!(breakers.enter(country("XA"), T).err(), Some(OutboundError::Busy));
        assert!(breakers.enter(country("XB"), T).is_ok());
        places.pop();
        assert!(breakers.enter(country("XA"), T).is_ok());
    }
}
