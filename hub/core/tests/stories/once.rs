//! A pushed request leads to one end (attacks B05): whichever comes first uses up its link, its pickers and its other
//! logins.

use hub_core::{PageReason, PickerView};

use crate::support::*;

/// A request with its picker in one tab, and a login begun from it in another.
struct Begun {
    request_uri: String,
    picker: PickerView,
    location: String,
}

async fn begin(world: &World, citizen: &mut Citizen) -> Begun {
    let bank = &world.clients.bank;
    let pushed = world.push(bank, &[]).await.unwrap();
    let picker = expect_picker(citizen.follow(world, &bank.client_id, &pushed.request_uri).await);
    let location = expect_redirect(citizen.choose(world, &picker, "XA").await).location;
    Begun { request_uri: pushed.request_uri, picker, location }
}

/// Nothing of it leads to the relying party again.
async fn is_over(world: &World, citizen: &mut Citizen, begun: &Begun, case: &str) {
    let bank = &world.clients.bank;
    let link = citizen.follow(world, &bank.client_id, &begun.request_uri).await;
    assert_eq!(expect_page(link), PageReason::RequestExpired, "{case}: the link");
    let choice = citizen.choose(world, &begun.picker, "XA").await;
    assert_eq!(expect_page(choice), PageReason::LoginExpired, "{case}: the picker");
    let cancelled = citizen.cancel(world, &begun.picker).await;
    assert_eq!(expect_page(cancelled), PageReason::LoginExpired, "{case}: going back");
}

#[tokio::test]
async fn b05_every_end_of_a_login_uses_its_request_up() {
    for case in ["allowed", "denied", "cancelled", "refused at home", "refused by us", "a mix-up"] {
        let world = World::new();
        let bank = &world.clients.bank;
        let mut citizen = Citizen::default();
        let begun = begin(&world, &mut citizen).await;
        let answer = world.national.log_in(&begun.location);
        let ended = match case {
            "allowed" | "denied" => {
                let consent = expect_consent(citizen.come_back(&world, "XA", &answer).await);
                citizen.decide(&world, &consent, if case == "allowed" { "allow" } else { "deny" }).await
            }
            "cancelled" => citizen.cancel(&world, &begun.picker).await,
            "refused at home" => {
                let refused = National::refuse(&begun.location, "access_denied");
                citizen.come_back(&world, "XA", &refused).await
            }
            "refused by us" => citizen.choose(&world, &begun.picker, "XD").await,
            _ => citizen.come_back(&world, "XC", &answer).await,
        };
        assert!(expect_redirect(ended).location.starts_with(&bank.redirect_uri), "{case}");
        is_over(&world, &mut citizen, &begun, case).await;
    }
}

#[tokio::test]
async fn b05_of_two_logins_for_one_request_one_gets_a_code() {
    let world = World::new();
    let mut citizen = Citizen::default();
    let begun = begin(&world, &mut citizen).await;
    let other = expect_redirect(citizen.choose(&world, &begun.picker, "XA").await).location;
    let late = expect_redirect(citizen.choose(&world, &begun.picker, "XA").await).location;
    let first = expect_consent(citizen.come_back(&world, "XA", &world.national.log_in(&begun.location)).await);
    let second = expect_consent(citizen.come_back(&world, "XA", &world.national.log_in(&other)).await);
    let back = expect_redirect(citizen.decide(&world, &first, "allow").await).location;
    assert!(parameters(&back).contains_key("code"));
    for decision in ["allow", "deny"] {
        assert_eq!(expect_page(citizen.decide(&world, &second, decision).await), PageReason::LoginExpired);
    }
    let refused = citizen.come_back(&world, "XA", &National::refuse(&late, "access_denied")).await;
    assert_eq!(expect_page(refused), PageReason::LoginExpired, "no error follows a code");
}

#[tokio::test]
async fn b05_an_error_at_the_link_uses_the_request_up() {
    let world = World::new();
    let bank = &world.clients.bank;
    let overreach = r#"{"id_token":{"email":{"essential":true}}}"#;
    for changed in [("prompt", "none"), ("country_hint", "XD"), ("claims", overreach)] {
        let pushed = world.push(bank, &[changed]).await.unwrap();
        let mut citizen = Citizen::default();
        expect_error(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await, bank);
        let again = citizen.follow(&world, &bank.client_id, &pushed.request_uri).await;
        assert_eq!(expect_page(again), PageReason::RequestExpired, "{}", changed.0);
    }
}

#[tokio::test]
async fn b06_a_picker_outlives_its_link_and_the_link_does_not_live_on() {
    let mut world = World::new();
    let mut citizen = Citizen::default();
    let begun = begin(&world, &mut citizen).await;
    world.wait(61);
    let bank = &world.clients.bank;
    let link = citizen.follow(&world, &bank.client_id, &begun.request_uri).await;
    assert_eq!(expect_page(link), PageReason::RequestExpired);
    world.wait(1200);
    expect_redirect(citizen.choose(&world, &begun.picker, "XA").await);
}
