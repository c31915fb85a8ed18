//! Userinfo, revocation, and what an access token is good for.

use hub_core::audit::AuditKind;
use hub_core::{Challenge, RequestHead};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn c21_only_an_access_token_of_a_login_opens_userinfo() {
    let mut world = World::new();
    let bank = &world.clients.bank;
    let tokens = world.tokens(bank, &[]).await;
    let id_token = tokens.id_token.unwrap();
    let machine = world.token(&world.clients.border, &[("grant_type", "client_credentials")]).await.unwrap();
    let cut = &tokens.access_token[..tokens.access_token.len() - 1];

    let claims = claims_of(&tokens.access_token);
    let resigned = |change: &dyn Fn(&mut serde_json::Value), typ: &str| {
        let mut claims = claims.clone();
        change(&mut claims);
        world.hub_key.sign_compact(typ, claims.to_string().as_bytes()).unwrap()
    };
    let other_audience = resigned(&|claims| claims["aud"] = json!("https://other.example"), "at+jwt");
    let two_audiences = resigned(&|claims| claims["aud"] = json!(["https://hub.example/userinfo", "x"]), "at+jwt");
    let other_issuer = resigned(&|claims| claims["iss"] = json!("https://other.example"), "at+jwt");
    let other_client = resigned(&|claims| claims["client_id"] = json!("https://shop.xb.example"), "at+jwt");
    let random_jti = resigned(&|claims| claims["jti"] = json!("x"), "at+jwt");
    let other_typ = resigned(&|_| (), "JWT");
    let foreign = world.clients.bank.key.sign_compact("at+jwt", claims.to_string().as_bytes()).unwrap();
    for (case, token) in [
        ("ID token", id_token.as_str()),
        ("client_credentials", &machine.access_token),
        ("cut", cut),
        ("another audience", &other_audience),
        ("two audiences", &two_audiences),
        ("another issuer", &other_issuer),
        ("another client", &other_client),
        ("another jti", &random_jti),
        ("another typ", &other_typ),
        ("signed by a client", &foreign),
    ] {
        let refused = world.userinfo(token).await.unwrap_err().wire();
        assert_eq!((refused.status, refused.code.as_str()), (401, "invalid_token"), "{case}");
        assert_eq!(refused.challenge.unwrap().header(), "Bearer error=\"invalid_token\"", "{case}");
    }
    let no_scope = resigned(&|claims| claims["scope"] = json!("profile"), "at+jwt");
    assert_eq!(failed(world.userinfo(&no_scope).await), (403, "insufficient_scope"));
    world.userinfo(&tokens.access_token).await.unwrap();

    world.wait(300);
    assert_eq!(failed(world.userinfo(&tokens.access_token).await), (401, "invalid_token"), "its life is over");
}

#[tokio::test]
async fn without_a_token_there_is_a_challenge_without_an_error() {
    let world = World::new();
    for header in [None, Some("Basic Zm9v"), Some("Digest abc")] {
        let head = RequestHead { authorization: header, ..RequestHead::default() };
        let refused = world.broker.userinfo(&world.trust, &head, world.now).await.unwrap_err().wire();
        assert_eq!((refused.status, refused.challenge), (401, Some(Challenge::Bearer)), "{header:?}");
    }
}

#[tokio::test]
async fn c18_revoking_any_token_ends_the_grant() {
    for which in ["access", "refresh"] {
        let world = World::new();
        let bank = &world.clients.bank;
        let tokens = world.tokens(bank, &[("scope", "openid offline_access")]).await;
        let refresh = tokens.refresh_token.unwrap();
        world.revoke(bank, if which == "access" { &tokens.access_token } else { &refresh }).await.unwrap();
        assert_eq!(failed(world.userinfo(&tokens.access_token).await), (401, "invalid_token"), "{which}");
        let again = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        assert_eq!(failed(world.token(bank, &again).await), (400, "invalid_grant"), "{which}");
        assert_eq!(world.audited(AuditKind::GrantRevoked).len(), 1, "{which}");
    }
}

#[tokio::test]
async fn c18_what_is_unknown_or_another_clients_is_revoked_without_effect() {
    let world = World::new();
    let (bank, shop) = (&world.clients.bank, &world.clients.shop);
    let tokens = world.tokens(bank, &[("scope", "openid offline_access")]).await;
    for token in ["unknown", tokens.access_token.as_str(), tokens.refresh_token.as_deref().unwrap()] {
        world.revoke(shop, token).await.unwrap();
    }
    world.userinfo(&tokens.access_token).await.unwrap();
    assert_eq!(failed(world.revoke(bank, "").await), (400, "invalid_request"));
    assert!(world.audited(AuditKind::GrantRevoked).is_empty());
}

#[tokio::test]
async fn c18_a_revocation_that_the_store_did_not_take_is_not_believed() {
    let world = World::new();
    let bank = &world.clients.bank;
    let tokens = world.tokens(bank, &[]).await;
    world.store.pull_the_plug(true);
    assert_eq!(failed(world.revoke(bank, &tokens.access_token).await), (503, "temporarily_unavailable"));
    world.store.pull_the_plug(false);
    world.userinfo(&tokens.access_token).await.unwrap();
}

#[tokio::test]
async fn a_machine_token_cannot_be_revoked_and_says_so() {
    let world = World::new();
    let border = &world.clients.border;
    let machine = world.token(border, &[("grant_type", "client_credentials")]).await.unwrap();
    assert_eq!(failed(world.revoke(border, &machine.access_token).await), (400, "unsupported_token_type"));
}

#[tokio::test]
async fn verified_claims_say_under_which_framework_how_well_and_by_whom() {
    let world = World::new();
    let claims = json!({ "userinfo": { "verified_claims": {
        "verification": { "trust_framework": null, "assurance_level": null, "time": null, "evidence": [{ "type": null }] },
        "claims": { "given_name": null, "birthdate": null, "email": null },
    } } });
    let person = world.person(&world.clients.bank, &[("claims", &claims.to_string())]).await;
    let verified = &person["verified_claims"];
    assert_eq!(verified["verification"]["trust_framework"], "xa_eid");
    assert_eq!(verified["verification"]["assurance_level"], "substantial");
    assert_eq!(verified["verification"]["time"], "2027-01-15T08:00:00Z");
    let evidence = &verified["verification"]["evidence"][0];
    assert_eq!(evidence["type"], "electronic_record");
    assert_eq!(evidence["record"]["source"]["country_code"], "XA");
    assert_eq!(
        verified["claims"],
        json!({ "given_name": "Afi", "birthdate": "1990-01-01" }),
        "e-mail is beyond the purpose"
    );
    assert!(person.get("given_name").is_none(), "asked for as verified only");
}

#[tokio::test]
async fn verified_claims_that_cannot_be_met_are_left_out_without_an_error() {
    let world = World::new();
    let asked = |framework: &str, claim: &str| {
        json!({
            "verification": { "trust_framework": { "value": framework } },
            "claims": { claim: { "essential": true } },
        })
    };
    for unmet in [asked("de_aml", "given_name"), asked("xa_eid", "family_name#fr")] {
        let claims = json!({ "userinfo": { "verified_claims": unmet } }).to_string();
        let person = world.person(&world.clients.bank, &[("claims", &claims)]).await;
        assert!(person.get("verified_claims").is_none(), "{claims}");
    }
    let either =
        json!({ "userinfo": { "verified_claims": [asked("de_aml", "given_name"), asked("xa_eid", "given_name")] } });
    let person = world.person(&world.clients.bank, &[("claims", &either.to_string())]).await;
    assert_eq!(person["verified_claims"]["claims"]["given_name"], "Afi");
}

#[tokio::test]
async fn f13_a_token_that_an_earlier_key_of_ours_signed_is_good_until_its_end() {
    let world = World::new();
    let tokens = world.tokens(&world.clients.bank, &[]).await;
    let claims = claims_of(&tokens.access_token).to_string();
    let by_old_key = world.old_hub_key.sign_compact("at+jwt", claims.as_bytes()).unwrap();
    world.userinfo(&by_old_key).await.unwrap();
}
