//! The token endpoint: codes and refresh tokens (threat table C).

use hub_core::audit::{AuditError, AuditKind};

use crate::support::*;

const OFFLINE: (&str, &str) = ("scope", "openid offline_access");

fn refresh<'a>(token: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("grant_type", "refresh_token"), ("refresh_token", token)].into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn c01_a_code_used_twice_takes_its_tokens_with_it() {
    let world = World::new();
    let bank = &world.clients.bank;
    let code = world.code(bank, &[OFFLINE]).await;
    let tokens = world.token(bank, &bank.redemption(&code)).await.unwrap();
    world.userinfo(&tokens.access_token).await.unwrap();

    assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.userinfo(&tokens.access_token).await), (401, "invalid_token"));
    let again = refresh(tokens.refresh_token.as_ref().unwrap(), &[]);
    assert_eq!(failed(world.token(bank, &again).await), (400, "invalid_grant"));
    assert_eq!(world.audited(AuditKind::CodeReused).len(), 1);
}

#[tokio::test]
async fn c02_a_code_lives_for_a_minute() {
    let mut world = World::new();
    let code = world.code(&world.clients.bank, &[]).await;
    world.wait(61);
    let bank = &world.clients.bank;
    assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), (400, "invalid_grant"));
}

#[tokio::test]
async fn c04_c06_c08_a_redemption_that_does_not_fit_burns_the_code() {
    let world = World::new();
    let bank = &world.clients.bank;
    let other = "x".repeat(43);
    for (case, name, value) in [
        ("c04 redirect_uri missing", "redirect_uri", ""),
        ("c04 another registered redirect_uri", "redirect_uri", "https://bank.xb.example/cb?tenant=1"),
        ("c06 verifier missing", "code_verifier", ""),
        ("c08 verifier wrong", "code_verifier", other.as_str()),
        ("a verifier of 42 characters", "code_verifier", &VERIFIER[..42]),
        ("the challenge as verifier", "code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ] {
        let code = world.code(bank, &[]).await;
        let mut pairs = bank.redemption(&code);
        pairs.retain(|(kept, _)| *kept != name);
        pairs.push((name, value));
        assert_eq!(failed(world.token(bank, &pairs).await), (400, "invalid_grant"), "{case}");
        assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), (400, "invalid_grant"), "{case}: burnt");
    }
    assert!(world.audited(AuditKind::TokenIssued).is_empty());
}

#[tokio::test]
async fn c09_of_fifty_who_redeem_a_code_one_gets_tokens() {
    let world = std::sync::Arc::new(World::new());
    let code = world.code(&world.clients.bank, &[]).await;
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (world, code) = (world.clone(), code.clone());
        racing.spawn(async move {
            let bank = &world.clients.bank;
            world.token(bank, &bank.redemption(&code)).await.is_ok()
        });
    }
    let won = racing.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn c10_a_grant_must_be_served_and_registered() {
    let world = World::new();
    let (bank, border) = (&world.clients.bank, &world.clients.border);
    for (client, grant, expected) in [
        (bank, "password", "unsupported_grant_type"),
        (bank, "implicit", "unsupported_grant_type"),
        (bank, "client_credentials", "unauthorized_client"),
        (bank, "urn:ietf:params:oauth:grant-type:token-exchange", "unauthorized_client"),
        (border, "authorization_code", "unauthorized_client"),
        (border, "refresh_token", "unauthorized_client"),
        (bank, "", "invalid_request"),
    ] {
        assert_eq!(failed(world.token(client, &[("grant_type", grant)]).await), (400, expected), "{grant}");
    }
    let twice = [("grant_type", "authorization_code"), ("grant_type", "authorization_code")];
    assert_eq!(failed(world.token(bank, &twice).await), (400, "invalid_request"));
}

#[tokio::test]
async fn c11_codes_and_refresh_tokens_belong_to_their_client() {
    let world = World::new();
    let (bank, shop) = (&world.clients.bank, &world.clients.shop);
    let code = world.code(bank, &[OFFLINE]).await;
    let mut stolen = shop.redemption(&code);
    stolen.retain(|(name, _)| *name != "redirect_uri");
    stolen.push(("redirect_uri", &bank.redirect_uri));
    assert_eq!(failed(world.token(shop, &stolen).await), (400, "invalid_grant"));

    // A thief does not burn it either.
    let tokens = world.token(bank, &bank.redemption(&code)).await.unwrap();
    let token = tokens.refresh_token.unwrap();
    assert_eq!(failed(world.token(shop, &refresh(&token, &[])).await), (400, "invalid_grant"));
    assert_eq!(world.audited(AuditKind::RefreshReused).len(), 1);
    world.token(bank, &refresh(&token, &[])).await.unwrap();
}

#[tokio::test]
async fn a_refresh_token_is_issued_only_when_asked_for_and_allowed_and_is_not_rotated() {
    let mut world = World::new();
    let first = world.tokens(&world.clients.bank, &[OFFLINE]).await;
    let token = first.refresh_token.unwrap();
    world.wait(3600);
    world.renew_trust();
    let bank = &world.clients.bank;
    let second = world.token(bank, &refresh(&token, &[])).await.unwrap();
    assert!(second.refresh_token.is_none());
    world.userinfo(&second.access_token).await.unwrap();
    // A lost answer can be asked for again.
    let third = world.token(bank, &refresh(&token, &[])).await.unwrap();

    let (before, after) = (claims_of(&first.id_token.unwrap()), claims_of(&third.id_token.unwrap()));
    for name in ["iss", "sub", "aud", "auth_time", "acr", "txn"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert!(after["iat"].as_i64() > before["iat"].as_i64());
    assert!(after.get("nonce").is_none());

    world.wait(4 * 3600);
    world.renew_trust();
    let bank = &world.clients.bank;
    assert_eq!(failed(world.token(bank, &refresh(&token, &[])).await), (400, "invalid_grant"), "its life is over");
}

#[tokio::test]
async fn c14_a_refresh_never_widens_the_scope() {
    let world = World::new();
    let bank = &world.clients.bank;
    let token = world.tokens(bank, &[("scope", "openid offline_access profile")]).await.refresh_token.unwrap();
    for scope in ["openid email", "openid profile email", "verify", "open\"id"] {
        assert_eq!(failed(world.token(bank, &refresh(&token, &[("scope", scope)])).await), (400, "invalid_scope"));
    }
    let narrow = world.token(bank, &refresh(&token, &[("scope", "openid")])).await.unwrap();
    assert_eq!(narrow.scope.as_deref(), Some("openid"));
}

#[tokio::test]
async fn a_code_or_token_of_another_kind_or_changed_is_none() {
    let world = World::new();
    let bank = &world.clients.bank;
    let code = world.code(bank, &[OFFLINE]).await;
    let tokens = world.tokens(bank, &[OFFLINE]).await;
    let token = tokens.refresh_token.unwrap();
    let mut flipped = code.clone().into_bytes();
    flipped[40] = if flipped[40] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    for (case, code) in [("refresh token", &token), ("access token", &tokens.access_token), ("flipped", &flipped)] {
        assert_eq!(failed(world.token(bank, &bank.redemption(code)).await), (400, "invalid_grant"), "{case}");
    }
    assert_eq!(failed(world.token(bank, &refresh(&code, &[])).await), (400, "invalid_grant"));
}

#[tokio::test]
async fn s08_without_an_audit_record_there_is_no_token() {
    let world = World::new();
    let bank = &world.clients.bank;
    let code = world.code(bank, &[]).await;
    let refreshed = world.tokens(bank, &[OFFLINE]).await;
    let token = refreshed.refresh_token.unwrap();

    world.audit.fail_with(Some(AuditError::NotWritable));
    let unavailable = (503, "temporarily_unavailable");
    assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), unavailable);
    assert_eq!(failed(world.token(bank, &refresh(&token, &[])).await), unavailable);
    assert_eq!(failed(world.token(&world.clients.border, &[("grant_type", "client_credentials")]).await), unavailable);
    assert_eq!(failed(world.userinfo(&refreshed.access_token).await), unavailable);
    let consent_outcome = {
        let mut citizen = Citizen::default();
        let consent = citizen.identified(&world, bank, &[]).await;
        citizen.decide(&world, &consent, "allow").await
    };
    assert_eq!(expect_error(consent_outcome, bank), "temporarily_unavailable");

    world.audit.fail_with(None);
    assert_eq!(
        failed(world.token(bank, &bank.redemption(&code)).await),
        (400, "invalid_grant"),
        "s10: it counts as used"
    );
    world.token(bank, &refresh(&token, &[])).await.unwrap();
}

#[tokio::test]
async fn s01_without_the_store_the_token_endpoint_answers_503() {
    let world = World::new();
    let bank = &world.clients.bank;
    let code = world.code(bank, &[]).await;
    world.store.pull_the_plug(true);
    assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), (503, "temporarily_unavailable"));
    world.store.pull_the_plug(false);
    world.token(bank, &bank.redemption(&code)).await.unwrap();
}

#[tokio::test]
async fn what_was_allowed_at_consent_is_asked_again_at_every_issue() {
    for (case, suspend) in [("g18 the provider", ("XA", "idp")), ("d19 the client's sibling stays", ("XB", "shop"))] {
        let mut world = World::new();
        let code = world.code(&world.clients.bank, &[]).await;
        let tokens = world.tokens(&world.clients.bank, &[OFFLINE]).await;
        let token = tokens.refresh_token.unwrap();
        world.suspend(suspend.0, suspend.1);
        let bank = &world.clients.bank;
        let by_code = world.token(bank, &bank.redemption(&code)).await;
        let by_refresh = world.token(bank, &refresh(&token, &[])).await;
        let person = world.userinfo(&tokens.access_token).await;
        if suspend.0 == "XA" {
            assert_eq!(failed(by_code), (400, "invalid_grant"), "{case}");
            assert_eq!(failed(by_refresh), (400, "invalid_grant"), "{case}");
            assert_eq!(failed(person), (401, "invalid_token"), "{case}");
        } else {
            assert!(by_code.is_ok() && by_refresh.is_ok() && person.is_ok(), "{case}");
        }
    }
}

#[tokio::test]
async fn a_recognition_that_ends_or_comes_down_ends_refreshes() {
    let mut world = World::new();
    let token = world.tokens(&world.clients.bank, &[OFFLINE]).await.refresh_token.unwrap();
    world.wait(60);
    let now = world.now;
    world.change_region(|region| {
        region.republish(now).unwrap();
        let row = trust_list::Recognition {
            recogniser: "XB".parse().unwrap(),
            recognised: "XA".parse().unwrap(),
            purpose: "account-opening".parse().unwrap(),
            max_level: trust_list::Level::High,
            legal_basis: "Agreement XB-XA".into(),
            from: START,
            until: Some(now),
        };
        region.edit_regional(|list| Ok(list.recognise(&row))).unwrap();
    });
    let bank = &world.clients.bank;
    assert_eq!(failed(world.token(bank, &refresh(&token, &[])).await), (400, "invalid_grant"));
}
