//! Lists as compact JAdES baseline B.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use strict_jose::{Algorithm, SigningKey, b64, sha256};
use trust_list::ServiceStatus;
use trust_list::document::{ListName, SuspensionTarget};
use trust_list::export::{
    CertificateChain, CertificateProblem, ExportError, ListDocument, RequestError, SignedList, Subject,
};
use trust_list::testing::TestRegion;
use trust_list::x509::X509Problem;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;

use crate::support::{
    DAY, NOW, as_signed, cc, certificate, document, export, key_named, operator, region, verified_parts,
};

fn xa() -> ListName {
    ListName::Member(cc("XA"))
}

#[test]
fn the_header_is_exactly_what_baseline_b_asks_for() {
    let operator = operator("XA");
    let exported = export(&region(), xa(), &operator).unwrap();
    let (header, _) = verified_parts(exported.as_str(), &operator.0);
    let names: BTreeSet<&str> = header.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "iat", "typ", "x5c", "x5t#S256"].into());
    assert_eq!(
        (&header["alg"], &header["typ"], &header["iat"]),
        (&json!("ES256"), &json!("JAdES"), &json!(NOW.seconds()))
    );
    let certificate = STANDARD.decode(header["x5c"][0].as_str().unwrap()).unwrap();
    assert_eq!(header["x5t#S256"], json!(b64::encode(sha256(certificate))));
    assert_eq!(exported.file_name(), "XA.jwt");
}

#[test]
fn the_list_says_what_its_signers_signed_but_for_where_this_form_of_it_is() {
    let region = region();
    let operator = operator("XZ");
    let (_, mut exported) =
        verified_parts(export(&region, ListName::Regional, &operator).unwrap().as_str(), &operator.0);
    let mut signed = as_signed(&region, ListName::Regional);
    let base = "https://trust.region.example/lists";
    let information = |list: &Value| list["LoTE"]["ListAndSchemeInformation"].clone();
    assert_eq!(information(&exported)["DistributionPoints"], json!([format!("{base}/regional.jwt")]));
    let pointers = information(&exported)["PointersToOtherLoTE"].clone();
    assert_eq!(pointers.as_array().unwrap().len(), 3);
    for (pointer, country) in pointers.as_array().unwrap().iter().zip(["XA", "XB", "XC"]) {
        assert_eq!(pointer["LoTELocation"], json!(format!("{base}/{country}.jwt")));
        assert_eq!(pointer["LoTEQualifiers"][0]["MimeType"], json!("application/jose"));
    }
    for list in [&mut exported, &mut signed] {
        let information = &mut list["LoTE"]["ListAndSchemeInformation"];
        information["DistributionPoints"] = Value::Null;
        for pointer in information["PointersToOtherLoTE"].as_array_mut().unwrap() {
            pointer["LoTELocation"] = Value::Null;
            pointer["LoTEQualifiers"][0]["MimeType"] = Value::Null;
        }
    }
    assert_eq!(exported, signed);
}

#[test]
fn one_release_has_one_content_however_often_it_is_exported() {
    let region = region();
    let operator = operator("XA");
    let parts = |list: SignedList| verified_parts(list.as_str(), &operator.0).1.to_string();
    let [first, second] = [(); 2].map(|()| parts(export(&region, xa(), &operator).unwrap()));
    assert_eq!(first, second);
}

#[test]
fn a_document_that_is_not_the_verified_one_is_not_exported() {
    let mut region = region();
    let old = document(&region, xa());
    let verified_before = region.verified().unwrap();
    region.add_issuer(&TestRegion::issuer(cc("XA"), "new".parse().unwrap(), NOW)).unwrap();
    let verified = region.verified().unwrap();
    let refused = ListDocument::open(&verified, xa(), &old, NOW).unwrap_err();
    assert!(matches!(refused, ExportError::NotTheVerified(ListName::Member(_))), "{refused}");
    let mut changed = document(&region, xa());
    changed.push(b'\n');
    assert!(ListDocument::open(&verified, xa(), &changed, NOW).is_err());
    assert!(ListDocument::open(&verified_before, xa(), &old, NOW).is_ok());
}

#[test]
fn h17_a_list_that_grants_what_an_order_suspends_is_not_exported() {
    let mut region = region();
    region.suspend(cc("XA"), Some("cards".parse().unwrap())).unwrap();
    let refused = export(&region, xa(), &operator("XA")).unwrap_err();
    let ExportError::Contradicted { what, .. } = &refused else { panic!("{refused}") };
    assert_eq!(what.to_string(), "XA/cards");
    assert!(export(&region, ListName::Regional, &operator("XZ")).is_ok());
    // The list itself says it: now a reader of the list alone knows too.
    region
        .edit_national(cc("XA"), |list| list.status(&"cards".parse().unwrap(), ServiceStatus::Suspended, NOW.plus(1)))
        .unwrap();
    let exported = export(&region, xa(), &operator("XA"));
    assert!(matches!(exported, Err(ExportError::Contradicted { .. })), "not before that second");
    region.republish(NOW.plus(1)).unwrap();
    let verified = region.verified().unwrap();
    assert!(ListDocument::open(&verified, xa(), &document(&region, xa()), NOW.plus(1)).is_ok());
}

#[test]
fn lists_of_a_suspended_member_are_not_exported_nor_the_regional_list_that_still_grants_it() {
    let mut region = region();
    region.suspend(cc("XA"), None).unwrap();
    for (name, territory) in [(xa(), "XA"), (ListName::Regional, "XZ")] {
        let refused = export(&region, name, &operator(territory)).unwrap_err();
        assert!(matches!(refused, ExportError::Contradicted { .. }), "{refused}");
    }
    let target = SuspensionTarget::member(cc("XA"));
    region.reinstate(target).unwrap();
    assert!(export(&region, xa(), &operator("XA")).is_ok());
}

#[test]
fn a_list_that_the_region_does_not_use_is_not_exported() {
    let mut region = region();
    let national = key_named("stranger");
    let bytes = {
        let (_, current) = region.documents.list(xa()).unwrap();
        let mut document = strict_jose::SignedDocument::new(current.payload().to_vec());
        document.sign_with(&national, "passerelle-national+json", NOW).unwrap();
        document.to_json_bytes()
    };
    let (sequence, _) = region.documents.list(xa()).unwrap();
    region.documents.put_unchecked(trust_list::document::DocumentPath::List(xa(), sequence), bytes.clone());
    region.serve();
    let verified = region.verified().unwrap();
    let refused = ListDocument::open(&verified, xa(), &bytes, NOW).unwrap_err();
    assert!(matches!(refused, ExportError::NotUsable(ListName::Member(_))), "{refused}");
}

#[test]
fn a_certificate_that_does_not_fit_the_list_signs_nothing() {
    let region = region();
    let key = key_named("operator");
    let now = [NOW.minus(DAY), NOW.plus(DAY)];
    let problem =
        |certificate: CertificateChain, key: &SigningKey| match export(&region, xa(), &(key.clone(), certificate))
            .unwrap_err()
        {
            ExportError::Certificate(problem) => problem,
            other => panic!("{other}"),
        };
    let name = "Trust authority of XA";
    let other_name = problem(certificate(&key, "Trust authority of XB", "XA", now), &key);
    assert!(matches!(other_name, CertificateProblem::Profile(X509Problem::OtherOrganisation { .. })), "{other_name}");
    let other_country = problem(certificate(&key, name, "XB", now), &key);
    assert!(matches!(other_country, CertificateProblem::Profile(X509Problem::OtherCountry { .. })), "{other_country}");
    let ended = problem(certificate(&key, name, "XA", [NOW.minus(DAY), NOW.minus(1)]), &key);
    assert!(matches!(ended, CertificateProblem::Profile(X509Problem::Expired)), "{ended}");
    let future = problem(certificate(&key, name, "XA", [NOW.plus(1), NOW.plus(DAY)]), &key);
    assert!(matches!(future, CertificateProblem::Profile(X509Problem::NotYetValid)), "{future}");
    let other_key = problem(certificate(&key_named("other"), name, "XA", now), &key);
    assert!(matches!(other_key, CertificateProblem::AnotherKey), "{other_key}");
}

#[test]
fn an_authority_signs_no_list() {
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "Trust authority of XA");
    params.distinguished_name.push(rcgen::DnType::CountryName, "XA");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&authority).unwrap();
    let certificate = CertificateChain::from_pem(certificate.pem().as_bytes()).unwrap();
    let refused = export(&region(), xa(), &(key_named("operator"), certificate)).unwrap_err();
    assert!(
        matches!(refused, ExportError::Certificate(CertificateProblem::Profile(X509Problem::AuthorityAsSigner))),
        "{refused}"
    );
}

#[test]
fn every_kind_of_list_key_makes_a_certificate_that_fits_its_profile_and_signs() {
    let region = region();
    for alg in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let key = SigningKey::generate(alg, None).unwrap();
        let operator = (key.clone(), certificate(&key, "Trust authority of XA", "XA", [NOW, NOW.plus(DAY)]));
        let exported = export(&region, xa(), &operator).unwrap();
        let (header, _) = verified_parts(exported.as_str(), &key);
        let der = STANDARD.decode(header["x5c"][0].as_str().unwrap()).unwrap();
        let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(&der).unwrap();
        assert!(!certificate.basic_constraints().unwrap().unwrap().value.ca, "{alg}");
        assert!(certificate.key_usage().unwrap().unwrap().value.digital_signature(), "{alg}");
        let usage = certificate.extended_key_usage().unwrap().unwrap().value;
        let [purpose] = usage.other.as_slice() else { panic!("{:?}", usage.other) };
        assert_eq!(purpose.to_id_string(), "0.4.0.2231.3.0");
        let identifiers = certificate.extensions().iter().filter(|found| found.oid.to_id_string() == "2.5.29.14");
        assert_eq!(identifiers.count(), 1, "{alg}");
    }
}

#[test]
fn an_rsa_key_makes_no_certificate_and_a_request_is_signed_by_its_key() {
    let subject = |common_name: &str| Subject {
        organisation: "Trust authority of XA".to_owned(),
        country: cc("XA"),
        common_name: common_name.to_owned(),
    };
    let rsa = SigningKey::generate(Algorithm::PS256, None).unwrap();
    assert!(matches!(subject("a").request(&rsa), Err(RequestError::KindOfKey)));
    let pem = subject("a").request(&key_named("operator")).unwrap();
    let (_, pem) = parse_x509_pem(pem.as_bytes()).unwrap();
    assert_eq!(pem.label, "CERTIFICATE REQUEST");
    let (_, request) = X509CertificationRequest::from_der(&pem.contents).unwrap();
    request.verify_signature().unwrap();
    assert_eq!(request.certification_request_info.subject.to_string(), "C=XA, O=Trust authority of XA, CN=a");
}

#[test]
fn what_is_no_certificate_signs_nothing() {
    let key = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
    let nothing = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    for file in ["", "certificate", key] {
        let refused = CertificateChain::from_pem(file.as_bytes()).unwrap_err();
        assert!(matches!(refused, CertificateProblem::None), "{file:?}: {refused}");
    }
    let chain = CertificateChain::from_pem(nothing.as_bytes()).unwrap();
    let refused = export(&region(), xa(), &(key_named("operator"), chain)).unwrap_err();
    let ExportError::Certificate(CertificateProblem::Profile(problem)) = refused else { panic!("{refused}") };
    assert!(matches!(problem, X509Problem::NotOneCertificate(_)), "{problem}");
}
