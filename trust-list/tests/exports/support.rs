//! A region to export, and operators to sign with.

use std::sync::Arc;

use serde_json::Value;
use strict_jose::{Algorithm, CompactJws, Kid, Limits, SigningKey, UnixTime};
use trust_list::document::{DocumentPath, ListName};
use trust_list::export::{CertificateChain, ExportError, ListDocument, SignedList, Subject};
use trust_list::testing::TestRegion;
use trust_list::{CountryCode, Issuer, IssuerKind, Level, LocalizedText, Purpose, VerifiedList};

pub(crate) const NOW: UnixTime = UnixTime::new(1_800_000_000);
pub(crate) const DAY: i64 = 24 * 3_600;

pub(crate) fn cc(code: &str) -> CountryCode {
    code.parse().unwrap()
}

pub(crate) fn purpose() -> Purpose {
    "border-check".parse().unwrap()
}

pub(crate) fn key_named(kid: &str) -> SigningKey {
    SigningKey::generate(Algorithm::ES256, Kid::parse(kid).unwrap()).unwrap()
}

/// Names as an attacker, a careless clerk or another script writes them.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"Registry\", the",
    "Bank\u{202e}elpmaxe",
    "سجل السكان",
    "@SUM(1+1)*cmd|' /C calc'!A0\r\n\t",
];

/// An issuer of credentials with one key.
pub(crate) fn card_issuer(country: &str, id: &str, kid: &str) -> Issuer {
    Issuer {
        keys: vec![key_named(kid).public_jwk().clone()],
        issuer_identifiers: vec![format!("https://{id}.{}.example", country.to_lowercase())],
        max_level: Level::Substantial,
        adapter: "claim169".to_owned(),
        profile: serde_json::json!({ "level": "substantial" }),
        claims: ["given_name", "birthdate"].map(str::to_owned).into(),
        ..Issuer::draft(cc(country), id.parse().unwrap(), IssuerKind::CredentialIssuer, NOW)
    }
}

/// XB recognises the cards of XA at the border; XA also has an identity provider and entries with hostile names.
pub(crate) fn region() -> TestRegion {
    let mut region = TestRegion::new(NOW).unwrap();
    region.add_issuer(&card_issuer("XA", "cards", "xa-1")).unwrap();
    region.add_issuer(&TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW)).unwrap();
    for (number, name) in HOSTILE.iter().enumerate() {
        let named = |text: &str| LocalizedText::en(text).with("fr", text);
        let mut issuer = card_issuer("XC", &format!("cards-{number}"), &format!("xc-{number}"));
        (issuer.name, issuer.organisation.legal_name) = (named(name), named(name));
        region.add_issuer(&issuer).unwrap();
    }
    region.recognise(cc("XB"), cc("XA"), purpose(), Level::Substantial).unwrap();
    region
}

/// The operator's key with a certificate that fits `country`'s list of a [`TestRegion`].
pub(crate) fn operator(country: &str) -> (SigningKey, CertificateChain) {
    let key = key_named("operator");
    let certificate =
        certificate(&key, &format!("Trust authority of {country}"), country, [NOW.minus(DAY), NOW.plus(DAY)]);
    (key, certificate)
}

pub(crate) fn certificate(
    key: &SigningKey,
    organisation: &str,
    country: &str,
    times: [UnixTime; 2],
) -> CertificateChain {
    let subject =
        Subject { organisation: organisation.to_owned(), country: cc(country), common_name: "List signer".to_owned() };
    let [from, until] = times;
    CertificateChain::from_pem(subject.self_signed(key, from, until).unwrap().as_bytes()).unwrap()
}

/// The published document of a list.
pub(crate) fn document(region: &TestRegion, name: ListName) -> Vec<u8> {
    let (sequence, _) = region.documents.list(name).unwrap();
    region.documents.get(DocumentPath::List(name, sequence)).unwrap().to_vec()
}

/// The list as its quorum signed it.
pub(crate) fn as_signed(region: &TestRegion, name: ListName) -> Value {
    serde_json::from_slice(region.documents.list(name).unwrap().1.payload()).unwrap()
}

pub(crate) fn export(
    region: &TestRegion,
    name: ListName,
    (key, certificate): &(SigningKey, CertificateChain),
) -> Result<SignedList, ExportError> {
    let verified: Arc<VerifiedList> = region.verified().unwrap();
    let document = ListDocument::open(&verified, name, &document(region, name), NOW)?;
    SignedList::sign(document, certificate, key, NOW)
}

/// Header and payload of a compact JWS that verifies with `key`.
pub(crate) fn verified_parts(jws: &str, key: &SigningKey) -> (Value, Value) {
    let header = strict_jose::b64::decode(jws.split('.').next().unwrap()).unwrap();
    // The verifier of the key alone: the header names no kid.
    let jws = CompactJws::parse(jws, &Limits::LIST).unwrap().verify(key.verifier()).unwrap();
    (serde_json::from_slice(&header).unwrap(), serde_json::from_slice(jws.payload()).unwrap())
}
