//! `hub check`: everything that a start would touch, one after the other, and what to do about each thing that is
//! wrong.

use std::path::Path;

use hub_core::ports::Clock as _;
use hub_store_redis::RedisStore;
use trust_list::{HighWater, TrustClient};
use url::Url;

use crate::config::{Config, Problem};
use crate::{SystemClock, keys, tls, wiring};

/// Everything wrong with what `config` names. `with_store` also asks the store.
pub async fn check(config: &Config, with_store: bool) -> Vec<Problem> {
    let mut problems: Vec<Problem> = [
        check_tls(config),
        check_root(config).await,
        check_publisher(config),
        check_writable("trust.state_directory", &config.trust.state_directory),
        check_writable("audit.directory", &config.audit.directory),
        check_keys(config),
        check_outbound(config),
    ]
    .into_iter()
    .flatten()
    .collect();
    if with_store {
        problems.extend(check_store(config).await);
    }
    problems
}

fn check_tls(config: &Config) -> Option<Problem> {
    let listen = &config.listen;
    let error = match tls::server_config(&listen.certificate_file, &listen.key_file) {
        Ok((_, certificate)) => return check_name(config, &certificate),
        Err(error) => error,
    };
    let (path, remedy) = match &error {
        tls::TlsError::Certificate { .. } => {
            ("listen.certificate_file", "put the PEM chain there, the leaf first, readable by the hub's user")
        }
        tls::TlsError::Key { .. } => (
            "listen.key_file",
            "put the leaf's private key there as PEM (PKCS#8), readable by the hub's user and not by others",
        ),
        tls::TlsError::Unusable(_) => {
            ("listen.key_file", "check that this is the key of the first certificate in listen.certificate_file")
        }
    };
    Some(Problem::new(path, error.to_string(), remedy))
}

/// Browsers and relying parties come by the issuer's name.
fn check_name(config: &Config, certificate: &tls::Certificate) -> Option<Problem> {
    const REMEDY: &str = "order a certificate with the issuer's host among its subject alternative names";
    let issuer = Url::parse(&config.issuer).ok()?;
    let host = issuer.host_str()?;
    let what = format!("the certificate is not for {host}");
    (!certificate.is_for(host)).then(|| Problem::new("listen.certificate_file", what, REMEDY))
}

/// The root alone: what the folder of highest versions says about it is a start's affair.
async fn check_root(config: &Config) -> Option<Problem> {
    let root = match wiring::read(&config.trust.root_file) {
        Ok(root) => root,
        Err(error) => return Some(Problem::new("trust.root_file", error.to_string(), ROOT_REMEDY)),
    };
    let error = TrustClient::start(root, HighWater::volatile(), SystemClock::new().now()).await.err()?;
    Some(Problem::new("trust.root_file", error.to_string(), ROOT_REMEDY))
}

const ROOT_REMEDY: &str = "put the region's root there, as the steering body handed it over, unchanged";

fn check_publisher(config: &Config) -> Option<Problem> {
    const REMEDY: &str = "let the mirror job fill the folder, or give the publisher's https:// URL";
    let is_missing = |place: &&String| !place.contains("://") && !Path::new(place).join("status.json").is_file();
    let problem = |key, place: &String| Problem::new(key, format!("{place} has no status.json"), REMEDY);
    let publisher = Some(&config.trust.publisher).filter(is_missing).map(|place| problem("trust.publisher", place));
    publisher.or_else(|| config.trust.mirrors.iter().find(is_missing).map(|place| problem("trust.mirrors", place)))
}

/// A folder in which a file can be made, or that can be made itself.
fn check_writable(path: &'static str, folder: &Path) -> Option<Problem> {
    let probe = folder.join(".hub-check");
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    let error = tried.err()?;
    let what = format!("cannot write in {}: {error}", folder.display());
    Some(Problem::new(path, what, "make the folder writable for the hub's user, on a disk that survives restarts"))
}

fn check_keys(config: &Config) -> Option<Problem> {
    let error = keys::load(&config.keys).err()?;
    let remedy = match &error {
        keys::KeyError::TooOpen { .. } => "chmod o-rwx the file",
        keys::KeyError::NotOneActive { .. } => {
            "leave exactly one *.active.jwk there; rename the others to *.next.jwk or *.old.jwk"
        }
        _ => "run `hub keys generate --dir FOLDER` and let [keys] name its files, or restore the files from their safe",
    };
    Some(Problem::new("keys", error.to_string(), remedy))
}

fn check_outbound(config: &Config) -> Option<Problem> {
    let error = wiring::outbound(config).err()?;
    Some(Problem::new("upstream.extra_ca_file", error.to_string(), "put PEM certificates there, or leave the key out"))
}

/// Every check of the server, and that it answers.
async fn check_store(config: &Config) -> Option<Problem> {
    const REMEDY: &str = "mend the server or [store]; the message says which of them";
    let redis = match wiring::redis_config(&config.store) {
        Ok(redis) => redis?,
        Err(error) => return Some(Problem::new("store.url_file", error.to_string(), REMEDY)),
    };
    let store = match RedisStore::start(redis) {
        Ok(store) => store,
        Err(error) => return Some(Problem::new("store", error.to_string(), REMEDY)),
    };
    let error = store.check().await.err()?;
    Some(Problem::new("store", error.to_string(), REMEDY))
}
