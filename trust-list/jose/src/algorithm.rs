//! The signature algorithms that can be named at all.

use std::fmt;
use std::str::FromStr;

use josekit::jws::JwsAlgorithm;
use serde::{Deserialize, Serialize};

/// A signature algorithm of RFC 7518 §3.1 or RFC 8037 §3.1.
///
/// `none`, the HMAC family and SHA-1 have no name here, so no configuration can allow them. `RS256` is here because
/// national identity providers use it; whoever verifies gives the list of algorithms it accepts.
///
/// To add one: 1. a variant and its name here, 2. which key fits in `jwk.rs`, 3. how to sign in `signer.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; the signature is 64 bytes, r and s (RFC 7518 §3.4).
    ES256,
    /// ECDSA on P-384 with SHA-384; the signature is 96 bytes.
    ES384,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes (RFC 7518 §3.5).
    PS256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    RS256,
    /// Ed25519 (RFC 8037 §3.1).
    EdDSA,
}

impl Algorithm {
    /// Every algorithm, strongest profile first.
    pub const ALL: [Self; 5] = [Self::ES256, Self::ES384, Self::PS256, Self::RS256, Self::EdDSA];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::PS256 => "PS256",
            Self::RS256 => "RS256",
            Self::EdDSA => "EdDSA",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        // RFC 7515 §4.1.1: the value is case-sensitive.
        Self::ALL.into_iter().find(|alg| alg.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

impl JwsAlgorithm for Algorithm {
    fn name(&self) -> &str {
        self.as_str()
    }

    fn box_clone(&self) -> Box<dyn JwsAlgorithm> {
        Box::new(*self)
    }
}

/// The `alg` is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the algorithms ES256, ES384, PS256, RS256, EdDSA")]
pub struct UnknownAlgorithm;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d01_algorithms_that_may_not_be_used_cannot_be_named() {
        for name in ["none", "None", "", "HS256", "HS512", "RS1", "es256", "ES256K", "ES512", "RS512", "RSA-OAEP"] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
            assert!(serde_json::from_str::<Algorithm>(&format!("{name:?}")).is_err(), "{name}");
        }
    }

    #[test]
    fn names_read_back_in_text_and_json() {
        for alg in Algorithm::ALL {
            assert_eq!(alg.as_str().parse(), Ok(alg));
            assert_eq!(serde_json::to_string(&alg).unwrap(), format!("\"{alg}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&format!("\"{alg}\"")).unwrap(), alg);
            assert_eq!(alg.name(), alg.as_str());
        }
    }
}
