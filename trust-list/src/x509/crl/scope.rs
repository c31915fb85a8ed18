//! Which certificates a revocation list speaks of (RFC 5280 §5.2.5, §6.3.3 (b)).

use strict_jose::UnixTime;
use x509_parser::extensions::{
    CRLDistributionPoint, DistributionPointName, GeneralName, ParsedExtension, X509Extension,
};
use x509_parser::oid_registry::OID_X509_EXT_CRL_DISTRIBUTION_POINTS;

use super::CrlProblem;
use super::list::RevocationList;
use crate::x509::certificate::Certificate;

/// Every distribution point of the certificate has a current list; without points, the issuer has one for all.
pub(super) fn covered(
    certificate: &Certificate<'_>,
    lists: &[&RevocationList<'_>],
    now: UnixTime,
) -> Result<(), CrlProblem> {
    let points = points(certificate);
    if points.is_empty() {
        return one_covers(certificate, None, lists, now);
    }
    points.iter().try_for_each(|point| one_covers(certificate, Some(names_of(point)?), lists, now))
}

fn points<'c>(certificate: &'c Certificate<'_>) -> &'c [CRLDistributionPoint<'c>] {
    let extensions = certificate.x509.extensions();
    let found = extensions.iter().find(|extension| extension.oid == OID_X509_EXT_CRL_DISTRIBUTION_POINTS);
    match found.map(X509Extension::parsed_extension) {
        Some(ParsedExtension::CRLDistributionPoints(found)) => &found.points,
        _ => &[],
    }
}

/// RFC 5280 §4.2.1.13: the full names; another issuer's list or a relative name is not judged here.
fn names_of<'p>(point: &'p CRLDistributionPoint<'p>) -> Result<&'p [GeneralName<'p>], CrlProblem> {
    match (&point.distribution_point, &point.crl_issuer) {
        (Some(DistributionPointName::FullName(names)), None) => Ok(names),
        _ => Err(CrlProblem::PointForm),
    }
}

fn one_covers(
    certificate: &Certificate<'_>,
    point: Option<&[GeneralName<'_>]>,
    lists: &[&RevocationList<'_>],
    now: UnixTime,
) -> Result<(), CrlProblem> {
    let covering = || lists.iter().filter(|list| covers(list, certificate, point));
    if covering().any(|list| list.is_current(now)) {
        return Ok(());
    }
    if covering().next().is_some() {
        return Err(CrlProblem::Stale);
    }
    match point.and_then(<[_]>::first) {
        Some(name) if !lists.is_empty() => Err(CrlProblem::PointMissing(name.to_string())),
        _ => Err(CrlProblem::Missing),
    }
}

/// RFC 5280 §6.3.3 (b)(2): a list without a scope covers all its issuer's certificates.
fn covers(list: &RevocationList<'_>, certificate: &Certificate<'_>, point: Option<&[GeneralName<'_>]>) -> bool {
    let Some(scope) = list.distribution_point() else { return true };
    let authority = certificate.x509.is_ca();
    if (scope.only_contains_user_certs && authority) || (scope.only_contains_ca_certs && !authority) {
        return false;
    }
    match &scope.distribution_point {
        None => true,
        Some(DistributionPointName::FullName(names)) => {
            point.is_some_and(|point| point.iter().any(|name| names.contains(name)))
        }
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => false,
    }
}
