//! A client's key for proofs of possession (RFC 9449), and the proofs it makes.

use hub_core::{ProofHeader, RequestHead};
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, SigningKey, b64, random_token, sha256};

use super::client::ISSUER;
use super::world::World;

pub(crate) struct Prover {
    pub(crate) key: SigningKey,
}

/// A request that a proof is made for.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) access_token: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(crate) fn post(path: &'a str) -> Self {
        Self { method: "POST", path, access_token: None }
    }

    pub(crate) fn with_token(method: &'a str, path: &'a str, access_token: &'a str) -> Self {
        Self { method, path, access_token: Some(access_token) }
    }
}

impl Prover {
    pub(crate) fn new() -> Self {
        Self { key: SigningKey::generate(Algorithm::ES256, None).unwrap() }
    }

    pub(crate) fn jkt(&self) -> &str {
        self.key.public_jwk().thumbprint().as_str()
    }

    /// The claims of a good proof, with the nonce that the hub gives out now.
    pub(crate) fn claims(world: &World, request: Request<'_>) -> Map<String, Value> {
        let mut claims = Map::from_iter([
            ("jti".to_owned(), json!(random_token().unwrap())),
            ("htm".to_owned(), json!(request.method)),
            ("htu".to_owned(), json!(format!("{ISSUER}{}", request.path))),
            ("iat".to_owned(), json!(world.now.seconds())),
            ("nonce".to_owned(), json!(world.broker.dpop_nonce(world.now).unwrap())),
        ]);
        claims.extend(request.access_token.map(|token| ("ath".to_owned(), json!(b64::encode(sha256(token))))));
        claims
    }

    /// Signs claims as a proof, with a header that a test may have changed.
    pub(crate) fn sign(&self, claims: Map<String, Value>, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let jwk = self.key.public_jwk().to_value();
        let mut header = Map::from_iter([("typ".to_owned(), json!("dpop+jwt")), ("jwk".to_owned(), jwk)]);
        change(&mut header);
        self.key.sign_compact_with(header, Value::Object(claims).to_string().as_bytes()).unwrap()
    }

    /// A good proof.
    pub(crate) fn proof(&self, world: &World, request: Request<'_>) -> String {
        self.proof_with(world, request, |_| ())
    }

    /// A proof whose claims a test changes before they are signed.
    pub(crate) fn proof_with(
        &self,
        world: &World,
        request: Request<'_>,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> String {
        let mut claims = Self::claims(world, request);
        change(&mut claims);
        self.sign(claims, |_| ())
    }
}

/// The head of a request with this proof, and with this `Authorization` header.
pub(crate) fn head<'a>(request: Request<'a>, authorization: Option<&'a str>, proof: &'a str) -> RequestHead<'a> {
    RequestHead { authorization, method: request.method, dpop: ProofHeader::One(proof) }
}
