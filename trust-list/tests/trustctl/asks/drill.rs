//! "What if these keys leaked?"

use super::in_three_languages;
use crate::bench::Bench;

#[test]
fn one_regulators_key_suspends_its_own_and_needs_a_second_for_the_rest() {
    let bench = Bench::with_region();
    let xa = bench.thumbprint("xa");
    insta::assert_snapshot!(in_three_languages(&bench, &format!("drill --dir pub --keys {xa}")));
    let value = bench.ok(&format!("drill --dir pub --keys {xa} --json")).json();
    let others = |act: &str| {
        let powers = value["powers"].as_array().unwrap();
        powers.iter().find(|power| power["act"] == act).unwrap()["others"].as_u64()
    };
    assert_eq!((others("change-root"), others("suspend-own"), others("suspend-any")), (Some(1), Some(0), Some(1)));
    assert_eq!(value["recoverable"], true);
}

#[test]
fn keys_of_every_kind_are_recovered_in_order_stop_replace_trust_again() {
    let bench = Bench::with_region();
    let keys = ["xa", "xb", "online", "list", "bank"].map(|name| bench.thumbprint(name)).join(",");
    bench.ok("keygen --out nobody.jwk");
    let nobody = bench.thumbprint("nobody");
    insta::assert_snapshot!(bench.steady(&bench.ok(&format!("drill --dir pub --keys {keys} --keys {nobody}")).out));
}

#[test]
fn when_the_keys_that_are_left_are_no_quorum_only_a_new_root_in_person_helps() {
    let bench = Bench::with_region();
    let keys = ["xa", "xb"].map(|name| bench.thumbprint(name)).join(",");
    let answer = bench.ok(&format!("drill --dir pub --keys {keys} --json")).json();
    assert_eq!(answer["recoverable"], false);
    assert_eq!(bench.run("drill --dir pub --keys not-a-thumbprint").code, 2);
}
