//! What others read, from the command line.

use serde_json::{Value, json};

use crate::bench::Bench;

/// A region with the operator of XA's list, who has a certificate.
fn bench() -> Bench {
    let bench = Bench::with_region();
    bench.ok("keygen --out operator.jwk");
    bench.ok(
        "certificate self-signed --key operator.jwk --organisation 'Trust authority of XA' --country XA --out operator.pem",
    );
    bench
}

const SOURCE: &str = "--root pub/root/1.json --dir pub";

fn header(jws: &str) -> Value {
    serde_json::from_slice(&strict_jose::b64::decode(jws.split('.').next().unwrap()).unwrap()).unwrap()
}

#[test]
fn a_national_list_leaves_as_compact_jades_with_the_operators_certificate() {
    let bench = bench();
    let line =
        format!("export lote {SOURCE} --list XA --certificate operator.pem --key operator.jwk --out XA.jwt --json");
    let answer = bench.ok(&line).json();
    let jws = std::fs::read_to_string(bench.path("XA.jwt")).unwrap();
    assert_eq!(answer["bytes"], json!(jws.len()));
    assert_eq!(header(&jws)["x5t#S256"], answer["x5t#S256"]);
    // Whoever reads lists of others reads ours.
    let record =
        "--type urn:passerelle:lote:type:national --territory XA --location https://trust.region.example/lists/XA.jwt";
    bench.ok(&format!("verify-lote XA.jwt {record} --signer operator.pem"));
    assert_eq!(
        bench.run(&format!("verify-lote XA.jwt {} --signer operator.pem", record.replace(".jwt", ".json"))).code,
        1
    );
    assert_eq!(answer["list_signer"], json!(false), "no pointer leads to this key");
    // With the key that the regional list names, a reader of the regional list finds it.
    bench.ok(
        "certificate self-signed --key list.jwk --organisation 'Trust authority of XA' --country XA --out list.pem",
    );
    let line = format!("export lote {SOURCE} --list XA --certificate list.pem --key list.jwk --out XA.jwt --json");
    assert_eq!(bench.ok(&line).json()["list_signer"], json!(true));
}

#[test]
fn a_certificate_that_does_not_fit_is_refused_with_what_is_wrong() {
    let bench = bench();
    let regional = bench.run(&format!(
        "export lote {SOURCE} --list regional --certificate operator.pem --key operator.jwk --out r.jwt"
    ));
    assert_eq!(regional.code, 1);
    assert!(regional.err.contains("XA"), "{}", regional.err);
    let other_key =
        bench.run(&format!("export lote {SOURCE} --list XA --certificate operator.pem --key list.jwk --out r.jwt"));
    assert_eq!(other_key.code, 1);
    assert!(other_key.err.contains("another key"), "{}", other_key.err);
    let not_pem =
        bench.run(&format!("export lote {SOURCE} --list XA --certificate bank.pub.jwk --key list.jwk --out r.jwt"));
    assert_eq!(not_pem.code, 1);
    assert!(!bench.path("r.jwt").exists());
}

#[test]
fn documents_that_no_client_would_accept_are_not_exported() {
    let mut bench = bench();
    bench.at("2027-01-15T10:00:00Z");
    for line in ["csv --table issuers", "html", "jwks --country XA", "bundle --recogniser XA --key list.jwk --out b"] {
        let answer = bench.run(&format!(
            "export {} {SOURCE} {}",
            line.split(' ').next().unwrap(),
            line.split_once(' ').map_or("", |(_, rest)| rest)
        ));
        assert_eq!(answer.code, 1, "{line}: {answer:?}");
        assert!(answer.err.contains("expired"), "{line}: {}", answer.err);
    }
}

#[test]
fn a_bundle_for_devices_comes_with_what_they_pin() {
    let bench = bench();
    let line = format!(
        "export bundle {SOURCE} --recogniser XA --key list.jwk --life-days 14 --out b.json --pin-out pin.json --json"
    );
    let answer = bench.ok(&line).json();
    assert_eq!(answer["expires"], json!("2027-01-29T08:00:00Z"));
    let pinned = serde_json::from_slice(&std::fs::read(bench.path("pin.json")).unwrap()).unwrap();
    let bytes = std::fs::read(bench.path("b.json")).unwrap();
    let now = strict_jose::UnixTime::parse_rfc3339("2027-01-20T08:00:00Z").unwrap();
    let bundle = trust_list::export::Bundle::verify(&bytes, &pinned, now).unwrap();
    assert_eq!(json!(bundle.sequence()), answer["sequence"]);
    let refused = bench.run(&format!("export bundle {SOURCE} --recogniser XA --key online.jwk --out c.json"));
    assert_eq!(refused.code, 1);
    assert!(!bench.path("c.json").exists());
}

#[test]
fn tables_and_pages_are_printed_or_written() {
    let bench = bench();
    let printed = bench.ok(&format!("export csv {SOURCE} --table issuers")).out;
    assert!(printed.starts_with("\"country\",\"id\","), "{printed}");
    bench.ok(&format!("export csv {SOURCE} --table issuers --out issuers.csv"));
    assert_eq!(std::fs::read_to_string(bench.path("issuers.csv")).unwrap(), printed);
    assert!(bench.ok(&format!("export html {SOURCE} --lang fr")).out.contains("<html lang=\"fr\">"));
    assert_eq!(bench.ok(&format!("export jwks {SOURCE} --country XA")).json(), json!({ "keys": [] }));
    assert_eq!(bench.run(&format!("export csv {SOURCE} --table all")).code, 2);
    assert_eq!(bench.run(&format!("export html {SOURCE} --lang xx")).code, 2);
}

#[test]
fn a_request_for_an_authority_is_made_with_a_list_key() {
    let bench = bench();
    bench.ok("certificate request --key list.jwk --organisation 'Trust authority of XA' --country XA --out list.csr");
    let pem = std::fs::read_to_string(bench.path("list.csr")).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"), "{pem}");
}
