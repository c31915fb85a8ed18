//! Whose certificate it is.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::X509Problem;
use crate::CountryCode;

/// O, or nothing if there is not exactly one.
pub(super) fn organisation(subject: &X509Name<'_>) -> String {
    only(subject.iter_organization()).unwrap_or_default().to_owned()
}

/// TS 119 612 §5.7.1: C is the scheme territory.
pub(super) fn country(subject: &X509Name<'_>, expected: CountryCode) -> Result<(), X509Problem> {
    let found = only(subject.iter_country()).unwrap_or_default();
    if found == expected.as_str() {
        return Ok(());
    }
    Err(X509Problem::OtherCountry { found: found.to_owned(), expected })
}

/// The one value of an attribute: with two, each reader would pick its own.
fn only<'n, 'd: 'n>(mut values: impl Iterator<Item = &'n AttributeTypeAndValue<'d>>) -> Option<&'n str> {
    match (values.next(), values.next()) {
        (Some(value), None) => value.as_str().ok(),
        _ => None,
    }
}
