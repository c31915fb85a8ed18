//! Counts.

use super::in_three_languages;
use crate::bench::Bench;

#[test]
fn the_region_is_counted_and_so_are_the_signatures_of_each_signer() {
    let bench = Bench::with_region();
    insta::assert_snapshot!(in_three_languages(&bench, "stats --root root.json --dir pub"));
    let value = bench.ok("stats --root root.json --dir pub --json").json();
    assert_eq!(value["kinds"]["identity-provider"], 1);
    assert_eq!(value["recognition"][0]["purposes"], 1);
    let of = |country: &str| {
        let signers = value["signers"].as_array().unwrap().iter();
        let found = signers.filter(|signer| {
            signer["country"] == country && signer["holder"].as_str().unwrap().starts_with("Regulator")
        });
        found.map(|signer| (signer["signed"].as_u64().unwrap(), signer["of"].as_u64().unwrap())).next().unwrap()
    };
    // Root 1 by XA and XB, regional list 1 by XA and XC.
    assert_eq!((of("XA"), of("XB"), of("XC")), ((2, 2), (1, 2), (1, 2)));
}
