//! Whole stories through a hub in this process, with a clock that a test moves.

mod support;

use conformance::browser::journey::Decision;
use conformance::persona::Situation;
use support::World;

#[tokio::test]
async fn a_citizen_of_xa_opens_an_account_at_a_bank_in_xe() {
    let world = World::start().await;
    let login = world.login("bank-xe", "XA", Situation::Success, Decision::Allow).await;
    let tokens = login.tokens().await;
    assert_eq!(tokens.claims["acr"], "urn:passerelle:loa:substantial");
    let userinfo = login.userinfo(&tokens).await;
    assert_eq!(userinfo["name"], "Afi Mensah", "{userinfo}");
    assert_eq!(userinfo["birthdate"], "1991-03-08");
    assert_eq!(userinfo["sub"], tokens.claims["sub"]);
}

#[tokio::test]
async fn a_citizen_of_xe_opens_an_account_at_a_bank_in_xa() {
    let world = World::start().await;
    let login = world.login("bank-xa", "XE", Situation::Success, Decision::Allow).await;
    let tokens = login.tokens().await;
    let userinfo = login.userinfo(&tokens).await;
    assert_eq!(userinfo["name"], "Amina Mint Sidi", "{userinfo}");
    assert!(userinfo.get("preferred_username").is_none());
}
