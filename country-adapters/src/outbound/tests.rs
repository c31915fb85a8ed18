//! The guard against a real TLS server on the loopback interface.

mod server;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::client::GuardedClient;
use super::resolver::Lookup;
use super::*;
use server::{Authority, Server, reply};

const HOST: &str = "idp.example";
const LIMIT: Duration = Duration::from_millis(700);

/// A resolver with one answer for every name.
struct Answer(Vec<IpAddr>);

#[async_trait]
impl Lookup for Answer {
    async fn addresses(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

fn guard(authority: &Authority, special_use: SpecialUse, addresses: &[&str]) -> Outbound {
    let lookup = Answer(addresses.iter().map(|a| a.parse().unwrap()).collect());
    let config = OutboundConfig { extra_ca_pem: Some(authority.pem().into_bytes()), special_use };
    let port = GuardedClient::with_lookup(config, Arc::new(lookup)).unwrap();
    Outbound { port: Arc::new(port), special_use, breakers: Arc::default() }
}

async fn get(outbound: &Outbound, server: &Server) -> Result<OutboundResponse, OutboundError> {
    let url = format!("https://{HOST}:{}/x", server.port()).parse().unwrap();
    let caps = Caps { max_bytes: 64 * 1024, time_limit: LIMIT };
    outbound.send(&[format!("{HOST}:{}", server.port())], OutboundRequest::get(url, caps)).await
}

async fn answer_of(serve: impl Fn(&mut server::Stream) + Send + 'static) -> Result<OutboundResponse, OutboundError> {
    let authority = Authority::new();
    let server = Server::start(&authority.leaf(HOST), serve);
    get(&guard(&authority, SpecialUse::AllowLoopback, &["127.0.0.1"]), &server).await
}

#[tokio::test]
async fn an_ordinary_answer_comes_through() {
    let response = answer_of(reply(
        "HTTP/1.1 200 OK\r\ncontent-type: Application/JSON; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}",
    ))
    .await
    .unwrap();
    assert_eq!((response.status, response.body.as_slice()), (200, &b"{}"[..]));
    assert_eq!(response.media_type().as_deref(), Some("application/json"));
}

#[tokio::test]
async fn n10_a_name_with_any_special_use_address_is_never_connected_to() {
    let authority = Authority::new();
    let server = Server::start(&authority.leaf(HOST), reply("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    for addresses in [
        &["127.0.0.1"][..],
        &["93.184.216.34", "127.0.0.1"],
        &["127.0.0.1", "93.184.216.34"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["169.254.169.254"],
        &["0.0.0.0"],
        &["fd00::1"],
    ] {
        let outbound = guard(&authority, SpecialUse::Refuse, addresses);
        assert_eq!(get(&outbound, &server).await.err(), Some(OutboundError::ForbiddenAddress), "{addresses:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_without_an_address_is_not_resolved() {
    let authority = Authority::new();
    let server = Server::start(&authority.leaf(HOST), |_| {});
    assert_eq!(get(&guard(&authority, SpecialUse::Refuse, &[]), &server).await.err(), Some(OutboundError::Resolve));
}

#[tokio::test]
async fn n12_a_redirect_is_an_answer_and_is_not_followed() {
    let authority = Authority::new();
    let trap = Server::start(&authority.leaf(HOST), reply("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    for status in [301, 302, 303, 307, 308] {
        let text = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: https://{HOST}:{}/\r\ncontent-length: 0\r\n\r\n",
            trap.port()
        );
        let server = Server::start(&authority.leaf(HOST), reply(&text));
        let response = get(&guard(&authority, SpecialUse::AllowLoopback, &["127.0.0.1"]), &server).await.unwrap();
        assert_eq!(response.status, status);
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn n14_a_body_past_the_cap_is_cut_whatever_its_length_says() {
    let declared = "HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n";
    assert_eq!(answer_of(reply(declared)).await.err(), Some(OutboundError::TooLarge));

    let endless = |stream: &mut server::Stream| {
        server::write(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        while server::write(stream, &chunk) {}
    };
    assert_eq!(answer_of(endless).await.err(), Some(OutboundError::TooLarge));
}

#[tokio::test]
async fn n14_a_server_that_stalls_is_left_in_time() {
    let stalls: [fn(&mut server::Stream); 3] = [
        // Says nothing, says half a header, says half a body.
        |stream| server::wait_for_close(stream),
        |stream| {
            server::write(stream, "HTTP/1.1 200 OK\r\ncontent-le");
            server::wait_for_close(stream);
        },
        |stream| {
            server::write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
            server::wait_for_close(stream);
        },
    ];
    for stall in stalls {
        let begun = std::time::Instant::now();
        assert_eq!(answer_of(stall).await.err(), Some(OutboundError::Timeout));
        assert!(begun.elapsed() < LIMIT * 4);
    }
}

#[tokio::test]
async fn n14_endless_headers_are_cut() {
    let endless = |stream: &mut server::Stream| {
        server::write(stream, "HTTP/1.1 200 OK\r\n");
        while server::write(stream, "x-filler: 0123456789012345678901234567890123456789\r\n") {}
    };
    assert_eq!(answer_of(endless).await.err(), Some(OutboundError::Http));
}

#[tokio::test]
async fn q04_a_compressed_body_is_refused_unread() {
    for coding in ["gzip", "br", "deflate", "identity, gzip"] {
        let text = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: 4\r\n\r\nbomb");
        assert_eq!(answer_of(reply(&text)).await.err(), Some(OutboundError::Compressed), "{coding}");
    }
}

#[tokio::test]
async fn garbage_instead_of_http_is_an_error() {
    assert_eq!(answer_of(reply("SSH-2.0-OpenSSH_9.9\r\n")).await.err(), Some(OutboundError::Http));
    assert_eq!(answer_of(|_| {}).await.err(), Some(OutboundError::Http));
}

#[tokio::test]
async fn n16_a_certificate_that_is_wrong_ends_it() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    for leaf in [trusted.leaf("other.example"), stranger.leaf(HOST), trusted.expired_leaf(HOST)] {
        let server = Server::start(&leaf, reply("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        let answer = get(&guard(&trusted, SpecialUse::AllowLoopback, &["127.0.0.1"]), &server).await;
        assert_eq!(answer.err(), Some(OutboundError::Connect));
    }
}

#[tokio::test]
async fn a_host_that_is_not_listed_is_not_even_looked_up() {
    let authority = Authority::new();
    let server = Server::start(&authority.leaf(HOST), |_| {});
    let outbound = guard(&authority, SpecialUse::AllowLoopback, &["127.0.0.1"]);
    let url = format!("https://{HOST}:{}/", server.port()).parse().unwrap();
    let answer = outbound.send(&["idp.example".to_owned()], OutboundRequest::get(url, Caps::JWKS)).await;
    assert_eq!(answer.err(), Some(OutboundError::HostNotAllowed));
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_extra_ca_that_is_no_certificate_is_found_at_start() {
    let config = OutboundConfig {
        extra_ca_pem: Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec()),
        ..OutboundConfig::default()
    };
    assert_eq!(Outbound::new(config).err(), Some(OutboundError::Setup));
}
