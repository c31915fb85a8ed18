//! What the tool refuses, with which exit code, and what it advises.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::bench::Bench;

#[test]
fn wrong_usage_is_2_a_missing_file_is_3_a_refusal_is_1() {
    let bench = Bench::with_keys();
    for line in [
        "",
        "nonsense",
        "keygen",
        "propose regional --dir pub --out x.json --reinstate xa",
        "suspend XA/../x --reason drill --key xa.jwk --dir pub --out o.json",
        "suspend XA --reason because --key xa.jwk --dir pub --out o.json",
        "suspend XA --reason drill --key xa.jwk --dir pub",
        "verify --root root.json --dir pub --time yesterday",
    ] {
        assert_eq!(bench.run(line).code, 2, "{line}");
    }
    for line in ["sign nothing.json --key xa.jwk", "inspect nothing.json", "verify --root nothing.json --dir pub"] {
        assert_eq!(bench.run(line).code, 3, "{line}");
    }
    fs::write(bench.path("other.json"), "{}").unwrap();
    for line in ["sign other.json --key xa.jwk", "inspect other.json", "verify --root other.json --dir pub"] {
        assert_eq!(bench.run(line).code, 1, "{line}");
    }
}

#[test]
fn a_private_key_that_others_can_read_is_not_used() {
    let bench = Bench::with_region();
    fs::set_permissions(bench.path("online.jwk"), fs::Permissions::from_mode(0o644)).unwrap();
    let answer = bench.run("publish --dir pub --key online.jwk");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("chmod 600"), "{}", answer.err);
}

#[test]
fn a_stranger_can_neither_publish_nor_suspend() {
    let bench = Bench::with_region();
    let answer = bench.run("publish --dir pub --key bank.jwk");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("signed by 0 of the needed 1 keys"), "{}", answer.err);
    let answer = bench.run("suspend XA --reason drill --key bank.jwk --dir pub --publish-key online.jwk");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("may not suspend XA"), "{}", answer.err);
    assert_eq!(bench.explain_idp().code, 0);
}

#[test]
fn h01_a_client_with_a_memory_refuses_yesterdays_backup() {
    let bench = Bench::with_region();
    let verify = "verify --root root.json --dir pub --state client";
    fs::copy(bench.path("pub/status.json"), bench.path("yesterday.json")).unwrap();
    bench.ok("publish --dir pub --key online.jwk");
    bench.ok(verify);
    fs::copy(bench.path("yesterday.json"), bench.path("pub/status.json")).unwrap();
    let answer = bench.run(verify);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("was seen before"), "{}", answer.err);
}

#[test]
fn h03_an_expired_status_is_refused_with_its_date() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T09:00:00Z");
    let answer = bench.run("verify --root root.json --dir pub");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("2027-01-15T09:00:00Z"), "{}", answer.err);
}

#[test]
fn a_number_that_is_taken_is_not_given_again() {
    let bench = Bench::with_region();
    bench.ok("propose regional --dir pub --out a.json");
    bench.ok("propose regional --dir pub --next-update 2027-02-01T00:00:00Z --out b.json");
    bench.sign_and_assemble("a.json", &["xa", "xb"]);
    for key in ["xa", "xb"] {
        bench.ok(&format!("sign b.json --key {key}.jwk"));
    }
    let answer = bench.run("assemble b.json --dir pub");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("make the proposal anew"), "{}", answer.err);
}

#[test]
fn what_a_client_would_refuse_cannot_even_be_proposed() {
    let bench = Bench::with_region();
    let idp = fs::read_to_string(bench.path("idp.json")).unwrap();
    let foreign = idp.replace("\"Country\": \"XA\"", "\"Country\": \"XB\"");
    assert_ne!(foreign, idp);
    fs::write(bench.path("foreign.json"), foreign).unwrap();
    let answer = bench.run("propose national --dir pub --country XA --entry foreign.json --out f.json");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("of another country"), "{}", answer.err);
    assert!(!bench.path("f.json").exists());

    let answer = bench.run("propose national --dir pub --country XB --operator operator.json --out f.json");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("admit it first"), "{}", answer.err);
    assert_eq!(bench.run("propose national --dir pub --country XA --remove nobody --out f.json").code, 2);
}

#[test]
fn a_list_made_elsewhere_is_proposed_whole_if_it_is_well_made() {
    let bench = Bench::with_region();
    let inspected = bench.ok("inspect pub/lists/XA.1.json --json").json();
    let mut list = inspected["payload"].clone();
    list["LoTE"]["ListAndSchemeInformation"]["LoTESequenceNumber"] = 2.into();
    list["LoTE"]["ListAndSchemeInformation"]["OurOwnNote"] = "kept".into();
    fs::write(bench.path("list.json"), list.to_string()).unwrap();
    bench.ok("propose national --dir pub --country XA --from list.json --out n2.json");
    bench.sign_and_assemble("n2.json", &["list"]);
    let kept = bench.ok("inspect pub/lists/XA.2.json --json").json();
    assert_eq!(kept["payload"], list);

    list["LoTE"]["ListAndSchemeInformation"]["NextUpdate"] = "soon".into();
    fs::write(bench.path("list.json"), list.to_string()).unwrap();
    assert_eq!(bench.run("propose national --dir pub --country XA --from list.json --out n3.json").code, 1);
}

#[test]
fn two_publishers_at_once_do_not_share_a_number() {
    let bench = Bench::with_region();
    let lock = fs::File::create(bench.path("pub/.publishing")).unwrap();
    lock.lock().unwrap();
    let answer = bench.run("publish --dir pub --key online.jwk");
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("another publisher"), "{}", answer.err);
    bench.ok("propose regional --dir pub --out r2.json");
    for key in ["xa", "xb"] {
        bench.ok(&format!("sign r2.json --key {key}.jwk"));
    }
    let answer = bench.run("assemble r2.json --dir pub");
    assert_eq!(answer.code, 3, "nor may a list come in between: {answer:?}");
    lock.unlock().unwrap();
    bench.ok("assemble r2.json --dir pub");
    bench.ok("publish --dir pub --key online.jwk");
}

#[test]
fn what_clients_would_refuse_is_not_published() {
    let mut bench = Bench::with_region();
    let before = fs::read(bench.path("pub/status.json")).unwrap();
    bench.at("2027-02-20T08:00:00Z");
    let answer = bench.run("publish --dir pub --key online.jwk");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("NextUpdate is past"), "{}", answer.err);
    assert_eq!(fs::read(bench.path("pub/status.json")).unwrap(), before);
}

#[test]
fn h20_a_list_that_claims_what_another_country_claims_is_not_assembled() {
    let bench = Bench::with_region();
    bench.ok("keygen --out list-xb.jwk");
    bench.save(
        "template member --country XB --distribution https://trust.region.example --key list-xb.pub.jwk",
        "member-xb.json",
    );
    bench.ok("propose regional --dir pub --admit member-xb.json --out r2.json");
    bench.sign_and_assemble("r2.json", &["xa", "xb"]);
    bench.save("template operator --country XB", "operator-xb.json");
    bench.save("template client --country XB --id bank --key bank.pub.jwk", "bank-xb.json");
    let bank = fs::read_to_string(bench.path("bank-xb.json")).unwrap();
    let claimed = bank.replace("\"https://bank.xb.example\"", "\"https://bank.xa.example\"");
    assert_ne!(claimed, bank);
    fs::write(bench.path("claimed.json"), claimed).unwrap();
    bench.ok("propose national --dir pub --country XB --operator operator-xb.json --entry claimed.json --out n.json");
    bench.ok("sign n.json --key list-xb.jwk");
    let answer = bench.run("assemble n.json --dir pub");
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("is claimed by XA and by XB"), "{}", answer.err);
    assert!(!bench.path("pub/lists/XB.1.json").exists());
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let bench = Bench::new();
    let help = bench.ok("--help").out;
    for word in [
        "keygen",
        "init-root",
        "propose",
        "diff",
        "sign",
        "reject",
        "merge",
        "status",
        "assemble",
        "publish",
        "verify",
        "suspend",
        "inspect",
        "explain",
        "template",
        "Exit codes",
    ] {
        assert!(help.contains(word), "{word}");
    }
    assert!(bench.dir().read_dir().unwrap().next().is_none());
}
