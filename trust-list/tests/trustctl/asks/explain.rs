//! By which signatures.

use super::in_three_languages;
use crate::bench::Bench;

#[test]
fn an_issuer_is_trusted_by_these_signatures_of_these_holders_under_this_root() {
    let bench = Bench::with_region();
    let ask = "explain issuer --root root.json --dir pub --country XA --recogniser XB --purpose account-opening";
    insta::assert_snapshot!(in_three_languages(&bench, ask));
    let value = bench.ok(&format!("{ask} --json")).json();
    let documents = value["signatures"].as_array().unwrap();
    let named: Vec<_> = documents.iter().map(|of| of["document"].as_str().unwrap()).collect();
    assert_eq!(named, ["root/1.json", "status.json", "lists/regional.1.json", "lists/XA.1.json"]);
    assert!(documents.iter().all(|of| of["complete"] == true && of["root"] == 1));
}

#[test]
fn a_refusal_names_the_documents_behind_it_too() {
    let bench = Bench::with_region();
    let refused = "explain issuer --root root.json --dir pub --country XA --recogniser XC --purpose pension";
    assert_eq!(bench.run(refused).code, 1);
    insta::assert_snapshot!(in_three_languages(&bench, refused));
}

#[test]
fn a_key_is_explained_by_the_documents_that_name_it_and_what_is_suspended() {
    let bench = Bench::with_region();
    let ask = |name: &str| format!("explain key {} --root root.json --dir pub", bench.thumbprint(name));
    for (name, place) in [("xa", "root"), ("list", "list-signer"), ("bank", "entry")] {
        let value = bench.ok(&format!("{} --json", ask(name))).json();
        assert_eq!(value["holds"][0]["as"], place, "{value}");
        assert_eq!(value["suspended"].as_array().unwrap().len(), 0);
    }
    bench.ok("suspend XA/bank --reason drill --key list.jwk --dir pub --publish-key online.jwk");
    assert_eq!(bench.ok(&format!("{} --json", ask("bank"))).json()["suspended"][0], "XA/bank");
    insta::assert_snapshot!(in_three_languages(&bench, &ask("bank")));
    bench.ok("keygen --out nobody.jwk");
    assert_eq!(bench.run(&ask("nobody")).code, 1, "no document names it");
}

#[test]
fn a_thumbprint_that_begins_with_a_dash_is_no_option() {
    let bench = Bench::with_region();
    let dashed = format!("-G{}", "A".repeat(41));
    assert_eq!(bench.run(&format!("explain key {dashed} --root root.json --dir pub")).code, 1, "no document names it");
    assert_eq!(bench.ok(&format!("drill --dir pub --keys {dashed} --json")).json()["keys"][0]["key"], dashed);
    let refused = bench.run(&format!("propose root --dir pub --remove-key {dashed} --out r.json"));
    assert!(refused.err.contains("has no key"), "{refused:?}");
}
