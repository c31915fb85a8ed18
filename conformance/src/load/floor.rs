//! The floor: what the same signatures, verifications and HTTP requests cost when nothing else is done.
//!
//! `conformance floor` is a process of its own, so its CPU is read the same way as the hub's. It serves TLS with as many
//! workers as the hub and knows three requests: an empty one, one that signs and verifies, one that calls out.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
};
use serde::{Deserialize, Serialize};

use crate::browser;
use crate::pki::TestPki;

/// A message as long as a typical token's signing input.
const MESSAGE: [u8; 600] = [b'm'; 600];

/// What the floor process says on its first line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// Base URL.
    pub url: String,
    /// The CA its certificate is from.
    pub ca_pem: String,
}

/// How much to do in one request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Work {
    /// ES256 signatures.
    #[serde(default)]
    pub signs: u32,
    /// ES256 verifications.
    #[serde(default)]
    pub verifies: u32,
    /// Outbound GETs on a kept connection.
    #[serde(default)]
    pub calls: u32,
    /// Where the outbound GETs go.
    #[serde(default)]
    pub call_url: String,
    /// The CA of that server.
    #[serde(default)]
    pub call_ca: String,
}

struct Floor {
    pair: EcdsaKeyPair,
    public: ParsedPublicKey,
    signature: Vec<u8>,
    random: SystemRandom,
    http: std::sync::OnceLock<reqwest::Client>,
}

/// Serves until standard input is closed.
pub fn run() -> anyhow::Result<()> {
    let pki = TestPki::generate()?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("https://localhost:{}", listener.local_addr()?.port());
    let tls = pki.server_identity()?.server_config()?;
    let floor = web::Data::from(Arc::new(Floor::new()?));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(floor.clone())
                .app_data(web::JsonConfig::default().limit(1 << 20))
                .route("/empty", web::get().to(HttpResponse::NoContent))
                .route("/empty", web::post().to(|_body: web::Bytes| async { HttpResponse::NoContent().finish() }))
                .route("/work", web::post().to(work))
        })
        .tcp_nodelay(true)
        .disable_signals()
        .listen_rustls_0_23(listener, tls)?
        .run();
        println!("{}", serde_json::to_string(&Ready { url, ca_pem: pki.ca_pem() })?);
        let handle = server.handle();
        std::thread::spawn(move || {
            // The parent holds our standard input; when it ends, so do we.
            let mut line = String::new();
            while std::io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {}
            drop(handle.stop(false));
        });
        server.await?;
        Ok(())
    })
}

impl Floor {
    fn new() -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let signature = pair.sign(&random, &MESSAGE)?.as_ref().to_vec();
        let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())?;
        Ok(Self { pair, public, signature, random, http: std::sync::OnceLock::new() })
    }

    async fn call(&self, work: &Work) -> anyhow::Result<()> {
        if work.calls == 0 {
            return Ok(());
        }
        let http = if let Some(http) = self.http.get() {
            http.clone()
        } else {
            let made = browser::http_client(&work.call_ca)?;
            self.http.get_or_init(|| made).clone()
        };
        for _ in 0..work.calls {
            http.get(&work.call_url).send().await?.bytes().await?;
        }
        Ok(())
    }

    fn sign_and_verify(&self, work: &Work) -> anyhow::Result<()> {
        for _ in 0..work.signs {
            std::hint::black_box(self.pair.sign(&self.random, &MESSAGE)?);
        }
        for _ in 0..work.verifies {
            self.public.verify_sig(&MESSAGE, &self.signature)?;
        }
        Ok(())
    }
}

async fn work(floor: web::Data<Floor>, asked: web::Json<Work>) -> HttpResponse {
    let done = floor.sign_and_verify(&asked).map(|()| floor.call(&asked));
    match done {
        Ok(calls) => match calls.await {
            Ok(()) => HttpResponse::NoContent().finish(),
            Err(error) => HttpResponse::BadGateway().body(error.to_string()),
        },
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}
