//! What regulators decide, without editing JSON.

use serde_json::Value;

use crate::bench::Bench;

/// Proposes, signs, assembles and publishes.
fn decide(bench: &Bench, line: &str, keys: &[&str]) {
    bench.ok(&format!("propose {line} --dir pub --out next.json"));
    bench.sign_and_assemble("next.json", keys);
    bench.ok("publish --dir pub --key online.jwk");
}

fn refused(bench: &Bench, line: &str) -> String {
    let answer = bench.run(&format!("propose {line} --dir pub --out refused.json"));
    assert_ne!(answer.code, 0, "{line}: {answer:?}");
    answer.err
}

fn trusted(bench: &Bench) -> bool {
    bench.explain_idp().json()["trusted"] == Value::Bool(true)
}

#[test]
fn an_entry_is_suspended_reinstated_and_withdrawn_and_does_not_come_back() {
    let mut bench = Bench::with_region();
    let own = |verb: &str| format!("national --country XA --{verb} idp");
    for (hour, verb, expected) in [("09", "suspend", false), ("10", "reinstate", true), ("11", "withdraw", false)] {
        bench.at(&format!("2027-01-15T{hour}:00:00Z"));
        bench.ok("publish --dir pub --key online.jwk");
        decide(&bench, &own(verb), &["list"]);
        assert_eq!(trusted(&bench), expected, "{verb}");
    }
    bench.at("2027-01-15T12:00:00Z");
    for line in [own("reinstate"), own("suspend"), "national --country XA --entry idp.json".to_owned()] {
        assert!(refused(&bench, &line).contains("withdrawn for good"), "{line}");
    }
    let list: Value =
        serde_json::from_str(&std::fs::read_to_string(bench.path("pub/lists/XA.4.json")).unwrap()).unwrap();
    assert!(list.to_string().len() > 1_000, "the entry stays");
}

#[test]
fn an_entry_that_is_changed_keeps_its_status_and_history() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:30:00Z");
    decide(&bench, "national --country XA --suspend idp", &["list"]);
    bench.at("2027-01-15T08:40:00Z");
    bench.save("template issuer --country XA --id idp", "idp.json");
    decide(&bench, "national --country XA --entry idp.json", &["list"]);
    assert!(!trusted(&bench), "a template does not grant what was suspended");
    assert!(refused(&bench, "national --country XA --suspend idp").contains("has that status already"));
}

#[test]
fn keys_come_and_go_and_the_last_one_stays() {
    let mut bench = Bench::with_region();
    bench.ok("keygen --out next.jwk");
    bench.at("2027-01-15T08:30:00Z");
    let old: Value = serde_json::from_str(&std::fs::read_to_string(bench.path("bank.pub.jwk")).unwrap()).unwrap();
    let old = old["kid"].as_str().unwrap();
    assert!(refused(&bench, &format!("national --country XA --retire-key bank={old}")).contains("its last key"));
    assert!(refused(&bench, "national --country XA --add-key bank=bank.pub.jwk").contains("already"));
    decide(&bench, &format!("national --country XA --add-key bank=next.pub.jwk --retire-key bank={old}"), &["list"]);
    assert!(refused(&bench, &format!("national --country XA --retire-key bank={old}")).contains("no such key"));
    assert!(refused(&bench, "national --country XA --add-key nobody=next.pub.jwk").contains("no entry nobody"));
}

#[test]
fn a_level_is_set_on_an_issuer_and_on_nobody_else() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:30:00Z");
    decide(&bench, "national --country XA --set-level idp=low", &["list"]);
    let explain =
        "explain issuer --root pub/root/1.json --dir pub --country XA --recogniser XB --purpose account-opening";
    assert_eq!(bench.run(&format!("{explain} --level substantial --json")).json()["trusted"], false);
    assert!(refused(&bench, "national --country XA --set-level bank=low").contains("that is an issuer"));
    assert!(refused(&bench, "national --country XA --set-level idp=top").contains("low, substantial or high"));
}

#[test]
fn recognition_ends_on_its_date_and_another_row_takes_its_place() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:30:00Z");
    let row = "'XB recognises XA for account-opening up to low on Agreement 7'";
    decide(&bench, &format!("regional --recognise-row {row}"), &["xa", "xc"]);
    let explain =
        "explain issuer --root pub/root/1.json --dir pub --country XA --recogniser XB --purpose account-opening";
    let is_trusted =
        |bench: &Bench, more: &str| bench.run(&format!("{explain} --json {more}")).json()["trusted"] == true;
    assert!(!is_trusted(&bench, "--level substantial") && is_trusted(&bench, "--level low"));
    assert!(is_trusted(&bench, "--level substantial --at 2027-01-15T08:29:59Z"), "the row of before still answers");

    bench.at("2027-01-15T08:40:00Z");
    decide(&bench, "regional --end-recognition XB:XA:account-opening=2027-01-15T08:50:00Z", &["xa", "xc"]);
    assert!(is_trusted(&bench, "--level low"));
    bench.at("2027-01-15T08:50:00Z");
    assert!(!is_trusted(&bench, "--level low"));
    assert!(refused(&bench, "regional --end-recognition XB:XA:account-opening").contains("no row about"));
    assert!(refused(&bench, "regional --recognise-row 'XB likes XA on trust'").contains("XB recognises XA for"));
}

#[test]
fn a_member_is_suspended_by_the_list_reinstated_and_withdrawn_for_good() {
    let mut bench = Bench::with_region();
    for (minute, verb, expected) in
        [("20", "suspend-member", false), ("30", "reinstate", true), ("40", "withdraw", false)]
    {
        bench.at(&format!("2027-01-15T08:{minute}:00Z"));
        decide(&bench, &format!("regional --{verb} XA"), &["xa", "xc"]);
        assert_eq!(trusted(&bench), expected, "{verb}");
    }
    bench.at("2027-01-15T08:50:00Z");
    assert!(refused(&bench, "regional --suspend-member XA").contains("withdrawn for good"));
}
