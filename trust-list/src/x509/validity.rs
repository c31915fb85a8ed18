//! The rules about time.

use strict_jose::UnixTime;
use x509_parser::time::ASN1Time;

use super::X509Problem;
use super::certificate::Certificate;

/// 2050-01-01T00:00:00Z.
const YEAR_2050: i64 = 2_524_608_000;

/// RFC 5280 §4.1.2.5: valid from the first second to the last, both included.
pub(super) fn at(certificate: &Certificate<'_>, now: UnixTime) -> Result<(), X509Problem> {
    let validity = certificate.x509.validity();
    let (from, until) = (time(validity.not_before), time(validity.not_after));
    if until < from {
        return Err(X509Problem::EndsBeforeItBegins);
    }
    if now < from {
        return Err(X509Problem::NotYetValid);
    }
    if now > until { Err(X509Problem::Expired) } else { Ok(()) }
}

/// RFC 5280 §4.1.2.5.
pub(super) fn form(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    let validity = certificate.x509.validity();
    let fits = |at: ASN1Time| at.is_generalizedtime() == (at.timestamp() >= YEAR_2050);
    if fits(validity.not_before) && fits(validity.not_after) { Ok(()) } else { Err(X509Problem::TimeForm) }
}

/// The time of a field.
pub(super) fn time(at: ASN1Time) -> UnixTime {
    UnixTime::new(at.timestamp())
}
