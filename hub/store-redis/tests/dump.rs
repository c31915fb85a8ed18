//! S12, R02: whoever reads the server's disk learns nothing.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod support;

use hub_core::handles::{GrantId, LoginHandle, Once, RefreshHandle, RequestId};
use hub_core::ports::Stores;
use hub_core::sealed::{SealPurpose, Sealer, SealingKey};
use support::{MINUTE, Server};

#[tokio::test]
async fn s12_a_dump_holds_no_name_number_handle_or_assertion_id() {
    let server = Server::start(&["--rdbcompression", "no", "--appendonly", "yes"]).await;
    let stores = Stores::on(server.store().await);
    let sealer = Sealer::new(&SealingKey::generate().unwrap(), &[]).unwrap();
    let person = ["Aminata-Canary-Diallo", "NIN-0123456789-CANARY", "1987-06-05-CANARY"];
    let seal = |purpose, name: &str| sealer.seal(purpose, name, &person).unwrap();

    let (request, login) = (RequestId::random().unwrap(), LoginHandle::random().unwrap());
    let (waiting, grant) = (GrantId::random().unwrap(), GrantId::random().unwrap());
    let refresh = RefreshHandle::random().unwrap();
    let once = [Once::client_assertion("client-canary", "jti-canary", MINUTE)];
    let pushed = seal(SealPurpose::PushedRequest, &request.to_text());
    let _ = stores.pushed_requests.put(&request, pushed, MINUTE, &once).await.unwrap();
    assert!(stores.logins.put(&login, &request, seal(SealPurpose::Login, &login.to_text()), MINUTE).await.unwrap());
    for id in [&waiting, &grant] {
        stores.grants.open(id, seal(SealPurpose::Grant, &id.to_text()), MINUTE).await.unwrap();
    }
    let completed = RequestId::random().unwrap();
    let pushed = seal(SealPurpose::PushedRequest, &completed.to_text());
    let _ = stores.pushed_requests.put(&completed, pushed, MINUTE, &[]).await.unwrap();
    stores.grants.approve(&grant, &completed, MINUTE).await.unwrap().unwrap();
    let _ = stores.grants.redeem(&grant, MINUTE, &[]).await.unwrap();
    let token = seal(SealPurpose::RefreshToken, &refresh.to_text());
    assert!(stores.refresh_tokens.issue(&refresh, &grant, token, MINUTE).await.unwrap());
    let presented = Once::upstream_assertion("upstream-canary", MINUTE);
    assert!(stores.replay.first_seen(&presented).await.unwrap());
    server.command("SET control canary-control").await;
    server.command("SAVE").await;

    let disk = everything_under(server.path());
    assert!(holds(&disk, "canary-control"), "the dump is searched in the right place");
    let handles = [request.to_text(), login.to_text(), waiting.to_text(), grant.to_text(), refresh.to_text()];
    let ids = ["client-canary", "jti-canary", "upstream-canary"].map(str::to_owned);
    for secret in person.map(str::to_owned).into_iter().chain(handles).chain(ids) {
        assert!(!holds(&disk, &secret), "{secret} is on the server's disk");
    }
}

fn everything_under(directory: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(everything_under(&path));
        } else if path.is_file() {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
