//! JOSE as the simulated states speak it, straight on aws-lc-rs.
//!
//! The hub's own `strict-jose` is deliberately not used on this side of the wire: a mistake shared by both ends would
//! cancel out and no test would see it. A simulator must also be able to sign what no honest library signs
//! (`alg: none`, a foreign key under our `kid`, a header that lies), so [`Key::sign`] puts its name under any header.

use anyhow::{Context as _, anyhow, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaKeyPair,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::json::{at, text};

/// A simulator's signing key.
pub struct Key {
    /// Key id as published in the JWKS.
    pub kid: String,
    pair: Pair,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A compact JWS taken apart; nothing about it is verified.
pub struct Parsed {
    /// Protected header.
    pub header: Value,
    /// Payload, which must be a JSON object.
    pub claims: Value,
    signing_input: String,
    signature: Vec<u8>,
}

impl Key {
    /// A P-256 key (ES256).
    pub fn p256(kid: &str) -> anyhow::Result<Self> {
        Ok(Self { kid: kid.into(), pair: Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?) })
    }

    /// An RSA key of 2048 bits (RS256 and PS256).
    pub fn rsa(kid: &str) -> anyhow::Result<Self> {
        Ok(Self { kid: kid.into(), pair: Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?) })
    }

    /// An Ed25519 key (EdDSA).
    pub fn ed25519(kid: &str) -> anyhow::Result<Self> {
        Ok(Self { kid: kid.into(), pair: Pair::Ed25519(Ed25519KeyPair::generate()?) })
    }

    /// The algorithm this key signs with when nobody asks for another.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::P256(_) => "ES256",
            Pair::Rsa(_) => "PS256",
            Pair::Ed25519(_) => "EdDSA",
        }
    }

    /// Public JWK with `kid`, and without `alg` and `use`, as MOSIP publishes its keys.
    pub fn bare_jwk(&self) -> Value {
        match &self.pair {
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "x": b64(x), "y": b64(y)})
            }
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                json!({"kty": "RSA", "kid": self.kid, "n": b64(n.big_endian_without_leading_zero()),
                       "e": b64(e.big_endian_without_leading_zero())})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": b64(pair.public_key().as_ref())})
            }
        }
    }

    /// Public JWK with `kid`, `use` and the given `alg`.
    pub fn jwk(&self, alg: &str) -> Value {
        with(self.bare_jwk(), &[("use", json!("sig")), ("alg", json!(alg))])
    }

    /// A header for this key: `alg` and `kid`, nothing else.
    pub fn header(&self, alg: &str) -> Value {
        json!({"alg": alg, "kid": self.kid})
    }

    /// Another key of the same kind under the same `kid`: an impostor's.
    pub fn like(&self) -> anyhow::Result<Self> {
        match self.pair {
            Pair::P256(_) => Self::p256(&self.kid),
            Pair::Rsa(_) => Self::rsa(&self.kid),
            Pair::Ed25519(_) => Self::ed25519(&self.kid),
        }
    }

    /// Signs `payload` under exactly this header, with the algorithm the header names.
    pub fn sign(&self, header: &Value, payload: &[u8]) -> anyhow::Result<String> {
        self.sign_with(header, text(header, "alg"), payload)
    }

    /// Signs with `alg` whatever the header says: that is how a lying header is made.
    pub fn sign_with(&self, header: &Value, alg: &str, payload: &[u8]) -> anyhow::Result<String> {
        let input = format!("{}.{}", b64(header.to_string().as_bytes()), b64(payload));
        let signature = self.raw(alg, input.as_bytes())?;
        Ok(format!("{input}.{}", b64(&signature)))
    }

    /// The bare signature over `message`.
    pub fn raw(&self, alg: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let rng = SystemRandom::new();
        Ok(match &self.pair {
            Pair::P256(pair) => pair.sign(&rng, message)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let padding: &dyn aws_lc_rs::signature::RsaEncoding =
                    if alg == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                pair.sign(padding, &rng, message, &mut signature)?;
                signature
            }
        })
    }
}

/// An unsigned token (`alg: none`), for tests that must refuse it.
pub fn unsigned(payload: &[u8]) -> String {
    format!("{}.{}.", b64(br#"{"alg":"none"}"#), b64(payload))
}

/// A token "signed" with HMAC under the bytes of a public key: the classic confusion of algorithms.
pub fn hs256(kid: &str, secret: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", b64(json!({"alg": "HS256", "kid": kid}).to_string().as_bytes()), b64(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    format!("{input}.{}", b64(tag.as_ref()))
}

impl Parsed {
    /// Takes a compact JWS apart.
    pub fn new(jws: &str) -> anyhow::Result<Self> {
        let mut parts = jws.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            bail!("not a compact JWS");
        };
        Ok(Self {
            header: serde_json::from_slice(&unb64(header)?)?,
            claims: serde_json::from_slice(&unb64(payload)?)?,
            signing_input: format!("{header}.{payload}"),
            signature: unb64(signature)?,
        })
    }

    /// A string from the header.
    pub fn header_str(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A string claim, or "" if absent or of another type.
    pub fn claim_str(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A time claim.
    pub fn claim_i64(&self, name: &str) -> Option<i64> {
        self.claims.get(name).and_then(Value::as_i64)
    }

    /// Verifies the signature under a JWK, with the algorithm of the header if `allowed` has it.
    pub fn verify(&self, jwk: &Value, allowed: &[&str]) -> anyhow::Result<()> {
        let alg = self.header_str("alg");
        if !allowed.contains(&alg) {
            bail!("algorithm {alg:?} is not accepted here");
        }
        let (message, signature) = (self.signing_input.as_bytes(), self.signature.as_slice());
        let verified = match (alg, text(jwk, "kty")) {
            ("ES256", "EC") => {
                let point = [vec![4], member(jwk, "x")?, member(jwk, "y")?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            ("RS256" | "PS256", "RSA") => {
                let algorithm = if alg == "RS256" { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PSS_2048_8192_SHA256 };
                RsaPublicKeyComponents { n: member(jwk, "n")?, e: member(jwk, "e")? }
                    .verify(algorithm, message, signature)
            }
            (_, kty) => bail!("a {kty:?} key cannot verify {alg}"),
        };
        verified.map_err(|_| anyhow!("the signature is wrong"))
    }
}

/// RFC 7638 thumbprint of a public JWK.
pub fn thumbprint(jwk: &Value) -> String {
    let canonical = match text(jwk, "kty") {
        "EC" => json!({"crv": at(jwk, "crv"), "kty": "EC", "x": at(jwk, "x"), "y": at(jwk, "y")}),
        "RSA" => json!({"e": at(jwk, "e"), "kty": "RSA", "n": at(jwk, "n")}),
        _ => json!({"crv": at(jwk, "crv"), "kty": at(jwk, "kty"), "x": at(jwk, "x")}),
    };
    // serde_json's map is ordered by name, as RFC 7638 §3 wants it.
    sha256_b64(canonical.to_string().as_bytes())
}

/// `at_hash`: the left half of the SHA-256 of the access token (OpenID Connect Core §3.1.3.6).
pub fn at_hash(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    b64(hash.as_ref().get(..16).unwrap_or_default())
}

/// base64url without padding of the SHA-256 of `bytes`.
pub fn sha256_b64(bytes: &[u8]) -> String {
    b64(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// base64url without padding.
pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url without padding.
pub fn unb64(text: &str) -> anyhow::Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).context("not base64url")
}

/// A random identifier of 128 bits.
pub fn random_id() -> String {
    let mut bytes = [0; 16];
    // The generator does not fail once it is seeded; zeros would only make ids of a test collide.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        tracing::error!("no randomness");
    }
    b64(&bytes)
}

/// `object` with more members.
pub fn with(mut object: Value, more: &[(&str, Value)]) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    object
}

fn member(jwk: &Value, name: &str) -> anyhow::Result<Vec<u8>> {
    unb64(jwk.get(name).and_then(Value::as_str).with_context(|| format!("the JWK has no {name}"))?)
}
