//! Attacks of group T: what a wrong, jumping or far-off clock does.

use conformance::browser::journey::Decision;
use conformance::clock::Clock;
use conformance::persona::Situation;
use conformance::region::Options;

use crate::support::{PARTY, World, assert_error, block_on, own, pairs};

#[test]
fn t01_setting_the_clock_back_an_hour_makes_no_code_and_no_request_usable_again() {
    own(async |world| {
        let login = world.usual_login().await;
        assert_eq!(login.redeem().await.status, 200);
        let party = world.party(PARTY);
        let late = party.push(&party.request("openid", &[])).await.unwrap();
        world.clock.advance(61);
        world.clock.set_by(-3600);
        assert_error("the code", &login.redeem().await, 400, &["invalid_grant"]);
        assert_eq!(world.browser().open(&late).await.unwrap().status, 400, "a request that ended stays ended");
    });
}

#[test]
fn t03_an_assertion_used_two_minutes_ago_is_a_replay_also_for_a_clock_that_went_back() {
    own(async |world| {
        let party = world.party(PARTY);
        let mut claims = party.assertion_claims();
        let now = world.clock.seconds();
        claims.insert("iat".into(), (now - 150).into());
        claims.insert("exp".into(), (now + 300).into());
        let assertion = party.authentication_with(&claims).unwrap();
        let form = [pairs(&[("token", "x")]), assertion].concat();
        let send = async || party.post("revocation_endpoint", &form, &[]).await.unwrap();
        assert_eq!(send().await.status, 200);
        world.clock.set_by(-120);
        assert_error("T03", &send().await, 401, &["invalid_client"]);
    });
}

#[test]
fn t04_logins_work_on_either_side_of_2038_and_in_2100() {
    let last_second_of_32_bits = i64::from(i32::MAX);
    for start in [last_second_of_32_bits - 1, 4_102_444_799] {
        block_on(async {
            let world = World::start_with(|options| Options { clock: Clock::standing(start), ..options }).await;
            for _ in 0..2 {
                let login = world.login(PARTY, "XA", Situation::Success, Decision::Allow).await;
                let tokens = login.tokens().await;
                assert_eq!(tokens.claims["iat"], world.clock.seconds());
                login.userinfo(&tokens).await;
                world.clock.advance(5);
            }
        });
    }
}
