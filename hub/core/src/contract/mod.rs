//! The contract of the storage ports, as tests that every backend runs.
//!
//! A backend implements [`Backend`] and calls [`contract_suite!`](crate::contract_suite) with an expression that
//! makes a fresh, empty one:
//!
//! ```ignore
//! hub_core::contract_suite!(RedisBackend::start().await);
//! ```
//!
//! That makes one test of each case. To add a case: 1. an `async fn(&dyn Backend) -> Outcome` in the module of its port;
//! 2. its name in the list of the macro, or it does not run.

pub mod grants;
pub mod hearsay;
pub mod logins;
pub mod pushed_requests;
pub mod races;
pub mod refresh_tokens;
pub mod replay;
#[cfg(test)]
mod teeth;

use std::time::Duration;

use async_trait::async_trait;

use crate::handles::{Handle, HandleKind, Once, RequestId};
use crate::ports::{Guarded, StoreError, Stores};
use crate::sealed::Sealed;

/// A store under test.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Two replicas' views of the one store.
    fn replicas(&self) -> [Stores; 2];

    /// Lets `by` pass for the store.
    async fn pass(&self, by: Duration);

    /// How often a race is run. The first defect of a racy store showed in about one round of fifty.
    fn rounds(&self) -> usize {
        1_000
    }
}

/// What a case says.
pub type Outcome = Result<(), Broken>;

/// The contract is broken.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A rule does not hold.
    #[error("{0}")]
    Rule(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system failed.
    #[error("the test could not run: {0}")]
    NotRun(&'static str),
}

impl From<strict_jose::RandomError> for Broken {
    fn from(_: strict_jose::RandomError) -> Self {
        Self::NotRun("no randomness")
    }
}

/// A test of each case of the contract, on the backend that `$backend` makes.
#[macro_export]
macro_rules! contract_suite {
    ($backend:expr) => {
        $crate::contract_suite! { @cases $backend;
            pushed_requests::b05_a_request_is_read_as_often_as_asked_until_its_login_completes
            pushed_requests::b05_a_refusal_uses_the_request_up_too
            pushed_requests::b05_a_request_is_used_up_once
            pushed_requests::b05_of_two_grants_for_one_request_one_is_decided
            pushed_requests::a_begun_request_is_kept_as_long_as_its_login_may_take
            pushed_requests::b06_a_request_ends_with_its_time_to_live
            pushed_requests::d05_a_replayed_assertion_stores_nothing
            pushed_requests::one_replayed_thing_leaves_the_others_unseen
            logins::a_login_is_taken_once
            logins::b05_a_login_needs_a_request_that_stands
            logins::a_login_ends_with_its_time_to_live
            logins::a_handle_of_another_kind_finds_nothing
            grants::a_grant_goes_through_its_stages_in_order
            grants::a_step_out_of_order_changes_nothing
            grants::a_refused_grant_is_gone
            grants::c01_a_code_used_twice_revokes_its_grant
            grants::c02_a_code_ends_with_its_time_to_live
            grants::c22_a_revoked_grant_is_gone_from_every_stage
            grants::d05_a_replayed_assertion_leaves_the_code_alone
            grants::a_redeemed_grant_lives_as_long_as_its_tokens
            grants::a_proof_is_checked_with_the_reading
            refresh_tokens::a_refresh_token_may_be_presented_again
            refresh_tokens::a_refresh_token_needs_a_redeemed_grant
            refresh_tokens::c13_a_refresh_token_dies_with_its_grant
            refresh_tokens::a_refresh_token_belongs_to_its_grant_only
            refresh_tokens::a_refresh_token_prolongs_its_grant_and_ends
            refresh_tokens::d05_a_replayed_assertion_presents_nothing
            replay::a_thing_is_new_once
            replay::a_thing_is_forgotten_when_its_time_ends
            replay::things_with_other_names_or_kinds_do_not_collide
            hearsay::the_highest_version_told_is_heard_by_all
            hearsay::a_version_that_nobody_repeats_is_forgotten
            hearsay::a_version_that_is_repeated_stays
            races::c09_one_of_fifty_redeems_a_code
            races::one_of_eight_takes_a_login
            races::b05_one_of_eight_ends_a_request
            races::one_of_eight_sees_a_thing_first
            races::one_of_eight_pushes_with_an_assertion
            races::one_of_eight_codes_goes_with_an_assertion
            races::approval_or_refusal_wins_not_both
            races::no_grant_survives_its_revocation
        }
    };
    (@cases $backend:expr; $($module:ident :: $case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            let backend = $backend;
            if let Err(broken) = $crate::contract::$module::$case(&backend).await {
                panic!("{broken}");
            }
        }
    )*};
}

/// Refuses with the given text unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($text:tt)+) => {
        if !$holds {
            return Err($crate::contract::Broken::Rule(format!($($text)+)));
        }
    };
}
use ensure;

fn sealed(text: &str) -> Sealed {
    Sealed::from_bytes(text.as_bytes())
}

fn new<K: HandleKind>() -> Result<Handle<K>, Broken> {
    Ok(Handle::random()?)
}

/// A pushed request that no login has used up.
async fn pushed(stores: &Stores) -> Result<RequestId, Broken> {
    let id = new()?;
    let put = stores.pushed_requests.put(&id, sealed("request"), MINUTE * 60, &[]).await?;
    if put == Guarded::Fresh(()) { Ok(id) } else { Err(Broken::Rule("nothing was there to be replayed".into())) }
}

/// An assertion nobody has used.
fn assertion() -> Result<Once, Broken> {
    Ok(Once::client_assertion("client", &strict_jose::random_token()?, MINUTE))
}

/// A moment at which what lives for `ttl` still lives.
fn just_before(ttl: Duration) -> Duration {
    ttl.saturating_sub(SECOND)
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
