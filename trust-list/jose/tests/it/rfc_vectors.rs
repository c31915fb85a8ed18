//! The published examples: what we must read as others do, and what we refuse by profile.

use serde_json::json;
use strict_jose::jwe::CompactJweHeader;
use strict_jose::{
    Algorithm, CompactJws, HeaderError, JwsError, Limits, PublicJwk, SignedDocument, SigningKey, Verifier,
};

use crate::support::{rfc7515_ec, rfc7515_rsa, rfc8037_okp, with};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const A2_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9\
     uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--\
     xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe7\
     7Rw";
const A3_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn verify(token: &str, jwk: &serde_json::Value, alg: Algorithm) -> Result<Vec<u8>, JwsError> {
    let verifier = Verifier::new(&PublicJwk::parse(jwk).unwrap(), alg).unwrap();
    Ok(CompactJws::parse(token, &Limits::TOKEN)?.verify(&verifier)?.payload().to_vec())
}

#[test]
fn rfc7515_a2_rs256_verifies() {
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{A2_SIGNATURE}");
    let payload = verify(&token, &rfc7515_rsa(), Algorithm::RS256).unwrap();
    assert_eq!(payload, b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
    assert!(matches!(verify(&token, &rfc7515_rsa(), Algorithm::PS256), Err(JwsError::AlgorithmMismatch)));
}

#[test]
fn rfc7515_a3_es256_verifies() {
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{A3_SIGNATURE}");
    verify(&token, &with(rfc7515_ec(), json!({"d": null})), Algorithm::ES256).unwrap();
    let key = SigningKey::from_jwk(&rfc7515_ec()).unwrap();
    CompactJws::parse(&token, &Limits::TOKEN).unwrap().verify(key.verifier()).unwrap();
}

#[test]
fn rfc8037_a4_eddsa_verifies_and_is_signed_the_same() {
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcN\
                 R4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let payload = verify(token, &with(rfc8037_okp(), json!({"d": null})), Algorithm::EdDSA).unwrap();
    assert_eq!(payload, b"Example of Ed25519 signing");
    let key = SigningKey::from_jwk(&rfc8037_okp()).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    assert_eq!(strict_jose::b64::encode(key.sign(input.as_bytes()).unwrap()), signature);
}

#[test]
fn rfc7638_and_rfc8037_thumbprints_are_the_published_ones() {
    let rsa = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3\
              oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA\
              ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-\
              kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    });
    let thumbprint = |jwk| PublicJwk::parse(&jwk).unwrap().thumbprint().as_str().to_owned();
    assert_eq!(thumbprint(rsa), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    let okp = with(rfc8037_okp(), json!({"d": null}));
    assert_eq!(thumbprint(okp), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn rfc7515_a1_hs256_and_a5_none_are_refused() {
    let hs256 =
        format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let none = format!("eyJhbGciOiJub25lIn0.{PAYLOAD}.");
    let parse = |token: &str| CompactJws::parse(token, &Limits::TOKEN);
    assert!(matches!(parse(&hs256), Err(JwsError::Header(HeaderError::Alg(_)))));
    assert!(matches!(parse(&none), Err(JwsError::NotThreeSegments)));
}

#[test]
fn rfc7515_a6_general_form_with_unprotected_headers_is_refused() {
    let with_header = json!({
        "payload": PAYLOAD,
        "signatures": [{
            "protected": "eyJhbGciOiJFUzI1NiJ9",
            "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"},
            "signature": A3_SIGNATURE,
        }],
    });
    let flattened = json!({ "payload": PAYLOAD, "protected": "eyJhbGciOiJFUzI1NiJ9", "signature": A3_SIGNATURE });
    for document in [with_header, flattened] {
        assert!(SignedDocument::parse(document.to_string().as_bytes(), &Limits::LIST).is_err(), "{document}");
    }
}

#[test]
fn rfc7516_a1_rsa_oaep_with_sha1_is_refused_by_its_header() {
    let token = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOa.48V1_ALb6US04U3b.5eym8TW.XFBoMYUZodetZdvTiFvSkQ";
    let refused = CompactJweHeader::parse(token, &Limits::TOKEN);
    assert!(matches!(refused, Err(strict_jose::jwe::JweError::Algorithm)));
}
