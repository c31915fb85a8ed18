//! A list as compact JAdES baseline B.

use serde_json::{Map, Value, json};
use strict_jose::{DocumentSigner, UnixTime, sign_compact_exactly};

use super::certificate::{CertificateChain, Fit};
use super::{ExportError, ListDocument};
use crate::document::ListName;
use crate::document::vocabulary::{COMPACT_MIME_TYPE, LIST_MIME_TYPE};
use crate::x509::OperatorCertificate;

/// A list of trusted entities as a compact JWS that any reader of ETSI TS 119 602 understands.
///
/// It says what the quorum signed. Three things differ, because they say where this form is: DistributionPoints, and the
/// location and MimeType of pointers to national lists; `regional.json` becomes `regional.jwt`.
#[derive(Clone, Debug)]
pub struct SignedList {
    name: ListName,
    jws: String,
    certificate: OperatorCertificate,
}

/// JAdES names no value; implementations use this one.
const TYP: &str = "JAdES";
const INFORMATION: &str = "/LoTE/ListAndSchemeInformation";

impl SignedList {
    /// Signs a list as the operator, if the certificate fits the list and the signer.
    pub fn sign(
        list: ListDocument,
        chain: &CertificateChain,
        signer: &dyn DocumentSigner,
        at: UnixTime,
    ) -> Result<Self, ExportError> {
        let (name, territory) = (list.name(), list.territory());
        let content = in_compact_form(list.into_content());
        let certificate = chain.require(&Fit {
            operator_names: &operator_names(content.pointer(INFORMATION)),
            territory,
            key: signer.verifier().key(),
            at,
        })?;
        let header = header(chain, &certificate, at);
        let jws = sign_compact_exactly(signer, header, &serde_json::to_vec(&content)?)?;
        Ok(Self { name, jws, certificate })
    }

    /// What it is signed with; readers pin its thumbprint.
    pub fn certificate(&self) -> &OperatorCertificate {
        &self.certificate
    }

    /// Which list.
    pub fn name(&self) -> ListName {
        self.name
    }

    /// The compact JWS.
    pub fn as_str(&self) -> &str {
        &self.jws
    }

    /// Its file, beside the documents of the list: `regional.jwt`, `XA.jwt`.
    pub fn file_name(&self) -> String {
        format!("{}.jwt", self.name)
    }
}

/// TS 119 182-1 cl. 5.1, baseline B: besides `alg`, the time (`iat`), one reference to the certificate (`x5t#S256`) and
/// the certificate (`x5c`). Nothing is critical, so there is no `crit`.
fn header(chain: &CertificateChain, certificate: &OperatorCertificate, at: UnixTime) -> Map<String, Value> {
    let members = [
        ("typ", json!(TYP)),
        ("iat", at.seconds().into()),
        ("x5t#S256", json!(certificate.thumbprint())),
        ("x5c", chain.x5c()),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn operator_names(information: Option<&Value>) -> Vec<&str> {
    let names = information.and_then(|information| information.get("SchemeOperatorName"));
    let names = names.and_then(Value::as_array).into_iter().flatten();
    names.filter_map(|name| name.get("value")?.as_str()).collect()
}

/// The list as it says where its compact form is.
fn in_compact_form(mut content: Value) -> Value {
    if let Some(information) = content.pointer_mut(INFORMATION) {
        for location in elements(information, "DistributionPoints") {
            relocate(location);
        }
        for pointer in elements(information, "PointersToOtherLoTE") {
            let ours = elements(pointer, "LoTEQualifiers").any(renamed_mime_type);
            if let Some(location) = pointer.get_mut("LoTELocation").filter(|_| ours) {
                relocate(location);
            }
        }
    }
    content
}

fn elements<'v>(object: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    object.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Pointers to lists of other kinds stay as they are.
fn renamed_mime_type(qualifier: &mut Value) -> bool {
    match qualifier.get_mut("MimeType") {
        Some(mime_type) if *mime_type == LIST_MIME_TYPE => {
            *mime_type = COMPACT_MIME_TYPE.into();
            true
        }
        _ => false,
    }
}

fn relocate(location: &mut Value) {
    if let Some(text) = location.as_str() {
        *location = format!("{}.jwt", text.strip_suffix(".json").unwrap_or(text)).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_lists_are_looked_for_in_another_place() {
        let pointer =
            |location: &str, mime: &str| json!({"LoTELocation": location, "LoTEQualifiers": [{"MimeType": mime}]});
        let list = |points: Value, pointers: Value| json!({"LoTE": {"ListAndSchemeInformation": {"DistributionPoints": points, "PointersToOtherLoTE": pointers}}});
        let ours = pointer("https://a.example/XA.json", "application/jose+json");
        let theirs = pointer("https://b.example/eu.json", "application/jose");
        let before = list(json!(["https://a.example/regional.json", "https://a.example/r"]), json!([ours, theirs]));
        let ours = pointer("https://a.example/XA.jwt", "application/jose");
        let after = list(json!(["https://a.example/regional.jwt", "https://a.example/r.jwt"]), json!([ours, theirs]));
        assert_eq!(in_compact_form(before), after);
    }
}
