//! What a list signer's certificate is, before anybody vouches for it.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize,
};
use trust_list::x509::{X509Problem, operator_certificate, pem};

use crate::der::{Content, Element, INNER_ALGORITHM, KEY, SERIAL, VALIDITY, changed, extension, extensions};
use crate::support::{Ca, DAY, NOW, OPERATOR, at, cc, judge, problem_of, signer, subject, tsl_signing};

#[test]
fn a_signer_as_it_should_be_is_accepted_and_says_who_it_is() {
    let der = Ca::of_xa().issue(&signer());
    let certificate = judge(&der).unwrap();
    assert_eq!(certificate.organisation(), OPERATOR);
    assert_eq!(certificate.country(), cc("XA"));
    assert_eq!(certificate.der(), der);
    assert_eq!(certificate.not_after(), NOW.plus(365 * DAY));
    assert_eq!(certificate.thumbprint(), strict_jose::b64::encode(strict_jose::sha256(&der)));
}

#[test]
fn a_self_signed_one_is_as_good_since_it_is_the_pin_that_counts() {
    let key = KeyPair::generate().unwrap();
    judge(signer().self_signed(&key).unwrap().der()).unwrap();
}

#[test]
fn keys_on_p_256_p_384_ed25519_and_rsa_from_2048_bits_are_accepted() {
    let ca = Ca::of_xa();
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    for key in [
        KeyPair::generate().unwrap(),
        KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(),
        KeyPair::generate_for(&PKCS_ED25519).unwrap(),
        rsa,
    ] {
        judge(&ca.issue_to(&signer(), &key)).unwrap();
    }
}

#[test]
fn the_organisation_is_one_of_the_operators_names_to_the_letter() {
    for found in ["Trust authority of XB", "trust authority of xa", "Trust authority of XA ", ""] {
        let problem = problem_of(|params| params.distinguished_name = subject(found, "XA", "x"));
        assert_eq!(problem, X509Problem::OtherOrganisation { found: found.to_owned() });
    }
    let without = problem_of(|params| {
        params.distinguished_name.remove(DnType::OrganizationName);
    });
    assert_eq!(without, X509Problem::OtherOrganisation { found: String::new() });
}

#[test]
fn x06_the_country_is_the_territory_of_the_list() {
    for found in ["XB", "xa", "XAX", ""] {
        let problem = problem_of(|params| params.distinguished_name = subject(OPERATOR, found, "x"));
        assert_eq!(problem, X509Problem::OtherCountry { found: found.to_owned(), expected: cc("XA") });
    }
}

#[test]
fn a_country_given_twice_is_no_country() {
    let twice = changed(&Ca::of_xa().issue(&signer()), |tbs| {
        let country = tbs.at(5).at(0).clone();
        tbs.at(5).elements().push(country);
    });
    assert_eq!(judge(&twice).unwrap_err(), X509Problem::OtherCountry { found: String::new(), expected: cc("XA") });
}

#[test]
fn x07_the_extended_key_usage_is_tsl_signing_and_nothing_else() {
    use ExtendedKeyUsagePurpose as Eku;
    for (usages, problem) in [
        (vec![], X509Problem::NoExtendedKeyUsage),
        (vec![Eku::Any], X509Problem::AnyExtendedKeyUsage),
        (vec![tsl_signing(), Eku::Any], X509Problem::AnyExtendedKeyUsage),
        (vec![Eku::CodeSigning], X509Problem::WrongExtendedKeyUsage),
        (vec![tsl_signing(), Eku::ServerAuth], X509Problem::WrongExtendedKeyUsage),
        (vec![Eku::Other(vec![0, 4, 0, 2231, 3, 1])], X509Problem::WrongExtendedKeyUsage),
        (vec![tsl_signing(), Eku::Other(vec![1, 2, 3])], X509Problem::WrongExtendedKeyUsage),
    ] {
        assert_eq!(problem_of(|params| params.extended_key_usages = usages.clone()), problem, "{usages:?}");
    }
}

#[test]
fn x07_the_key_usage_is_for_signatures_and_nothing_else() {
    use KeyUsagePurpose as Ku;
    for usages in [
        vec![Ku::KeyCertSign],
        vec![Ku::DigitalSignature, Ku::KeyEncipherment],
        vec![Ku::DigitalSignature, Ku::CrlSign],
        vec![Ku::ContentCommitment, Ku::DecipherOnly],
    ] {
        let problem = problem_of(|params| params.key_usages = usages.clone());
        assert_eq!(problem, X509Problem::KeyUsageNotForSigning, "{usages:?}");
    }
    assert_eq!(problem_of(|params| params.key_usages.clear()), X509Problem::NoKeyUsage);
    for usages in [vec![Ku::ContentCommitment], vec![Ku::DigitalSignature, Ku::ContentCommitment]] {
        let mut good = signer();
        good.key_usages = usages;
        judge(&Ca::of_xa().issue(&good)).unwrap();
    }
}

#[test]
fn x04_an_authority_does_not_sign_lists_itself() {
    let authority = problem_of(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(authority, X509Problem::AuthorityAsSigner);
    assert_eq!(problem_of(|params| params.is_ca = IsCa::NoCa), X509Problem::NoBasicConstraints);
}

#[test]
fn x12_it_is_valid_from_its_first_second_to_its_last() {
    let der = Ca::of_xa().issue(&signer());
    let judged = |now| operator_certificate(&der, &[OPERATOR], cc("XA"), now).map(|_| ());
    let (from, until) = (NOW.minus(DAY), NOW.plus(365 * DAY));
    for (now, outcome) in [
        (from.minus(1), Err(X509Problem::NotYetValid)),
        (from, Ok(())),
        (until, Ok(())),
        (until.plus(1), Err(X509Problem::Expired)),
    ] {
        assert_eq!(judged(now), outcome, "{now}");
    }
    let backwards = problem_of(|params| params.not_after = at(NOW.minus(2 * DAY)));
    assert_eq!(backwards, X509Problem::EndsBeforeItBegins);
}

#[test]
fn x12_times_are_written_in_the_type_of_their_year() {
    let der = Ca::of_xa().issue(&signer());
    // UTCTime 270114... as GeneralizedTime.
    let generalized = changed(&der, |tbs| {
        let Content::Bytes(short) = &tbs.at(VALIDITY).at(0).content else { panic!() };
        let long = [b"20", &short[..]].concat();
        *tbs.at(VALIDITY).at(0) = Element::bytes(0x18, &long);
    });
    assert_eq!(judge(&generalized).unwrap_err(), X509Problem::TimeForm);
}

#[test]
fn x08_serial_numbers_are_positive_and_have_at_most_20_octets() {
    let der = Ca::of_xa().issue(&signer());
    let with = |serial: &[u8]| judge(&changed(&der, |tbs| *tbs.at(SERIAL) = Element::bytes(0x02, serial))).map(|_| ());
    for serial in [&[0x80, 1][..], &[0xff], &[0], &[1; 21], &[&[0, 0x80][..], &[1; 19]].concat()] {
        assert!(
            matches!(with(serial), Err(X509Problem::Serial | X509Problem::NotOneCertificate(_))),
            "{serial:?} {:?}",
            with(serial)
        );
    }
    for serial in [&[1][..], &[0, 0x80], &[0x7f; 20]] {
        assert_eq!(with(serial), Ok(()), "{serial:?}");
    }
}

#[test]
fn x08_unknown_critical_extensions_and_repeated_ones_are_refused() {
    let der = Ca::of_xa().issue(&signer());
    let with = |extra: Element| judge(&changed(&der, |tbs| extensions(tbs).push(extra))).map(|_| ());
    let unknown = |critical| extension(&[0x2a, 3, 4], critical, &[5, 0]);
    assert_eq!(with(unknown(true)), Err(X509Problem::UnknownCriticalExtension("1.2.3.4".to_owned())));
    assert_eq!(with(unknown(false)), Ok(()));
    // certificatePolicies, policyConstraints: known names, but nothing here applies them.
    for oid in [[0x55, 0x1d, 32], [0x55, 0x1d, 36]] {
        let refused = with(extension(&oid, true, &[0x30, 0]));
        assert!(matches!(refused, Err(X509Problem::UnknownCriticalExtension(_))), "{refused:?}");
    }
    let twice = changed(&der, |tbs| {
        let first = extensions(tbs)[0].clone();
        extensions(tbs).push(first);
    });
    assert!(matches!(judge(&twice), Err(X509Problem::DuplicateExtension(_))));
    let unknown_twice = changed(&der, |tbs| extensions(tbs).extend([unknown(false), unknown(false)]));
    assert_eq!(judge(&unknown_twice).unwrap_err(), X509Problem::DuplicateExtension("1.2.3.4".to_owned()));
}

#[test]
fn x08_extensions_that_cannot_be_read_are_not_absent() {
    let der = Ca::of_xa().issue(&signer());
    // Key usage, extended key usage, basic constraints, subject key identifier.
    for (oid, value) in [
        ([0x55, 0x1d, 15], &[0x03, 0x02, 0x07, 0x80, 0x00][..]),
        ([0x55, 0x1d, 15], &[0x04, 0x01, 0x80]),
        ([0x55, 0x1d, 37], &[0x30, 0x02, 0x06, 0x03]),
        ([0x55, 0x1d, 19], &[0x30, 0x03, 0x02, 0x01]),
        ([0x55, 0x1d, 14], &[0x30, 0x00]),
    ] {
        let broken = changed(&der, |tbs| {
            let own = Element::bytes(0x06, &oid).write();
            extensions(tbs).retain_mut(|found| found.at(0).write() != own);
            extensions(tbs).push(extension(&oid, false, value));
        });
        let problem = judge(&broken).unwrap_err();
        assert!(
            matches!(problem, X509Problem::MalformedExtension(_) | X509Problem::NotOneCertificate(_)),
            "{oid:?} {problem:?}"
        );
    }
}

#[test]
fn x08_key_identifiers_are_there_and_never_critical() {
    let der = Ca::of_xa().issue(&signer());
    let without = |oid: [u8; 3]| {
        changed(&der, |tbs| {
            let own = Element::bytes(0x06, &oid).write();
            extensions(tbs).retain_mut(|found| found.at(0).write() != own);
        })
    };
    assert_eq!(judge(&without([0x55, 0x1d, 14])).unwrap_err(), X509Problem::NoSubjectKeyIdentifier);
    assert_eq!(judge(&without([0x55, 0x1d, 35])).unwrap_err(), X509Problem::NoAuthorityKeyIdentifier);
    let critical = changed(&without([0x55, 0x1d, 14]), |tbs| {
        extensions(tbs).push(extension(&[0x55, 0x1d, 14], true, &[0x04, 0x02, 1, 2]));
    });
    assert_eq!(judge(&critical).unwrap_err(), X509Problem::MustNotBeCritical("2.5.29.14".to_owned()));
}

#[test]
fn x08_alternative_names_are_names_and_critical_only_without_a_subject() {
    let der = Ca::of_xa().issue(&signer());
    let with = |critical, names: &[u8]| {
        let value = [&[0x30, u8::try_from(names.len()).unwrap()], names].concat();
        judge(&changed(&der, |tbs| extensions(tbs).push(extension(&[0x55, 0x1d, 17], critical, &value)))).map(|_| ())
    };
    let dns = |name: &[u8]| [&[0x82, u8::try_from(name.len()).unwrap()], name].concat();
    assert_eq!(with(false, &dns(b"lists.xa.example")), Ok(()));
    assert_eq!(with(true, &dns(b"lists.xa.example")), Err(X509Problem::CriticalAlternativeNames));
    for name in [&b"under_score.example"[..], b".xa.example", b"xa..example", b"-xa.example", b"", b"*"] {
        assert_eq!(with(false, &dns(name)), Err(X509Problem::AlternativeNames), "{}", name.escape_ascii());
    }
    assert_eq!(with(false, &[]), Err(X509Problem::AlternativeNames));
}

#[test]
fn x08_policy_constraints_are_never_accepted() {
    let der = Ca::of_xa().issue(&signer());
    let with = |critical| {
        let value = [0x30, 0x03, 0x80, 0x01, 0x00];
        judge(&changed(&der, |tbs| extensions(tbs).push(extension(&[0x55, 0x1d, 36], critical, &value)))).unwrap_err()
    };
    assert_eq!(with(false), X509Problem::MustBeCritical("2.5.29.36".to_owned()));
    assert_eq!(with(true), X509Problem::UnknownCriticalExtension("2.5.29.36".to_owned()));
}

#[test]
fn x13_weak_algorithms_are_refused_even_where_no_signature_is_checked() {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let der = signer().self_signed(&key).unwrap().der().to_vec();
    judge(&der).unwrap();
    // sha1WithRSAEncryption, md5WithRSAEncryption, md2WithRSAEncryption.
    for last in [5, 4, 2] {
        let mut weak = Element::read(&der);
        let oid = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last]);
        *weak.at(0).at(INNER_ALGORITHM).at(0) = oid.clone();
        *weak.at(1).at(0) = oid;
        let problem = judge(&weak.write()).unwrap_err();
        assert_eq!(problem, X509Problem::SignatureAlgorithm(format!("1.2.840.113549.1.1.{last}")));
    }
    // RSASSA-PSS without parameters means SHA-1 (RFC 4055 §3.1).
    let mut pss = Element::read(&der);
    let oid = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10]);
    *pss.at(0).at(INNER_ALGORITHM) = Element::sequence(vec![oid.clone()]);
    *pss.at(1) = Element::sequence(vec![oid]);
    assert!(matches!(judge(&pss.write()), Err(X509Problem::SignatureAlgorithm(_))));
}

#[test]
fn x13_the_two_algorithm_fields_agree() {
    let der = Ca::of_xa().issue(&signer());
    let other = changed(&der, |tbs| {
        // ecdsa-with-SHA384 inside, ecdsa-with-SHA256 outside.
        *tbs.at(INNER_ALGORITHM).at(0) = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3]);
    });
    assert_eq!(judge(&other).unwrap_err(), X509Problem::SignatureAlgorithmMismatch);
}

#[test]
fn x13_small_keys_unnamed_curves_and_odd_exponents_are_refused() {
    let der = Ca::of_xa().issue(&signer());
    let key = |key: Element| judge(&changed(&der, |tbs| *tbs.at(KEY) = key)).unwrap_err();
    let ec = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
    let spki = |parameters: Vec<Element>, bits: &[u8]| {
        Element::sequence(vec![Element::sequence(parameters), Element::bytes(0x03, &[&[0], bits].concat())])
    };
    let point = [&[4][..], &[7; 64]].concat();
    // P-192, P-521 by name; explicit parameters; no parameters; a compressed point; a point off the curve.
    let p256 = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    for refused in [
        spki(
            vec![ec.clone(), Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1])],
            &[&[4][..], &[7; 48]].concat(),
        ),
        spki(vec![ec.clone(), Element::bytes(0x06, &[0x2b, 0x81, 4, 0, 35])], &[&[4][..], &[7; 132]].concat()),
        spki(vec![ec.clone(), Element::sequence(vec![Element::bytes(0x02, &[1]), p256.clone()])], &point),
        spki(vec![ec.clone()], &point),
        spki(vec![ec.clone(), p256.clone()], &[&[2][..], &[7; 32]].concat()),
        spki(vec![ec, p256], &point),
    ] {
        assert!(matches!(key(refused), X509Problem::Key(_)));
    }
    let rsa = |bytes: usize, exponent: &[u8]| {
        let modulus = [&[0, 0x80][..], &vec![0xff; bytes - 1]].concat();
        let numbers = Element::sequence(vec![Element::bytes(0x02, &modulus), Element::bytes(0x02, exponent)]).write();
        let algorithm = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
        spki(vec![algorithm, Element::bytes(0x05, &[])], &numbers)
    };
    // 2,047 bits: no whole number of octets.
    let odd = Element::sequence(vec![
        Element::bytes(0x02, &[&[0x40][..], &[0xff; 256]].concat()),
        Element::bytes(0x02, &[1, 0, 1]),
    ]);
    let algorithm = Element::bytes(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
    assert!(matches!(key(spki(vec![algorithm, Element::bytes(0x05, &[])], &odd.write())), X509Problem::Key(_)));
    for (bytes, exponent) in [(128, &[1, 0, 1][..]), (255, &[1, 0, 1]), (2_048, &[1, 0, 1]), (256, &[1]), (256, &[2])] {
        assert!(matches!(key(rsa(bytes, exponent)), X509Problem::Key(_)), "{bytes} {exponent:?}");
    }
}

#[test]
fn x14_only_one_certificate_in_der_is_a_certificate() {
    let der = Ca::of_xa().issue(&signer());
    let not_one = |bytes: &[u8]| {
        let problem = judge(bytes).unwrap_err();
        assert!(matches!(problem, X509Problem::NotOneCertificate(_)), "{problem:?}");
    };
    not_one(&[]);
    not_one(&[0]);
    not_one(&der[..der.len() - 1]);
    not_one(&[&der[..], &[0]].concat());
    not_one(&[&der[..], &der[..]].concat());
    // Indefinite length, closed and open.
    not_one(&[&[0x30, 0x80], &der[4..], &[0, 0]].concat());
    not_one(&[0x30, 0x80].repeat(50_000));
    // A length of 4 GiB, and one in more octets than it takes.
    not_one(&[&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &der[4..]].concat());
    not_one(&[&[0x30, 0x83, 0], &der[2..]].concat());
    not_one(&vec![0x30; 100_000]);
}

#[test]
fn x14_a_file_holds_one_certificate_as_pem_or_der() {
    let ca = Ca::of_xa();
    let key = KeyPair::generate().unwrap();
    let certificate = signer().self_signed(&key).unwrap();
    let text = certificate.pem();
    assert_eq!(pem::certificate(text.as_bytes()).unwrap(), certificate.der().to_vec());
    assert_eq!(pem::certificate(certificate.der()).unwrap(), certificate.der().to_vec());
    let with_key = format!("{}\n{text}", key.serialize_pem());
    assert_eq!(pem::certificate(with_key.as_bytes()).unwrap(), certificate.der().to_vec());
    let other = ca.params.self_signed(&ca.key).unwrap().pem();
    for bad in [format!("{text}{other}"), String::new(), key.serialize_pem(), text.replace("END", "ENDE")] {
        assert!(matches!(pem::certificate(bad.as_bytes()), Err(X509Problem::NotOneCertificate(_))), "{bad}");
    }
}

#[test]
fn names_in_other_alphabets_compare_as_they_are_written() {
    let mut params: CertificateParams = signer();
    params.distinguished_name.push(DnType::OrganizationName, DnValue::Utf8String("Autorité de confiance".to_owned()));
    assert_eq!(judge(&Ca::of_xa().issue(&params)).unwrap().organisation(), "Autorité de confiance");
}
