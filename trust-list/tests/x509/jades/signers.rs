//! Steps 4 and 5: who signed it.

use rcgen::KeyPair;
use serde_json::json;
use trust_list::jades::{LoteProblem, SignerSet, read};
use trust_list::x509::crl::CrlProblem;
use trust_list::x509::{Authorities, PathProblem, X509Problem};

use super::support::{Draft, reason, record};
use crate::support::{Ca, DAY, NOW, OPERATOR, authority, signer, subject};

#[test]
fn exactly_one_pinned_certificate_is_the_signers() {
    let draft = Draft::healthy();
    let other = Draft::healthy().certificate;
    let with = |pinned: Vec<Vec<u8>>| read(&draft.sign(), &record(SignerSet::Pinned(pinned)), None, NOW);
    with(vec![other.clone(), draft.certificate.clone()]).unwrap();
    assert_eq!(reason(with(vec![other])), "UnknownSigner");
    assert_eq!(reason(with(vec![])), "UnknownSigner");
    assert_eq!(reason(with(vec![draft.certificate.clone(), draft.certificate.clone()])), "SignerPinnedTwice");
}

#[test]
fn the_chain_in_the_header_pins_nothing() {
    let (pinned, attacker) = (Draft::healthy(), Draft::healthy());
    assert_eq!(reason(read(&attacker.sign(), &pinned.record(), None, NOW)), "UnknownSigner");
    // The pinned certificate named, the attacker's key used.
    let mut forged = Draft::healthy();
    forged.header.clone_from(&pinned.header);
    assert_eq!(reason(read(&forged.sign(), &pinned.record(), None, NOW)), "Signature");
}

#[test]
fn what_was_changed_after_signing_is_noticed() {
    let draft = Draft::healthy();
    let text = String::from_utf8(draft.sign()).unwrap();
    let mut parts: Vec<&str> = text.split('.').collect();
    let payload = draft.payload.to_string().replace("17", "18");
    let changed = strict_jose::b64::encode(payload);
    parts[1] = &changed;
    assert_eq!(reason(read(parts.join(".").as_bytes(), &draft.record(), None, NOW)), "Signature");
}

#[test]
fn a_pinned_certificate_keeps_the_rules_of_list_signers() {
    let ca = Ca::of_xa();
    // A CA signs itself ("incorrect_signing_certificate").
    let mut draft = Draft::by(&ca);
    draft.certificate = ca.der.clone();
    draft.header.insert("x5t#S256".to_owned(), json!(strict_jose::b64::encode(strict_jose::sha256(&ca.der))));
    draft.header.remove("x5c");
    assert_eq!(reason(draft.read()), "SignerCertificate(AuthorityAsSigner)");
    let late = Draft::healthy();
    let problem = read(&late.sign(), &late.record(), None, NOW.plus(366 * DAY)).unwrap_err();
    assert!(matches!(problem, LoteProblem::SignerCertificate(X509Problem::Expired)), "{problem}");
}

#[test]
fn the_signer_belongs_to_the_operator_the_list_names() {
    let mut draft = Draft::healthy();
    draft.payload["LoTE"]["ListAndSchemeInformation"]["SchemeOperatorName"] =
        json!([{ "lang": "en", "value": "Somebody else" }]);
    let problem = draft.read().unwrap_err();
    let other = X509Problem::OtherOrganisation { found: OPERATOR.to_owned() };
    assert!(matches!(&problem, LoteProblem::SignerCertificate(found) if *found == other), "{problem}");

    // Another country's operator of the same name.
    let ca = Ca::of_xa();
    let mut params = signer();
    params.distinguished_name = subject(OPERATOR, "XB", "x");
    let mut foreign = Draft::by(&ca);
    foreign.certificate = ca.issue_to(&params, &KeyPair::from_pem(&foreign.key.serialize_pem()).unwrap());
    foreign
        .header
        .insert("x5t#S256".to_owned(), json!(strict_jose::b64::encode(strict_jose::sha256(&foreign.certificate))));
    foreign.header.remove("x5c");
    assert_eq!(reason(foreign.read()), "SignerCertificate(OtherCountry");
}

#[test]
fn an_authority_vouches_for_a_signer_that_nobody_pinned_by_itself() {
    let root = Ca::of_xa();
    let between = root.below(authority("Signing authority of XA"));
    let draft = Draft::by(&between);
    let with = |chain: Vec<Vec<u8>>, revocation_lists: Vec<Vec<u8>>| {
        let authorities = Authorities::new(vec![root.der.clone()]);
        let signers = SignerSet::Certified { authorities, chain, revocation_lists };
        read(&draft.sign(), &record(signers), None, NOW)
    };
    let crls = || vec![root.crl(&[]), between.crl(&[])];
    with(vec![between.der.clone()], crls()).unwrap();
    let without = with(vec![], crls()).unwrap_err();
    assert!(matches!(without, LoteProblem::SignerPath(PathProblem::UnknownIssuer)), "{without}");
    let unknown = with(vec![between.der.clone()], vec![root.crl(&[])]).unwrap_err();
    assert!(
        matches!(&unknown, LoteProblem::SignerPath(PathProblem::Revocation { problem: CrlProblem::Missing, .. })),
        "{unknown}"
    );
    // Without x5c there is no certificate to find a path for.
    let mut bare = Draft::by(&root);
    bare.header.remove("x5c");
    let authorities = Authorities::new(vec![root.der.clone()]);
    let signers = SignerSet::Certified { authorities, chain: vec![], revocation_lists: vec![root.crl(&[])] };
    assert_eq!(reason(read(&bare.sign(), &record(signers), None, NOW)), "NoChain");
}
