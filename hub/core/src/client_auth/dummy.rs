//! Keys of nobody, so that an unknown client costs as much time as a wrong signature (attacks D17).

use serde_json::json;
use strict_jose::{Algorithm, CompactJws, JwkError, PublicJwk, Verifier};

use crate::config::ConfigError;

/// One key for each algorithm a client may use. What verifies against them is refused all the same.
pub(crate) struct DummyKeys {
    verifiers: [Verifier; 3],
}

impl DummyKeys {
    /// The example keys of RFC 7515 appendices A.3 and A.2 and of RFC 8037 appendix A.2.
    pub(crate) fn new() -> Result<Self, ConfigError> {
        let p256 = json!({ "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y });
        let rsa = json!({ "kty": "RSA", "n": RSA_N, "e": "AQAB" });
        let ed25519 = json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519_X });
        // Without a kid: a verifier with one would notice that the token names another, and save itself the work.
        let verifier = |jwk, alg| -> Result<_, JwkError> { Verifier::new(&PublicJwk::parse(&jwk)?, alg) };
        let all = || {
            Ok([
                verifier(p256, Algorithm::ES256)?,
                verifier(rsa, Algorithm::PS256)?,
                verifier(ed25519, Algorithm::EdDSA)?,
            ])
        };
        Ok(Self { verifiers: all().map_err(|_: JwkError| ConfigError::Key)? })
    }

    /// Does the work of a verification and forgets the result.
    pub(crate) fn verify_in_vain(&self, jws: CompactJws) {
        let alg = jws.header().alg();
        if let Some(verifier) = self.verifiers.iter().find(|verifier| verifier.alg() == alg) {
            drop(jws.verify(verifier));
        }
    }
}

const P256_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const P256_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SF\
     d2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2\
     CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h\
     4FRWyuXpoQ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d17_there_is_a_dummy_key_for_every_algorithm_a_client_may_use() {
        let keys = DummyKeys::new().unwrap();
        for alg in super::super::assertion::ALGORITHMS {
            let verifier = keys.verifiers.iter().find(|verifier| verifier.alg() == alg).unwrap();
            assert_eq!(verifier.kid(), None);
        }
    }
}
