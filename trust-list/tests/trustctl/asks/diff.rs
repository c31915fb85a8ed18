//! What changes, in plain words, in three languages.

use super::in_three_languages;
use crate::bench::Bench;

#[test]
fn a_first_regional_list_says_all_that_it_begins_with() {
    let bench = Bench::with_root();
    bench.save("template operator --country XZ", "operator.json");
    bench.save("template member --country XA --distribution https://t.example --key list.pub.jwk", "member.json");
    bench.save("template recognition --recogniser XB --recognised XA", "row.json");
    bench.ok(
        "propose regional --dir pub --operator operator.json --admit member.json --recognise row.json --out r.json",
    );
    insta::assert_snapshot!(in_three_languages(&bench, "diff r.json --dir pub"));
}

#[test]
fn a_lower_quorum_and_a_new_key_are_marked_in_a_new_root() {
    let bench = Bench::with_region();
    bench.ok("keygen --out new.jwk");
    let xc = bench.ok("sign root.json --key xc.jwk --json").json()["key"].as_str().unwrap().to_owned();
    bench.ok(&format!(
        "propose root --dir pub --remove-key {xc} --add-regulator 'XC=New regulator of XC=new.pub.jwk' \
         --threshold 1 --countries 1 --out root2.json"
    ));
    bench.ok("sign root2.json --key xa.jwk");
    insta::assert_snapshot!(in_three_languages(&bench, "diff root2.json --dir pub"));
    let value = bench.ok("diff root2.json --dir pub --json").json();
    assert_eq!(value["first"], false);
    assert_eq!(value["dangerous"], 3);
    assert_eq!(value["quorums"][0]["missing"], 1);
    assert_eq!(value["quorums"][0]["open"][0]["holder"].as_str().unwrap().split(' ').next(), Some("Regulator"));
    let lowered = value["changes"].as_array().unwrap().iter().filter(|change| change["danger"] == "quorum-lowered");
    assert_eq!(lowered.count(), 2);
}

#[test]
fn a_member_a_recognition_and_a_reinstatement_are_said_in_words() {
    let mut bench = Bench::with_region();
    bench.ok("suspend XA/idp --reason drill --key list.jwk --dir pub --publish-key online.jwk");
    bench.ok("keygen --out list-xc.jwk");
    let dist = "--distribution https://trust.region.example";
    bench.save(&format!("template member --country XC {dist} --key list-xc.pub.jwk"), "member-xc.json");
    bench.save("template recognition --recogniser XC --recognised XA", "row2.json");
    let row = std::fs::read_to_string(bench.path("row.json")).unwrap();
    let higher = row.replace("\"substantial\"", "\"high\"");
    assert_ne!(higher, row);
    std::fs::write(bench.path("row.json"), higher).unwrap();
    bench.at("2027-01-15T08:30:00Z");
    bench.ok("propose regional --dir pub --admit member-xc.json --recognise row.json --recognise row2.json \
         --reinstate XA/idp --out r2.json");
    insta::assert_snapshot!(in_three_languages(&bench, "diff r2.json --dir pub"));
}

#[test]
fn a_changed_provider_shows_its_hosts_levels_and_settings() {
    let mut bench = Bench::with_region();
    let idp = std::fs::read_to_string(bench.path("idp.json")).unwrap();
    let changed =
        idp.replace("\"substantial\"", "\"high\"").replace("https://idp.xa.example\"", "https://id.xa.example\"");
    assert_ne!(changed, idp);
    std::fs::write(bench.path("idp.json"), changed).unwrap();
    bench.at("2027-01-15T08:30:00Z");
    bench.ok("propose national --dir pub --country XA --entry idp.json --entry-status bank=suspended --out n2.json");
    insta::assert_snapshot!(in_three_languages(&bench, "diff n2.json --dir pub"));
}

#[test]
fn a_key_that_is_only_announced_has_no_power_and_is_not_marked() {
    let bench = Bench::with_region();
    bench.ok("keygen --out new.jwk");
    bench.ok("rotate announce --dir pub --old xc.pub.jwk --new new.pub.jwk --out root2.json");
    let value = bench.ok("diff root2.json --dir pub --json").json();
    let added =
        value["changes"].as_array().unwrap().iter().find(|change| change["change"] == "root-key-added").unwrap();
    assert_eq!((&added["danger"], &added["roles"]), (&serde_json::Value::Null, &"".into()));
    assert!(added["text"].as_str().unwrap().ends_with("is announced; it signs nothing yet"), "{added}");
}
