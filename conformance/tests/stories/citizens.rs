//! What citizens, banks and country systems do, told from their side.

use crate::support::{PARTY, access_token, shared};
use conformance::browser::journey::{Decision, Place};
use conformance::persona::{self, Situation};
use conformance::region::PENSION_AUDIENCE;
use conformance::rp::RelyingParty;
use conformance::sim::cards::{Flaw, Shape};
use serde_json::{Value, json};

#[test]
fn a_citizen_of_xa_opens_an_account_at_a_bank_in_xe() {
    shared(async |world| {
        let login = world.login("bank-xe", "XA", Situation::Success, Decision::Allow).await;
        let tokens = login.tokens().await;
        assert_eq!(tokens.claims["acr"], "urn:passerelle:loa:substantial");
        assert_eq!(tokens.claims["amr"], json!(["otp"]));
        let userinfo = login.userinfo(&tokens).await;
        assert_eq!(userinfo["name"], "Afi Mensah", "{userinfo}");
        assert_eq!(userinfo["birthdate"], "1991-03-08");
        assert_eq!(userinfo["gender"], "female");
        assert_eq!(userinfo["sub"], tokens.claims["sub"]);
    });
}

#[test]
fn a_citizen_of_xe_opens_an_account_at_a_bank_in_xa() {
    shared(async |world| {
        let login = world.login("bank-xa", "XE", Situation::Success, Decision::Allow).await;
        let tokens = login.tokens().await;
        assert_eq!(login.userinfo(&tokens).await["name"], "Amina Mint Sidi");
    });
}

#[test]
fn a_name_in_arabic_reaches_the_relying_party_beside_the_latin_one() {
    shared(async |world| {
        for country in ["XA", "XE"] {
            let login = world.login(PARTY, country, Situation::ArabicName, Decision::Allow).await;
            let userinfo = login.userinfo(&login.tokens().await).await;
            let person = persona::find(country, Situation::ArabicName).unwrap();
            assert_eq!(userinfo["name"], *person.name, "{userinfo}");
            assert_eq!(userinfo["name#ar"], *person.names["ar"], "{country}: {userinfo}");
        }
    });
}

#[test]
fn every_persona_ends_as_its_sentence_says() {
    use Situation as S;
    let refused = [
        (S::LevelTooLow, "unmet_authentication_requirements"),
        (S::ConsentRefused, "access_denied"),
        (S::ProviderDown, "temporarily_unavailable"),
    ];
    shared(async |world| {
        for country in ["XA", "XE"] {
            for person in persona::of(country).unwrap() {
                let login = world.login("insurer-xf", country, person.situation, Decision::Allow).await;
                let case = format!("{country} {:?}", person.situation);
                match person.situation {
                    S::NoMatch if country == "XE" => {
                        assert!(login.page().has("[data-testid=problem]"), "{case}: the national page says no");
                    }
                    S::NoMatch | S::Deceased | S::DuplicateMatch => {
                        let error = login.error();
                        let expected = ["access_denied", "server_error", "temporarily_unavailable"];
                        assert!(expected.contains(&error.as_str()), "{case}: {error}");
                    }
                    situation => {
                        if let Some((_, error)) = refused.iter().find(|(refused, _)| *refused == situation) {
                            assert_eq!(login.error(), *error, "{case}");
                        } else {
                            let userinfo = login.userinfo(&login.tokens().await).await;
                            assert_eq!(userinfo["name"], *person.name, "{case}: {userinfo}");
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn the_citizen_can_say_no_at_the_picker_and_at_the_consent_page() {
    shared(async |world| {
        let denied = world.login(PARTY, "XE", Situation::Success, Decision::Deny).await;
        assert_eq!(denied.error(), "access_denied");

        let party = world.party(PARTY);
        let mut browser = world.browser();
        let request = party.request("openid", &[]);
        let picker = browser.open(&party.push(&request).await.unwrap()).await.unwrap();
        assert_eq!(Place::of(&picker), Place::Picker);
        let back = browser.submit(picker.press("#cancel").unwrap()).await.unwrap().location().unwrap();
        assert!(back.as_str().starts_with(&party.redirect_uri), "{back}");
        assert!(back.as_str().contains("error=access_denied"), "{back}");
    });
}

#[test]
fn r01_two_relying_parties_see_two_subjects_and_one_of_them_always_the_same() {
    shared(async |world| {
        let sub = async |client: &str, country: &str| {
            let login = world.login(client, country, Situation::Success, Decision::Allow).await;
            login.tokens().await.claims["sub"].as_str().unwrap().to_owned()
        };
        let first = sub(PARTY, "XE").await;
        assert_eq!(first, sub(PARTY, "XE").await);
        assert_ne!(first, sub("insurer-xf", "XE").await);
        assert_ne!(first, sub(PARTY, "XA").await);
    });
}

#[test]
fn r02_no_number_no_name_and_no_subject_is_in_the_audit_log_or_the_answers() {
    shared(async |world| {
        for country in ["XA", "XE"] {
            let person = persona::find(country, Situation::Success).unwrap();
            let login = world.login(PARTY, country, Situation::Success, Decision::Allow).await;
            let tokens = login.tokens().await;
            let userinfo = login.userinfo(&tokens).await;
            let number = person.national_number.as_ref().unwrap_or(&person.login);
            let given = format!("{userinfo} {:?} {}", tokens.claims, tokens.answer);
            assert!(!given.contains(number), "the number left {country}: {given}");
            let audit = world.audit();
            assert!(!audit.is_empty());
            for secret in [number, &person.name, &person.phone, tokens.claims["sub"].as_str().unwrap()] {
                assert!(!audit.contains(secret), "{secret} is in the audit log");
            }
        }
    });
}

#[test]
fn r03_what_was_not_asked_is_not_given() {
    shared(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid", &[]);
        let login = world.walk(party, request, "XE", Situation::Success, Decision::Allow).await;
        let tokens = login.tokens().await;
        let userinfo = login.userinfo(&tokens).await;
        for claim in ["name", "birthdate", "email", "phone_number", "preferred_username"] {
            assert_eq!(userinfo.get(claim), None, "{userinfo}");
            assert_eq!(tokens.claims.get(claim), None);
        }
    });
}

#[test]
fn a_relying_party_of_a_country_that_does_not_recognise_another_cannot_offer_it() {
    shared(async |world| {
        let party = world.party("bank-xe");
        let picker = world.browser().open(&party.push(&party.request("openid", &[])).await.unwrap()).await.unwrap();
        assert!(picker.press("#country-XA").is_ok());
        assert!(picker.press("#country-XE").is_err(), "XE's bank is not registered to recognise its own country here");
        assert!(picker.has("#why-XE"));
        assert!(picker.press("#country-XF").is_err(), "XF has no online login");
    });
}

#[test]
fn a_card_of_every_shape_is_verified_for_a_country_system_and_a_bad_one_is_not() {
    shared(async |world| {
        let fund = world.party("pension-xa");
        let token = system_token(&fund).await;
        let verify = async |country: &str, qr: &str| {
            let url = format!("{}/federation/v1/verify", world.issuer);
            let body = json!({"country": country, "credential": qr, "purpose": "pension"});
            let answer = fund.post_protected(&url, &token, &body).await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.json()
        };
        let holder = persona::find("XF", Situation::Success).unwrap();
        for shape in [Shape::A, Shape::B, Shape::C] {
            let card = world.region.cards.card(&holder, shape, Flaw::None).unwrap();
            let answer = verify("XF", &card).await;
            assert_eq!(answer["verified"], true, "{shape:?}: {answer}");
            assert!(answer.to_string().contains("Thabo Mokoena"), "{answer}");
            assert!(!answer.to_string().contains("703928154679"), "the number left the country: {answer}");
            for flaw in [Flaw::Expired, Flaw::WrongKey, Flaw::NoExpiry] {
                let card = world.region.cards.card(&holder, shape, flaw).unwrap();
                let answer = verify("XF", &card).await;
                assert_eq!(answer["verified"], false, "{shape:?} {flaw:?}: {answer}");
            }
        }
        let card = world.region.cards.card(&holder, Shape::A, Flaw::None).unwrap();
        assert_eq!(verify("XE", &card).await["verified"], false, "L02: another country's card");
        assert_eq!(verify("XF", &card.replace('0', "#")).await["verified"], false, "not Base45");
    });
}

#[test]
fn a_card_check_needs_a_token_with_the_scope() {
    shared(async |world| {
        let url = format!("{}/federation/v1/verify", world.issuer);
        let body = json!({"country": "XF", "credential": "NCF"});
        let none = world.http.post(&url).json(&body).send().await.unwrap();
        assert_eq!(none.status(), 401);
        let login = world.usual_login().await;
        let citizen = login.tokens().await;
        let answer = login.party.post_protected(&url, access_token(&citizen), &body).await.unwrap();
        assert!([401, 403].contains(&answer.status), "C21: a login's token opens no register: {}", answer.body);
    });
}

#[test]
fn a_country_system_exchanges_an_assertion_of_another_country() {
    shared(async |world| {
        let fund = world.party("pension-xa");
        let person = persona::find("XE", Situation::Success).unwrap();
        let id_token = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
        let answer = fund.exchange(&id_token, &[("audience", PENSION_AUDIENCE)]).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = answer.json();
        assert_eq!(answer["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
        assert_eq!(answer.get("refresh_token"), None);
        let claims = conformance::jose::Parsed::new(answer["access_token"].as_str().unwrap()).unwrap().claims;
        assert_eq!(claims["aud"], PENSION_AUDIENCE);
        assert_eq!(claims.get("name"), None::<&Value>, "R03");
    });
}

async fn system_token(fund: &RelyingParty) -> String {
    let answer = fund.client_credentials("verify").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}
