//! A server that answers and will not do what we ask: unavailable, with its reason, and no half step.

mod support;

use hub_core::handles::{GrantId, LoginHandle, Once, RequestId};
use hub_core::ports::{Guarded, Outage, Redeemed, StoreError, Stores};
use hub_store_redis::RedisConfig;
use support::{
    BACK, MINUTE, Server, connected, eventually, every_step, grant_with_code, sealed, send_away, works_again,
};

#[tokio::test]
async fn every_step_is_one_call() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    server.command("CONFIG RESETSTAT").await;
    for step in every_step(&stores).await {
        step.unwrap();
    }
    let mut connection = server.connection().await;
    let statistics: String = redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.unwrap();
    let calls = |command: &str| {
        let line = statistics.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse::<u32>().unwrap())
    };
    // Revoking, seeing first and health are plain commands; the twelve other steps are a script each.
    assert_eq!(calls("evalsha"), 12, "{statistics}");
    assert_eq!((calls("eval"), calls("script|load")), (0, 0), "{statistics}");
}

#[tokio::test]
async fn s04_out_of_memory_is_unavailable_and_leaves_no_half_step() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let id = grant_with_code(&stores).await;
    let login = LoginHandle::random().unwrap();
    send_away(&stores, &login, sealed("login")).await;
    let once = [Once::client_assertion("client", "jti", MINUTE)];
    server.command("CONFIG SET maxmemory 1").await;

    let full = StoreError::Unavailable(Outage::OutOfMemory);
    let request = RequestId::random().unwrap();
    assert_eq!(stores.pushed_requests.put(&request, sealed("it"), MINUTE, &once).await, Err(full));
    assert_eq!(stores.grants.redeem(&id, MINUTE, &once).await, Err(full));
    assert_eq!(stores.logins.take(&login).await, Err(full), "the person may try again");
    assert_eq!(stores.replay.first_seen(&once[0]).await, Err(full));
    assert_eq!(stores.health.health().await, Err(full));
    assert_eq!(stores.logins.put(&LoginHandle::random().unwrap(), &request, sealed("it"), MINUTE).await, Err(full));
    stores.pushed_requests.begin(&request, MINUTE).await.unwrap();
    stores.pushed_requests.use_up(&request).await.unwrap();
    stores.grants.revoke(&GrantId::random().unwrap()).await.unwrap();

    server.command("CONFIG SET maxmemory 0").await;
    assert!(stores.logins.take(&login).await.unwrap().is_some());
    let redeemed = stores.grants.redeem(&id, MINUTE, &once).await.unwrap();
    assert_eq!(redeemed, Guarded::Fresh(Redeemed::First(sealed("grant"))), "neither code nor assertion was used");
}

#[tokio::test]
async fn s03_f7_a_server_that_may_not_write_is_unavailable_and_says_why() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let id = grant_with_code(&stores).await;
    server.command("REPLICAOF 127.0.0.1 1").await;
    assert_eq!(
        stores.grants.redeem(&id, MINUTE, &[]).await,
        Err(StoreError::Unavailable(Outage::ReadOnly)),
        "no token from a replica"
    );
    eventually("the store stays away from a replica", BACK, || async {
        stores.health.health().await == Err(StoreError::Unavailable(Outage::ReadOnly))
    })
    .await;
    server.command("REPLICAOF NO ONE").await;
    works_again(&stores, BACK).await;
    assert_eq!(
        stores.grants.redeem(&id, MINUTE, &[]).await,
        Ok(Guarded::Fresh(Redeemed::Unknown)),
        "promoted since: another epoch"
    );

    server.command("CONFIG SET min-replicas-to-write 1").await;
    assert_eq!(stores.health.health().await, Err(StoreError::Unavailable(Outage::ReadOnly)));
    server.command("CONFIG SET min-replicas-to-write 0").await;
    assert_eq!(stores.health.health().await, Ok(()));
}

#[tokio::test]
async fn f7_a_right_that_is_revoked_is_unavailable_until_it_is_given_back() {
    let server = Server::start(&[]).await;
    server.command(&format!("ACL SETUSER hub on >secret ~p:* {OUR_RIGHTS}")).await;
    let url = format!("{}?user=hub&pass=secret", server.url());
    let stores = Stores::on(connected(RedisConfig::new(url)).await);
    let login = LoginHandle::random().unwrap();
    send_away(&stores, &login, sealed("login")).await;
    let forbidden = Err(StoreError::Unavailable(Outage::NotPermitted));
    server.command("ACL SETUSER hub -set -del").await;
    assert_eq!(stores.health.health().await, forbidden);
    assert_eq!(stores.logins.take(&login).await, forbidden.map(|()| None));
    server.command("ACL SETUSER hub +set +del").await;
    assert_eq!(stores.health.health().await, Ok(()));
    assert!(stores.logins.take(&login).await.unwrap().is_some(), "what was forbidden did not happen");
}

/// The rights that the documentation names.
const OUR_RIGHTS: &str = "+evalsha +script|load +get +set +exists +del +pttl +pexpire +info +ping";
