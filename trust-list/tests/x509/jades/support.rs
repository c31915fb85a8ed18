//! A healthy list, to be broken in one place at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PKCS_ED25519, SigningKey as _};
use serde_json::{Map, Value, json};
use strict_jose::{b64, sha256};
use trust_list::jades::{ForeignList, LoteProblem, Record, Seen, SignerSet, read};

use crate::support::{Ca, NOW, OPERATOR, cc, signer};

pub(crate) const LOCATION: &str = "https://lists.xa.example/lote/pid.jwt";
pub(crate) const TYPE: &str = "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList";

/// A list with its header and the key that signs it.
pub(crate) struct Draft {
    pub(crate) header: Map<String, Value>,
    pub(crate) payload: Value,
    pub(crate) key: KeyPair,
    pub(crate) certificate: Vec<u8>,
}

impl Draft {
    /// Signed with Ed25519, by a certificate that `ca` issued.
    pub(crate) fn by(ca: &Ca) -> Self {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let certificate = ca.issue_to(&signer(), &key);
        let header = json!({
            "alg": "EdDSA", "typ": "JAdES", "iat": NOW.seconds() - 60,
            "x5t#S256": b64::encode(sha256(&certificate)), "x5c": [STANDARD.encode(&certificate)],
        });
        let Value::Object(header) = header else { panic!() };
        Self { header, payload: payload(&ca.der), key, certificate }
    }

    pub(crate) fn healthy() -> Self {
        Self::by(&Ca::of_xa())
    }

    pub(crate) fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn sign(&self) -> Vec<u8> {
        self.sign_text(&self.payload.to_string())
    }

    pub(crate) fn sign_text(&self, payload: &str) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap();
        let input = format!("{}.{}", b64::encode(header), b64::encode(payload));
        let signature = self.key.sign(input.as_bytes()).unwrap();
        format!("{input}.{}", b64::encode(signature)).into_bytes()
    }

    pub(crate) fn record(&self) -> Record {
        record(SignerSet::Pinned(vec![self.certificate.clone()]))
    }

    pub(crate) fn read(&self) -> Result<ForeignList, LoteProblem> {
        read(&self.sign(), &self.record(), None, NOW)
    }

    pub(crate) fn read_after(&self, seen: &Seen) -> Result<ForeignList, LoteProblem> {
        read(&self.sign(), &self.record(), Some(seen), NOW)
    }
}

pub(crate) fn record(signers: SignerSet) -> Record {
    Record { location: LOCATION.to_owned(), lote_type: TYPE.to_owned(), territory: cc("XA"), signers }
}

/// The list of a country that notifies one provider, which has a certificate and a key.
fn payload(certificate: &[u8]) -> Value {
    let address =
        |uris: &[&str]| -> Vec<Value> { uris.iter().map(|uri| json!({ "lang": "en", "uriValue": uri })).collect() };
    let english = |text: &str| json!([{ "lang": "en", "value": text }]);
    let postal = json!([{ "lang": "en", "StreetAddress": "1 Main Street", "Country": "XA" }]);
    json!({ "LoTE": {
        "ListAndSchemeInformation": {
            "LoTEVersionIdentifier": 1,
            "LoTESequenceNumber": 17,
            "LoTEType": TYPE,
            "SchemeOperatorName": [{ "lang": "en", "value": OPERATOR }, { "lang": "fr", "value": "Autorité de confiance" }],
            "SchemeOperatorAddress": {
                "SchemeOperatorPostalAddress": postal,
                "SchemeOperatorElectronicAddress": address(&["mailto:lists@xa.example", "https://lists.xa.example"]),
            },
            "SchemeName": english("XA:Providers of person identification data"),
            "SchemeInformationURI": address(&["https://lists.xa.example/about"]),
            "StatusDeterminationApproach": "http://uri.etsi.org/19602/PIDProvidersList/StatusDetn/EU",
            "SchemeTypeCommunityRules": address(&["http://uri.etsi.org/19602/PIDProviders/schemerules/EU"]),
            "SchemeTerritory": "XA",
            "PolicyOrLegalNotice": [{ "LoTEPolicy": { "lang": "en", "uriValue": "https://lists.xa.example/policy" } }],
            "ListIssueDateTime": NOW.minus(3_600).to_rfc3339(),
            "NextUpdate": NOW.plus(30 * 24 * 3_600).to_rfc3339(),
            "DistributionPoints": [LOCATION],
        },
        "TrustedEntitiesList": [{
            "TrustedEntityInformation": {
                "TEName": english("Identity agency"),
                "TEAddress": {
                    "TEPostalAddress": postal,
                    "TEElectronicAddress": address(&["mailto:id@xa.example", "https://id.xa.example", "tel:+1"]),
                },
                "TEInformationURI": address(&["https://id.xa.example/about"]),
            },
            "TrustedEntityServices": [{
                "ServiceInformation": {
                    "ServiceTypeIdentifier": "http://uri.etsi.org/19602/SvcType/PID/Issuance",
                    "ServiceName": english("PID issuance"),
                    "ServiceDigitalIdentity": { "X509Certificates": [{ "val": STANDARD.encode(certificate) }] },
                    "ServiceStatus": "urn:example:granted",
                    "StatusStartingTime": "2026-06-01T00:00:00Z",
                },
                "ServiceHistory": [{
                    "ServiceTypeIdentifier": "http://uri.etsi.org/19602/SvcType/PID/Issuance",
                    "ServiceName": english("PID issuance"),
                    "ServiceDigitalIdentity": { "X509SKIs": ["AAAA"] },
                    "ServiceStatus": "urn:example:suspended",
                    "StatusStartingTime": "2026-01-01T00:00:00Z",
                }],
            }],
        }],
    } })
}

pub(crate) const INFORMATION: &str = "/LoTE/ListAndSchemeInformation";
pub(crate) const SERVICE: &str = "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0";

/// Sets a member of the object at `pointer`, or removes it; the change must be one.
pub(crate) fn set(document: &mut Value, pointer: &str, name: &str, value: Option<Value>) {
    let before = document.clone();
    let object = document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap();
    match value {
        Some(value) => drop(object.insert(name.to_owned(), value)),
        None => drop(object.remove(name)),
    }
    assert_ne!(*document, before, "{pointer} {name}");
}

/// The reason, as its variant is called.
pub(crate) fn reason<T: std::fmt::Debug>(outcome: Result<T, LoteProblem>) -> String {
    let shown = format!("{:?}", outcome.unwrap_err());
    shown.split([' ', '{', '"']).next().unwrap().to_owned()
}
