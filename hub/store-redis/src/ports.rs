//! The ports: which script with which keys, and what its answer means.

use std::time::Duration;

use async_trait::async_trait;
use hub_core::handles::{GrantId, LoginHandle, Once, RefreshHandle, RequestId};
use hub_core::ports::{
    Grants, Guarded, HEARSAY_TTL, Hearsay, Logins, Outage, PushedRequests, Redeemed, RefreshTokens, Refreshed, Replay,
    StoreError, StoreHealth,
};
use hub_core::sealed::Sealed;
use redis::Value;

use crate::RedisStore;
use crate::script::{Call, millis, name};

#[async_trait]
impl PushedRequests for RedisStore {
    async fn put(
        &self,
        id: &RequestId,
        request: Sealed,
        ttl: Duration,
        once: &[Once],
    ) -> Result<Guarded<()>, StoreError> {
        let call = Call::of(&self.scripts.put_request).key(&id.storage_key()).bytes(request.as_bytes()).ttl(ttl);
        guarded(self.call(call.once(once)).await?, once, |answer| match answer {
            Value::BulkString(_) => Some(()),
            _ => None,
        })
    }

    async fn begin(&self, id: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        sealed(self.call(Call::of(&self.scripts.begin_request).key(&id.storage_key()).ttl(ttl)).await?).ok_or(NONSENSE)
    }

    async fn use_up(&self, id: &RequestId) -> Result<bool, StoreError> {
        yes_or_no(&self.call(Call::of(&self.scripts.use_up).key(&id.storage_key())).await?)
    }
}

#[async_trait]
impl Logins for RedisStore {
    async fn put(
        &self,
        handle: &LoginHandle,
        request: &RequestId,
        login: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let call = Call::of(&self.scripts.put_login).key(&handle.storage_key()).key(&request.storage_key());
        yes_or_no(&self.call(call.bytes(login.as_bytes()).ttl(ttl)).await?)
    }

    async fn take(&self, handle: &LoginHandle) -> Result<Option<Sealed>, StoreError> {
        sealed(self.call(Call::of(&self.scripts.take).key(&handle.storage_key())).await?).ok_or(NONSENSE)
    }
}

#[async_trait]
impl Grants for RedisStore {
    async fn open(&self, id: &GrantId, grant: Sealed, ttl: Duration) -> Result<(), StoreError> {
        let value = [b"A", grant.as_bytes()].concat();
        self.call(Call::of(&self.scripts.put).key(&id.storage_key()).bytes(&value).ttl(ttl)).await.map(drop)
    }

    async fn approve(&self, id: &GrantId, request: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        let call = Call::of(&self.scripts.approve).key(&id.storage_key()).key(&request.storage_key()).ttl(ttl);
        sealed(self.call(call).await?).ok_or(NONSENSE)
    }

    async fn deny(&self, id: &GrantId, request: &RequestId) -> Result<Option<Sealed>, StoreError> {
        let call = Call::of(&self.scripts.deny).key(&id.storage_key()).key(&request.storage_key());
        sealed(self.call(call).await?).ok_or(NONSENSE)
    }

    async fn redeem(&self, id: &GrantId, ttl: Duration, once: &[Once]) -> Result<Guarded<Redeemed>, StoreError> {
        let call = Call::of(&self.scripts.redeem).key(&id.storage_key()).ttl(ttl).once(once);
        guarded(self.call(call).await?, once, |answer| match answer {
            Value::BulkString(bytes) => Some(Redeemed::First(Sealed::from_bytes(bytes))),
            Value::SimpleString(status) if status == "AGAIN" => Some(Redeemed::Again),
            Value::Nil => Some(Redeemed::Unknown),
            _ => None,
        })
    }

    async fn read(&self, id: &GrantId, once: &[Once]) -> Result<Guarded<Option<Sealed>>, StoreError> {
        let call = Call::of(&self.scripts.read_grant).key(&id.storage_key()).once(once);
        guarded(self.call(call).await?, once, sealed)
    }

    async fn revoke(&self, id: &GrantId) -> Result<(), StoreError> {
        let mut command = redis::cmd("DEL");
        command.arg(name(&id.storage_key()));
        self.link.run(|mut connection| async move { command.query_async::<()>(&mut connection).await }).await
    }
}

#[async_trait]
impl RefreshTokens for RedisStore {
    async fn issue(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        token: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let call = Call::of(&self.scripts.issue_refresh).key(&handle.storage_key()).key(&grant.storage_key());
        yes_or_no(&self.call(call.bytes(token.as_bytes()).ttl(ttl)).await?)
    }

    async fn present(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        once: &[Once],
    ) -> Result<Guarded<Option<Refreshed>>, StoreError> {
        let call = Call::of(&self.scripts.present_refresh).key(&handle.storage_key()).key(&grant.storage_key());
        guarded(self.call(call.once(once)).await?, once, refreshed)
    }
}

#[async_trait]
impl Replay for RedisStore {
    async fn first_seen(&self, once: &Once) -> Result<bool, StoreError> {
        let mut command = redis::cmd("SET");
        command.arg(name(once.storage_key())).arg("").arg("NX").arg("PX").arg(millis(once.ttl()));
        match self.link.run(|mut connection| async move { command.query_async(&mut connection).await }).await? {
            Value::Okay => Ok(true),
            Value::Nil => Ok(false),
            _ => Err(NONSENSE),
        }
    }
}

#[async_trait]
impl Hearsay for RedisStore {
    async fn tell(&self, version: u64) -> Result<u64, StoreError> {
        let call = Call::of(&self.scripts.tell).named(TOLD).bytes(version.to_string().as_bytes()).ttl(HEARSAY_TTL);
        match self.call(call).await? {
            Value::BulkString(told) => {
                std::str::from_utf8(&told).ok().and_then(|told| told.parse().ok()).ok_or(NONSENSE)
            }
            _ => Err(NONSENSE),
        }
    }
}

#[async_trait]
impl StoreHealth for RedisStore {
    async fn health(&self) -> Result<(), StoreError> {
        // A write: a server that is read-only, out of memory or forbids us answers pings all the same.
        let mut command = redis::cmd("SET");
        command.arg("p:health").arg("").arg("PX").arg(1_000);
        self.link.run(|mut connection| async move { command.query_async::<()>(&mut connection).await }).await
    }
}

impl RedisStore {
    async fn call(&self, call: Call<'_>) -> Result<Value, StoreError> {
        self.link.run(|connection| call.on(connection)).await
    }
}

/// The answer of a script that first checks what may be seen once: a number names what was replayed.
fn guarded<T>(answer: Value, once: &[Once], fresh: impl FnOnce(Value) -> Option<T>) -> Result<Guarded<T>, StoreError> {
    if let Value::Int(replayed) = answer {
        let replayed = usize::try_from(replayed).ok().and_then(|number| once.get(number));
        return replayed.map(|once| Guarded::Replayed(once.kind())).ok_or(NONSENSE);
    }
    fresh(answer).map(Guarded::Fresh).ok_or(NONSENSE)
}

/// One or nought; anything else is nonsense.
fn yes_or_no(answer: &Value) -> Result<bool, StoreError> {
    match answer {
        Value::Int(1) => Ok(true),
        Value::Int(0) => Ok(false),
        _ => Err(NONSENSE),
    }
}

/// A value or nil; anything else is nonsense.
#[expect(
    clippy::option_option,
    reason = "the outer one is whether the answer makes sense, the inner one is the answer"
)]
fn sealed(answer: Value) -> Option<Option<Sealed>> {
    match answer {
        Value::BulkString(bytes) => Some(Some(Sealed::from_bytes(bytes))),
        Value::Nil => Some(None),
        _ => None,
    }
}

/// Two values or nil; anything else is nonsense.
#[expect(
    clippy::option_option,
    reason = "the outer one is whether the answer makes sense, the inner one is the answer"
)]
fn refreshed(answer: Value) -> Option<Option<Refreshed>> {
    match answer {
        Value::Nil => Some(None),
        Value::Array(values) => match <[Value; 2]>::try_from(values).ok()? {
            [Value::BulkString(token), Value::BulkString(grant)] => {
                Some(Some(Refreshed { token: Sealed::from_bytes(token), grant: Sealed::from_bytes(grant) }))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The one key that all replicas share.
const TOLD: &str = "p:told";
const NONSENSE: StoreError = StoreError::Unavailable(Outage::Nonsense);
