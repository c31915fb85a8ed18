//! A scripted national provider behind the guard's port: it checks what a real one checks, and says what a test wants.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use country_adapters::outbound::{Method, OutboundError, OutboundRequest, OutboundResponse};
use country_adapters::{AuthorizationResponse, HttpPort};
use serde_json::{Map, Value, json};
use strict_jose::jwe::{Compress, Encrypter};
use strict_jose::{CompactJws, Limits, PublicJwk, SigningKey, Verifier, b64, sha256};
use url::Url;

use super::{CLIENT_ID, KEYS, NOW};

pub(crate) type Claims = Map<String, Value>;
type Edit = Box<dyn Fn(&mut Claims) + Send>;

/// How this provider behaves.
#[derive(Clone)]
pub(crate) struct Style {
    pub(crate) host: &'static str,
    pub(crate) dpop: DpopStyle,
    pub(crate) userinfo: UserinfoStyle,
    pub(crate) acr: &'static str,
    pub(crate) userinfo_claims: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DpopStyle {
    /// Bearer tokens, whatever is sent.
    Ignored,
    /// Demands its nonce the first time, then binds the token.
    NonceFirst,
    /// Demands a nonce of its own at each endpoint, then binds the token.
    NonceEachEndpoint,
    /// Demands another nonce each time.
    NonceAlways,
}

#[derive(Clone)]
pub(crate) enum UserinfoStyle {
    Json,
    Jws,
    Jwe(Encrypter, Compress),
}

pub(crate) struct FakeOp {
    pub(crate) style: Style,
    state: Mutex<State>,
}

struct State {
    jwks: Value,
    id_key: SigningKey,
    userinfo_key: SigningKey,
    id_header: Claims,
    id_token: Option<String>,
    edit_id_token: Edit,
    edit_userinfo: Edit,
    edit_tokens: Edit,
    edit_access_token: Edit,
    scripted: HashMap<&'static str, VecDeque<Result<OutboundResponse, OutboundError>>>,
    seen: Vec<OutboundRequest>,
    pushed: HashMap<String, HashMap<String, String>>,
    logins: HashMap<String, HashMap<String, String>>,
    assertion_ids: HashSet<String>,
    proof_ids: HashSet<String>,
    nonces: HashMap<String, String>,
    counter: u32,
}

impl FakeOp {
    pub(crate) fn new(style: Style, id_key: &SigningKey, userinfo_key: &SigningKey) -> Self {
        let jwks = json!({"keys": [id_key.public_jwk().to_value(), userinfo_key.public_jwk().to_value()]});
        let state = State {
            jwks,
            id_key: id_key.clone(),
            userinfo_key: userinfo_key.clone(),
            id_header: Claims::new(),
            id_token: None,
            edit_id_token: Box::new(|_| {}),
            edit_userinfo: Box::new(|_| {}),
            edit_tokens: Box::new(|_| {}),
            edit_access_token: Box::new(|_| {}),
            scripted: HashMap::new(),
            seen: Vec::new(),
            pushed: HashMap::new(),
            logins: HashMap::new(),
            assertion_ids: HashSet::new(),
            proof_ids: HashSet::new(),
            nonces: HashMap::new(),
            counter: 0,
        };
        Self { style, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What a test changes.
    pub(crate) fn edit_id_token(&self, edit: impl Fn(&mut Claims) + Send + 'static) {
        self.state().edit_id_token = Box::new(edit);
    }

    pub(crate) fn edit_userinfo(&self, edit: impl Fn(&mut Claims) + Send + 'static) {
        self.state().edit_userinfo = Box::new(edit);
    }

    pub(crate) fn edit_tokens(&self, edit: impl Fn(&mut Claims) + Send + 'static) {
        self.state().edit_tokens = Box::new(edit);
    }

    pub(crate) fn edit_access_token(&self, edit: impl Fn(&mut Claims) + Send + 'static) {
        self.state().edit_access_token = Box::new(edit);
    }

    pub(crate) fn answer_with_id_token(&self, token: String) {
        self.state().id_token = Some(token);
    }

    pub(crate) fn sign_id_tokens_with(&self, key: &SigningKey, header: Value) {
        let mut state = self.state();
        state.id_key = key.clone();
        state.id_header = header.as_object().cloned().unwrap();
    }

    pub(crate) fn sign_userinfo_with(&self, key: &SigningKey) {
        self.state().userinfo_key = key.clone();
    }

    pub(crate) fn publish(&self, jwks: Value) {
        self.state().jwks = jwks;
    }

    /// The next answer under `path` is this one.
    pub(crate) fn script(&self, path: &'static str, answer: Result<OutboundResponse, OutboundError>) {
        self.state().scripted.entry(path).or_default().push_back(answer);
    }

    /// How often `path` was asked.
    pub(crate) fn calls(&self, path: &str) -> usize {
        self.state().seen.iter().filter(|request| request.url.path() == path).count()
    }

    pub(crate) fn seen(&self, path: &str) -> Vec<OutboundRequest> {
        self.state().seen.iter().filter(|request| request.url.path() == path).cloned().collect()
    }

    fn base(&self) -> String {
        format!("https://{}", self.style.host)
    }

    /// The person logs in: from the URL of the browser to the redirect back.
    pub(crate) fn person_logs_in(&self, url: &Url) -> AuthorizationResponse {
        assert_eq!(url.as_str().split('?').next(), Some(format!("{}/authorize", self.base()).as_str()));
        let query: HashMap<String, String> = url.query_pairs().map(|(n, v)| (n.into(), v.into())).collect();
        let mut state = self.state();
        let request = match query.get("request_uri") {
            // RFC 9126 §4: used once, by the client that pushed it.
            Some(uri) => {
                assert_eq!(query.len(), 2, "only client_id and request_uri");
                state.pushed.remove(uri).expect("a request that was pushed")
            }
            None => query,
        };
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT_ID), ("code_challenge_method", "S256")] {
            assert_eq!(request.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert!(request["scope"].split(' ').any(|scope| scope == "openid"));
        state.counter += 1;
        let code = format!("code-{}", state.counter);
        state.logins.insert(code.clone(), request);
        AuthorizationResponse { code: Some(code), iss: Some(self.base()), error: None }
    }

    /// An ID token for somebody else's client, as that client would present it.
    pub(crate) fn id_token_for(&self, edit: impl Fn(&mut Claims)) -> String {
        let state = self.state();
        let mut claims = id_claims(&self.base(), self.style.acr, "nonce-of-the-other-client", "unused");
        edit(&mut claims);
        state.id_key.sign_compact_with(state.id_header.clone(), Value::Object(claims).to_string().as_bytes()).unwrap()
    }

    fn answer(&self, request: &OutboundRequest) -> OutboundResponse {
        match request.url.path() {
            "/.well-known/openid-configuration" => json_answer(200, &self.metadata()),
            "/jwks" => json_answer(200, &self.state().jwks.clone()),
            "/par" => self.par(request),
            "/token" => self.token(request),
            "/userinfo" => self.userinfo(request),
            other => panic!("nobody may call {other}"),
        }
    }

    fn metadata(&self) -> Value {
        let base = self.base();
        json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/jwks"),
            "userinfo_endpoint": format!("{base}/userinfo"),
            "pushed_authorization_request_endpoint": format!("{base}/par"),
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "PS256"],
        })
    }

    fn par(&self, request: &OutboundRequest) -> OutboundResponse {
        let form = form(request);
        self.check_client(&form);
        let mut state = self.state();
        state.counter += 1;
        let uri = format!("urn:ietf:params:oauth:request_uri:{}", state.counter);
        state.pushed.insert(uri.clone(), form);
        json_answer(201, &json!({"request_uri": uri, "expires_in": 60}))
    }

    fn token(&self, request: &OutboundRequest) -> OutboundResponse {
        let form = form(request);
        self.check_client(&form);
        let thumbprint = match self.check_proof(request, None) {
            Ok(thumbprint) => thumbprint,
            Err(challenge) => return challenge,
        };
        let mut state = self.state();
        let Some(login) = state.logins.remove(&form["code"]) else {
            return json_answer(400, &json!({"error": "invalid_grant"}));
        };
        // RFC 7636 §4.6 and RFC 6749 §4.1.3.
        assert_eq!(login["code_challenge"], b64::encode(sha256(&form["code_verifier"])));
        assert_eq!(login["redirect_uri"], form["redirect_uri"]);
        let mut access = Claims::from_iter([("iss".to_owned(), self.base().into())]);
        if let Some(thumbprint) = &thumbprint {
            access.insert("cnf".to_owned(), json!({"jkt": thumbprint}));
        }
        (state.edit_access_token)(&mut access);
        let access_token = state.id_key.sign_compact("at+jwt", Value::Object(access).to_string().as_bytes()).unwrap();
        let mut claims = id_claims(&self.base(), self.style.acr, &login["nonce"], &access_token);
        (state.edit_id_token)(&mut claims);
        let payload = Value::Object(claims).to_string();
        let id_token = match &state.id_token {
            Some(token) => token.clone(),
            None => state.id_key.sign_compact_with(state.id_header.clone(), payload.as_bytes()).unwrap(),
        };
        let kind = if thumbprint.is_some() { "DPoP" } else { "Bearer" };
        let tokens =
            json!({"id_token": id_token, "access_token": access_token, "token_type": kind, "expires_in": 3600});
        let mut tokens = tokens.as_object().cloned().unwrap();
        (state.edit_tokens)(&mut tokens);
        json_answer(200, &tokens.into())
    }

    fn userinfo(&self, request: &OutboundRequest) -> OutboundResponse {
        assert_eq!(request.method, Method::Get);
        let (scheme, token) = header(request, "authorization").unwrap().split_once(' ').unwrap();
        match scheme {
            "DPoP" => {
                if let Err(challenge) = self.check_proof(request, Some(token)) {
                    return challenge;
                }
            }
            "Bearer" => assert_eq!(header(request, "dpop"), None, "a bearer token is used without a proof"),
            other => panic!("scheme {other}"),
        }
        let state = self.state();
        let mut claims = self.style.userinfo_claims.as_object().cloned().unwrap();
        (state.edit_userinfo)(&mut claims);
        let payload = Value::Object(claims).to_string();
        let signed = || state.userinfo_key.sign_compact("JWT", payload.as_bytes()).unwrap();
        match &self.style.userinfo {
            UserinfoStyle::Json => text_answer(200, "application/json", &payload),
            UserinfoStyle::Jws => text_answer(200, "application/jwt", &signed()),
            UserinfoStyle::Jwe(key, zip) => {
                let jwe = key.encrypt(signed().as_bytes(), Some("JWT"), *zip).unwrap();
                text_answer(200, "application/jwt;charset=UTF-8", &jwe)
            }
        }
    }

    /// `private_key_jwt` as MOSIP checks it: one audience, which is the issuer; a `jti` once; five seconds of leeway.
    fn check_client(&self, form: &HashMap<String, String>) {
        assert_eq!(form["client_id"], CLIENT_ID);
        assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        let jws = CompactJws::parse(&form["client_assertion"], &Limits::TOKEN).unwrap();
        let keys = KEYS.public_jwks();
        let key = keys["keys"].as_array().unwrap().iter().find(|k| k["kid"] == jws.header().kid().unwrap().as_str());
        let verifier = Verifier::new(&PublicJwk::parse(key.unwrap()).unwrap(), jws.header().alg()).unwrap();
        let claims = jws.verify(&verifier).unwrap().claims().unwrap();
        claims.expect_issuer(CLIENT_ID).unwrap();
        claims.expect_str("sub", CLIENT_ID).unwrap();
        claims.expect_single_audience(&self.base()).unwrap();
        assert!(claims.required_time("exp").unwrap() > NOW && claims.required_time("iat").unwrap() >= NOW);
        let jti = claims.required_str("jti").unwrap().to_owned();
        assert!(self.state().assertion_ids.insert(jti), "a jti is used once");
    }

    /// RFC 9449 §4.3, or the challenge.
    fn check_proof(&self, request: &OutboundRequest, token: Option<&str>) -> Result<Option<String>, OutboundResponse> {
        let (Some(proof), false) = (header(request, "dpop"), self.style.dpop == DpopStyle::Ignored) else {
            return Ok(None);
        };
        let jws = CompactJws::parse(proof, &Limits::SMALL).unwrap();
        jws.header().require_typ("dpop+jwt").unwrap();
        let jwk = PublicJwk::parse(jws.header().jwk().unwrap()).unwrap();
        let verifier = Verifier::new(&jwk, jws.header().alg()).unwrap();
        let claims = jws.verify(&verifier).unwrap().claims().unwrap();
        claims.expect_str("htm", if request.method == Method::Get { "GET" } else { "POST" }).unwrap();
        claims.expect_str("htu", request.url.as_str()).unwrap();
        assert!(claims.required_time("iat").unwrap() >= NOW);
        assert_eq!(claims.optional_str("ath").unwrap(), token.map(|t| b64::encode(sha256(t))).as_deref());
        let mut state = self.state();
        assert!(state.proof_ids.insert(claims.required_str("jti").unwrap().to_owned()), "a proof is used once");
        let nonce = claims.optional_str("nonce").unwrap().unwrap_or_default().to_owned();
        let known = match self.style.dpop {
            DpopStyle::NonceFirst => state.nonces.values().any(|known| *known == nonce),
            DpopStyle::NonceEachEndpoint => state.nonces.get(request.url.path()) == Some(&nonce),
            DpopStyle::Ignored | DpopStyle::NonceAlways => false,
        };
        if known {
            return Ok(Some(jwk.thumbprint().as_str().to_owned()));
        }
        state.counter += 1;
        let nonce = format!("nonce-{}", state.counter);
        state.nonces.insert(request.url.path().to_owned(), nonce.clone());
        let mut challenge = match token {
            None => json_answer(400, &json!({"error": "use_dpop_nonce"})),
            // Without a scheme, as MOSIP writes it.
            Some(_) => OutboundResponse {
                status: 401,
                headers: vec![("www-authenticate".to_owned(), "error=\"use_dpop_nonce\"".to_owned())],
                body: Vec::new(),
            },
        };
        challenge.headers.push(("dpop-nonce".to_owned(), nonce));
        Err(challenge)
    }
}

#[async_trait]
impl HttpPort for FakeOp {
    async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let scripted = {
            let mut state = self.state();
            state.seen.push(request.clone());
            state.scripted.get_mut(request.url.path()).and_then(VecDeque::pop_front)
        };
        scripted.unwrap_or_else(|| Ok(self.answer(&request)))
    }
}

fn id_claims(issuer: &str, acr: &str, nonce: &str, access_token: &str) -> Claims {
    let hash = sha256(access_token);
    let claims = json!({
        "iss": issuer, "sub": SUBJECT, "aud": CLIENT_ID, "iat": NOW, "exp": NOW.plus(3600),
        "auth_time": NOW.minus(10), "nonce": nonce, "acr": acr, "at_hash": b64::encode(&hash[..16]),
    });
    claims.as_object().cloned().unwrap()
}

pub(crate) const SUBJECT: &str = "294837465019283746501928374650192837";

fn form(request: &OutboundRequest) -> HashMap<String, String> {
    let form: HashMap<_, _> = request.form.iter().cloned().collect();
    assert_eq!(form.len(), request.form.len(), "no field twice");
    form
}

fn header<'r>(request: &'r OutboundRequest, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
}

pub(crate) fn json_answer(status: u16, body: &Value) -> OutboundResponse {
    text_answer(status, "application/json", &body.to_string())
}

pub(crate) fn text_answer(status: u16, media_type: &str, body: &str) -> OutboundResponse {
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    OutboundResponse { status, headers, body: body.as_bytes().to_vec() }
}
