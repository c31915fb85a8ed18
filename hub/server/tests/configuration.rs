//! The configuration: what it refuses, by which name, and what `hub check` finds on disk.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

#[cfg(test)]
mod support;

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;

use hub::config::ConfigError;
use hub::{Config, check};
use tempfile::TempDir;

fn load(folder: &TempDir, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment: HashMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load_with(&folder.path().join("hub.toml"), Some(environment))
}

fn with(replace: &str, by: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(support::CONFIG.contains(replace), "{replace}");
    support::write(folder.path(), "hub.toml", &support::CONFIG.replacen(replace, by, 1));
    folder
}

#[test]
fn a_wrong_value_is_named_by_its_path_with_what_to_do() {
    for (replace, by, path) in [
        ("https://hub.example", "http://hub.example", "issuer"),
        ("https://hub.example", "https://hub.example/", "issuer"),
        ("https://hub.example", "https://hub.example/region", "issuer"),
        ("https://hub.example", "https://hub.example:443", "issuer"),
        ("https://hub.example", "https://HUB.example", "issuer"),
        ("https://hub.example", "hub.example", "issuer"),
        ("workers = 1", "workers = 0", "listen.workers"),
        ("stop_pause_seconds = 0", "stop_pause_seconds = 61", "listen.stop_pause_seconds"),
        ("publisher = \"publisher\"", "publisher = \"http://trust.example/\"", "trust.publisher"),
        ("publisher = \"publisher\"", "publisher = \"https://trust.example/lists\"", "trust.publisher"),
        (
            "publisher = \"publisher\"",
            "publisher = \"publisher\"\nmirrors = [\"http://trust.example/\"]",
            "trust.mirrors",
        ),
        (
            "publisher = \"publisher\"",
            "publisher = \"publisher\"\nmirrors = [\"a\", \"b\", \"c\", \"d\"]",
            "trust.mirrors",
        ),
        ("[store]", "refresh_seconds = 21\n[store]", "trust.refresh_seconds"),
        ("[store]", "refresh_seconds = 0\n[store]", "trust.refresh_seconds"),
        ("url = \"memory\"", "url = \"postgres://x\"", "store.url"),
        ("url = \"memory\"", "url = \"redis://:canary-password@redis\"", "store.url"),
        ("url = \"memory\"", "", "store.url"),
        ("url = \"memory\"", "url = \"memory\"\nurl_file = \"x\"", "store.url_file"),
        ("url = \"memory\"", "url = \"redis://x\"\nsentinel_primary = \"p\"", "store.sentinels"),
        (
            "url = \"memory\"",
            "url = \"redis://x\"\nsentinels = [\"redis://:canary-password@s\"]\nsentinel_primary = \"p\"",
            "store.sentinels",
        ),
        (
            "url = \"memory\"",
            "url = \"redis://x\"\nsentinels = [\"redis://s?pass=canary-password\"]\nsentinel_primary = \"p\"",
            "store.sentinels",
        ),
        ("[keys]", "[lifetimes]\ncode_seconds = 61\n[keys]", "lifetimes.code_seconds"),
        ("[keys]", "[lifetimes]\npushed_request_seconds = 600\n[keys]", "lifetimes.pushed_request_seconds"),
        ("[keys]", "[limits]\nclient_requests_per_minute = 0\n[keys]", "limits.client_requests_per_minute"),
        ("[keys]", "[limits]\nclient_burst = 10000001\n[keys]", "limits.client_burst"),
        ("[keys]", "[lifetimes]\nlogin_seconds = 60\n[keys]", "lifetimes.login_seconds"),
    ] {
        let Err(ConfigError::Invalid(problems)) = load(&with(replace, by), &[]) else { panic!("{by} was accepted") };
        assert_eq!(problems.iter().map(|problem| problem.path).collect::<Vec<_>>(), [path], "{by}");
        let text = problems[0].to_string();
        assert!(text.contains("what to do: ") && !text.contains("canary-password"), "{text}");
    }
}

#[test]
fn r02_a_password_in_the_wrong_place_does_not_print() {
    let mut config = load(&with("workers = 1", "workers = 1"), &[]).unwrap();
    config.store.url = Some("redis://:canary-password@redis".to_owned());
    config.store.sentinels = vec!["redis://:canary-password@sentinel".to_owned()];
    assert!(!format!("{config:?}").contains("canary-password"));
}

#[test]
fn two_listeners_on_one_address_are_refused() {
    let folder = with("\"127.0.0.1:0\"", "\"127.0.0.1:8443\"");
    let environment = [("PASSERELLE__MANAGEMENT__ADDRESS", "127.0.0.1:8443")];
    let Err(ConfigError::Invalid(problems)) = load(&folder, &environment) else { panic!("accepted") };
    assert_eq!(problems[0].path, "management.address");
}

#[test]
fn unknown_missing_and_mistyped_keys_are_named() {
    for (replace, by, named) in [
        ("[management]", "certificate = \"x\"\n[management]", "certificate"),
        ("issuer =", "isuer =", "isuer"),
        ("[audit]\ndirectory = \"state/audit\"", "[audit]", "directory"),
        ("workers = 1", "workers = \"many\"", "workers"),
        ("address = \"127.0.0.1:0\"", "address = \"localhost\"", "address"),
        ("[keys]", "[lifetimes]\ncode = 5\n[keys]", "code"),
        ("[keys]", "[surprise]\nx = 1\n[keys]", "surprise"),
    ] {
        let error = load(&with(replace, by), &[]).unwrap_err();
        assert!(matches!(error, ConfigError::Malformed { .. }), "{by}: {error}");
        assert!(error.to_string().contains(named), "{by}: {error}");
    }
}

#[cfg(not(feature = "test-profile"))]
#[test]
fn a_production_build_does_not_know_the_sandbox() {
    let error = load(&with("[keys]", "[sandbox]\nloopback_peers = true\n[keys]"), &[]).unwrap_err();
    assert!(error.to_string().contains("sandbox"), "{error}");
}

#[cfg(feature = "test-profile")]
#[test]
fn a_test_build_knows_the_sandbox_and_keeps_it_closed_by_default() {
    let closed = load(&with("x", "x"), &[]);
    assert!(closed.is_ok_and(|config| !config.test_countries()));
    let open = load(&with("[keys]", "[sandbox]\ntest_countries = true\n[keys]"), &[]);
    assert!(open.is_ok_and(|config| config.test_countries()));
}

#[test]
fn the_environment_overrides_the_file_and_is_checked_as_strictly() {
    let folder = with("x", "x");
    let config =
        load(&folder, &[("PASSERELLE__TRUST__REFRESH_SECONDS", "20"), ("PASSERELLE__ISSUER", "https://other.example")]);
    let config = config.unwrap();
    assert_eq!((config.trust.refresh_seconds, config.issuer.as_str()), (20, "https://other.example"));
    let misspelt = load(&folder, &[("PASSERELLE__TRUST__REFRESH", "30")]).unwrap_err();
    assert!(misspelt.to_string().contains("refresh"), "{misspelt}");
    assert!(load(&folder, &[("PATH", "x"), ("PASSERELLE_HOME", "x")]).is_ok());
}

#[test]
fn relative_paths_start_at_the_file() {
    let folder = with("x", "x");
    let config = load(&folder, &[]).unwrap();
    assert_eq!(config.trust.root_file, folder.path().join("root.json"));
    assert_eq!(config.trust.publisher, folder.path().join("publisher").to_string_lossy());
}

#[test]
fn a_missing_file_says_so() {
    let error = Config::load_with("/nowhere/hub.toml".as_ref(), None).unwrap_err();
    assert!(error.to_string().contains("/nowhere/hub.toml") && error.to_string().contains("what to do"));
}

#[tokio::test]
async fn a_complete_folder_passes_the_check() {
    let folder = support::folder();
    let config = load(&folder, &[]).unwrap();
    assert_eq!(check::check(&config, true).await, []);
}

#[tokio::test]
async fn the_check_finds_each_thing_that_is_wrong_on_disk() {
    type Damage = fn(&std::path::Path);
    let damages: [(&str, Damage); 11] = [
        ("listen.certificate_file", |folder| support::write(folder, "certificate.pem", "no certificate")),
        ("listen.key_file", |folder| std::fs::remove_file(folder.join("key.pem")).unwrap()),
        ("listen.key_file", |folder| {
            let other = rcgen::KeyPair::generate().unwrap();
            support::write(folder, "key.pem", &other.serialize_pem());
        }),
        ("listen.certificate_file", |folder| {
            let other = rcgen::generate_simple_self_signed(["other.example".to_owned()]).unwrap();
            support::write(folder, "certificate.pem", &other.cert.pem());
            support::write(folder, "key.pem", &other.signing_key.serialize_pem());
        }),
        ("trust.root_file", |folder| support::write(folder, "root.json", "{}")),
        ("trust.root_file", |folder| std::fs::remove_file(folder.join("root.json")).unwrap()),
        ("trust.publisher", |folder| std::fs::remove_dir_all(folder.join("publisher")).unwrap()),
        ("audit.directory", |folder| {
            std::fs::remove_dir_all(folder.join("state")).unwrap();
            support::write(folder, "state", "a file where a folder belongs");
        }),
        ("keys", |folder| std::fs::remove_file(folder.join("keys/sealing.key")).unwrap()),
        ("keys", |folder| {
            let open = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(folder.join("keys/pairwise.secret"), open).unwrap();
        }),
        ("keys", |folder| {
            let active = std::fs::read_dir(folder.join("keys/signing")).unwrap().next().unwrap().unwrap().path();
            std::fs::copy(&active, folder.join("keys/signing/second.active.jwk")).unwrap();
        }),
    ];
    for (path, damage) in damages {
        let folder = support::folder();
        std::fs::create_dir_all(folder.path().join("state")).unwrap();
        damage(folder.path());
        let problems = check::check(&load(&folder, &[]).unwrap(), false).await;
        assert!(problems.iter().any(|problem| problem.path == path), "{path}: {problems:?}");
        assert!(problems.iter().all(|problem| !problem.remedy.is_empty()));
    }
}

#[test]
fn generated_keys_are_for_their_owner_only_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    hub::keys::generate(&keys).unwrap();
    for file in walk(&keys) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        let expected = if file.ends_with("jwks.json") { 0o644 } else { 0o600 };
        assert_eq!(mode, expected, "{}", file.display());
    }
    assert!(matches!(hub::keys::generate(&keys), Err(hub::keys::KeyError::AlreadyThere { .. })));
    let published = std::fs::read_to_string(keys.join("upstream/jwks.json")).unwrap();
    assert!(!published.contains("\"d\""), "a private key was published");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
