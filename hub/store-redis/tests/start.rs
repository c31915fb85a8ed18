//! A configuration or a server that will not do is refused in words an operator can act on.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod support;

use std::time::Duration;

use hub_core::ports::{Outage, StoreError, Stores};
use hub_store_redis::{RedisConfig, RedisStore, RedisTls, Sentinels, StartError};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use support::{Server, connected, free_port};

async fn check(config: RedisConfig) -> Result<(), StartError> {
    RedisStore::start(config)?.check().await
}

#[tokio::test]
async fn a_good_server_passes_and_keeps_nothing_of_the_check() {
    let server = Server::start(&[]).await;
    check(RedisConfig::new(server.url())).await.unwrap();
    let mut connection = server.connection().await;
    support::eventually("the traces of the check are gone", Duration::from_secs(5), || {
        let mut connection = connection.clone();
        async move { redis::cmd("DBSIZE").query_async::<usize>(&mut connection).await.unwrap() == 0 }
    })
    .await;
    redis::cmd("PING").query_async::<()>(&mut connection).await.unwrap();
}

#[tokio::test]
async fn s11_a_url_that_is_none_is_refused() {
    for url in ["", "localhost", "http://localhost", "redis://"] {
        let refused = RedisStore::start(RedisConfig::new(url)).map(drop);
        let unreachable = url == "redis://";
        assert!(unreachable || matches!(refused, Err(StartError::Config(_))), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn s11_a_server_that_is_not_there_is_named_so() {
    let refused = check(RedisConfig::new(format!("redis://127.0.0.1:{}", free_port()))).await;
    assert!(matches!(refused, Err(StartError::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn s11_wrong_credentials_are_named_so_and_no_password_is_shown() {
    let server = Server::start(&["--requirepass", "right-password"]).await;
    let config = RedisConfig::new(format!("{}?pass=wrong-password", server.url()));
    assert!(!format!("{config:?}").contains("wrong-password"), "{config:?}");
    let refused = check(config).await.unwrap_err();
    assert!(matches!(refused, StartError::Credentials(_)), "{refused:?}");
    assert!(!refused.to_string().contains("password\""), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains("wrong-password"), "{refused:?}");
    let refused = check(RedisConfig::new(server.url())).await;
    assert!(matches!(refused, Err(StartError::Credentials(_))), "no password at all: {refused:?}");
}

#[tokio::test]
async fn s11_an_acl_that_lacks_a_command_or_the_keys_is_named_so() {
    const RIGHTS: [&str; 10] =
        ["+evalsha", "+script|load", "+get", "+set", "+exists", "+del", "+pttl", "+pexpire", "+info", "+ping"];
    let server = Server::start(&[]).await;
    let url = format!("{}?user=hub&pass=secret", server.url());
    let grant = |rights: &str, keys: &str| format!("ACL SETUSER hub reset on >secret {keys} {rights}");
    server.command(&grant(&RIGHTS.join(" "), "~p:*")).await;
    check(RedisConfig::new(&url)).await.unwrap();
    for missing in &RIGHTS[..9] {
        let rights: Vec<&str> = RIGHTS.into_iter().filter(|right| right != missing).collect();
        server.command(&grant(&rights.join(" "), "~p:*")).await;
        let refused = check(RedisConfig::new(&url)).await;
        assert!(matches!(refused, Err(StartError::NotPermitted(_))), "{missing}: {refused:?}");
    }
    server.command(&grant(&RIGHTS.join(" "), "~other:*")).await;
    let refused = check(RedisConfig::new(&url)).await;
    assert!(matches!(refused, Err(StartError::NotPermitted(_))), "{refused:?}");
}

#[tokio::test]
async fn s04_a_server_that_evicts_is_refused() {
    let server = Server::start(&["--maxmemory-policy", "allkeys-lru"]).await;
    let refused = check(RedisConfig::new(server.url())).await;
    assert!(matches!(&refused, Err(StartError::Evicts(policy)) if policy == "allkeys-lru"), "{refused:?}");
}

#[tokio::test]
async fn s04_a_server_that_comes_later_and_evicts_is_not_used() {
    let server = Server::start(&["--maxmemory-policy", "allkeys-lru"]).await;
    let stores = Stores::on(std::sync::Arc::new(RedisStore::start(RedisConfig::new(server.url())).unwrap()));
    let unsuitable = Err(StoreError::Unavailable(Outage::Unsuitable));
    support::eventually("the server is refused", Duration::from_secs(5), || {
        let (health, unsuitable) = (stores.health.clone(), unsuitable);
        async move { health.health().await == unsuitable }
    })
    .await;
    server.command("CONFIG SET maxmemory-policy noeviction").await;
    support::eventually("it is used once it is mended", Duration::from_secs(5), || {
        let health = stores.health.clone();
        async move { health.health().await.is_ok() }
    })
    .await;
}

#[tokio::test]
async fn s11_certificates_without_tls_are_refused_also_with_sentinels() {
    let sentinels = Sentinels { urls: vec!["redis://127.0.0.1:1".to_owned()], primary: "p".to_owned() };
    for sentinels in [None, Some(sentinels)] {
        let tls = Some(RedisTls::default());
        let refused =
            RedisStore::start(RedisConfig { url: "redis://127.0.0.1:1".to_owned(), tls, sentinels }).map(drop);
        assert!(matches!(refused, Err(StartError::Config(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn s03_a_replica_is_refused() {
    let server = Server::start(&[]).await;
    server.command("REPLICAOF 127.0.0.1 1").await;
    let refused = check(RedisConfig::new(server.url())).await;
    assert!(matches!(refused, Err(StartError::Replica)), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_hangs_is_named_so() {
    let server = Server::start(&[]).await;
    server.signal("STOP");
    let refused = check(RedisConfig::new(server.url())).await;
    assert!(matches!(refused, Err(StartError::TooSlow)), "{refused:?}");
}

#[tokio::test]
async fn s11_tls_works_with_the_right_root_and_client_certificate_only() {
    let port = free_port();
    let pki = Pki::new();
    let arguments = pki.server_arguments(port);
    let server = Server::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let config = |ca: &str, client: bool| RedisConfig {
        url: format!("rediss://127.0.0.1:{port}"),
        tls: Some(RedisTls {
            ca: Some(pki.read(ca)),
            client: client.then(|| (pki.read("client.crt"), pki.read("client.key"))),
        }),
        sentinels: None,
    };
    let good = connected(config("ca.crt", true)).await;
    good.check().await.unwrap();
    assert_eq!(Stores::on(good).health.health().await, Ok(()));

    let refused = check(config("other-ca.crt", true)).await;
    assert!(matches!(refused, Err(StartError::Tls(_))), "{refused:?}");
    let refused = check(config("ca.crt", false)).await;
    assert!(refused.is_err(), "no client certificate");
    let store = std::sync::Arc::new(RedisStore::start(config("other-ca.crt", true)).unwrap());
    let health = Stores::on(store).health.health().await;
    assert_eq!(health, Err(StoreError::Unavailable(Outage::NotConnected)));
    let mut broken = config("ca.crt", true);
    broken.tls = Some(RedisTls { ca: Some(b"no certificate".to_vec()), client: None });
    assert!(check(broken).await.is_err());
    drop(server);
}

/// Certificates of two authorities.
struct Pki(tempfile::TempDir);

impl Pki {
    fn new() -> Self {
        let pki = Self(tempfile::tempdir().unwrap());
        let _other = pki.authority("other-ca");
        let authority = pki.authority("ca");
        for name in ["server", "client"] {
            let key = KeyPair::generate().unwrap();
            let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority);
            pki.write(&format!("{name}.crt"), &certificate.unwrap().pem());
            pki.write(&format!("{name}.key"), &key.serialize_pem());
        }
        pki
    }

    fn authority(&self, name: &str) -> Issuer<'static, KeyPair> {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        self.write(&format!("{name}.crt"), &params.self_signed(&key).unwrap().pem());
        Issuer::new(params, key)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    fn server_arguments(&self, port: u16) -> Vec<String> {
        let file = |name: &str| self.0.path().join(name).display().to_string();
        let mut arguments = vec!["--tls-port".to_owned(), port.to_string(), "--tls-auth-clients".into(), "yes".into()];
        for (option, name) in
            [("--tls-cert-file", "server.crt"), ("--tls-key-file", "server.key"), ("--tls-ca-cert-file", "ca.crt")]
        {
            arguments.extend([option.to_owned(), file(name)]);
        }
        arguments
    }
}
