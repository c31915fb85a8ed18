//! What `verify` shows and with which exit code it ends.

use std::fs;

use crate::bench::Bench;

const VERIFY: &str = "verify --root root.json --dir pub";

#[test]
fn h15_alarms_are_shown_at_half_and_at_four_fifths_of_the_life_of_the_status() {
    let mut bench = Bench::with_region();
    for (time, alarm) in [
        ("2027-01-15T08:29:59Z", serde_json::Value::Null),
        ("2027-01-15T08:30:00Z", "half".into()),
        ("2027-01-15T08:48:00Z", "urgent".into()),
    ] {
        bench.at(time);
        let answer = bench.ok(&format!("{VERIFY} --json")).json();
        assert_eq!(answer["alarm"], alarm, "{time}");
    }
    assert!(bench.ok(VERIFY).out.contains("ALARM    urgent"));
}

#[test]
fn zero_anchors_are_shown_and_are_no_success() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:10:00Z");
    bench.ok("propose national --dir pub --country XA --entry-status idp=withdrawn --out n2.json");
    bench.sign_and_assemble("n2.json", &["list"]);
    bench.ok("publish --dir pub --key online.jwk");
    let answer = bench.run(VERIFY);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("There is no issuer to trust"), "{answer:?}");
    assert_eq!(bench.run(&format!("{VERIFY} --json")).json()["issuers"], 0);
}

#[test]
fn a_publisher_that_has_nothing_or_nothing_good_is_no_success() {
    let mut bench = Bench::with_region();
    fs::create_dir(bench.path("empty")).unwrap();
    assert_eq!(bench.run("verify --root root.json --dir empty").code, 1);
    let list = fs::read_to_string(bench.path("pub/lists/XA.1.json")).unwrap();
    fs::write(bench.path("pub/lists/XA.1.json"), list.replacen("payload", "payloae", 1)).unwrap();
    let answer = bench.run(VERIFY);
    assert_eq!(answer.code, 1, "the one list with an issuer is not the one that the status names");
    assert!(answer.out.contains("DISABLED"), "{answer:?}");
    // A clock that was set back sees documents of the future; one that was set ahead sees only old ones.
    for time in ["2027-01-15T07:00:00Z", "2027-01-16T08:00:00Z"] {
        bench.at(time);
        assert_eq!(bench.run(VERIFY).code, 1, "{time}");
    }
}
