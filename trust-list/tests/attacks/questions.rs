//! What the list answers: recognition, levels, times, and the entries as they were written.

use std::collections::BTreeSet;

use serde_json::json;
use strict_jose::{Algorithm, SigningKey, UnixTime};
use trust_list::testing::TestRegion;
use trust_list::{
    AcceptedDocument, ClientKind, ClientProfile, DocumentDemand, ExchangePolicy, GrantType, IssuerKind, IssuerQuery,
    Level, LocalizedText, NotTrusted, Outcome, Recognition, RegisteredPurpose, Rule, ServiceStatus, StatusPeriod,
    VerifiedList,
};

use crate::support::{NOW, cc, idp, purpose, region};

fn ask(list: &VerifiedList, recogniser: &str, asked_purpose: &str, level: Level) -> Result<Level, NotTrusted> {
    let purpose = asked_purpose.parse().unwrap();
    let (country, recogniser) = (cc("XA"), cc(recogniser));
    let kind = IssuerKind::IdentityProvider;
    let query = IssuerQuery { country, service: None, kind, recogniser, purpose: &purpose, level, at: NOW };
    list.trusted_issuer(&query).map(|trusted| trusted.ceiling())
}

#[test]
fn recognition_is_per_pair_and_purpose_with_no_default_and_no_chain() {
    let mut region = region();
    region.recognise(cc("XC"), cc("XB"), purpose(), Level::High).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(ask(&list, "XB", "account-opening", Level::Low), Ok(Level::Substantial));
    assert_eq!(ask(&list, "XB", "pension", Level::Low), Err(NotTrusted::NotRecognised));
    assert_eq!(ask(&list, "XA", "account-opening", Level::Low), Err(NotTrusted::NotRecognised));
    // XC recognises XB and XB recognises XA; XC does not recognise XA.
    assert_eq!(ask(&list, "XC", "account-opening", Level::Low), Err(NotTrusted::NotRecognised));
}

#[test]
fn the_ceiling_is_the_lower_of_entry_and_recognition() {
    let mut region = region();
    let max = Level::Substantial;
    assert_eq!(
        ask(&region.verified().unwrap(), "XB", "account-opening", Level::High),
        Err(NotTrusted::LevelNotReachable { max })
    );
    let mut issuer = TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW);
    issuer.max_level = Level::Low;
    region.add_issuer(&issuer).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(ask(&list, "XB", "account-opening", Level::Low), Ok(Level::Low));
    let max = Level::Low;
    assert_eq!(ask(&list, "XB", "account-opening", Level::Substantial), Err(NotTrusted::LevelNotReachable { max }));
}

#[test]
fn recognition_begins_and_ends_at_its_dates() {
    let mut region = region();
    let row = Recognition {
        recogniser: cc("XC"),
        recognised: cc("XA"),
        purpose: purpose(),
        max_level: Level::Low,
        legal_basis: "Memorandum 12".to_owned(),
        from: NOW.plus(100),
        until: Some(NOW.plus(200)),
    };
    region.edit_regional(|list| Ok(list.recognise(&row))).unwrap();
    let list = region.verified().unwrap();
    let purpose = purpose();
    let at = |at: UnixTime| {
        let (country, recogniser, level) = (cc("XA"), cc("XC"), Level::Low);
        let kind = IssuerKind::IdentityProvider;
        let query = IssuerQuery { country, service: None, kind, recogniser, purpose: &purpose, level, at };
        list.trusted_issuer(&query).map(|trusted| trusted.legal_basis().to_owned())
    };
    assert_eq!(at(NOW.plus(99)), Err(NotTrusted::RecognitionNotInForce));
    assert_eq!(at(NOW.plus(100)), Ok("Memorandum 12".to_owned()));
    assert_eq!(at(NOW.plus(199)), Ok("Memorandum 12".to_owned()));
    assert_eq!(at(NOW.plus(200)), Err(NotTrusted::RecognitionNotInForce));
}

#[test]
fn a_country_a_kind_or_a_client_that_no_list_names_is_unknown() {
    let list = region().verified().unwrap();
    let purpose = purpose();
    let ask = |country, kind| {
        let (recogniser, level) = (cc("XB"), Level::Low);
        let query = IssuerQuery { country, service: None, kind, recogniser, purpose: &purpose, level, at: NOW };
        list.trusted_issuer(&query).map(|_| ())
    };
    assert_eq!(ask(cc("XQ"), IssuerKind::IdentityProvider), Err(NotTrusted::UnknownCountry));
    assert_eq!(ask(cc("XA"), IssuerKind::CredentialIssuer), Err(NotTrusted::NoSuchService));
    assert_eq!(list.trusted_client("https://nobody.example", NOW).unwrap_err(), NotTrusted::UnknownClient);
    assert!(list.issuer_by_identifier("https://nobody.example").is_none());
}

#[test]
fn without_a_service_the_first_that_may_be_trusted_is_taken() {
    let mut region = region();
    let mut broken = TestRegion::issuer(cc("XA"), "aaa".parse().unwrap(), NOW);
    broken.status = ServiceStatus::Suspended;
    region.edit_national(cc("XA"), |list| list.remove(&"idp".parse().unwrap())).unwrap();
    region.add_issuer(&broken).unwrap();
    assert_eq!(ask(&region.verified().unwrap(), "XB", "account-opening", Level::Low), Err(NotTrusted::Suspended));
    region.add_issuer(&TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW)).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(ask(&list, "XB", "account-opening", Level::Low), Ok(Level::Substantial));
}

#[test]
fn a_withdrawn_member_is_no_member_from_its_date_on() {
    let mut region = region();
    region.edit_regional(|list| list.member_status(cc("XA"), ServiceStatus::Withdrawn, NOW.plus(50))).unwrap();
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW.plus(49)).is_ok());
    assert_eq!(idp(&list, NOW.plus(50)), Err(NotTrusted::MemberNotAdmitted));
}

#[test]
fn an_explanation_names_every_check_in_order_up_to_the_one_that_failed() {
    let list = region().verified().unwrap();
    let purpose = "pension".parse().unwrap();
    let (country, recogniser, level) = (cc("XA"), cc("XB"), Level::Low);
    let kind = IssuerKind::IdentityProvider;
    let query = IssuerQuery { country, service: None, kind, recogniser, purpose: &purpose, level, at: NOW };
    let explained = list.explain_issuer(&query);
    assert!(!explained.trusted());
    assert_eq!(explained.checks.len(), 11);
    let failed = explained.checks.iter().position(|(_, outcome)| matches!(outcome, Outcome::Failed(_))).unwrap();
    assert_eq!(explained.checks[failed], (Rule::Recognised, Outcome::Failed(NotTrusted::NotRecognised)));
    assert!(explained.checks[..failed].iter().all(|(_, outcome)| *outcome == Outcome::Passed));
    assert!(explained.checks[failed + 1..].iter().all(|(_, outcome)| *outcome == Outcome::NotReached));
    insta::assert_snapshot!(explained);
    insta::assert_snapshot!(list.explain_client("https://nobody.example", NOW));
}

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let mut region = region();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let rsa = SigningKey::generate(Algorithm::PS256, None).unwrap();
    let mut issuer = TestRegion::issuer(cc("XC"), "cards".parse().unwrap(), NOW.minus(10));
    issuer.kind = IssuerKind::CredentialIssuer;
    issuer.name = LocalizedText::en("Cards").with("fr", "Cartes").with("ar", "بطاقات");
    issuer.adapter = "claim169".to_owned();
    issuer.profile = json!({ "iss": ["https://cards.xc.example"], "level": "low", "nested": { "a": [1, null, "é"] } });
    issuer.keys = vec![key.public_jwk().clone(), rsa.public_jwk().clone()];
    issuer.hosts = vec!["cards.xc.example".to_owned(), "127.0.0.1:8443".to_owned(), "[::1]:9000".to_owned()];
    issuer.organisation.registration = Some("NTRXC-1".to_owned());
    issuer.organisation.locality = Some("Ville".to_owned());
    issuer.organisation.postal_code = Some("0001".to_owned());
    issuer.history = vec![
        StatusPeriod { status: ServiceStatus::Suspended, since: NOW.minus(20) },
        StatusPeriod { status: ServiceStatus::Granted, since: NOW.minus(30) },
    ];
    let mut client = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key, NOW);
    client.kind = ClientKind::CountrySystem;
    client.profile = ClientProfile::Fapi2Ms;
    client.grant_types = BTreeSet::from([GrantType::TokenExchange, GrantType::ClientCredentials]);
    client.purposes = vec![RegisteredPurpose {
        purpose: purpose(),
        claims: BTreeSet::from(["given_name".to_owned()]),
        min_level: Level::Substantial,
        legal_basis: "Law 7".to_owned(),
        text: LocalizedText::new("fr", "Ouvrir un compte"),
        document: Some(DocumentDemand { accept: [AcceptedDocument::Valid].into() }),
    }];
    client.exchange = Some(ExchangePolicy {
        audiences: vec!["https://api.example".to_owned()],
        subject_audiences: [(cc("XA"), "hub".to_owned())].into(),
    });
    region.add_issuer(&issuer).unwrap().add_client(&client).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(list.member(cc("XC")).unwrap().issuers().next(), Some(&issuer));
    assert_eq!(list.trusted_client(&client.client_id, NOW).unwrap().client(), &client);
    assert_eq!(list.trusted_client(&client.client_id, NOW).unwrap().client().keys, client.keys);
}
