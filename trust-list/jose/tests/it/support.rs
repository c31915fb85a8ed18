//! Keys and tokens that the tests share. RSA keys are made once, since that takes a tenth of a second.

use std::sync::LazyLock;

use serde_json::{Value, json};
use strict_jose::{Algorithm, Kid, SigningKey, b64};

/// One key per algorithm.
pub(crate) static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    let key = |alg: Algorithm| SigningKey::generate(alg, Kid::parse(format!("{alg}-1")).unwrap()).unwrap();
    Algorithm::ALL.into_iter().map(key).collect()
});

pub(crate) fn key(alg: Algorithm) -> &'static SigningKey {
    KEYS.iter().find(|key| key.alg() == alg).unwrap()
}

/// A token with any header and payload, really signed by `key` over exactly this text.
pub(crate) fn sign_raw(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = format!("{}.{}", b64::encode(header), b64::encode(payload));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", b64::encode(signature))
}

/// `value` with the members of `changes` set, or removed where they are null.
pub(crate) fn with(mut value: Value, mut changes: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    for (name, change) in std::mem::take(changes.as_object_mut().unwrap()) {
        match change {
            Value::Null => drop(members.remove(&name)),
            change => drop(members.insert(name, change)),
        }
    }
    value
}

/// The key of RFC 7515 appendix A.2.
pub(crate) fn rfc7515_rsa() -> Value {
    json!({
        "kty": "RSA",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SF\
              d2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo\
              7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkM\
              Ls91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        "e": "AQAB",
    })
}

/// The private key of RFC 7515 appendix A.3.
pub(crate) fn rfc7515_ec() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    })
}

/// The private key of RFC 8037 appendix A.1.
pub(crate) fn rfc8037_okp() -> Value {
    json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    })
}
