//! Attacks H17 and H19 with two replicas on one Redis, behind a balancer: how long a suspension needs, and that nothing
//! gets past it at either.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use conformance::browser::http_client_without_pool;
use conformance::hub_process::HubOptions;
use conformance::load::redis::Redis;
use conformance::region::entities;
use conformance::serve::free_port;
use hub::{Config, Running, Wiring};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{World, block_on, copy};
use crate::suspension::OnTheWay;

/// What a person or a relying party reaches at the issuer's address: one of the replicas, until it points elsewhere.
struct Balancer(Arc<AtomicU16>);

impl Balancer {
    fn start(port: u16, target: u16) -> Self {
        let target = Arc::new(AtomicU16::new(target));
        let points_at = target.clone();
        tokio::spawn(async move {
            let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, target.load(Ordering::SeqCst)));
            }
        });
        Self(points_at)
    }

    /// New connections lead there.
    fn point_at(&self, port: u16) {
        self.0.store(port, Ordering::SeqCst);
    }
}

async fn relay(mut client: TcpStream, port: u16) {
    let Ok(mut replica) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    // A connection that breaks off is the caller's to notice.
    drop(tokio::io::copy_bidirectional(&mut client, &mut replica).await);
}

/// Two hubs of one issuer on one Redis.
struct Pair {
    /// The region, and the first hub.
    world: World,
    second: Running,
    balancer: Balancer,
    _redis: Redis,
    _dir: TempDir,
}

impl Pair {
    /// Both look for newer lists this often by themselves.
    async fn start(refresh_seconds: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let (port, mut balancer) = (free_port().unwrap(), None);
        let world = World::start_both(
            |options| options,
            |hub| {
                balancer = Some(Balancer::start(hub.port, port));
                HubOptions { port, front_port: Some(hub.port), store: redis.url(), refresh_seconds, ..hub }
            },
        );
        let mut world = world.await;
        world.http = http_client_without_pool(&world.region.pki.ca_pem()).unwrap();
        let second = second(&world, &dir, refresh_seconds, &redis.url()).await;
        Self { world, second, balancer: balancer.unwrap(), _redis: redis, _dir: dir }
    }

    fn replicas(&self) -> [&Running; 2] {
        [&self.world.hub, &self.second]
    }

    /// From now on people reach this one.
    fn point_at(&self, replica: &Running) {
        self.balancer.point_at(replica.address.port());
    }

    /// A citizen and a country system on the way at each replica, whom it serves well so far.
    async fn on_the_way(&self) -> Vec<OnTheWay> {
        let mut all = Vec::new();
        for replica in self.replicas() {
            self.point_at(replica);
            let citizen = OnTheWay::send(&self.world).await;
            assert_eq!(citizen.exchange(&self.world).await.status, 200);
            all.push(citizen);
        }
        all
    }

    /// How long after `published` each replica gives no more tokens.
    async fn refusing_after(&self, published: Instant, citizens: &[OnTheWay]) -> [Duration; 2] {
        let mut after = [Duration::ZERO; 2];
        for (at, (replica, citizen)) in self.replicas().into_iter().zip(citizens).enumerate() {
            self.point_at(replica);
            while citizen.exchange(&self.world).await.status == 200 {
                assert!(published.elapsed() < Duration::from_mins(1), "replica {at} goes on");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            after[at] = published.elapsed();
        }
        after
    }

    /// Nothing gets past it, and nothing that was out before is good any more.
    async fn expect_all_refused(&self, citizens: Vec<OnTheWay>, case: &str) {
        for (replica, citizen) in self.replicas().into_iter().zip(citizens) {
            self.point_at(replica);
            citizen.expect_all_refused(&self.world, &format!("{case}, {}", replica.address)).await;
        }
    }

    async fn push(&self, replica: &Running) {
        let url = format!("http://{}/trust/refresh", replica.management_address);
        assert_eq!(self.world.http.post(url).send().await.unwrap().status(), 202);
    }
}

/// A second hub for a world whose first one stands behind a balancer: the same issuer and keys, everything else its own.
async fn second(world: &World, dir: &TempDir, refresh_seconds: u64, store: &str) -> Running {
    let front: u16 = world.issuer.rsplit(':').next().unwrap().parse().unwrap();
    let files = HubOptions {
        port: free_port().unwrap(),
        front_port: Some(front),
        store: store.into(),
        refresh_seconds,
        ..world.region.hub_options(dir.path().join("hub-2"))
    };
    copy(&world.dir.path().join("hub/keys"), &files.keys_dir());
    files.write(&world.region.pki).unwrap();
    let config = Config::load(&files.config_file()).unwrap();
    let hub = hub::start(Wiring { clock: Arc::new(world.clock.clone()), ..Wiring::new(config) }).await.unwrap();
    hub.refresh_trust().await;
    hub
}

/// A suspension is dated to the second: let it be past.
fn a_second_later(world: &World) -> Instant {
    world.clock.advance(1);
    Instant::now()
}

#[test]
fn h17_one_replica_is_told_and_within_five_seconds_both_refuse_every_step_and_every_grant() {
    block_on(async {
        // Left to themselves they would look up to twenty seconds later.
        let pair = Pair::start(20).await;
        let citizens = pair.on_the_way().await;
        pair.world.region.suspend("XE", "eid").unwrap();
        let published = a_second_later(&pair.world);
        pair.push(&pair.second).await;
        let after = pair.refusing_after(published, &citizens).await;
        println!("with a push: both replicas refuse after {after:?}");
        assert!(after.iter().all(|after| *after <= Duration::from_secs(5)), "{after:?}");
        pair.expect_all_refused(citizens, "pushed").await;
    });
}

#[test]
fn h17_nobody_tells_them_and_both_replicas_refuse_after_their_next_look() {
    block_on(async {
        let pair = Pair::start(2).await;
        let citizens = pair.on_the_way().await;
        pair.world.region.suspend("XE", "").unwrap();
        let published = a_second_later(&pair.world);
        let after = pair.refusing_after(published, &citizens).await;
        println!("with a look every two seconds: both replicas refuse after {after:?}");
        assert!(after.iter().all(|after| *after <= Duration::from_secs(10)), "{after:?}");
        pair.expect_all_refused(citizens, "looked").await;
    });
}

#[test]
fn h19_a_key_that_left_the_list_is_good_at_no_replica_although_both_had_used_it() {
    block_on(async {
        let pair = Pair::start(20).await;
        let citizens = pair.on_the_way().await;
        let world = &pair.world;
        for replica in pair.replicas() {
            pair.point_at(replica);
            assert_eq!(citizens[0].verify_card(world).await.json()["verified"], true, "the key is in use");
        }
        let other = strict_jose::SigningKey::generate(strict_jose::Algorithm::EdDSA, None).unwrap();
        let since = world.clock.now().minus(3600);
        let key = other.public_jwk().to_value();
        let entry = entities::cards("XF".parse().unwrap(), world.region.cards.issuer(), &key, since).unwrap();
        world.region.edit_national("XF", |list| Ok(list.issuer(&entry)?)).unwrap();
        let published = a_second_later(world);
        pair.push(&pair.second).await;
        for replica in pair.replicas() {
            pair.point_at(replica);
            while citizens[0].verify_card(world).await.json()["verified"] == true {
                assert!(published.elapsed() < Duration::from_secs(5), "a card of the old key is good");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    });
}
