//! The negative catalogue for `trust_list::lint`: healthy lists with exactly one defect each, each found by the check
//! that is named and by nothing else.
//!
//! Defects of what a list says are files in `tests/defects/lint` (`list`: which healthy list; `at`, `set`: as in
//! `defects.rs`; `finds`, `clause`, `place`: the one finding). Defects of the signature are rows below. Every list is
//! signed after the defect is in it, so that the signature is not one.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, SigningKey, b64, sha256};
use trust_list::document::ListName;
use trust_list::lint::{Check, Finding, Question, lint};
use trust_list::testing::TestRegion;

use crate::defects::apply;
use crate::support::{NOW, cc, newest, payload, region};

const PID: &str = "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList";
const PLACE: &str = "https://lists.example/list.jwt";

/// Who signs the EU lists: a certificate and its key.
struct Signer {
    der: Vec<u8>,
    key: aws_lc_rs::signature::EcdsaKeyPair,
}

impl Signer {
    fn new(organisation: &str, country: &str, ca: rcgen::IsCa) -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = ca;
        params.distinguished_name.push(rcgen::DnType::OrganizationName, organisation);
        params.distinguished_name.push(rcgen::DnType::CountryName, country);
        let der = params.self_signed(&pair).unwrap().der().to_vec();
        let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8(algorithm, &pair.serialize_der()).unwrap();
        Self { der, key }
    }

    fn of_xa() -> Self {
        Self::new("Scheme operator of XA", "XA", rcgen::IsCa::NoCa)
    }

    fn header(&self) -> Map<String, Value> {
        let header = json!({
            "alg": "ES256", "iat": NOW.seconds(), "x5t#S256": b64::encode(sha256(&self.der)), "x5c": [base64(&self.der)],
        });
        header.as_object().unwrap().clone()
    }

    fn sign(&self, header: &Map<String, Value>, payload: &str) -> String {
        let input = format!("{}.{}", b64::encode(Value::from(header.clone()).to_string()), b64::encode(payload));
        let signature = self.key.sign(&aws_lc_rs::rand::SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", b64::encode(signature.as_ref()))
    }
}

/// RFC 4648 §4, which is RFC 4648 §5 with two other characters and padding.
fn base64(bytes: &[u8]) -> String {
    let text = b64::encode(bytes).replace('-', "+").replace('_', "/");
    let padding = (4 - text.len() % 4) % 4;
    text + &"=".repeat(padding)
}

fn name(value: &str) -> Value {
    json!([{ "lang": "en", "value": value }])
}

fn uri(value: &str) -> Value {
    json!([{ "lang": "en", "uriValue": value }])
}

/// A list of the EU's kind as it should be.
fn eu_list(lote_type: &str, service: &Value, signer: &Signer) -> Value {
    let postal = json!([{ "lang": "en", "StreetAddress": "1 Main Street", "Country": "XA" }]);
    let address =
        |uris: &[&str]| -> Value { uris.iter().map(|uri| json!({ "lang": "en", "uriValue": uri })).collect() };
    json!({ "LoTE": {
        "ListAndSchemeInformation": {
            "LoTEVersionIdentifier": 1, "LoTESequenceNumber": 7, "LoTEType": lote_type,
            "SchemeOperatorName": name("Scheme operator of XA"),
            "SchemeOperatorAddress": {
                "SchemeOperatorPostalAddress": postal,
                "SchemeOperatorElectronicAddress": address(&["mailto:lists@xa.example", "https://xa.example"]),
            },
            "SchemeName": name("XA:List of providers"),
            "SchemeInformationURI": address(&["https://xa.example/scheme", "https://xa.example/rules"]),
            "StatusDeterminationApproach": "http://uri.etsi.org/19602/StatusDetn/EU",
            "SchemeTypeCommunityRules": uri("http://uri.etsi.org/19602/schemerules/EU"),
            "SchemeTerritory": "XA",
            "PolicyOrLegalNotice": [{ "LoTEPolicy": { "lang": "en", "uriValue": "https://xa.example/policy" } }],
            "PointersToOtherLoTE": [{
                "LoTELocation": PLACE,
                "ServiceDigitalIdentities": [{ "X509Certificates": [{ "val": base64(&signer.der) }] }],
                "LoTEQualifiers": [{
                    "LoTEType": lote_type, "SchemeOperatorName": name("Scheme operator of XA"),
                    "MimeType": "application/jose",
                }],
            }],
            "ListIssueDateTime": "2027-01-15T08:00:00Z", "NextUpdate": "2027-02-15T08:00:00Z",
            "DistributionPoints": [PLACE],
        },
        "TrustedEntitiesList": [{
            "TrustedEntityInformation": {
                "TEName": name("Provider"), "TETradeName": name("NTRXA-1"),
                "TEAddress": {
                    "TEPostalAddress": postal,
                    "TEElectronicAddress": address(&["mailto:a@xa.example", "https://p.xa.example", "tel:+1"]),
                },
                "TEInformationURI": uri("https://p.xa.example/policy"),
            },
            "TrustedEntityServices": [{ "ServiceInformation": service }],
        }],
    } })
}

fn service(kind: &str, signer: &Signer) -> Value {
    json!({
        "ServiceTypeIdentifier": format!("http://uri.etsi.org/19602/SvcType/{kind}"), "ServiceName": name("Service"),
        "ServiceDigitalIdentity": { "X509Certificates": [{ "val": base64(&signer.der) }] },
    })
}

/// The healthy list of that name. None of them has a finding.
fn healthy(which: &str, signer: &Signer) -> Value {
    match which {
        "pid" => eu_list(PID, &service("PID/Issuance", signer), signer),
        "pub-eaa" => {
            let mut service = service("PubEAA/Issuance", signer);
            service["ServiceStatus"] = "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified".into();
            service["StatusStartingTime"] = "2027-01-15T08:00:00Z".into();
            let mut list = eu_list("http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList", &service, signer);
            let info = list["LoTE"]["ListAndSchemeInformation"].as_object_mut().unwrap();
            info.remove("PointersToOtherLoTE");
            info.insert("HistoricalInformationPeriod".to_owned(), 65_535.into());
            list
        }
        "national" => {
            let mut region = region();
            let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
            let mut issuer = TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW);
            issuer.keys = vec![key.public_jwk().clone()];
            region.add_issuer(&issuer).unwrap();
            payload(&region.documents, newest(&region.documents, ListName::Member(cc("XA"))))
        }
        other => panic!("there is no healthy list {other}"),
    }
}

/// Our own lists in JSON as they are; the EU's signed.
fn file(which: &str, list: &Value, signer: &Signer) -> String {
    if which == "national" { list.to_string() } else { signer.sign(&signer.header(), &list.to_string()) }
}

fn findings(file: &str) -> Vec<Finding> {
    findings_as(file, None, None)
}

fn findings_as(file: &str, lote_type: Option<&str>, location: Option<&str>) -> Vec<Finding> {
    let question = Question { bytes: file.as_bytes(), now: NOW.plus(60), lote_type, location, sha256: None };
    let mut findings = lint(&question);
    // Bare JSON is unsigned: a warning of its own, which the tests of our own lists expect.
    findings.retain(|finding| finding.check != Check::Unsigned);
    findings
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defect {
    list: String,
    at: String,
    set: Option<Value>,
    finds: Value,
    clause: String,
    place: Option<String>,
}

#[test]
fn healthy_lists_have_no_findings() {
    let signer = Signer::of_xa();
    for which in ["pid", "pub-eaa", "national"] {
        let file = file(which, &healthy(which, &signer), &signer);
        assert_eq!(findings(&file), [], "{which}");
    }
    let pid = file("pid", &healthy("pid", &signer), &signer);
    assert_eq!(findings_as(&pid, Some(PID), Some(PLACE)), []);
}

#[test]
fn h26_each_defect_of_what_a_list_says_is_found_by_its_own_check_and_nothing_else() {
    let signer = Signer::of_xa();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defects/lint");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let defect: Defect = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut list = healthy(&defect.list, &signer);
        apply(&mut list, &defect.at, defect.set.as_ref());
        let asked = (defect.list == "pid").then_some((PID, PLACE));
        let file = file(&defect.list, &list, &signer);
        let found = findings_as(&file, asked.map(|asked| asked.0), asked.map(|asked| asked.1));
        let [finding] = found.as_slice() else { panic!("{}: {found:#?}", path.display()) };
        assert_eq!(json!(finding.check), defect.finds, "{}", path.display());
        assert_eq!(finding.clause, defect.clause, "{}", path.display());
        assert_eq!(finding.at, defect.place.unwrap_or(defect.at), "{}", path.display());
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
}

#[test]
fn h26_each_defect_of_a_jades_header_is_found_by_its_own_check_and_nothing_else() {
    let signer = Signer::of_xa();
    let payload = healthy("pid", &signer).to_string();
    let rows: [(&str, Value, Check); 13] = [
        ("iat", Value::Null, Check::SigningTime),
        ("iat", json!("2027-01-15T08:00:00Z"), Check::SigningTime),
        ("iat", json!(1.5), Check::SigningTime),
        ("sigT", json!("2027-01-15T08:00:00Z"), Check::ObsoleteSigningTime),
        ("x5t#o", json!({ "digAlg": "S512", "digVal": "AA" }), Check::CertificateReference),
        ("sigX5ts", json!([{ "digAlg": "S512", "digVal": "AA" }]), Check::CertificateReference),
        ("x5t#S256", Value::Null, Check::CertificateReference),
        ("x5t#S256", json!(b64::encode([0; 32])), Check::CertificateDigest),
        ("x5c", Value::Null, Check::CertificateMissing),
        ("x5c", json!(["AAAA"]), Check::Certificate),
        ("crit", json!([]), Check::CriticalHeader),
        ("crit", json!(["exp"]), Check::CriticalHeader),
        ("sigD", json!({ "mId": "http://uri.etsi.org/19182/ObjectIdByURI" }), Check::CriticalHeader),
    ];
    for (member, value, check) in rows {
        let mut header = signer.header();
        let before = header.clone();
        match &value {
            Value::Null => drop(header.remove(member)),
            value => drop(header.insert(member.to_owned(), value.clone())),
        }
        assert_ne!(header, before, "the defect changes nothing");
        let found = findings(&signer.sign(&header, &payload));
        assert_eq!(found.iter().map(|found| found.check).collect::<Vec<_>>(), [check], "{member} {value}: {found:?}");
    }
    let mut twice = signer.header();
    twice.insert("b64".to_owned(), json!(true));
    twice.insert("crit".to_owned(), json!(["b64", "b64"]));
    assert_eq!(checks(&signer.sign(&twice, &payload)), [Check::CriticalHeader]);
    for alg in ["none", "HS256", "RS256"] {
        let mut header = signer.header();
        header.insert("alg".to_owned(), alg.into());
        assert!(checks(&signer.sign(&header, &payload)).contains(&Check::Algorithm), "{alg}");
    }
}

fn checks(file: &str) -> Vec<Check> {
    findings(file).into_iter().map(|finding| finding.check).collect()
}

#[test]
fn h26_each_defect_of_signer_and_signature_is_found_by_its_own_check_and_nothing_else() {
    let with = |signer: &Signer| signer.sign(&signer.header(), &healthy("pid", signer).to_string());
    let ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    assert_eq!(checks(&with(&Signer::new("Somebody else", "XA", rcgen::IsCa::NoCa))), [Check::SignerOrganisation]);
    assert_eq!(checks(&with(&Signer::new("Scheme operator of XA", "XB", rcgen::IsCa::NoCa))), [Check::SignerCountry]);
    assert_eq!(checks(&with(&Signer::new("Scheme operator of XA", "XA", ca))), [Check::SignerIsAuthority]);
    // Edited after signing.
    let signer = Signer::of_xa();
    let good = with(&signer);
    let parts: Vec<&str> = good.split('.').collect();
    let mut list = healthy("pid", &signer);
    list["LoTE"]["ListAndSchemeInformation"]["LoTESequenceNumber"] = 8.into();
    let edited = format!("{}.{}.{}", parts[0], b64::encode(list.to_string()), parts[2]);
    assert_ne!(edited, good);
    assert_eq!(checks(&edited), [Check::Signature]);
    // Signed by the key of another certificate.
    let other = Signer::of_xa();
    assert_eq!(checks(&other.sign(&signer.header(), &healthy("pid", &signer).to_string())), [Check::Signature]);
}

#[test]
fn h26_bytes_around_a_list_double_members_and_what_is_no_list_are_found() {
    let signer = Signer::of_xa();
    let list = healthy("pid", &signer).to_string();
    let good = signer.sign(&signer.header(), &list);
    assert_eq!(checks(&format!("{good}\n{{}}")), [Check::TrailingBytes]);
    assert_eq!(checks(&signer.sign(&signer.header(), &format!("{list}{{}}"))), [Check::TrailingBytes]);
    assert_eq!(checks(&format!("{list} 1")), [Check::TrailingBytes]);
    let double = list.replacen("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":7,\"LoTESequenceNumber\":7", 1);
    assert_ne!(double, list);
    assert_eq!(checks(&signer.sign(&signer.header(), &double)), [Check::DuplicateMember]);
    assert_eq!(checks(&signer.sign(&signer.header(), "{\"LoTE\":")), [Check::NotJson]);
    for nothing in ["", "hello", "a.b", "<TrustServiceStatusList/>"] {
        assert_eq!(checks(nothing).last(), Some(&Check::NotAList), "{nothing}");
    }
    assert_eq!(checks("{\"payload\":\"e30\"}"), [Check::NotAList]);
}

#[test]
fn one_key_with_two_statuses_and_a_wrong_digest_beside_the_list_are_found() {
    let signer = Signer::of_xa();
    let mut list = healthy("pub-eaa", &signer);
    let mut second = list["LoTE"]["TrustedEntitiesList"][0].clone();
    second["TrustedEntityServices"][0]["ServiceInformation"]["ServiceStatus"] =
        "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/withdrawn".into();
    list["LoTE"]["TrustedEntitiesList"].as_array_mut().unwrap().push(second);
    assert_eq!(checks(&file("pub-eaa", &list, &signer)), [Check::ServiceTwice]);

    let good = file("pid", &healthy("pid", &signer), &signer);
    let hex = sha256(good.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let with = |digest: &str| {
        let (bytes, sha256) = (good.as_bytes(), Some(digest));
        lint(&Question { bytes, now: NOW, lote_type: None, location: None, sha256 })
    };
    assert_eq!(with(&hex), []);
    assert_eq!(with(&format!("{hex}  list.jwt\n")), []);
    assert_eq!(with(&"0".repeat(64)).iter().map(|found| found.check).collect::<Vec<_>>(), [Check::SidecarDigest]);
}

#[test]
fn our_own_published_documents_have_no_findings() {
    let region = region();
    for name in [ListName::Regional, ListName::Member(cc("XA")), ListName::Member(cc("XB"))] {
        let bytes = region.documents.get(newest(&region.documents, name)).unwrap();
        let question = Question { bytes, now: NOW, lote_type: None, location: None, sha256: None };
        assert_eq!(lint(&question), [], "{name}");
    }
}
