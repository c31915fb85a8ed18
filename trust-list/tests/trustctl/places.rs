//! From the publisher's folder to where clients read: order, staging, promotion, telling hubs. Folders stand for every
//! kind of place; the object stores are driven in `conformance/peers/test_stores.py`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use crate::bench::{Answer, Bench};

/// XA's identity provider is suspended in `pub`.
fn suspend(bench: &Bench, more: &str) -> Answer {
    bench.run(&format!("suspend XA/idp --reason drill --key list.jwk --dir pub --publish-key online.jwk {more}"))
}

fn explain(bench: &Bench, dir: &str) -> i32 {
    let question = "--country XA --recogniser XB --purpose account-opening";
    bench.run(&format!("explain issuer --root pub/root/1.json --dir {dir} {question}")).code
}

#[test]
fn an_upload_brings_everything_once_and_again_only_what_is_new() {
    let bench = Bench::with_region();
    let first = bench.ok("upload --dir pub --to www --json").json();
    assert!(first["sent"]["new"].as_u64().unwrap() >= 10, "{first}");
    bench.ok("verify --root pub/root/1.json --dir www");
    let again = bench.ok("upload --dir pub --to file://www --json").json();
    assert_eq!(again["sent"]["new"], 0);
    bench.ok("publish --dir pub --key online.jwk --to www");
    let sidecar = std::fs::read_to_string(bench.path("www/status.json.sha256")).unwrap();
    assert!(sidecar.ends_with("  status.json\n"), "{sidecar}");
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "status.json.sha256"]).current_dir(bench.path("www"));
    assert!(check.status().unwrap().success());
}

#[test]
fn a_suspension_is_one_command_from_the_order_to_the_public_place() {
    let bench = Bench::with_region();
    bench.ok("upload --dir pub --to www");
    assert_eq!(explain(&bench, "www"), 0);
    let answer = suspend(&bench, "--staging try --to www");
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(explain(&bench, "www"), 1);
    assert_eq!(explain(&bench, "try"), 1);
    let nowhere = bench.run("suspend XA/idp --reason drill --key list.jwk --dir pub --out order.json --to www");
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
}

#[test]
fn a_crash_on_the_way_leaves_a_status_whose_documents_are_all_there() {
    let mut bench = Bench::with_region();
    bench.ok("upload --dir pub --to www");
    bench.at("2027-01-15T08:00:10Z");
    bench.ok("propose national --dir pub --country XA --entry-status idp=withdrawn --out next.json");
    bench.sign_and_assemble("next.json", &["list"]);
    bench.ok("publish --dir pub --key online.jwk");
    // A folder in the way of the list without a number, which goes after the numbered ones and before the status.
    std::fs::remove_file(bench.path("www/lists/XA.json")).unwrap();
    std::fs::create_dir(bench.path("www/lists/XA.json")).unwrap();
    let crashed = bench.run("upload --dir pub --to www");
    assert_eq!(crashed.code, 3, "{crashed:?}");
    assert!(bench.path("www/lists/XA.2.json").exists());
    assert_eq!(explain(&bench, "www"), 0, "the status is still the old one, and whole");
    std::fs::remove_dir(bench.path("www/lists/XA.json")).unwrap();
    bench.ok("upload --dir pub --to www");
    assert_eq!(explain(&bench, "www"), 1);
}

#[test]
fn h01_h02_a_place_is_never_set_back_and_no_number_gets_another_content() {
    let bench = Bench::with_region();
    copy(&bench, "pub", "older");
    bench.ok("publish --dir pub --key online.jwk --to www");
    let back = bench.run("upload --dir older --to www");
    assert_eq!(back.code, 1, "{back:?}");
    assert!(back.err.contains("another publisher is ahead"), "{back:?}");
    std::fs::write(bench.path("www/lists/XA.1.json"), "{}").unwrap();
    let taken = bench.run("publish --dir pub --key online.jwk --to www");
    assert_eq!(taken.code, 1, "{taken:?}");
    assert!(taken.err.contains("lists/XA.1.json is already there"), "{taken:?}");
}

#[test]
fn nothing_that_a_client_would_refuse_leaves_and_no_key_does() {
    let bench = Bench::with_region();
    let status = std::fs::read_to_string(bench.path("pub/status.json")).unwrap();
    std::fs::write(bench.path("pub/status.json"), status.replace("\"payload\":\"e", "\"payload\":\"f")).unwrap();
    assert_eq!(bench.run("upload --dir pub --to www").code, 1);
    assert!(!bench.path("www").exists());
    std::fs::write(bench.path("pub/status.json"), status).unwrap();
    std::fs::copy(bench.path("online.jwk"), bench.path("pub/online.jwk")).unwrap();
    let key = bench.run("upload --dir pub --to www");
    assert_eq!(key.code, 1, "{key:?}");
    assert!(key.err.contains("looks like a key"), "{key:?}");
    assert!(!bench.path("www").exists());
}

#[test]
fn promotion_brings_what_a_client_accepts_and_nothing_else() {
    let mut bench = Bench::with_region();
    bench.ok("upload --dir pub --staging try");
    assert!(!bench.path("www").exists());
    bench.ok("promote --root pub/root/1.json --from try --to www");
    assert_eq!(explain(&bench, "www"), 0);
    // Staging goes bad: production stays.
    bench.ok("publish --dir pub --key online.jwk --staging try");
    for list in ["try/lists/regional.1.json", "try/lists/XA.1.json"] {
        let good = std::fs::read(bench.path(list)).unwrap();
        std::fs::write(bench.path(list), "{}").unwrap();
        assert_eq!(bench.run("promote --root pub/root/1.json --from try --to www").code, 1, "{list} is another");
        std::fs::remove_file(bench.path(list)).unwrap();
        assert_eq!(bench.run("promote --root pub/root/1.json --from try --to www").code, 1, "{list} is missing");
        std::fs::write(bench.path(list), good).unwrap();
    }
    bench.ok("verify --root pub/root/1.json --dir www");
    // Another region's root accepts none of it.
    bench.ok("upload --dir pub --staging try");
    let other = Bench::with_root();
    std::fs::copy(other.path("root.json"), bench.path("other.json")).unwrap();
    assert_eq!(bench.run("promote --root other.json --from try --to www").code, 1);
    // Staging that ran out is not promoted.
    bench.at("2027-01-15T10:00:00Z");
    assert_eq!(bench.run("promote --root pub/root/1.json --from try --to www").code, 1);
}

#[test]
fn h01_what_production_has_seen_newer_is_not_promoted() {
    let bench = Bench::with_region();
    bench.ok("upload --dir pub --staging try");
    bench.ok("publish --dir pub --key online.jwk --to www");
    let back = bench.run("promote --root pub/root/1.json --from try --to www");
    assert_eq!(back.code, 1, "{back:?}");
}

#[test]
fn a_hub_is_told_and_one_that_cannot_be_told_is_no_failure_of_the_publication() {
    let bench = Bench::with_region();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let hub = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let read = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let told = suspend(&bench, &format!("--to www --notify http://127.0.0.1:{port}/trust/refresh"));
    assert_eq!(told.code, 0, "{told:?}");
    assert!(hub.join().unwrap().starts_with("POST /trust/refresh HTTP/1.1\r\n"));

    // Nobody listens there any more.
    let untold = bench.run(&format!(
        "publish --dir pub --key online.jwk --to www --notify http://127.0.0.1:{port}/trust/refresh --json"
    ));
    assert_eq!(untold.code, 8, "{untold:?}");
    let value = untold.json();
    assert!(value["hubs"][0]["error"].is_string(), "{value}");
    assert!(value["sent"]["new"].as_u64().unwrap() > 0, "the documents are out");
}

#[test]
fn a_place_that_does_not_exist_is_named() {
    let bench = Bench::with_region();
    assert_eq!(bench.run("upload --dir pub --to ftp://somewhere/").code, 2);
    assert_eq!(bench.run("upload --dir pub").code, 2);
    assert_eq!(bench.run("promote --root pub/root/1.json --from nowhere --to www").code, 1);
}

fn copy(bench: &Bench, from: &str, to: &str) {
    let copied = Command::new("cp").args(["-r", from, to]).current_dir(bench.dir()).status();
    assert!(copied.unwrap().success());
}
