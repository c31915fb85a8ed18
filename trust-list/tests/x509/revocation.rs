//! Whether anybody took it back.

use rcgen::{CrlDistributionPoint, CrlIssuingDistributionPoint, CrlScope, KeyUsagePurpose, SerialNumber};
use trust_list::x509::PathProblem;
use trust_list::x509::crl::CrlProblem;

use crate::der::{Element, extension};
use crate::support::{Ca, DAY, NOW, at, authority, crl_params, signer, verify};

const SERIAL: u64 = 0x4711;

fn point(uri: &str) -> CrlDistributionPoint {
    CrlDistributionPoint { uris: vec![uri.to_owned()] }
}

/// A signer whose certificate names these distribution points.
fn issued(ca: &Ca, points: &[&str]) -> Vec<u8> {
    let mut params = signer();
    params.serial_number = Some(SerialNumber::from(SERIAL));
    params.crl_distribution_points = points.iter().map(|uri| point(uri)).collect();
    ca.issue(&params)
}

/// The revocation list of one distribution point.
fn scoped(ca: &Ca, uri: &str, scope: Option<CrlScope>, revoked: &[u64]) -> Vec<u8> {
    let mut params = crl_params(revoked);
    params.issuing_distribution_point = Some(CrlIssuingDistributionPoint { distribution_point: point(uri), scope });
    ca.crl_of(&params)
}

fn look_up(leaf: &[u8], ca: &Ca, crls: &[Vec<u8>]) -> Result<(), CrlProblem> {
    match verify(leaf, &[ca], &[], crls) {
        Ok(_) => Ok(()),
        Err(PathProblem::Revocation { problem, .. } | PathProblem::RevocationList(problem)) => Err(problem),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn without_a_revocation_list_nobody_is_known_to_be_good() {
    let ca = Ca::of_xa();
    let leaf = issued(&ca, &[]);
    assert_eq!(look_up(&leaf, &ca, &[]), Err(CrlProblem::Missing));
    let stranger = Ca::root(authority("Root of somebody"));
    assert_eq!(look_up(&leaf, &ca, &[stranger.crl(&[])]), Err(CrlProblem::Missing));
    assert_eq!(look_up(&leaf, &ca, &[ca.crl(&[1, 2, 3])]), Ok(()));
}

#[test]
fn a_revoked_signer_is_refused() {
    let ca = Ca::of_xa();
    let leaf = issued(&ca, &[]);
    assert_eq!(look_up(&leaf, &ca, &[ca.crl(&[1, SERIAL])]), Err(CrlProblem::Revoked));
    // The order of the lists does not matter.
    for crls in [[ca.crl(&[]), ca.crl(&[SERIAL])], [ca.crl(&[SERIAL]), ca.crl(&[])]] {
        assert_eq!(look_up(&leaf, &ca, &crls), Err(CrlProblem::Revoked));
    }
}

#[test]
fn a_revoked_authority_takes_its_signers_along() {
    let root = Ca::of_xa();
    let mut params = authority("Signing authority of XA");
    params.serial_number = Some(SerialNumber::from(SERIAL));
    let between = root.below(params);
    let leaf = between.issue(&signer());
    let verified = |crls: &[Vec<u8>]| verify(&leaf, &[&root], &[&between.der], crls).map(|_| ());
    assert_eq!(verified(&[root.crl(&[]), between.crl(&[])]), Ok(()));
    let revoked = verified(&[root.crl(&[SERIAL]), between.crl(&[])]).unwrap_err();
    assert!(matches!(revoked, PathProblem::Revocation { problem: CrlProblem::Revoked, .. }), "{revoked:?}");
    let unknown = verified(&[between.crl(&[])]).unwrap_err();
    assert!(matches!(unknown, PathProblem::Revocation { problem: CrlProblem::Missing, .. }), "{unknown:?}");
}

#[test]
fn an_old_list_vouches_for_nobody_but_still_knows_who_was_revoked() {
    let ca = Ca::of_xa();
    let leaf = issued(&ca, &[]);
    let old = |revoked: &[u64]| {
        let mut params = crl_params(revoked);
        params.this_update = at(NOW.minus(8 * DAY));
        params.next_update = at(NOW);
        ca.crl_of(&params)
    };
    assert_eq!(look_up(&leaf, &ca, &[old(&[])]), Err(CrlProblem::Stale));
    assert_eq!(look_up(&leaf, &ca, &[old(&[]), ca.crl(&[])]), Ok(()));
    assert_eq!(look_up(&leaf, &ca, &[old(&[SERIAL]), ca.crl(&[])]), Err(CrlProblem::Revoked));
    let mut future = crl_params(&[]);
    future.this_update = at(NOW.plus(3_600));
    assert_eq!(look_up(&leaf, &ca, &[ca.crl_of(&future)]), Err(CrlProblem::FromTheFuture));
}

#[test]
fn x11_the_second_of_two_distribution_points_is_heard_too() {
    let ca = Ca::of_xa();
    let (first, second) = ("http://crl.xa.example/1", "http://crl.xa.example/2");
    let leaf = issued(&ca, &[first, second]);
    let list = |uri, revoked: &[u64]| scoped(&ca, uri, None, revoked);
    assert_eq!(look_up(&leaf, &ca, &[list(first, &[]), list(second, &[])]), Ok(()));
    assert_eq!(look_up(&leaf, &ca, &[list(first, &[]), list(second, &[SERIAL])]), Err(CrlProblem::Revoked));
    let missing = look_up(&leaf, &ca, &[list(first, &[])]).unwrap_err();
    assert!(matches!(&missing, CrlProblem::PointMissing(uri) if uri.contains(second)), "{missing:?}");
    // One list of everything covers both.
    assert_eq!(look_up(&leaf, &ca, &[ca.crl(&[])]), Ok(()));
}

#[test]
fn x11_a_list_of_another_point_or_kind_covers_nothing_here() {
    let ca = Ca::of_xa();
    let (own, other) = ("http://crl.xa.example/1", "http://crl.xa.example/2");
    let leaf = issued(&ca, &[own]);
    for (list, outcome) in [
        (scoped(&ca, own, Some(CrlScope::UserCertsOnly), &[]), Ok(())),
        (scoped(&ca, own, Some(CrlScope::CaCertsOnly), &[]), Err(())),
        (scoped(&ca, other, None, &[]), Err(())),
    ] {
        assert_eq!(look_up(&leaf, &ca, &[list]).map_err(drop), outcome);
    }
    // A certificate that names no point is not covered by the list of one.
    assert_eq!(look_up(&issued(&ca, &[]), &ca, &[scoped(&ca, own, None, &[])]), Err(CrlProblem::Missing));
}

#[test]
fn a_list_by_another_key_of_the_same_name_is_not_the_issuers() {
    let (ca, impostor) = (Ca::of_xa(), Ca::of_xa());
    let leaf = issued(&ca, &[]);
    // It names its own key, so it is not about this issuer.
    assert_eq!(look_up(&leaf, &ca, &[impostor.crl(&[])]), Err(CrlProblem::Missing));
    let mut broken = ca.crl(&[]);
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(look_up(&leaf, &ca, &[broken]), Err(CrlProblem::Signature));
}

#[test]
fn an_authority_that_may_not_sign_revocation_lists_has_none() {
    let mut params = authority("National root of XA");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let ca = Ca::root(params);
    let mut signing = Ca {
        params: ca.params.clone(),
        key: rcgen::KeyPair::from_pem(&ca.key.serialize_pem()).unwrap(),
        der: ca.der.clone(),
    };
    signing.params.key_usages.push(KeyUsagePurpose::CrlSign);
    let leaf = issued(&ca, &[]);
    assert_eq!(look_up(&leaf, &ca, &[signing.crl(&[])]), Err(CrlProblem::NotForRevocationLists));
}

#[test]
fn lists_that_are_not_whole_or_not_lists_are_refused() {
    let ca = Ca::of_xa();
    let leaf = issued(&ca, &[]);
    let crl = ca.crl(&[1]);
    let refused = |list: Vec<u8>| look_up(&leaf, &ca, &[ca.crl(&[]), list]).unwrap_err();
    let with = |extra: Element| {
        let mut list = Element::read(&crl);
        let extensions = list.at(0).elements().last_mut().unwrap();
        extensions.at(0).elements().push(extra);
        list.write()
    };
    // deltaCRLIndicator; issuingDistributionPoint { indirectCRL }, { onlySomeReasons }; an unknown critical extension.
    assert_eq!(refused(with(extension(&[0x55, 0x1d, 27], true, &[2, 1, 1]))), CrlProblem::Partial);
    assert_eq!(refused(with(extension(&[0x55, 0x1d, 28], true, &[0x30, 3, 0x84, 1, 0xff]))), CrlProblem::Partial);
    assert_eq!(refused(with(extension(&[0x55, 0x1d, 28], true, &[0x30, 4, 0x83, 2, 6, 0x40]))), CrlProblem::Partial);
    let unknown = refused(with(extension(&[0x2a, 3, 4], true, &[5, 0])));
    assert!(matches!(unknown, CrlProblem::UnknownCriticalExtension(_)), "{unknown:?}");
    // Without a number, and with a critical one.
    let number = |critical: Option<bool>| {
        let mut list = Element::read(&crl);
        let own = Element::bytes(0x06, &[0x55, 0x1d, 20]).write();
        let extensions = list.at(0).elements().last_mut().unwrap().at(0).elements();
        extensions.retain_mut(|found| found.at(0).write() != own);
        extensions.extend(critical.map(|critical| extension(&[0x55, 0x1d, 20], critical, &[2, 1, 7])));
        list.write()
    };
    for list in [number(None), number(Some(true))] {
        assert!(matches!(refused(list), CrlProblem::Malformed(why) if why.contains("number")));
    }
    for list in [vec![], vec![0x30, 0], crl[..crl.len() - 1].to_vec(), [&crl[..], &[0]].concat(), leaf.clone()] {
        assert!(matches!(refused(list), CrlProblem::Malformed(_)));
    }
}
