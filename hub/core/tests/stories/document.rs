//! A purpose that demands a valid document (attacks L12).

use hub_core::audit::{AuditEvent, AuditKind};
use hub_core::{BrowserOutcome, DocumentProblem, DocumentView, OAuthError, TokenAnswer};
use serde_json::{Map, Value, json};
use trust_list::AcceptedDocument::{Expired, Extended, Valid};
use trust_list::{AcceptedDocument, DocumentDemand};

use crate::support::region::REGISTER;
use crate::support::*;

/// What the country says of the document, what the purpose accepts, and what comes of it.
type Said = (&'static str, fn(&mut Map<String, Value>), &'static [AcceptedDocument], Option<DocumentProblem>);

const SAID: &[Said] = &[
    ("valid", |c| says(c, json!("valid")), &[Valid], None),
    ("expired", |c| says(c, json!("expired")), &[Valid, Extended], Some(DocumentProblem::Expired)),
    ("expired, which will do", |c| says(c, json!("expired")), &[Valid, Expired], None),
    ("extended by law", |c| says(c, json!("extended")), &[Valid, Extended], None),
    ("extended to a day to come", |c| extended(c, "2027-01-15"), &[Valid, Extended], None),
    ("extended to yesterday", |c| extended(c, "2027-01-14"), &[Valid, Extended], Some(DocumentProblem::Expired)),
    ("extended, where print counts", |c| extended(c, "2027-06-30"), &[Valid], Some(DocumentProblem::Expired)),
    ("lost is not expired", |c| says(c, json!("lost")), &[Valid, Expired], Some(DocumentProblem::Lost)),
    ("stolen", |c| says(c, json!("stolen")), &[Valid, Expired], Some(DocumentProblem::Lost)),
    ("revoked", |c| says(c, json!("revoked")), &[Valid, Extended, Expired], Some(DocumentProblem::Revoked)),
    ("unknown is not valid", |_| (), &[Valid, Extended, Expired], Some(DocumentProblem::Unknown)),
    ("a word nobody knows", |c| says(c, json!("fine")), &[Valid], Some(DocumentProblem::Unknown)),
    ("not a word", |c| says(c, json!(["valid"])), &[Valid], Some(DocumentProblem::Unknown)),
];

fn says(claims: &mut Map<String, Value>, status: Value) {
    claims.insert("document_status".to_owned(), status);
}

fn extended(claims: &mut Map<String, Value>, until: &str) {
    says(claims, json!("extended"));
    claims.insert("document_valid_until".to_owned(), json!(until));
}

fn demand(world: &mut World, client_id: &str, accept: &[AcceptedDocument]) {
    let document = Some(DocumentDemand { accept: accept.iter().copied().collect() });
    world.change_client(client_id, |client| client.purposes[0].document = document);
}

fn kind(problem: DocumentProblem) -> AuditKind {
    match problem {
        DocumentProblem::Expired => AuditKind::DocumentExpired,
        DocumentProblem::Lost => AuditKind::DocumentLost,
        DocumentProblem::Revoked => AuditKind::DocumentRevoked,
        DocumentProblem::Unknown => AuditKind::DocumentUnknown,
    }
}

fn expect_document_page(outcome: BrowserOutcome) -> DocumentView {
    match outcome {
        BrowserOutcome::Document(view) => *view,
        other => panic!("no page about a document: {other:?}"),
    }
}

#[tokio::test]
async fn l12_a_login_with_a_document_that_the_purpose_does_not_accept_is_access_denied_with_a_page_that_says_why() {
    for (case, change, accept, problem) in SAID {
        let mut world = World::new();
        world.national.change(change);
        let bank = TestClient::copy(&world.clients.bank);
        demand(&mut world, &bank.client_id, accept);
        let mut citizen = Citizen::default();
        let location = citizen.at_home(&world, &bank, &[("ui_locales", "fr")]).await;
        let response = world.national.log_in(&location);
        let outcome = citizen.come_back(&world, "XA", &response).await;
        let Some(problem) = *problem else {
            expect_consent(outcome);
            continue;
        };
        let page = expect_document_page(outcome);
        assert_eq!((page.problem, page.ui_locales), (problem, vec!["fr".to_owned()]), "{case}");
        assert_eq!(expect_error(page.back.into(), &bank), "access_denied", "{case}");
        let events = world.audit.events();
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind(problem)], "{case}: one record");
        assert_eq!((events[0].result, events[0].home_country), ("access_denied", "XA".parse().ok()), "{case}");
        assert!(events[0].claims.is_empty() && events[0].level_given.is_none(), "{case}: nothing was given");
    }
}

#[tokio::test]
async fn l12_a_login_that_ended_over_the_document_is_used_up_and_the_bank_does_not_learn_why() {
    let mut world = World::new();
    let bank = TestClient::copy(&world.clients.bank);
    demand(&mut world, &bank.client_id, &[Valid]);
    let mut citizen = Citizen::default();
    let pushed = world.push(&bank, &[]).await.unwrap();
    let picker = expect_picker(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
    let location = expect_redirect(citizen.choose(&world, &picker, "XA").await).location;
    let response = world.national.log_in(&location);
    let page = expect_document_page(citizen.come_back(&world, "XA", &response).await);
    let cancelled = citizen.picker(&world, &bank, &[]).await;
    let refused = expect_redirect(citizen.cancel(&world, &cancelled).await);
    assert_eq!(page.back.location, refused.location, "as if the person had gone back");
    expect_page(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
}

#[tokio::test]
async fn l12_without_a_demand_no_document_stops_anybody() {
    for (case, change, ..) in SAID {
        let world = World::new();
        world.national.change(change);
        Citizen::default().identified(&world, &world.clients.bank, &[]).await;
        assert!(world.audit.events().is_empty(), "{case}");
    }
}

#[tokio::test]
async fn l12_a_document_is_judged_again_by_every_grant() {
    for (case, tighten, problem) in TIGHTENED {
        let mut world = World::new();
        world.national.change(|claims| extended(claims, "2027-01-15"));
        let bank = TestClient::copy(&world.clients.bank);
        demand(&mut world, &bank.client_id, &[Valid, Extended]);
        // Ten seconds before the end of the day.
        world.wait(57_590);
        world.renew_trust();
        let asked = [("scope", "openid profile offline_access")];
        let code = world.code(&bank, &asked).await;
        let tokens = world.tokens(&bank, &asked).await;
        let refresh = tokens.refresh_token.unwrap();
        let mut citizen = Citizen::default();
        let consent = citizen.identified(&world, &bank, &asked).await;
        let before = world.audit.events().len();

        tighten(&mut world, &bank.client_id);
        assert_eq!(failed(world.token(&bank, &bank.redemption(&code)).await), (400, "invalid_grant"), "{case}");
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        assert_eq!(failed(world.token(&bank, &refresh).await), (400, "invalid_grant"), "{case}");
        assert_eq!(failed(world.userinfo(&tokens.access_token).await), (401, "invalid_token"), "{case}");
        let page = expect_document_page(citizen.decide(&world, &consent, "allow").await);
        assert_eq!(page.problem, *problem, "{case}");
        assert_eq!(expect_error(page.back.into(), &bank), "access_denied", "{case}");
        let events = world.audit.events().split_off(before);
        let told = |event: &AuditEvent| (event.kind, event.result);
        let expected = ["invalid_grant", "invalid_grant", "invalid_token", "access_denied"];
        assert_eq!(
            events.iter().map(told).collect::<Vec<_>>(),
            expected.map(|result| (kind(*problem), result)),
            "{case}"
        );
    }
}

/// How what is in hand comes to be too little.
type Tightened = (&'static str, fn(&mut World, &str), DocumentProblem);

const TIGHTENED: &[Tightened] = &[
    ("the extension ends", |world, _| world.wait(10), DocumentProblem::Expired),
    ("the purpose demands more", |world, bank| demand(world, bank, &[Valid]), DocumentProblem::Expired),
];

#[tokio::test]
async fn l12_a_demand_that_is_new_finds_nothing_known_of_older_logins() {
    let mut world = World::new();
    let bank = TestClient::copy(&world.clients.bank);
    let tokens = world.tokens(&bank, &[]).await;
    demand(&mut world, &bank.client_id, &[Valid]);
    assert_eq!(failed(world.userinfo(&tokens.access_token).await), (401, "invalid_token"));
    assert_eq!(world.audited(AuditKind::DocumentUnknown).len(), 1);
}

async fn exchange(world: &World, change: impl Fn(&mut Map<String, Value>)) -> Result<TokenAnswer, OAuthError> {
    let token = world.national.id_token_for("idp.xa.example", "border-at-xa", change);
    let pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", &token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("audience", REGISTER),
    ];
    world.token(&world.clients.border, &pairs).await
}

#[tokio::test]
async fn l12_an_assertion_about_a_person_with_such_a_document_is_not_exchanged() {
    for (case, change, accept, problem) in SAID {
        let mut world = World::new();
        let border = world.clients.border.client_id.clone();
        demand(&mut world, &border, accept);
        let exchanged = exchange(&world, change).await;
        let Some(problem) = *problem else {
            exchanged.unwrap_or_else(|error| panic!("{case}: {error}"));
            continue;
        };
        // RFC 8693 §2.2.2: unacceptable based on policy is invalid_request.
        assert_eq!(failed(exchanged), (400, "invalid_request"), "{case}");
        let events = world.audit.events();
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind(problem)], "{case}");
        assert_eq!(events[0].audience.as_deref(), Some(REGISTER), "{case}");
        assert!(events[0].transaction.is_some() && events[0].client.is_some(), "{case}");
    }
}

#[tokio::test]
async fn a_provider_that_has_to_be_asked_is_asked_for_the_documents_state_only_where_it_is_demanded() {
    let mut world = World::new();
    world.change_provider("XA", |issuer| {
        issuer.profile["claims_parameter"] = json!(true);
        issuer.claims.extend(["document_status".to_owned(), "document_valid_until".to_owned()]);
    });
    let bank = TestClient::copy(&world.clients.bank);
    let asked = async |world: &World| {
        let location = Citizen::default().at_home(world, &bank, &[]).await;
        let claims: Value = serde_json::from_str(&parameters(&location)["claims"]).unwrap();
        ["document_status", "document_valid_until"].map(|name| claims["id_token"].get(name).is_some())
    };
    assert_eq!(asked(&world).await, [false, false]);
    demand(&mut world, &bank.client_id, &[Valid, Extended]);
    assert_eq!(asked(&world).await, [true, true]);
}
