//! A region from its keys to a suspension, a reinstatement and a rotated key.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn a_region_is_made_published_and_verified_by_a_client() {
    let bench = Bench::with_region();
    let verified = bench.ok("verify --root root.json --dir pub --json").json();
    assert_eq!(verified["region"], "XZ");
    assert_eq!(verified["issuers"], 1);
    assert_eq!(verified["status_version"], 1);
    assert_eq!(verified["members"][0]["country"], "XA");
    assert_eq!(verified["members"][0]["disabled"], Value::Null);
    assert_eq!(verified["members"][0]["clients"][0], "https://bank.xa.example");
    assert_eq!(bench.explain_idp().code, 0);
    assert_eq!(bench.explain_idp().json()["trusted"], true);
    bench.ok("explain client --root root.json --dir pub --client-id https://bank.xa.example");
}

#[test]
fn a_private_key_is_readable_by_its_owner_only_and_never_overwritten() {
    let bench = Bench::new();
    bench.ok("keygen --out a.jwk");
    let mode = std::fs::metadata(bench.path("a.jwk")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(bench.path("a.jwk")).unwrap();
    assert_eq!(bench.run("keygen --out a.jwk").code, 3);
    assert_eq!(std::fs::read(bench.path("a.jwk")).unwrap(), before);
    let public: Value = serde_json::from_slice(&std::fs::read(bench.path("a.pub.jwk")).unwrap()).unwrap();
    assert_eq!(public["d"], Value::Null);
}

#[test]
fn every_algorithm_that_keygen_offers_signs() {
    for alg in ["es256", "es384", "eddsa"] {
        let bench = Bench::new();
        for name in ["a", "online"] {
            bench.ok(&format!("keygen --alg {alg} --out {name}.jwk"));
        }
        bench.ok("init-root --region XZ --distribution https://t.example --threshold 1 --countries 1 \
             --regulator XA=A=a.pub.jwk --online XA=P=online.pub.jwk --out root.json");
        bench.sign_and_assemble("root.json", &["a"]);
    }
}

#[test]
fn copies_signed_apart_come_together_and_status_tells_who_is_missing() {
    let bench = Bench::with_root();
    bench.save("template operator --country XZ", "operator.json");
    bench.ok("propose regional --dir pub --operator operator.json --out r.json");
    std::fs::copy(bench.path("r.json"), bench.path("copy.json")).unwrap();
    bench.ok("sign r.json --key xa.jwk");
    bench.ok("sign copy.json --key xb.jwk");
    let status = bench.ok("status r.json --dir pub --json").json();
    assert_eq!(status["complete"], false);
    assert_eq!(status["quorums"][0]["missing"], 1);
    assert_eq!(status["quorums"][0]["signed"][0]["holder"], "Regulator of XA (XA)");
    assert_eq!(bench.run("assemble r.json --dir pub").code, 1);
    bench.ok("assemble r.json copy.json --dir pub");
}

#[test]
fn signing_twice_adds_nothing() {
    let bench = Bench::with_region();
    bench.ok("propose regional --dir pub --out r2.json");
    assert_eq!(bench.ok("sign r2.json --key xa.jwk --json").json()["added"], true);
    let once = std::fs::read(bench.path("r2.json")).unwrap();
    assert_eq!(bench.ok("sign r2.json --key xa.jwk --json").json()["added"], false);
    assert_eq!(std::fs::read(bench.path("r2.json")).unwrap(), once);
}

#[test]
fn one_command_suspends_and_only_the_quorum_reinstates() {
    let mut bench = Bench::with_region();
    bench.ok("suspend XA/idp --reason key-compromise --key list.jwk --dir pub --publish-key online.jwk");
    let explained = bench.explain_idp();
    assert_eq!(explained.code, 1);
    assert_eq!(explained.json()["checks"][7]["code"], "suspended");

    // The order holds with every later status.
    bench.at("2027-01-15T08:10:00Z");
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(bench.explain_idp().code, 1);

    bench.ok("propose regional --dir pub --reinstate XA/idp --out back.json");
    bench.sign_and_assemble("back.json", &["xb", "xc"]);
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(bench.explain_idp().code, 0);
}

#[test]
fn two_regulators_suspend_another_country_one_after_the_other() {
    let bench = Bench::with_region();
    let first = bench.ok("suspend XA --reason misissuance --key xb.jwk --dir pub --out order.json --json").json();
    assert_eq!((&first["enough"], &first["published"]), (&Value::Bool(false), &Value::Bool(false)));
    bench.ok("sign order.json --key xc.jwk");
    assert_eq!(bench.ok("status order.json --dir pub --json").json()["complete"], true);
    bench.ok("publish --dir pub --key online.jwk --order order.json");
    assert_eq!(bench.explain_idp().json()["checks"][2]["code"], "suspended");
}

#[test]
fn an_entry_is_suspended_in_the_list_and_a_diff_shows_it() {
    let mut bench = Bench::with_region();
    bench.at("2027-01-15T08:30:00Z");
    bench.ok("propose national --dir pub --country XA --entry-status idp=suspended --out n2.json");
    let diff = bench.ok("diff n2.json --dir pub --raw --json").json();
    let at = |change: &Value| change["at"].as_str().unwrap().to_owned();
    let places: Vec<String> = diff["changes"].as_array().unwrap().iter().map(at).collect();
    let service = "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0";
    assert_eq!(
        places,
        [
            "/LoTE/ListAndSchemeInformation/ListIssueDateTime".to_owned(),
            "/LoTE/ListAndSchemeInformation/LoTESequenceNumber".to_owned(),
            "/LoTE/ListAndSchemeInformation/NextUpdate".to_owned(),
            format!("{service}/ServiceHistory"),
            format!("{service}/ServiceInformation/ServiceStatus"),
            format!("{service}/ServiceInformation/StatusStartingTime"),
        ]
    );
    bench.sign_and_assemble("n2.json", &["list"]);
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(bench.explain_idp().json()["checks"][6]["code"], "suspended");
    // As of before, it was granted.
    let then = "explain issuer --root root.json --dir pub --country XA --recogniser XB --purpose account-opening";
    bench.ok(&format!("{then} --at 2027-01-15T08:29:59Z"));
}

#[test]
fn a_regulator_is_replaced_by_a_root_that_old_and_new_keys_sign() {
    let bench = Bench::with_region();
    bench.ok("keygen --out new.jwk");
    let inspected = bench.ok("inspect root.json --json").json();
    let keys = inspected["payload"]["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 4);
    let old = bench.ok("sign root.json --key xc.jwk --json").json()["key"].as_str().unwrap().to_owned();
    bench.ok(&format!(
        "propose root --dir pub --remove-key {old} --add-regulator 'XC=New regulator of XC=new.pub.jwk' --out root2.json"
    ));
    bench.ok("sign root2.json --key new.jwk");
    bench.ok("sign root2.json --key xa.jwk");
    let refused = bench.run("assemble root2.json --dir pub");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("by the root before it"), "{}", refused.err);
    // The regional list is signed by XA and XC, who leaves.
    bench.ok("sign root2.json --key xb.jwk");
    let refused = bench.run("assemble root2.json --dir pub");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("clients would refuse the regional list"), "{}", refused.err);
    bench.ok("propose regional --dir pub --out r2.json");
    bench.sign_and_assemble("r2.json", &["xa", "xb"]);
    bench.ok("suspend XA --reason drill --key xc.jwk --dir pub --out half.json");
    bench.ok("publish --dir pub --key online.jwk --order half.json");
    bench.ok("assemble root2.json --dir pub");
    // The order of the key that left counts for nobody who sees it first.
    let published = bench.ok("publish --dir pub --key online.jwk --json").json();
    assert!(published["notices"][0].as_str().unwrap().contains("suspension order"), "{published}");
    let verified = bench.ok("verify --root root.json --dir pub --json").json();
    assert_eq!(verified["root_version"], 2);
}

#[test]
fn the_documents_are_written_where_their_distribution_points_say_too() {
    let bench = Bench::with_region();
    bench.ok("publish --dir pub --key online.jwk --to web");
    let same =
        |a: &str, b: &str| assert_eq!(std::fs::read(bench.path(a)).unwrap(), std::fs::read(bench.path(b)).unwrap());
    same("web/lists/XA.json", "pub/lists/XA.1.json");
    same("web/lists/regional.json", "web/lists/regional.1.json");
    same("web/status.json", "pub/status.json");
    bench.ok("verify --root root.json --dir web");
}
