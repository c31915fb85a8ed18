//! A relying party whose purpose demands a valid document (attacks L12).

use crate::support::{PARTY, World, assert_error, own};
use conformance::browser::journey::{Decision, parameter};
use conformance::persona::{self, Situation};
use conformance::region::PENSION_AUDIENCE;
use trust_list::{AcceptedDocument, DocumentDemand};

/// XF's regulator lists what the party's purpose accepts.
async fn demand(world: &World, country: &str, client_id: &str, accept: &[AcceptedDocument]) {
    let mut client = world.region.party(client_id).unwrap().client.clone();
    client.purposes[0].document = Some(DocumentDemand { accept: accept.iter().copied().collect() });
    world.region.edit_national(country, |list| Ok(list.client(&client)?)).unwrap();
    world.hub.refresh_trust().await;
}

#[test]
fn l12_a_citizen_with_an_expired_document_is_told_what_to_do_and_the_service_reads_access_denied() {
    own(async |world| {
        demand(&world, "XF", PARTY, &[AcceptedDocument::Valid, AcceptedDocument::Extended]).await;
        for (country, who, expected) in [
            ("XE", Situation::ExpiredDocument, "document_expired"),
            // XA's eSignet says nothing of documents.
            ("XA", Situation::Success, "document_unknown"),
        ] {
            let login = world.login(PARTY, country, who, Decision::Allow).await;
            let page = login.page();
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.text("#what").is_some_and(|what| what.contains("document")), "{}", page.body);
            assert!(page.text("#what-to-do").is_some_and(|todo| todo.len() > 30), "{}", page.body);
            let back = page.link("#back").unwrap();
            assert!(back.as_str().starts_with(&login.party.redirect_uri), "{back}");
            assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"), "{back}");
            assert_eq!(parameter(&back, "state"), Some(login.request.state.clone()));
            assert_eq!(parameter(&back, "iss"), Some(world.issuer.clone()));
            assert_eq!(parameter(&back, "code"), None);
            assert!(!back.as_str().contains("document"), "the service does not learn why: {back}");
            assert_eq!(world.audited(expected), 1, "{country}");
        }
        for who in [Situation::Success, Situation::DocumentExtendedByLaw] {
            let login = world.login(PARTY, "XE", who, Decision::Allow).await;
            assert_eq!(login.redeem().await.status, 200, "{who:?}");
        }
    });
}

#[test]
fn l12_what_was_given_before_the_demand_ends_with_it() {
    own(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid profile offline_access", &[]);
        let login = world.walk(party, request, "XE", Situation::ExpiredDocument, Decision::Allow).await;
        let tokens = login.tokens().await;
        demand(&world, "XF", PARTY, &[AcceptedDocument::Valid]).await;
        let refresh_token = tokens.answer["refresh_token"].as_str().unwrap();
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let refreshed = login.party.token(&crate::support::pairs(&refresh)).await.unwrap();
        assert_error("refresh", &refreshed, 400, &["invalid_grant"]);
        let userinfo = login.party.userinfo(crate::support::access_token(&tokens)).await.unwrap();
        assert_eq!(userinfo.status, 401, "{}", userinfo.body);
        assert_eq!(world.audited("document_expired"), 2);
    });
}

#[test]
fn l12_a_country_system_exchanges_no_assertion_about_a_person_with_an_expired_document() {
    own(async |world| {
        demand(&world, "XA", "pension-xa", &[AcceptedDocument::Valid]).await;
        let fund = world.party("pension-xa");
        let exchange = async |who: Situation| {
            let person = persona::find("XE", who).unwrap();
            let token = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
            fund.exchange(&token, &[("audience", PENSION_AUDIENCE)]).await.unwrap()
        };
        assert_eq!(exchange(Situation::Success).await.status, 200);
        assert_error("exchange", &exchange(Situation::ExpiredDocument).await, 400, &["invalid_request"]);
        assert_eq!(world.audited("document_expired"), 1);
    });
}
