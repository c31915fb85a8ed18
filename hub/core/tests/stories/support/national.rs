//! A national identity provider behind a scripted HTTP port: it answers by the book, except where a test says otherwise.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use country_adapters::HttpPort;
use country_adapters::outbound::{OutboundError, OutboundRequest, OutboundResponse};
use hub_core::Form;
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, JwkSet, SigningKey, UnixTime};
use url::Url;

/// One provider for all countries of the region; the host says which.
pub(crate) struct National {
    pub(crate) key: SigningKey,
    script: Mutex<Script>,
}

/// How a test changes the claims of a token.
type Change = dyn Fn(&mut Map<String, Value>) + Send;

/// What it says next.
struct Script {
    now: UnixTime,
    persona: Map<String, Value>,
    change: Box<Change>,
    down: bool,
    forger: Option<SigningKey>,
    nonces: HashMap<String, String>,
    calls: Vec<String>,
}

/// What the person brings back from the provider.
pub(crate) type Response = Vec<(String, String)>;

impl National {
    pub(crate) fn new(now: UnixTime) -> Self {
        let script = Script {
            now,
            persona: persona(),
            change: Box::new(|_| ()),
            down: false,
            forger: None,
            nonces: HashMap::new(),
            calls: Vec::new(),
        };
        Self { key: SigningKey::generate(Algorithm::ES256, None).unwrap(), script: Mutex::new(script) }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    pub(crate) fn set_now(&self, now: UnixTime) {
        self.script().now = now;
    }

    /// From now on every ID token is changed like this before it is signed.
    pub(crate) fn change(&self, change: impl Fn(&mut Map<String, Value>) + Send + 'static) {
        self.script().change = Box::new(change);
    }

    /// From now on somebody else signs the ID tokens, under the same kid.
    pub(crate) fn sign_with_another_key(&self) {
        self.script().forger = Some(SigningKey::generate(Algorithm::ES256, self.key.kid().clone()).unwrap());
    }

    /// From now on nobody answers.
    pub(crate) fn go_down(&self) {
        self.script().down = true;
    }

    /// The paths that were asked for since the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.script().calls)
    }

    /// The person logs in where the redirect leads, and comes back with this.
    pub(crate) fn log_in(&self, location: &str) -> Response {
        let asked = parameters(location);
        let host = Url::parse(location).unwrap().host_str().unwrap().to_owned();
        let code = format!("upstream-{}", asked["state"]);
        self.script().nonces.insert(code.clone(), asked["nonce"].clone());
        vec![("code".into(), code), ("state".into(), asked["state"].clone()), ("iss".into(), format!("https://{host}"))]
    }

    /// The person is sent back with an error.
    pub(crate) fn refuse(location: &str, error: &str) -> Response {
        let asked = parameters(location);
        let host = Url::parse(location).unwrap().host_str().unwrap().to_owned();
        vec![
            ("error".into(), error.into()),
            ("error_description".into(), "<b>no</b>\r\nSet-Cookie: x".into()),
            ("state".into(), asked["state"].clone()),
            ("iss".into(), format!("https://{host}")),
        ]
    }

    /// An ID token that the provider at `host` issued to one of its own clients.
    pub(crate) fn id_token_for(&self, host: &str, audience: &str, change: impl Fn(&mut Map<String, Value>)) -> String {
        let script = self.script();
        let mut claims = id_token(&script, host, audience);
        change(&mut claims);
        self.key.sign_compact("JWT", Value::Object(claims).to_string().as_bytes()).unwrap()
    }

    fn token_answer(&self, host: &str, form: &[(String, String)]) -> Value {
        let script = self.script();
        let code = &form.iter().find(|(name, _)| name == "code").unwrap().1;
        let mut claims = id_token(&script, host, "hub");
        claims.insert("nonce".into(), script.nonces[code].as_str().into());
        (script.change)(&mut claims);
        let key = script.forger.as_ref().unwrap_or(&self.key);
        let id_token = key.sign_compact("JWT", Value::Object(claims).to_string().as_bytes()).unwrap();
        json!({ "id_token": id_token, "access_token": "upstream-token", "token_type": "Bearer" })
    }
}

#[async_trait]
impl HttpPort for National {
    async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let (host, path) = (request.url.host_str().unwrap().to_owned(), request.url.path().to_owned());
        {
            let mut script = self.script();
            script.calls.push(path.clone());
            if script.down {
                return Err(OutboundError::Connect);
            }
        }
        let issuer = format!("https://{host}");
        let body = match path.as_str() {
            "/.well-known/openid-configuration" => json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/jwks"),
            }),
            "/jwks" => JwkSet::from_keys([self.key.public_jwk().clone()]).to_value(),
            "/token" => self.token_answer(&host, &request.form),
            other => panic!("nobody asks for {other}"),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ok(OutboundResponse { status: 200, headers, body: body.to_string().into_bytes() })
    }
}

/// Afi Mensah, born 1990-01-01. `upstream-sub-7` and `5827193643` are canaries: they may appear nowhere.
fn persona() -> Map<String, Value> {
    let persona = json!({
        "sub": "upstream-sub-7",
        "given_name": "Afi",
        "family_name": "Mensah",
        "birthdate": "1990-01-01",
        "email": "afi@example.org",
        "national_id": "5827193643",
    });
    persona.as_object().unwrap().clone()
}

fn id_token(script: &Script, host: &str, audience: &str) -> Map<String, Value> {
    let mut claims = script.persona.clone();
    let now = script.now.seconds();
    claims.extend([
        ("iss".to_owned(), json!(format!("https://{host}"))),
        ("aud".to_owned(), json!(audience)),
        ("iat".to_owned(), json!(now)),
        ("exp".to_owned(), json!(now + 300)),
        ("auth_time".to_owned(), json!(now - 5)),
        ("acr".to_owned(), json!("2")),
    ]);
    claims
}

/// The query of a URL, each name once.
pub(crate) fn parameters(location: &str) -> HashMap<String, String> {
    let url = Url::parse(location).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let map: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter stands twice in {location}");
    map
}

/// The form of a response.
pub(crate) fn query(response: &Response) -> Form {
    Form::from_pairs(response.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}
