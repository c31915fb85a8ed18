//! The rules about extensions (RFC 5280 §4.2).

use std::collections::BTreeSet;

use x509_parser::asn1_rs::{Any, FromDer as _};
use x509_parser::extensions::{
    BasicConstraints, ExtendedKeyUsage, GeneralName, KeyUsage, NameConstraints, ParsedExtension, X509Extension,
};
use x509_parser::oid_registry::{
    OID_PKIX_AUTHORITY_INFO_ACCESS, OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS, OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_NAME_CONSTRAINTS, OID_X509_EXT_POLICY_CONSTRAINTS, OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, Oid,
};

use super::X509Problem;
use super::certificate::Certificate;

/// Those whose meaning is applied, here or by webpki.
const UNDERSTOOD: [Oid<'static>; 6] = [
    OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_EXTENDED_KEY_USAGE,
    OID_X509_EXT_NAME_CONSTRAINTS,
    OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
];

/// RFC 5280 §4.2.1.1, §4.2.1.2, §4.2.2.1.
const NEVER_CRITICAL: [Oid<'static>; 3] =
    [OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, OID_PKIX_AUTHORITY_INFO_ACCESS];

/// What the extensions say, each at most once.
pub(super) struct Extensions<'c> {
    all: &'c [X509Extension<'c>],
}

impl<'c> Extensions<'c> {
    /// The extensions of a certificate, after the rules that hold for all of them.
    pub(super) fn read(certificate: &'c Certificate<'_>) -> Result<Self, X509Problem> {
        let all = certificate.x509.extensions();
        distinct(all)?;
        understood(all)?;
        well_formed(all)?;
        Ok(Self { all })
    }

    fn find(&self, oid: &Oid<'_>) -> Option<&'c X509Extension<'c>> {
        self.all.iter().find(|extension| extension.oid == *oid)
    }

    /// RFC 5280 §4.2.1.9, with its criticality.
    pub(super) fn basic_constraints(&self) -> Option<(&'c BasicConstraints, bool)> {
        let extension = self.find(&OID_X509_EXT_BASIC_CONSTRAINTS)?;
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(found) => Some((found, extension.critical)),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.3.
    pub(super) fn key_usage(&self) -> Option<&'c KeyUsage> {
        match self.find(&OID_X509_EXT_KEY_USAGE)?.parsed_extension() {
            ParsedExtension::KeyUsage(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.12.
    pub(super) fn extended_key_usage(&self) -> Option<&'c ExtendedKeyUsage<'c>> {
        match self.find(&OID_X509_EXT_EXTENDED_KEY_USAGE)?.parsed_extension() {
            ParsedExtension::ExtendedKeyUsage(found) => Some(found),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.10, with its criticality.
    pub(super) fn name_constraints(&self) -> Option<(&'c NameConstraints<'c>, bool)> {
        let extension = self.find(&OID_X509_EXT_NAME_CONSTRAINTS)?;
        match extension.parsed_extension() {
            ParsedExtension::NameConstraints(found) => Some((found, extension.critical)),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.2.
    pub(super) fn subject_key_identifier(&self) -> Option<&'c [u8]> {
        match self.find(&OID_X509_EXT_SUBJECT_KEY_IDENTIFIER)?.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(found) => Some(found.0),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.1.
    pub(super) fn has_authority_key(&self) -> bool {
        self.find(&OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER).is_some()
    }

    /// RFC 5280 §4.2.1.1: the keyIdentifier.
    pub(super) fn authority_key_identifier(&self) -> Option<&'c [u8]> {
        match self.find(&OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER)?.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(found) => found.key_identifier.as_ref().map(|key| key.0),
            _ => None,
        }
    }

    /// RFC 5280 §4.2.1.6, with its criticality.
    pub(super) fn alternative_names(&self) -> Option<(&'c [GeneralName<'c>], bool)> {
        let extension = self.find(&OID_X509_EXT_SUBJECT_ALT_NAME)?;
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(found) => Some((&found.general_names, extension.critical)),
            _ => None,
        }
    }
}

/// RFC 5280 §4.2: "A certificate MUST NOT include more than one instance of a particular extension."
pub(super) fn distinct(all: &[X509Extension<'_>]) -> Result<(), X509Problem> {
    let mut seen = BTreeSet::new();
    match all.iter().find(|extension| !seen.insert(extension.oid.as_bytes())) {
        Some(extension) => Err(X509Problem::DuplicateExtension(name(extension))),
        None => Ok(()),
    }
}

/// RFC 5280 §4.2: a critical extension that is not understood ends the matter.
fn understood(all: &[X509Extension<'_>]) -> Result<(), X509Problem> {
    // RFC 5280 §4.2.1.11: policy constraints are critical, and then they would have to be understood.
    if let Some(extension) =
        all.iter().find(|extension| extension.oid == OID_X509_EXT_POLICY_CONSTRAINTS && !extension.critical)
    {
        return Err(X509Problem::MustBeCritical(name(extension)));
    }
    let critical = || all.iter().filter(|extension| extension.critical);
    if let Some(extension) = critical().find(|extension| NEVER_CRITICAL.contains(&extension.oid)) {
        return Err(X509Problem::MustNotBeCritical(name(extension)));
    }
    match critical().find(|extension| !UNDERSTOOD.contains(&extension.oid)) {
        Some(extension) => Err(X509Problem::UnknownCriticalExtension(name(extension))),
        None => Ok(()),
    }
}

/// An extension that cannot be read is not one that is absent; and x509-parser passes over bytes after its end.
pub(super) fn well_formed(all: &[X509Extension<'_>]) -> Result<(), X509Problem> {
    let whole = |extension: &X509Extension<'_>| Any::from_der(extension.value).is_ok_and(|(rest, _)| rest.is_empty());
    let readable = |extension: &X509Extension<'_>| match extension.parsed_extension() {
        ParsedExtension::UnsupportedExtension { .. } => true,
        ParsedExtension::ParseError { .. } => false,
        _ => whole(extension),
    };
    match all.iter().find(|extension| !readable(extension)) {
        Some(extension) => Err(X509Problem::MalformedExtension(name(extension))),
        None => Ok(()),
    }
}

pub(super) fn name(extension: &X509Extension<'_>) -> String {
    extension.oid.to_id_string()
}
