//! Tokens bound to a key (RFC 9449): the key's holder gets through, nobody else.

use hub_core::{OAuthError, ProofHeader, RequestHead, TokenAnswer, TokenType};
use serde_json::{Map, Value, json};

use crate::support::prover::{Prover, Request, head};
use crate::support::*;

const PAR: Request<'static> = Request { method: "POST", path: "/par", access_token: None };
const TOKEN: Request<'static> = Request { method: "POST", path: "/token", access_token: None };
const MACHINE: [(&str, &str); 1] = [("grant_type", "client_credentials")];

async fn redeem(world: &World, prover: &Prover, client: &TestClient, code: &str) -> Result<TokenAnswer, OAuthError> {
    let proof = prover.proof(world, TOKEN);
    world.token_with(&head(TOKEN, None, &proof), &client.form(world.now, &client.redemption(code))).await
}

async fn machine(world: &World, proof: &str) -> Result<TokenAnswer, OAuthError> {
    world.token_with(&head(TOKEN, None, proof), &world.clients.border.form(world.now, &MACHINE)).await
}

/// What userinfo answers to this scheme and proof.
async fn userinfo(world: &World, scheme: &str, token: &str, proof: &str) -> Result<Value, OAuthError> {
    let authorization = format!("{scheme} {token}");
    let request = Request::with_token("GET", "/userinfo", token);
    world.userinfo_with(&head(request, Some(&authorization), proof)).await.map(|answer| Value::Object(answer.0))
}

/// Tokens bound to the key of `prover`.
async fn bound(world: &World, prover: &Prover) -> TokenAnswer {
    let code = world.code(&world.clients.bank, &[]).await;
    redeem(world, prover, &world.clients.bank, &code).await.unwrap()
}

#[tokio::test]
async fn a_bank_that_proves_its_key_gets_tokens_bound_to_it_and_userinfo_with_a_proof() {
    let (world, prover) = (World::new(), Prover::new());
    let tokens = bound(&world, &prover).await;
    assert_eq!(tokens.token_type, TokenType::Dpop);
    assert_eq!(serde_json::to_value(tokens.token_type).unwrap(), "DPoP");
    assert_eq!(claims_of(&tokens.access_token)["cnf"], json!({ "jkt": prover.jkt() }));
    assert!(claims_of(tokens.id_token.as_deref().unwrap()).get("cnf").is_none());

    let request = Request::with_token("GET", "/userinfo", &tokens.access_token);
    let person = userinfo(&world, "DPoP", &tokens.access_token, &prover.proof(&world, request)).await.unwrap();
    assert!(person["sub"].is_string());
}

#[tokio::test]
async fn e01_a_proof_counts_once_at_every_endpoint() {
    let (world, prover) = (World::new(), Prover::new());
    let bank = &world.clients.bank;

    let proof = prover.proof(&world, PAR);
    let push = || bank.form(world.now, &bank.request(&[]));
    assert!(world.push_with(&head(PAR, None, &proof), &push()).await.is_ok());
    let again = world.push_with(&head(PAR, None, &proof), &push()).await;
    assert_eq!(failed(again), (400, "invalid_dpop_proof"));

    let proof = prover.proof(&world, TOKEN);
    assert!(machine(&world, &proof).await.is_ok());
    assert_eq!(failed(machine(&world, &proof).await), (400, "invalid_dpop_proof"));

    let tokens = bound(&world, &prover).await;
    let request = Request::with_token("GET", "/userinfo", &tokens.access_token);
    let proof = prover.proof(&world, request);
    assert!(userinfo(&world, "DPoP", &tokens.access_token, &proof).await.is_ok());
    let again = userinfo(&world, "DPoP", &tokens.access_token, &proof).await;
    assert_eq!(failed(again), (401, "invalid_dpop_proof"));
}

/// How a test spoils the claims of a proof.
type Spoil = fn(&mut Map<String, Value>);

const SPOILT: [(&str, Spoil); 13] = [
    ("e02 another method", |claims| drop(claims.insert("htm".into(), "PUT".into()))),
    ("e02 no method", |claims| drop(claims.remove("htm"))),
    ("e02 another endpoint", |claims| drop(claims.insert("htu".into(), "https://hub.example/other".into()))),
    ("e02 another host", |claims| drop(claims.insert("htu".into(), "https://evil.example/token".into()))),
    ("e02 htu is no text", |claims| drop(claims.insert("htu".into(), json!(["https://hub.example/token"])))),
    ("e02 no htu", |claims| drop(claims.remove("htu"))),
    ("e03 61 seconds old", |claims| drop(claims.insert("iat".into(), json!(START.seconds() - 61)))),
    ("e03 11 seconds ahead", |claims| drop(claims.insert("iat".into(), json!(START.seconds() + 11)))),
    ("e03 no time", |claims| drop(claims.remove("iat"))),
    ("e03 a time that is no integer", |claims| drop(claims.insert("iat".into(), json!("now")))),
    ("no jti", |claims| drop(claims.remove("jti"))),
    ("an empty jti", |claims| drop(claims.insert("jti".into(), "".into()))),
    ("a jti that goes on", |claims| drop(claims.insert("jti".into(), "x".repeat(300).into()))),
];

#[tokio::test]
async fn e02_e03_a_proof_for_another_request_or_another_time_is_refused_everywhere() {
    let (world, prover) = (World::new(), Prover::new());
    let bank = &world.clients.bank;
    let tokens = bound(&world, &prover).await;
    let resource = Request::with_token("GET", "/userinfo", &tokens.access_token);
    for (what, spoil) in SPOILT {
        let proof = prover.proof_with(&world, PAR, spoil);
        let pushed = world.push_with(&head(PAR, None, &proof), &bank.form(world.now, &bank.request(&[]))).await;
        assert_eq!(failed(pushed), (400, "invalid_dpop_proof"), "{what}");
        let issued = machine(&world, &prover.proof_with(&world, TOKEN, spoil)).await;
        assert_eq!(failed(issued), (400, "invalid_dpop_proof"), "{what}");
        let proof = prover.proof_with(&world, resource, spoil);
        let person = userinfo(&world, "DPoP", &tokens.access_token, &proof).await;
        assert_eq!(failed(person), (401, "invalid_dpop_proof"), "{what}");
    }
}

#[tokio::test]
async fn e02_e03_query_case_and_port_are_forgiven_and_so_are_ten_seconds() {
    let (world, prover) = (World::new(), Prover::new());
    let forgiven: [Spoil; 4] = [
        |claims| drop(claims.insert("htu".into(), "https://hub.example/token?x=1#y".into())),
        |claims| drop(claims.insert("htu".into(), "HTTPS://HUB.example:443/token".into())),
        |claims| drop(claims.insert("iat".into(), json!(START.seconds() - 10))),
        |claims| drop(claims.insert("iat".into(), json!(START.seconds() + 10))),
    ];
    for change in forgiven {
        assert!(machine(&world, &prover.proof_with(&world, TOKEN, change)).await.is_ok());
    }
}

#[tokio::test]
async fn e04_without_a_nonce_of_ours_the_client_is_told_to_take_one() {
    let (mut world, prover) = (World::new(), Prover::new());
    let token = bound(&world, &prover).await.access_token;
    let proof = prover.proof_with(&world, Request::with_token("GET", "/userinfo", &token), |claims| {
        claims.remove("nonce");
    });
    let refused = userinfo(&world, "DPoP", &token, &proof).await.unwrap_err().wire();
    let challenge = refused.challenge.unwrap().header();
    assert_eq!(
        (refused.status, challenge.as_str()),
        (401, "DPoP error=\"use_dpop_nonce\", algs=\"ES256 PS256 EdDSA\"")
    );

    let old = world.broker.dpop_nonce(world.now).unwrap();
    world.wait(301);
    world.renew_trust();
    for nonce in [None, Some(json!("made up")), Some(json!(7)), Some(json!(old))] {
        let proof = prover.proof_with(&world, TOKEN, |claims| match &nonce {
            None => drop(claims.remove("nonce")),
            Some(nonce) => drop(claims.insert("nonce".into(), nonce.clone())),
        });
        assert_eq!(failed(machine(&world, &proof).await), (400, "use_dpop_nonce"), "{nonce:?}");
    }
    assert!(machine(&world, &prover.proof(&world, TOKEN)).await.is_ok(), "the next one is given out");
}

#[tokio::test]
async fn e05_what_is_no_proof_is_refused() {
    let (world, prover) = (World::new(), Prover::new());
    let claims = || Prover::claims(&world, TOKEN);
    let private = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" });
    let other = Prover::new().key.public_jwk().to_value();
    let good = prover.proof(&world, TOKEN);
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    let refused = [
        prover.sign(claims(), |header| drop(header.insert("typ".into(), "JWT".into()))),
        prover.sign(claims(), |header| drop(header.remove("typ"))),
        prover.sign(claims(), |header| drop(header.insert("jwk".into(), private))),
        prover.sign(claims(), |header| drop(header.remove("jwk"))),
        prover.sign(claims(), |header| drop(header.insert("jwk".into(), other))),
        format!("eyJhbGciOiJub25lIiwidHlwIjoiZHBvcCtqd3QifQ.{}.", good.split('.').nth(1).unwrap()),
        format!("eyJhbGciOiJIUzI1NiIsInR5cCI6ImRwb3Arand0In0.{}.AAAA", good.split('.').nth(1).unwrap()),
        unsigned,
        format!("{good},{good}"),
        String::new(),
        "x".repeat(64 * 1024),
    ];
    for proof in refused {
        assert_eq!(failed(machine(&world, &proof).await), (400, "invalid_dpop_proof"), "{proof:.60}");
    }
    let twice = RequestHead { authorization: None, method: "POST", dpop: ProofHeader::Unreadable };
    let issued = world.token_with(&twice, &world.clients.border.form(world.now, &MACHINE)).await;
    assert_eq!(failed(issued), (400, "invalid_dpop_proof"), "two headers");
}

#[tokio::test]
async fn e06_a_proof_for_another_access_token_opens_nothing() {
    let (world, prover) = (World::new(), Prover::new());
    let (tokens, others) = (bound(&world, &prover).await, bound(&world, &prover).await);
    let other = prover.proof(&world, Request::with_token("GET", "/userinfo", &others.access_token));
    let without = prover.proof(&world, Request { access_token: None, ..Request::with_token("GET", "/userinfo", "") });
    for proof in [other, without] {
        let person = userinfo(&world, "DPoP", &tokens.access_token, &proof).await;
        assert_eq!(failed(person), (401, "invalid_dpop_proof"));
    }
}

#[tokio::test]
async fn e07_e08_schemes_and_tokens_do_not_mix() {
    let (world, prover) = (World::new(), Prover::new());
    let bound = bound(&world, &prover).await.access_token;
    let proof = prover.proof(&world, Request::with_token("GET", "/userinfo", &bound));
    assert_eq!(failed(userinfo(&world, "Bearer", &bound, &proof).await), (401, "invalid_token"), "e07 with a proof");
    assert_eq!(failed(world.userinfo(&bound).await), (401, "invalid_token"), "e07 without one");

    let thief = Prover::new();
    let proof = thief.proof(&world, Request::with_token("GET", "/userinfo", &bound));
    assert_eq!(failed(userinfo(&world, "DPoP", &bound, &proof).await), (401, "invalid_dpop_proof"), "another key");
    let authorization = format!("DPoP {bound}");
    let bare = RequestHead { authorization: Some(&authorization), method: "GET", dpop: ProofHeader::Absent };
    assert_eq!(failed(world.userinfo_with(&bare).await), (401, "invalid_request"), "no proof at all");
}

#[tokio::test]
async fn b12_a_code_is_bound_to_the_key_named_with_the_pushed_request() {
    let (world, prover, thief) = (World::new(), Prover::new(), Prover::new());
    let bank = &world.clients.bank;

    // Named by the parameter, contradicted by the proof.
    let form = bank.form(world.now, &bank.request(&[("dpop_jkt", thief.jkt())]));
    let proof = prover.proof(&world, PAR);
    assert_eq!(failed(world.push_with(&head(PAR, None, &proof), &form).await), (400, "invalid_dpop_proof"));
    let unusable = world.push(bank, &[("dpop_jkt", "short")]).await;
    assert_eq!(failed(unusable), (400, "invalid_request"));

    // Named by the parameter alone: nobody else redeems it, and not without a proof.
    let code = world.code(bank, &[("dpop_jkt", prover.jkt())]).await;
    assert_eq!(failed(redeem(&world, &thief, bank, &code).await), (400, "invalid_grant"));
    let code = world.code(bank, &[("dpop_jkt", prover.jkt())]).await;
    assert_eq!(failed(world.token(bank, &bank.redemption(&code)).await), (400, "invalid_grant"));
    let code = world.code(bank, &[("dpop_jkt", prover.jkt())]).await;
    assert!(redeem(&world, &prover, bank, &code).await.is_ok());
}

#[tokio::test]
async fn e12_who_began_with_bound_tokens_refreshes_with_a_proof_only() {
    let (world, prover) = (World::new(), Prover::new());
    let bank = &world.clients.bank;
    let code = world.code(bank, &[("scope", "openid offline_access")]).await;
    let tokens = redeem(&world, &prover, bank, &code).await.unwrap();
    let refresh = tokens.refresh_token.unwrap();
    let asked = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(failed(world.token(bank, &asked).await), (400, "invalid_request"));

    // RFC 9449 §5: the refresh token is bound to the client that authenticates; its key may be a new one.
    let next = Prover::new();
    let proof = next.proof(&world, TOKEN);
    let renewed = world.token_with(&head(TOKEN, None, &proof), &bank.form(world.now, &asked)).await.unwrap();
    assert_eq!(claims_of(&renewed.access_token)["cnf"]["jkt"], next.jkt());
}

#[tokio::test]
async fn a_country_system_s_tokens_are_bound_too_and_so_are_those_it_exchanges() {
    let (world, prover) = (World::new(), Prover::new());
    let token = machine(&world, &prover.proof(&world, TOKEN)).await.unwrap();
    assert_eq!(claims_of(&token.access_token)["cnf"]["jkt"], prover.jkt());

    let call = Request::with_token("POST", "/federation/v1/verify", &token.access_token);
    let authorization = format!("DPoP {}", token.access_token);
    let body = json!({ "country": "XC", "credential": "nonsense", "purpose": "border-check" }).to_string();
    let proof = prover.proof(&world, call);
    let verify = |authorization: &str, proof: &str| {
        let (authorization, proof) = (authorization.to_owned(), proof.to_owned());
        let (world, body) = (&world, &body);
        async move {
            let head = head(Request { access_token: None, ..Request::post(call.path) }, Some(&authorization), &proof);
            world.broker.verify_credential(&world.trust, &head, body.as_bytes(), world.now).await.map(|_| ())
        }
    };
    assert_eq!(verify(&authorization, &proof).await, Ok(()));
    assert_eq!(failed(verify(&authorization, &proof).await), (401, "invalid_dpop_proof"), "e01");
    let bearer = format!("Bearer {}", token.access_token);
    assert_eq!(failed(verify(&bearer, &prover.proof(&world, call)).await), (401, "invalid_token"), "e07");
}
