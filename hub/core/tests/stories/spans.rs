//! What a trace of a request shows (threat table R06).

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::format::FmtSpan;

use crate::support::*;

/// Everything that is traced, as text.
#[derive(Clone, Default)]
struct Transcript(Arc<Mutex<Vec<u8>>>);

impl Write for Transcript {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn r06_spans_and_events_have_ids_only() {
    // For the whole process: whether a span is of interest is cached for all threads. The other stories write here, too;
    // their secrets are others.
    let transcript = Transcript::default();
    let writer = transcript.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    subscriber.with_span_events(FmtSpan::FULL).with_writer(move || writer.clone()).init();

    let world = World::new();
    let bank = &world.clients.bank;
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[("scope", "openid profile offline_access")]).await;
    let response = world.national.log_in(&location);
    let consent = expect_consent(citizen.come_back(&world, "XA", &response).await);
    let returned = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    let code = parameters(&returned)["code"].clone();
    let tokens = world.token(bank, &bank.redemption(&code)).await.unwrap();
    world.userinfo(&tokens.access_token).await.unwrap();
    world.token(bank, &bank.redemption(&code)).await.unwrap_err();
    citizen.come_back(&world, "XA", &response).await;

    let upstream = parameters(&location);
    let sub = claims_of(&tokens.access_token)["sub"].as_str().unwrap().to_owned();
    let mut secrets = vec![code, tokens.access_token, tokens.refresh_token.unwrap(), consent.form_state, sub];
    secrets.extend([upstream["state"].clone(), upstream["nonce"].clone(), citizen.cookie.unwrap()]);
    secrets.extend(["state-1", "nonce-1", VERIFIER, "Afi", "Mensah", "1990-01-01", "upstream-"].map(str::to_owned));
    let transcript = String::from_utf8(transcript.0.lock().unwrap().clone()).unwrap();
    for span in ["par", "authorize", "choose_country", "callback", "consent", "token", "userinfo"] {
        assert!(transcript.contains(&format!("hub.flow.{span}")), "{span}");
    }
    assert!(transcript.contains("client_id=\"https://bank.xb.example\"") && transcript.contains("txn=\""));
    for secret in secrets {
        assert!(!transcript.contains(&secret), "{secret}");
    }
}
