//! The contract of the storage ports, on a real redis-server.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hub_core::contract::Backend;
use hub_core::ports::Stores;
use hub_store_redis::RedisStore;
use support::Server;

hub_core::contract_suite!(RedisBackend::start().await);

/// Two replicas with a connection each.
struct RedisBackend {
    server: Server,
    replicas: [Arc<RedisStore>; 2],
}

impl RedisBackend {
    async fn start() -> Self {
        let server = Server::start(&[]).await;
        let replicas = [server.store().await, server.store().await];
        Self { server, replicas }
    }
}

#[async_trait]
impl Backend for RedisBackend {
    fn replicas(&self) -> [Stores; 2] {
        self.replicas.clone().map(Stores::on)
    }

    /// Shortens every key's life by `by`, on the server. A key without an end to its life breaks the contract.
    async fn pass(&self, by: Duration) {
        let age = redis::Script::new(
            "for _, key in ipairs(redis.call('KEYS', '*')) do
               local left = redis.call('PTTL', key)
               if left < 0 then return redis.error_reply('immortal: ' .. key) end
               if left <= tonumber(ARGV[1]) then redis.call('DEL', key)
               else redis.call('PEXPIRE', key, left - tonumber(ARGV[1])) end
             end
             return 'OK'",
        );
        let by = u64::try_from(by.as_millis()).unwrap();
        age.arg(by).invoke_async::<()>(&mut self.server.connection().await).await.unwrap();
    }
}
