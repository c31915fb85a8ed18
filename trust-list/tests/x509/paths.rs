//! Who vouches for a list signer.

use rcgen::{
    BasicConstraints, CidrSubnet, DistinguishedName, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair,
    KeyUsagePurpose, NameConstraints, PKCS_RSA_SHA256, RsaKeySize, SanType,
};
use trust_list::x509::{Authorities, Evidence, PathProblem, X509Problem, verify_signer};

use crate::der::{Content, Element, SERIAL, extension, extensions, reissued};
use crate::support::{Ca, DAY, NOW, OPERATOR, at, authority, cc, signer, subject, verify};

/// A root, an authority below it, a signer below that, and everybody's revocation list.
struct Chain {
    root: Ca,
    between: Ca,
    signer: Vec<u8>,
}

impl Chain {
    fn new() -> Self {
        let root = Ca::of_xa();
        let between = root.below(authority("Signing authority of XA"));
        let signer = between.issue(&signer());
        Self { root, between, signer }
    }

    fn crls(&self) -> Vec<Vec<u8>> {
        vec![self.root.crl(&[]), self.between.crl(&[])]
    }
}

/// The rule that the authority between breaks.
fn problem_of(between: &Ca, root: &Ca) -> X509Problem {
    let leaf = between.issue(&signer());
    let crls = [root.crl(&[])];
    match verify(&leaf, &[root], &[&between.der], &crls).unwrap_err() {
        PathProblem::Certificate { problem, .. } => problem,
        other => panic!("{other}"),
    }
}

#[test]
fn a_signer_is_verified_through_an_authority_to_the_pinned_root() {
    let chain = Chain::new();
    let crls = chain.crls();
    let verified = verify(&chain.signer, &[&chain.root], &[&chain.between.der], &crls).unwrap();
    assert_eq!(verified.certificate().organisation(), OPERATOR);
    // Directly below the root too, and however many other certificates came along.
    let direct = chain.root.issue(&signer());
    verify(&direct, &[&chain.root], &[&chain.between.der, &chain.signer], &crls).unwrap();
}

#[test]
fn x01_a_root_nobody_pinned_vouches_for_nothing() {
    let (chain, stranger) = (Chain::new(), Ca::root(authority("Root of somebody")));
    let refused = verify(&chain.signer, &[&stranger], &[&chain.between.der, &chain.root.der], &chain.crls());
    assert_eq!(refused.unwrap_err(), PathProblem::UnknownIssuer);
    let refused = verify(&chain.signer, &[], &[&chain.between.der], &chain.crls());
    assert_eq!(refused.unwrap_err(), PathProblem::NoAuthorities);
}

#[test]
fn x02_a_root_of_the_same_name_with_another_key_vouches_for_nothing() {
    let (chain, impostor) = (Chain::new(), Ca::of_xa());
    let refused = verify(&chain.signer, &[&impostor], &[&chain.between.der], &chain.crls()).unwrap_err();
    assert_eq!(refused, PathProblem::Signature);
    let forged = impostor.issue(&signer());
    assert_eq!(verify(&forged, &[&chain.root], &[], &chain.crls()).unwrap_err(), PathProblem::Signature);
}

#[test]
fn x03_a_signer_issues_no_certificates() {
    let root = Ca::of_xa();
    let leaf = root.below(signer());
    let forged = leaf.issue(&signer());
    let refused = verify(&forged, &[&root], &[&leaf.der], &[root.crl(&[])]).unwrap_err();
    assert!(matches!(&refused, PathProblem::Path(why) if why.contains("EndEntityUsedAsCa")), "{refused:?}");
}

#[test]
fn x04_an_authority_has_basic_constraints_and_may_sign_certificates() {
    let root = Ca::of_xa();
    let mut params = authority("Half an authority");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    assert_eq!(problem_of(&root.below(params.clone()), &root), X509Problem::KeyUsageNotForCertificates);
    params.key_usages.clear();
    assert_eq!(problem_of(&root.below(params), &root), X509Problem::NoKeyUsage);

    let mut params = authority("No authority");
    params.is_ca = IsCa::NoCa;
    let without = root.below(params);
    let refused = verify(&without.issue(&signer()), &[&root], &[&without.der], &[root.crl(&[])]).unwrap_err();
    assert!(matches!(&refused, PathProblem::Path(why) if why.contains("EndEntityUsedAsCa")), "{refused:?}");
}

#[test]
fn x04_a_version_1_authority_is_none() {
    let root = Ca::of_xa();
    let mut between = root.below(authority("An authority of 1996"));
    between.der = reissued(&between.der, &root.key, |tbs| {
        tbs.elements().remove(0);
        tbs.elements().pop();
    });
    let refused = verify(&between.issue(&signer()), &[&root], &[&between.der], &[root.crl(&[])]).unwrap_err();
    assert!(matches!(&refused, PathProblem::Path(why) if why.contains("UnsupportedCertVersion")), "{refused:?}");
}

#[test]
fn x04_basic_constraints_are_critical_in_an_authority() {
    let root = Ca::of_xa();
    let mut between = root.below(authority("A lax authority"));
    let lax = |tbs: &mut Element| {
        let own = Element::bytes(0x06, &[0x55, 0x1d, 19]).write();
        let place = extensions(tbs).iter_mut().position(|found| found.at(0).write() == own).unwrap();
        extensions(tbs)[place].elements().remove(1);
    };
    between.der = reissued(&between.der, &root.key, lax);
    assert_eq!(problem_of(&between, &root), X509Problem::MustBeCritical("basicConstraints".to_owned()));
}

#[test]
fn x04_the_pinned_root_keeps_the_rules_too() {
    let mut params = authority("National root of XA");
    params.key_usages = vec![KeyUsagePurpose::CrlSign];
    let root = Ca::root(params);
    let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
    assert!(
        matches!(refused, PathProblem::Certificate { problem: X509Problem::KeyUsageNotForCertificates, .. }),
        "{refused:?}"
    );
}

#[test]
fn x05_path_lengths_bind_those_between_and_the_root() {
    let limited = |most| IsCa::Ca(BasicConstraints::Constrained(most));
    for (root_allows, first_allows, outcome) in [
        (None, None, Ok(())),
        (Some(2), Some(1), Ok(())),
        (Some(1), None, Err(PathProblem::TooLong)),
        (Some(0), None, Err(PathProblem::TooLong)),
        (None, Some(0), Err(PathProblem::TooLong)),
    ] {
        let mut params = authority("Root");
        params.is_ca = root_allows.map_or(params.is_ca, limited);
        let root = Ca::root(params);
        let mut params = authority("First");
        params.is_ca = first_allows.map_or(params.is_ca, limited);
        let first = root.below(params);
        let second = first.below(authority("Second"));
        let leaf = second.issue(&signer());
        let crls = [root.crl(&[]), first.crl(&[]), second.crl(&[])];
        let found = verify(&leaf, &[&root], &[&first.der, &second.der], &crls).map(|_| ());
        assert_eq!(found, outcome, "{root_allows:?} {first_allows:?}");
    }
}

fn constrained(permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>) -> Ca {
    let mut params = authority("Root");
    params.name_constraints = Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded });
    Ca::root(params)
}

fn named(names: Vec<SanType>) -> rcgen::CertificateParams {
    let mut params = signer();
    params.subject_alt_names = names;
    params
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

#[test]
fn x06_dns_names_and_addresses_stay_inside_what_an_authority_may_vouch_for() {
    let domain = |name: &str| GeneralSubtree::DnsName(name.to_owned());
    let net = || GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([192, 0, 2, 0], 24));
    let address = |last| SanType::IpAddress(std::net::IpAddr::from([192, 0, last, 1]));
    for (permitted, excluded, name, outcome) in [
        (vec![domain("xa.example")], vec![], dns("lists.xa.example"), Ok(())),
        (vec![domain("xa.example")], vec![], dns("lists.xb.example"), Err(PathProblem::NameConstraint)),
        (vec![], vec![domain("gov.xa.example")], dns("*.xa.example"), Err(PathProblem::NameConstraint)),
        (vec![domain("lists.xa.example")], vec![], dns("*.xa.example"), Err(PathProblem::NameConstraint)),
        (
            vec![domain("xa.example")],
            vec![domain("id.xa.example")],
            dns("a.id.xa.example"),
            Err(PathProblem::NameConstraint),
        ),
        (vec![net()], vec![], address(2), Ok(())),
        (vec![net()], vec![], address(3), Err(PathProblem::NameConstraint)),
        (vec![], vec![net()], address(2), Err(PathProblem::NameConstraint)),
    ] {
        let shown = format!("{permitted:?} {excluded:?} {name:?}");
        let root = constrained(permitted, excluded);
        let found = verify(&root.issue(&named(vec![name])), &[&root], &[], &[root.crl(&[])]).map(|_| ());
        assert_eq!(found, outcome, "{shown}");
    }
}

#[test]
fn x06_a_dns_constraint_is_a_name() {
    let root = constrained(vec![GeneralSubtree::DnsName(".xa.example".to_owned())], vec![]);
    let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
    assert!(
        matches!(refused, PathProblem::Certificate { problem: X509Problem::MalformedNameConstraint, .. }),
        "{refused:?}"
    );
}

#[test]
fn x06_constraints_that_cannot_be_judged_are_not_passed_over() {
    let country = |code: &str| {
        let mut name = DistinguishedName::new();
        name.push(rcgen::DnType::CountryName, code);
        GeneralSubtree::DirectoryName(name)
    };
    let mail = || GeneralSubtree::Rfc822Name("xa.example".to_owned());
    for (permitted, excluded) in [
        (vec![country("XA")], vec![]),
        (vec![country("XB")], vec![]),
        (vec![], vec![country("XB")]),
        (vec![mail()], vec![]),
        (vec![], vec![mail()]),
    ] {
        let root = constrained(permitted, excluded);
        let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
        let judged = matches!(
            refused,
            PathProblem::NameConstraint | PathProblem::Certificate { problem: X509Problem::NameConstraintForm(_), .. }
        );
        assert!(judged, "{refused:?}");
    }
}

#[test]
fn x06_the_form_of_a_uri_constraint_is_named() {
    let mut root = Ca::of_xa();
    // permittedSubtrees [0] { GeneralSubtree { uniformResourceIdentifier [6] "xa.example" } }
    let uri = Element::bytes(0x86, b"xa.example");
    let subtrees = Element { tag: 0xa0, content: Content::Elements(vec![Element::sequence(vec![uri])]) };
    let value = Element::sequence(vec![subtrees]).write();
    root.der = reissued(&root.der, &root.key, |tbs| {
        extensions(tbs).push(extension(&[0x55, 0x1d, 30], true, &value));
    });
    let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
    let form = X509Problem::NameConstraintForm("uniformResourceIdentifier");
    assert!(matches!(refused, PathProblem::Certificate { problem, .. } if problem == form));
}

#[test]
fn x06_another_countrys_authority_has_no_place_in_this_namespace() {
    let mut foreign = authority("National root of XB");
    foreign.distinguished_name = subject("Trust authority of XB", "XB", "National root of XB");
    // As the pinned root: somebody pinned the wrong file.
    let root = Ca::root(foreign.clone());
    let expected = X509Problem::OtherCountry { found: "XB".to_owned(), expected: cc("XA") };
    let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
    assert!(matches!(refused, PathProblem::Certificate { problem, .. } if problem == expected));
    // As an authority between: XA's root vouched for it, and it vouches for a signer of XA.
    let root = Ca::of_xa();
    assert_eq!(problem_of(&root.below(foreign), &root), expected);
}

#[test]
fn x07_name_constraints_have_no_place_in_a_signers_certificate() {
    let mut leaf = Ca::of_xa();
    let value =
        [0x30, 0x10, 0xa0, 0x0e, 0x30, 0x0c, 0x82, 0x0a, b'x', b'a', b'.', b'e', b'x', b'a', b'm', b'p', b'l', b'e'];
    leaf.der = reissued(&leaf.issue(&signer()), &leaf.key, |tbs| {
        extensions(tbs).push(extension(&[0x55, 0x1d, 30], true, &value));
    });
    assert_eq!(crate::support::judge(&leaf.der).unwrap_err(), X509Problem::NameConstraintsInSigner);
}

#[test]
fn x08_the_rules_about_serials_and_extensions_hold_for_authorities_too() {
    let root = Ca::of_xa();
    let with = |change: &dyn Fn(&mut Element)| {
        let mut between = root.below(authority("Odd authority"));
        between.der = reissued(&between.der, &root.key, change);
        verify(&between.issue(&signer()), &[&root], &[&between.der], &[root.crl(&[])]).unwrap_err()
    };
    let zero = with(&|tbs| *tbs.at(SERIAL) = Element::bytes(0x02, &[0]));
    assert!(matches!(zero, PathProblem::Certificate { problem: X509Problem::Serial, .. }), "{zero:?}");
    let unknown = with(&|tbs| extensions(tbs).push(extension(&[0x2a, 3, 4], true, &[5, 0])));
    assert!(matches!(&unknown, PathProblem::Path(why) if why.contains("UnsupportedCriticalExtension")), "{unknown:?}");
    let twice = with(&|tbs| {
        extensions(tbs).extend([extension(&[0x2a, 3, 4], false, &[5, 0]), extension(&[0x2a, 3, 4], false, &[5, 0])]);
    });
    assert!(matches!(twice, PathProblem::Certificate { problem: X509Problem::DuplicateExtension(_), .. }), "{twice:?}");
}

#[test]
fn x12_every_certificate_of_the_path_is_valid_at_the_time_in_question() {
    let root_until = NOW.plus(10 * DAY);
    let mut params = authority("National root of XA");
    params.not_after = at(root_until);
    let root = Ca::root(params);
    let mut params = authority("Signing authority of XA");
    params.not_after = at(NOW.plus(5 * DAY));
    let between = root.below(params);
    let (by_root, by_between) = (root.issue(&signer()), between.issue(&signer()));
    let mut crl = crate::support::crl_params(&[]);
    crl.next_update = at(NOW.plus(30 * DAY));
    let crls = [root.crl_of(&crl), between.crl_of(&crl)];
    let authorities = Authorities::new(vec![root.der.clone()]);
    let chain = [between.der.clone()];
    let evidence = Evidence { chain: &chain, revocation_lists: &crls };
    let verified =
        |leaf: &[u8], now| verify_signer(leaf, &[OPERATOR], cc("XA"), &authorities, &evidence, now).map(|_| ());

    assert_eq!(verified(&by_root, root_until), Ok(()));
    let expired = verified(&by_root, root_until.plus(1)).unwrap_err();
    assert!(matches!(expired, PathProblem::Certificate { problem: X509Problem::Expired, .. }), "{expired:?}");
    assert_eq!(verified(&by_between, NOW.plus(5 * DAY)), Ok(()));
    let expired = verified(&by_between, NOW.plus(5 * DAY + 1)).unwrap_err();
    assert!(matches!(&expired, PathProblem::Path(why) if why.contains("CertExpired")), "{expired:?}");
}

#[test]
fn x13_a_signature_with_sha_1_is_not_verified_at_all() {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let params = authority("National root of XA");
    let root = Ca { der: params.self_signed(&key).unwrap().der().to_vec(), params, key };
    let good = root.issue(&signer());
    verify(&good, &[&root], &[], &[root.crl(&[])]).unwrap();
    let weak = reissued(&good, &root.key, |tbs| {
        *tbs.at(2).at(0) = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5]);
    });
    let refused = verify(&weak, &[&root], &[], &[root.crl(&[])]).unwrap_err();
    let expected = |problem: &X509Problem| {
        matches!(problem, X509Problem::SignatureAlgorithm(_) | X509Problem::SignatureAlgorithmMismatch)
    };
    assert!(matches!(&refused, PathProblem::Certificate { problem, .. } if expected(problem)), "{refused:?}");
}

#[test]
fn the_key_an_authority_is_named_by_is_the_one_it_has() {
    let root = Ca::of_xa();
    let leaf = reissued(&root.issue(&signer()), &root.key, |tbs| {
        let own = Element::bytes(0x06, &[0x55, 0x1d, 35]).write();
        extensions(tbs).retain_mut(|found| found.at(0).write() != own);
        // AuthorityKeyIdentifier { keyIdentifier [0] }
        extensions(tbs).push(extension(&[0x55, 0x1d, 35], false, &[0x30, 0x04, 0x80, 0x02, 1, 2]));
    });
    let refused = verify(&leaf, &[&root], &[], &[root.crl(&[])]).unwrap_err();
    assert!(matches!(refused, PathProblem::OtherAuthorityKey { .. }), "{refused:?}");
}

#[test]
fn a_root_names_its_own_key() {
    let mut root = Ca::of_xa();
    root.der = reissued(&root.der, &root.key, |tbs| {
        let own = Element::bytes(0x06, &[0x55, 0x1d, 35]).write();
        extensions(tbs).retain_mut(|found| found.at(0).write() != own);
        extensions(tbs).push(extension(&[0x55, 0x1d, 35], false, &[0x30, 0x04, 0x80, 0x02, 1, 2]));
    });
    let refused = verify(&root.issue(&signer()), &[&root], &[], &[root.crl(&[])]).unwrap_err();
    let other = X509Problem::OtherAuthorityKey;
    assert!(matches!(&refused, PathProblem::Certificate { problem, .. } if *problem == other), "{refused:?}");
}

#[test]
fn an_unusable_path_does_not_stand_in_the_way_of_a_usable_one() {
    let root = Ca::of_xa();
    let good = root.below(authority("Signing authority of XA"));
    // The same name and key, certified once more, wrongly.
    let mut wrong = authority("Signing authority of XA");
    wrong.key_usages = vec![KeyUsagePurpose::CrlSign];
    let wrong = root.issue_to(&wrong, &good.key);
    let leaf = good.issue(&signer());
    let crls = [root.crl(&[]), good.crl(&[])];
    verify(&leaf, &[&root], &[&wrong, &good.der], &crls).unwrap();
    assert!(verify(&leaf, &[&root], &[&wrong], &crls).is_err());
}

#[test]
fn a_maze_of_authorities_is_given_up() {
    let root = Ca::of_xa();
    let key = KeyPair::generate().unwrap();
    let params = authority("One of many");
    let stranger = Ca { der: params.self_signed(&key).unwrap().der().to_vec(), params: params.clone(), key };
    let many: Vec<Vec<u8>> = (0..60).map(|_| stranger.below(params.clone()).der).collect();
    let chain: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let leaf = stranger.issue(&signer());
    let refused = verify(&leaf, &[&root], &chain, &[root.crl(&[])]).unwrap_err();
    assert!(matches!(refused, PathProblem::UnknownIssuer | PathProblem::TooComplex), "{refused:?}");
}

#[test]
fn an_authority_for_any_use_may_vouch_for_a_signer() {
    let root = Ca::of_xa();
    let mut open = authority("Open authority");
    open.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    let between = root.below(open);
    let crls = [root.crl(&[]), between.crl(&[])];
    verify(&between.issue(&signer()), &[&root], &[&between.der], &crls).unwrap();
}
