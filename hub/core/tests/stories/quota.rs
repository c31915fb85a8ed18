//! A client that asks too often (threat table B11).

use hub_core::{OAuthError, RequestHead};

use crate::support::*;

/// Status, code and `Retry-After`.
fn refused<T>(result: Result<T, OAuthError>) -> (u16, &'static str, Option<u64>) {
    let wire = result.err().unwrap_or_else(|| panic!("it went well")).wire();
    (wire.status, wire.code.as_str(), wire.retry_after)
}

const TOO_OFTEN: (u16, &str, Option<u64>) = (429, "temporarily_unavailable", Some(10));

#[tokio::test]
async fn b11_a_client_that_asks_too_often_is_told_when_to_come_back_and_others_notice_nothing() {
    let mut world = World::with_rate(6, 3);
    let (bank, shop) = (TestClient::copy(&world.clients.bank), TestClient::copy(&world.clients.shop));
    for _ in 0..3 {
        world.push(&bank, &[]).await.unwrap();
    }
    assert_eq!(refused(world.push(&bank, &[]).await), TOO_OFTEN, "pushed request");
    assert_eq!(refused(world.token(&bank, &bank.redemption("code")).await), TOO_OFTEN, "one quota for all endpoints");
    assert_eq!(refused(world.revoke(&bank, "token").await), TOO_OFTEN, "revocation");
    for _ in 0..3 {
        world.push(&shop, &[]).await.unwrap();
    }

    world.wait(9);
    assert_eq!(refused(world.push(&bank, &[]).await).2, Some(1));
    world.wait(1);
    world.push(&bank, &[]).await.unwrap();
    assert_eq!(refused(world.push(&bank, &[]).await), TOO_OFTEN, "one in ten seconds, not a whole burst");
}

#[tokio::test]
async fn b11_nobody_uses_up_the_quota_of_a_client_it_only_names() {
    let world = World::with_rate(6, 1);
    let (bank, shop) = (&world.clients.bank, &world.clients.shop);
    let thief = TestClient { key: shop.key.clone(), ..TestClient::copy(bank) };
    for _ in 0..5 {
        assert_eq!(refused(world.push(&thief, &[]).await), (401, "invalid_client", None));
        let named = shop.form(world.now, &[("client_id", &bank.client_id)]);
        assert_eq!(refused(world.push_form(&named).await).0, 401);
    }
    world.push(bank, &[]).await.unwrap();
    world.push(shop, &[]).await.unwrap();
}

#[tokio::test]
async fn b11_a_code_that_was_refused_for_haste_is_redeemed_a_moment_later() {
    let mut world = World::with_rate(60, 1);
    let bank = TestClient::copy(&world.clients.bank);
    let code = world.code(&bank, &[]).await;
    assert_eq!(refused(world.token(&bank, &bank.redemption(&code)).await).0, 429);
    world.wait(1);
    world.token(&bank, &bank.redemption(&code)).await.unwrap();
}

#[tokio::test]
async fn b11_a_country_systems_calls_count_too() {
    let world = World::with_rate(6, 2);
    let border = &world.clients.border;
    let token = world.token(border, &[("grant_type", "client_credentials")]).await.unwrap().access_token;
    let header = format!("Bearer {token}");
    let head = RequestHead { authorization: Some(&header), ..RequestHead::default() };
    let verify = async || world.broker.verify_credential(&world.trust, &head, b"{}", world.now).await;
    assert_eq!(refused(verify().await).0, 400, "an empty question, but asked in time");
    assert_eq!(refused(verify().await), TOO_OFTEN);
}
