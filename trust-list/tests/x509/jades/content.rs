//! Steps 6 to 11: what the list says. Each row has one defect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trust_list::jades::Seen;

use super::support::{Draft, INFORMATION, LOCATION, SERVICE, reason, set};
use crate::support::{DAY, NOW};

fn broken(pointer: &str, name: &str, value: Option<Value>) -> String {
    let mut draft = Draft::healthy();
    set(&mut draft.payload, pointer, name, value);
    reason(draft.read())
}

#[test]
fn a_list_with_one_defect_is_refused_for_that_defect() {
    let time = |days: i64| json!(NOW.plus(days * DAY).to_rfc3339());
    for (name, value, expected) in [
        ("LoTEVersionIdentifier", Some(json!(2)), "List(Clause"),
        ("LoTEType", Some(json!("http://uri.etsi.org/19602/LoTEType/EUWalletProvidersList")), "List(WrongType)"),
        ("SchemeTerritory", Some(json!("XB")), "List(WrongTerritory("),
        ("SchemeTerritory", Some(json!("XAX")), "List(WrongTerritory("),
        ("DistributionPoints", Some(json!(["https://evil.example/pid.jwt"])), "List(WrongDistributionPoint)"),
        ("DistributionPoints", Some(json!([])), "List(WrongForm("),
        ("LoTESequenceNumber", Some(json!(0)), "List(Clause"),
        ("LoTESequenceNumber", Some(json!(-1)), "List(WrongForm("),
        ("LoTESequenceNumber", Some(json!(17.0)), "List(WrongForm("),
        ("ListIssueDateTime", Some(time(1)), "List(IssuedInFuture)"),
        ("ListIssueDateTime", Some(json!("2027-01-15T07:00:00.000Z")), "List(WrongForm("),
        ("NextUpdate", Some(json!("2027-01-15T07:59:59Z")), "List(Expired)"),
        ("NextUpdate", Some(json!("2027-01-01T00:00:00Z")), "List(Clause"),
        ("NextUpdate", Some(time(200)), "List(Clause"),
        ("NextUpdate", None, "List(WrongForm("),
        ("SchemeName", Some(json!([{ "lang": "en", "value": "Providers" }])), "List(Clause"),
        ("SchemeInformationURI", None, "List(WrongForm("),
        ("PolicyOrLegalNotice", None, "List(WrongForm("),
        ("SchemeExtensions", Some(json!([{ "Unheard": true }])), "List(Clause"),
        ("SchemeExtensions", Some(json!([{ "Critical": true, "Unheard": 1 }])), "List(UnknownCriticalExtension("),
    ] {
        assert_eq!(broken(INFORMATION, name, value.clone()), expected, "{name} {value:?}");
    }
}

#[test]
fn an_operator_without_an_address_for_mail_is_refused() {
    let pointer = format!("{INFORMATION}/SchemeOperatorAddress");
    let only_web = json!([{ "lang": "en", "uriValue": "https://lists.xa.example" }]);
    assert_eq!(broken(&pointer, "SchemeOperatorElectronicAddress", Some(only_web)), "List(Clause");
}

#[test]
fn a_service_with_one_defect_is_refused_for_that_defect() {
    let information = format!("{SERVICE}/ServiceInformation");
    let certificate = |val: String| Some(json!({ "X509Certificates": [{ "val": val }] }));
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".to_owned();
    let private = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA" });
    for (name, value, expected) in [
        ("ServiceDigitalIdentity", certificate(pem.clone()), "ServiceCertificate"),
        ("ServiceDigitalIdentity", certificate(STANDARD.encode(pem)), "ServiceCertificate"),
        ("ServiceDigitalIdentity", Some(json!({ "PublicKeyValues": [private] })), "PrivateKey"),
        ("ServiceDigitalIdentity", Some(json!({})), "NoIdentity"),
        ("ServiceInformationExtensions", Some(json!([{ "Critical": "yes" }])), "List(Clause"),
        (
            "ServiceInformationExtensions",
            Some(json!([{ "Critical": true, "New": 1 }])),
            "List(UnknownCriticalExtension(",
        ),
        ("ServiceName", None, "List(WrongForm("),
        ("StatusStartingTime", Some(json!("2025-12-31T00:00:00Z")), "History"),
        ("StatusStartingTime", Some(json!("yesterday")), "List(WrongForm("),
    ] {
        assert_eq!(broken(&information, name, value.clone()), expected, "{name} {value:?}");
    }
}

#[test]
fn one_key_has_one_status() {
    let mut draft = Draft::healthy();
    let services = draft.payload.pointer_mut("/LoTE/TrustedEntitiesList/0/TrustedEntityServices").unwrap();
    let mut second = services[0].clone();
    services.as_array_mut().unwrap().push(second.clone());
    draft.read().unwrap();
    second["ServiceInformation"]["ServiceStatus"] = json!("urn:example:withdrawn");
    draft.payload["LoTE"]["TrustedEntitiesList"][0]["TrustedEntityServices"][1] = second;
    assert_eq!(reason(draft.read()), "TwoStatuses");
}

#[test]
fn h01_h02_an_older_list_or_another_under_the_same_number_is_refused() {
    let draft = Draft::healthy();
    let seen = |sequence, sha256: &str| Seen { sequence, sha256: sha256.to_owned() };
    assert_eq!(reason(draft.read_after(&seen(18, "any"))), "Rollback");
    assert_eq!(reason(draft.read_after(&seen(17, "another"))), "Equivocation(17)");
    assert_eq!(draft.read_after(&seen(16, "any")).unwrap().seen.sequence, 17);
}

#[test]
fn h26_the_payload_is_one_lote_and_nothing_beside_it() {
    let draft = Draft::healthy();
    let text = draft.payload.to_string();
    for payload in [
        format!("{text}{text}"),
        format!("{text} x"),
        text.replacen('{', "{\"LoTE\":{},", 1),
        text.replacen('{', "{\"signature\":{},", 1),
        text.replacen("\"SchemeTerritory\"", "\"SchemeTerritory\":\"XB\",\"SchemeTerritory\"", 1),
        format!("\u{feff}{text}"),
        "[]".to_owned(),
        "{}".to_owned(),
    ] {
        let refused = trust_list::jades::read(&draft.sign_text(&payload), &draft.record(), None, NOW);
        assert_eq!(reason(refused), "List(WrongForm(", "{payload:.60}");
    }
}

#[test]
fn a_list_that_names_no_place_is_held_by_its_signer_type_and_territory() {
    let mut draft = Draft::healthy();
    set(&mut draft.payload, INFORMATION, "DistributionPoints", None);
    draft.read().unwrap();
    let mut record = draft.record();
    record.location = LOCATION.replace("pid", "wallet");
    draft.payload = Draft::healthy().payload;
    assert_eq!(reason(trust_list::jades::read(&draft.sign(), &record, None, NOW)), "List(WrongDistributionPoint)");
}
