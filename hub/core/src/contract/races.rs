//! Many callers at once, on two replicas. A store that reads and then writes loses these.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Backend, Broken, MINUTE, Outcome, assertion, ensure, new, pushed, sealed};
use crate::handles::{GrantId, RequestId};
use crate::ports::{Guarded, Redeemed, Stores};

/// C09: fifty callers, two replicas, one winner; the second revokes, the others find nothing.
pub async fn c09_one_of_fifty_redeems_a_code(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let replicas = backend.replicas();
        let (id, _) = code_issued(&replicas).await?;
        let outcomes = race(50, &replicas, |stores| {
            let (id, once) = (id.clone(), assertion());
            async move { Ok(stores.grants.redeem(&id, MINUTE, &[once?]).await?) }
        })
        .await?;
        let count = |wanted: fn(&Redeemed) -> bool| {
            outcomes.iter().filter(|outcome| matches!(outcome, Guarded::Fresh(it) if wanted(it))).count()
        };
        let first = count(|it| matches!(it, Redeemed::First(_)));
        ensure!(first == 1, "round {round}: {first} callers redeemed one code");
        let again = count(|it| *it == Redeemed::Again);
        ensure!(again == 1, "round {round}: {again} callers were told that they are the second");
        let unknown = count(|it| *it == Redeemed::Unknown);
        ensure!(unknown == 48, "round {round}: {unknown} of 48 callers found nothing");
    }
    Ok(())
}

/// One callback goes on.
pub async fn one_of_eight_takes_a_login(backend: &dyn Backend) -> Outcome {
    let [stores, _] = backend.replicas();
    let request = pushed(&stores).await?;
    for round in 0..backend.rounds() {
        let replicas = backend.replicas();
        let handle = new()?;
        stores.logins.put(&handle, &request, sealed("login"), MINUTE).await?;
        let outcomes = race(8, &replicas, |stores| {
            let handle = handle.clone();
            async move { Ok(stores.logins.take(&handle).await?) }
        })
        .await?;
        let winners = outcomes.iter().flatten().count();
        ensure!(winners == 1, "round {round}: {winners} callers took one login");
    }
    Ok(())
}

/// One end is the first.
pub async fn b05_one_of_eight_ends_a_request(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let replicas = backend.replicas();
        let [stores, _] = &replicas;
        let request = pushed(stores).await?;
        let outcomes = race(8, &replicas, |stores| {
            let request = request.clone();
            async move { Ok(stores.pushed_requests.use_up(&request).await?) }
        })
        .await?;
        let winners = outcomes.into_iter().filter(|first| *first).count();
        ensure!(winners == 1, "round {round}: {winners} ends of one request");
    }
    Ok(())
}

/// One sighting is the first.
pub async fn one_of_eight_sees_a_thing_first(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let once = assertion()?;
        let outcomes =
            race(8, &backend.replicas(), |stores| async move { Ok(stores.replay.first_seen(&once).await?) }).await?;
        let winners = outcomes.into_iter().filter(|first| *first).count();
        ensure!(winners == 1, "round {round}: {winners} callers saw one thing first");
    }
    Ok(())
}

/// One assertion pushes one request, and what is refused is not stored.
pub async fn one_of_eight_pushes_with_an_assertion(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let once = assertion()?;
        let outcomes = race(8, &backend.replicas(), |stores| async move {
            let id: RequestId = new()?;
            let put = stores.pushed_requests.put(&id, sealed("request"), MINUTE, &[once]).await?;
            let stored = stores.pushed_requests.begin(&id, MINUTE).await?.is_some();
            Ok((put == Guarded::Fresh(()), stored))
        })
        .await?;
        let winners = outcomes.iter().filter(|(fresh, _)| *fresh).count();
        ensure!(winners == 1, "round {round}: one assertion pushed {winners} requests");
        ensure!(outcomes.iter().all(|(fresh, stored)| fresh == stored), "round {round}: stored, yet refused");
    }
    Ok(())
}

/// One assertion redeems one code; the other codes stay good.
pub async fn one_of_eight_codes_goes_with_an_assertion(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() / 10 {
        let replicas = backend.replicas();
        let once = assertion()?;
        let outcomes = race(8, &replicas, |stores| {
            let replicas = replicas.clone();
            async move {
                let (id, _) = code_issued(&replicas).await?;
                let fresh = matches!(stores.grants.redeem(&id, MINUTE, &[once]).await?, Guarded::Fresh(_));
                let retried = stores.grants.redeem(&id, MINUTE, &[]).await?;
                Ok((fresh, matches!(retried, Guarded::Fresh(Redeemed::First(_)))))
            }
        })
        .await?;
        let winners = outcomes.iter().filter(|(fresh, _)| *fresh).count();
        ensure!(winners == 1, "round {round}: one assertion redeemed {winners} codes");
        ensure!(outcomes.iter().all(|(fresh, good)| fresh != good), "round {round}: refused, yet the code was used up");
    }
    Ok(())
}

/// The person presses both buttons.
pub async fn approval_or_refusal_wins_not_both(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let replicas = backend.replicas();
        let [stores, _] = &replicas;
        let (id, request): (GrantId, RequestId) = (new()?, pushed(stores).await?);
        stores.grants.open(&id, sealed("grant"), MINUTE).await?;
        let mut turn = 0;
        let outcomes = race(8, &replicas, |stores| {
            let (id, request) = (id.clone(), request.clone());
            turn += 1;
            let approves = turn % 4 < 2;
            async move {
                let won = if approves {
                    stores.grants.approve(&id, &request, MINUTE).await?
                } else {
                    stores.grants.deny(&id, &request).await?
                };
                Ok(won.map(|_| approves))
            }
        })
        .await?;
        let winners: Vec<bool> = outcomes.into_iter().flatten().collect();
        ensure!(winners.len() == 1, "round {round}: {} decisions on one grant", winners.len());
        let code = stores.grants.redeem(&id, MINUTE, &[]).await?;
        let has_code = matches!(code, Guarded::Fresh(Redeemed::First(_)));
        ensure!(winners == [has_code], "round {round}: there is a code if and only if the approval won");
    }
    Ok(())
}

/// Revocation against redemption: whichever comes first, nothing lives after.
pub async fn no_grant_survives_its_revocation(backend: &dyn Backend) -> Outcome {
    for round in 0..backend.rounds() {
        let replicas = backend.replicas();
        let [stores, _] = &replicas;
        let (id, _) = code_issued(&replicas).await?;
        let mut turn = 0;
        race(4, &replicas, |stores| {
            let id = id.clone();
            turn += 1;
            let revokes = turn == 1 + round % 4;
            async move {
                if revokes {
                    stores.grants.revoke(&id).await?;
                } else {
                    let _ = stores.grants.redeem(&id, MINUTE, &[]).await?;
                }
                Ok(())
            }
        })
        .await?;
        let read = stores.grants.read(&id, &[]).await?;
        ensure!(read == Guarded::Fresh(None), "round {round}: a grant survived its revocation");
    }
    Ok(())
}

/// A grant whose code is out, opened here and approved there.
async fn code_issued([here, there]: &[Stores; 2]) -> Result<(GrantId, RequestId), Broken> {
    let (id, request) = (new()?, pushed(here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    there.grants.approve(&id, &request, MINUTE).await?;
    Ok((id, request))
}

/// Runs `count` steps that `step` makes, all let go at the same moment, every other one on the other replica.
async fn race<T, F>(count: usize, replicas: &[Stores; 2], mut step: impl FnMut(Stores) -> F) -> Result<Vec<T>, Broken>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Broken>> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let mut steps = JoinSet::new();
    for stores in replicas.iter().cycle().take(count) {
        let (start, step) = (start.clone(), step(stores.clone()));
        steps.spawn(async move {
            start.wait().await;
            step.await
        });
    }
    let mut outcomes = Vec::with_capacity(count);
    while let Some(outcome) = steps.join_next().await {
        outcomes.push(outcome.map_err(|_| Broken::NotRun("a step panicked"))??);
    }
    Ok(outcomes)
}
