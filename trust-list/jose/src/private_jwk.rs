//! Private keys as JWK (RFC 7518 §6.2.2 and §6.3.2), erased from memory when dropped.
//!
//! That holds for the copy kept here. Copies inside the libraries (aws-lc-rs erases its own, josekit does not) and in
//! the text of a key file are beyond this module.

use std::fmt;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::rsa::RsaKeyPair as GeneratedRsa;
use serde_json::{Map, Value, json};
use zeroize::{Zeroize as _, Zeroizing};

use crate::b64;
use crate::jwk::{JwkError, PublicJwk, required_string};

/// The members of a private key.
pub(crate) struct PrivateJwk(Map<String, Value>);

/// The members that are secret, of every kind of key.
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl PrivateJwk {
    pub(crate) fn new(value: Value) -> Result<Self, JwkError> {
        let Value::Object(members) = value else { return Err(JwkError::NotAnObject) };
        // Held from here on, so that a refused key is erased too.
        let key = Self(members);
        if !key.0.contains_key("d") {
            return Err(JwkError::NotPrivate);
        }
        // RFC 7518 §6.3.2.7: more than two primes; nobody uses them, and we would sign without them.
        if key.0.contains_key("oth") {
            return Err(JwkError::UnknownKind);
        }
        Ok(key)
    }

    pub(crate) fn generate_ec(algorithm: &'static EcdsaSigningAlgorithm, curve: &str) -> Result<Self, JwkError> {
        let pair = EcdsaKeyPair::generate(algorithm).map_err(|_| JwkError::Generation)?;
        let d = pair.private_key().as_be_bytes().map_err(|_| JwkError::Generation)?;
        // SEC 1 §2.3.3: 0x04, then x and y.
        let coordinates = pair.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Self::new(json!({
            "kty": "EC", "crv": curve,
            "x": b64::encode(x), "y": b64::encode(y), "d": b64::encode(d.as_ref()),
        }))
    }

    pub(crate) fn generate_ed25519() -> Result<Self, JwkError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| JwkError::Generation)?;
        let seed = pair.seed().and_then(|seed| seed.as_be_bytes()).map_err(|_| JwkError::Generation)?;
        let (x, d) = (b64::encode(pair.public_key().as_ref()), b64::encode(seed.as_ref()));
        Self::new(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "d": d }))
    }

    /// An RSA key of 2048 bits: for tests, simulators and decryption.
    pub(crate) fn generate_rsa() -> Result<Self, JwkError> {
        let pair = GeneratedRsa::generate(2048).map_err(|_| JwkError::Generation)?;
        Self::new(Value::Object(pair.to_jwk_key_pair().as_ref().clone()))
    }

    /// Sets a member that is not secret.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// The same key without its secrets.
    pub(crate) fn to_public(&self) -> Result<PublicJwk, JwkError> {
        let public = |(name, _): &(&String, &Value)| !SECRET_MEMBERS.contains(&name.as_str());
        let mut members: Map<_, _> = self.0.iter().filter(public).map(|(n, v)| (n.clone(), v.clone())).collect();
        // RFC 7517 §4.3: what the private half does ("sign") is not what the public half does ("verify").
        members.remove("key_ops");
        PublicJwk::parse(&Value::Object(members))
    }

    /// The members as they are, for josekit.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// One line of JSON for a key file.
    pub(crate) fn to_json(&self) -> Zeroizing<String> {
        Zeroizing::new(serde_json::to_string(&self.0).unwrap_or_default())
    }

    pub(crate) fn ec_pair(&self, algorithm: &'static EcdsaSigningAlgorithm) -> Result<EcdsaKeyPair, JwkError> {
        let point = [&[4], &self.binary("x")?[..], &self.binary("y")?[..]].concat();
        EcdsaKeyPair::from_private_key_and_public_key(algorithm, &self.binary("d")?, &point)
            .map_err(|_| JwkError::Inconsistent)
    }

    pub(crate) fn ed25519_pair(&self) -> Result<Ed25519KeyPair, JwkError> {
        Ed25519KeyPair::from_seed_and_public_key(&self.binary("d")?, &self.binary("x")?)
            .map_err(|_| JwkError::Inconsistent)
    }

    pub(crate) fn rsa_pair(&self) -> Result<RsaKeyPair, JwkError> {
        let components = KeyPairComponents {
            public_key: PublicKeyComponents { n: self.binary("n")?, e: self.binary("e")? },
            d: self.binary("d")?,
            p: self.binary("p")?,
            q: self.binary("q")?,
            dP: self.binary("dp")?,
            dQ: self.binary("dq")?,
            qInv: self.binary("qi")?,
        };
        RsaKeyPair::from_components(&components).map_err(|_| JwkError::Inconsistent)
    }

    pub(crate) fn string(&self, name: &'static str) -> Result<&str, JwkError> {
        required_string(&self.0, name)
    }

    fn binary(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, JwkError> {
        b64::decode(self.string(name)?).map(Zeroizing::new).map_err(|_| JwkError::Base64(name))
    }
}

impl Drop for PrivateJwk {
    fn drop(&mut self) {
        for name in SECRET_MEMBERS {
            if let Some(Value::String(secret)) = self.0.get_mut(name) {
                secret.zeroize();
            }
        }
    }
}

impl fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateJwk(..)")
    }
}
