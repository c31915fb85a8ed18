//! What was, and who signed it.

use super::in_three_languages;
use crate::bench::Bench;

/// XA's provider is suspended in the list at half past eight, and XB raises its recognition at nine.
fn lived() -> Bench {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:30:00Z");
    bench.ok("propose national --dir pub --country XA --entry-status idp=suspended --out n2.json");
    bench.sign_and_assemble("n2.json", &["list"]);
    bench.ok("publish --dir pub --key online.jwk");
    bench.at("2027-01-15T09:00:00Z");
    let row = std::fs::read_to_string(bench.path("row.json")).unwrap().replace("\"substantial\"", "\"high\"");
    std::fs::write(bench.path("row.json"), row).unwrap();
    bench.ok("propose regional --dir pub --recognise row.json --out r2.json");
    bench.sign_and_assemble("r2.json", &["xa", "xb"]);
    bench.ok("publish --dir pub --key online.jwk");
    bench
}

#[test]
fn every_version_is_listed_with_its_signers_and_what_it_changed() {
    let bench = lived();
    insta::assert_snapshot!(in_three_languages(&bench, "history --dir pub"));
    let value = bench.ok("history --dir pub --json").json();
    let events = value["events"].as_array().unwrap();
    assert_eq!(events.len(), 5);
    assert!(events.iter().all(|event| event["complete"] == true), "{value}");
}

#[test]
fn the_history_of_an_entry_or_a_member_is_only_about_it() {
    let bench = lived();
    let of = |about: &str| {
        let value = bench.ok(&format!("history {about} --dir pub --json")).json();
        let events = value["events"].as_array().unwrap().iter();
        events.map(|event| event["document"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("XA/idp"), ["lists/XA.1.json", "lists/XA.2.json"]);
    assert_eq!(of("XA/bank"), ["lists/XA.1.json"]);
    assert_eq!(of("XB"), ["root/1.json", "lists/regional.1.json", "lists/regional.2.json"]);
    assert_eq!(of("XC/nobody"), Vec::<String>::new());
}

#[test]
fn the_region_is_shown_as_it_stood_at_a_time() {
    let bench = lived();
    let at = |time: &str| bench.ok(&format!("inspect --dir pub --at {time} --json")).json();
    let before = at("2027-01-15T08:29:59Z");
    assert_eq!(before["members"][0]["entries"][0]["status"], "granted");
    assert_eq!(before["recognition"][0]["max_level"], "substantial");
    let after = at("2027-01-15T09:00:00Z");
    assert_eq!(after["members"][0]["entries"][0]["status"], "suspended");
    assert_eq!(after["regional"]["document"], "lists/regional.2.json");
    assert_eq!(after["recognition"][0]["max_level"], "high");
    assert_eq!(at("2027-01-15T07:59:59Z")["root"], serde_json::Value::Null);
    insta::assert_snapshot!(bench.steady(&bench.ok("inspect --dir pub --at 2027-01-15T08:30:00Z").out));
    assert!(bench.ok("inspect --dir pub --at 2027-02-20T00:00:00Z").out.contains("PAST ITS END"));
    assert_eq!(bench.run("inspect").code, 2);
    assert_eq!(bench.run("inspect --at 2027-01-15T08:30:00Z").code, 2);
}

#[test]
fn a_list_that_no_quorum_signed_is_marked() {
    let bench = lived();
    // Put there by hand: signed by nobody who may.
    bench.ok("propose regional --dir pub --out r3.json");
    bench.ok("sign r3.json --key bank.jwk");
    std::fs::copy(bench.path("r3.json"), bench.path("pub/lists/regional.3.json")).unwrap();
    let value = bench.ok("history --dir pub --json").json();
    let last = value["events"].as_array().unwrap().iter().find(|of| of["document"] == "lists/regional.3.json").unwrap();
    assert_eq!((last["complete"].as_bool(), last["signed"].as_array().unwrap().len()), (Some(false), 0));
    assert!(bench.ok("history --dir pub").out.contains("lists/regional.3.json  (!)"));
}
