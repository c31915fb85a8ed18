//! Encrypted userinfo as MOSIP makes it: RSA-OAEP-256 with A256GCM around a JWS, compressed or not.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use serde_json::{Value, json};

use crate::jose::{b64, unb64};

/// Is the content compressed?
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Zip {
    /// As eSignet itself does it.
    Never,
    /// `zip: DEF`, as IDA always does it.
    Deflate,
}

/// Encrypts `content` to a public RSA JWK, as a compact JWE.
pub fn encrypt(jwk: &Value, content: &[u8], zip: Zip) -> anyhow::Result<String> {
    let mut header = json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "typ": "JWT", "cty": "JWT", "kid": crate::json::at(jwk, "kid")});
    let mut content = content.to_vec();
    if zip == Zip::Deflate {
        header = crate::jose::with(header, &[("zip", json!("DEF"))]);
        content = deflate(&content)?;
    }
    let protected = b64(header.to_string().as_bytes());
    let (mut cek, mut iv) = ([0; 32], [0; 12]);
    aws_lc_rs::rand::fill(&mut cek)?;
    aws_lc_rs::rand::fill(&mut iv)?;
    let wrapped = wrap(jwk, &cek)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &cek)?);
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(protected.as_bytes()), &mut content)?;
    Ok(format!("{protected}.{}.{}.{}.{}", b64(&wrapped), b64(&iv), b64(&content), b64(tag.as_ref())))
}

fn wrap(jwk: &Value, cek: &[u8]) -> anyhow::Result<Vec<u8>> {
    let number = |name: &str| unb64(jwk.get(name).and_then(Value::as_str).context("the key has no n or e")?);
    let components = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
    let public: PublicEncryptingKey = components.try_into().map_err(|_| anyhow!("not an RSA key"))?;
    let oaep = OaepPublicEncryptingKey::new(public)?;
    let mut wrapped = vec![0; oaep.ciphertext_size()];
    let length = oaep.encrypt(&OAEP_SHA256_MGF1SHA256, cek, &mut wrapped, None)?.len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// Raw DEFLATE, as RFC 7516 §4.1.3 means it.
fn deflate(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}
