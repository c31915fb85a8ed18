//! A relying party or a country system, as a client of the hub: FAPI 2.0 with `private_key_jwt` and PKCE, and with
//! DPoP where the hub offers it.
//!
//! It does what an honest client does, and lets a test change any part of it: every message is a list of parameters
//! that can be edited before it is sent.

mod hub;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, CompactJws, JwkSet, Limits, Policy, SigningKey, UnixTime, Verifier};
use url::Url;

use self::hub::received;
pub use self::hub::{Answer, Hub};
use crate::clock::Clock;
use crate::jose;
use crate::json::at;

/// A client of the hub.
#[derive(Clone)]
pub struct RelyingParty {
    /// Its client id.
    pub client_id: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The key of its assertions.
    pub key: SigningKey,
    /// The key its tokens are bound to.
    pub dpop_key: SigningKey,
    /// The hub.
    pub hub: Hub,
    http: reqwest::Client,
    clock: Clock,
    /// The nonce for the next proof, from the last answer (RFC 9449 §8.2).
    nonce: Arc<Mutex<Option<String>>>,
}

/// What belongs to one authorization request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The parameters of the pushed request.
    pub parameters: Vec<(String, String)>,
    /// PKCE verifier.
    pub verifier: String,
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
}

/// Tokens, with the ID token's claims verified.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The token answer.
    pub answer: Value,
    /// The claims of the ID token.
    pub claims: Value,
}

impl RelyingParty {
    /// A client with a fresh DPoP key.
    pub fn new(registration: &Registration, hub: Hub, http: reqwest::Client, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self {
            client_id: registration.client_id.clone(),
            redirect_uri: registration.redirect_uri.clone(),
            key: registration.key.clone(),
            dpop_key: SigningKey::generate(Algorithm::ES256, None)?,
            hub,
            http,
            clock,
            nonce: Arc::default(),
        })
    }

    /// Its way out.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The claims of an honest client assertion (RFC 7523 §3, FAPI 2.0: `aud` is the issuer).
    pub fn assertion_claims(&self) -> Map<String, Value> {
        let now = self.clock.seconds();
        let claims = json!({"iss": self.client_id, "sub": self.client_id, "aud": self.hub.issuer,
            "jti": jose::random_id(), "iat": now, "exp": now + 60});
        claims.as_object().cloned().unwrap_or_default()
    }

    /// A signed client assertion, as form parameters.
    pub fn authentication(&self) -> anyhow::Result<Vec<(String, String)>> {
        self.authentication_with(&self.assertion_claims())
    }

    /// The same over other claims.
    pub fn authentication_with(&self, claims: &Map<String, Value>) -> anyhow::Result<Vec<(String, String)>> {
        let assertion = self.key.sign_compact("JWT", &serde_json::to_vec(claims)?)?;
        Ok(authentication_of(&assertion))
    }

    /// A DPoP proof (RFC 9449 §4.2) of this client's key.
    pub fn proof(&self, method: &str, url: &str, nonce: Option<&str>, token: Option<&str>) -> anyhow::Result<String> {
        let htu = self.hub.named(url)?;
        let mut claims = json!({"htm": method, "htu": htu, "jti": jose::random_id(), "iat": self.clock.seconds()});
        if let Some(nonce) = nonce {
            claims = jose::with(claims, &[("nonce", json!(nonce))]);
        }
        if let Some(token) = token {
            claims = jose::with(claims, &[("ath", json!(jose::sha256_b64(token.as_bytes())))]);
        }
        let header = json!({"typ": "dpop+jwt", "jwk": self.dpop_key.public_jwk().to_value()});
        let header = header.as_object().cloned().unwrap_or_default();
        Ok(self.dpop_key.sign_compact_with(bare_jwk(header), &serde_json::to_vec(&claims)?)?)
    }

    /// An honest authorization request for a purpose, a level and a scope.
    pub fn request(&self, scope: &str, more: &[(&str, &str)]) -> Request {
        let (verifier, state, nonce) =
            (format!("{}{}", jose::random_id(), jose::random_id()), jose::random_id(), jose::random_id());
        let challenge = jose::sha256_b64(verifier.as_bytes());
        let mut parameters: Vec<(String, String)> = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        for (name, value) in more {
            parameters.retain(|(found, _)| found != name);
            parameters.push(((*name).to_owned(), (*value).to_owned()));
        }
        Request { parameters, verifier, state, nonce }
    }

    /// Pushes a request (RFC 9126); gives the address for the browser.
    pub async fn push(&self, request: &Request) -> anyhow::Result<Url> {
        let answer = self.push_raw(request).await?;
        if answer.status != 201 {
            bail!("the pushed request was refused: {} {}", answer.status, answer.body);
        }
        let request_uri = at(&answer.json(), "request_uri").as_str().context("no request_uri")?.to_owned();
        self.authorize_url(&request_uri)
    }

    /// Pushes a request and gives the answer as it came.
    pub async fn push_raw(&self, request: &Request) -> anyhow::Result<Answer> {
        let form = [request.parameters.clone(), self.authentication()?].concat();
        self.post("pushed_authorization_request_endpoint", &form, &[]).await
    }

    /// The address that starts the login.
    pub fn authorize_url(&self, request_uri: &str) -> anyhow::Result<Url> {
        let mut url = Url::parse(self.hub.endpoint("authorization_endpoint")?)?;
        url.query_pairs_mut().append_pair("client_id", &self.client_id).append_pair("request_uri", request_uri);
        Ok(url)
    }

    /// Checks what came back to the redirect URI, redeems the code and verifies the ID token.
    pub async fn finish(&self, request: &Request, back: &Url) -> anyhow::Result<Tokens> {
        let code = self.code(request, back)?;
        let answer = self.redeem(&code, &request.verifier).await?;
        if answer.status != 200 {
            bail!("the token endpoint refused: {} {}", answer.status, answer.body);
        }
        let answer = answer.json();
        let id_token = at(&answer, "id_token").as_str().context("no ID token")?;
        let claims = self.verify_id_token(id_token, Some(&request.nonce)).await?;
        Ok(Tokens { answer, claims: Value::Object(claims) })
    }

    /// The code in the address the browser came back to, after the checks of RFC 6749 §10.12 and RFC 9207 §2.4.
    pub fn code(&self, request: &Request, back: &Url) -> anyhow::Result<String> {
        let parameter = |name: &str| crate::browser::journey::parameter(back, name);
        anyhow::ensure!(parameter("state").as_deref() == Some(&request.state), "state is not ours: {back}");
        anyhow::ensure!(parameter("iss").as_deref() == Some(&self.hub.issuer), "iss is not the hub: {back}");
        if let Some(error) = parameter("error") {
            bail!("the hub answered {error}: {}", parameter("error_description").unwrap_or_default());
        }
        parameter("code").context("no code")
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str, verifier: &str) -> anyhow::Result<Answer> {
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ];
        self.token(&owned(&grant)).await
    }

    /// `client_credentials` (RFC 6749 §4.4).
    pub async fn client_credentials(&self, scope: &str) -> anyhow::Result<Answer> {
        self.token(&owned(&[("grant_type", "client_credentials"), ("scope", scope)])).await
    }

    /// Token exchange (RFC 8693) of a national assertion.
    pub async fn exchange(&self, subject_token: &str, more: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut grant = owned(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject_token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ]);
        for (name, value) in more {
            grant.retain(|(found, _)| found != name);
            grant.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.token(&grant).await
    }

    /// A token request with this client's authentication and proof; a nonce challenge is answered once.
    pub async fn token(&self, grant: &[(String, String)]) -> anyhow::Result<Answer> {
        if !self.hub.binds_tokens() {
            let form = [grant.to_vec(), self.authentication()?].concat();
            return self.post("token_endpoint", &form, &[]).await;
        }
        let endpoint = self.hub.endpoint("token_endpoint")?.to_owned();
        for _ in 0..2 {
            let form = [grant.to_vec(), self.authentication()?].concat();
            let proof = self.proof("POST", &endpoint, self.kept_nonce().as_deref(), None)?;
            let answer = self.post("token_endpoint", &form, &[("dpop", &proof)]).await?;
            if self.keep_nonce(&answer) {
                return Ok(answer);
            }
        }
        bail!("the hub asks for a nonce again and again")
    }

    fn kept_nonce(&self) -> Option<String> {
        self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the nonce of an answer for the next proof; false if the answer only asks for one.
    fn keep_nonce(&self, answer: &Answer) -> bool {
        let Some(fresh) = answer.nonce() else { return true };
        *self.nonce.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        answer.error() != "use_dpop_nonce"
    }

    /// Userinfo with the access token.
    pub async fn userinfo(&self, access_token: &str) -> anyhow::Result<Answer> {
        let url = self.hub.endpoint("userinfo_endpoint")?;
        self.protected("GET", url, access_token, || self.http.get(url)).await
    }

    /// A POST of JSON with the access token.
    pub async fn post_protected(&self, url: &str, access_token: &str, body: &Value) -> anyhow::Result<Answer> {
        self.protected("POST", url, access_token, || self.http.post(url).json(body)).await
    }

    /// RFC 9449 §7.1 where the hub binds tokens to keys, else RFC 6750 §2.1. A nonce challenge is answered once.
    async fn protected(
        &self,
        method: &str,
        url: &str,
        access_token: &str,
        request: impl Fn() -> reqwest::RequestBuilder,
    ) -> anyhow::Result<Answer> {
        if !self.hub.binds_tokens() {
            return received(request().bearer_auth(access_token)).await;
        }
        for _ in 0..2 {
            let proof = self.proof(method, url, self.kept_nonce().as_deref(), Some(access_token))?;
            let bound = request().header("authorization", format!("DPoP {access_token}")).header("dpop", proof);
            let answer = received(bound).await?;
            if self.keep_nonce(&answer) {
                return Ok(answer);
            }
        }
        bail!("the hub asks for a nonce again and again")
    }

    /// Posts a form to an endpoint, with more headers.
    pub async fn post(
        &self,
        endpoint: &str,
        form: &[(String, String)],
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let mut request = self.http.post(self.hub.endpoint(endpoint)?).form(form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        received(request).await
    }

    /// The checks of OpenID Connect Core §3.1.3.7 on an ID token of the hub.
    pub async fn verify_id_token(&self, id_token: &str, nonce: Option<&str>) -> anyhow::Result<Map<String, Value>> {
        let published = received(self.http.get(self.hub.endpoint("jwks_uri")?)).await?;
        let keys = JwkSet::parse(published.body.as_bytes(), &Limits::TOKEN, Policy::Strict)?;
        let jws = CompactJws::parse(id_token, &Limits::TOKEN)?;
        let alg = jws.header().alg();
        let key = keys.find(jws.header().kid(), alg)?;
        let claims = jws.verify(&Verifier::new(key, alg)?)?.claims()?;
        claims.expect_issuer(&self.hub.issuer)?;
        claims.expect_single_audience(&self.client_id)?;
        claims.check_times(UnixTime::new(self.clock.seconds()), &strict_jose::TimePolicy::UPSTREAM)?;
        if let Some(nonce) = nonce {
            anyhow::ensure!(claims.required_str("nonce")? == nonce, "the nonce is not ours");
        }
        Ok(claims.into_map())
    }
}

/// What a client was registered with.
#[derive(Clone)]
pub struct Registration {
    /// Client id.
    pub client_id: String,
    /// Redirect URI; "" for a country system.
    pub redirect_uri: String,
    /// Key of its assertions.
    pub key: SigningKey,
}

/// Form parameters that carry a client assertion.
pub fn authentication_of(assertion: &str) -> Vec<(String, String)> {
    owned(&[
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ])
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// RFC 9449 §4.2: the header's `jwk` is the bare public key.
fn bare_jwk(mut header: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(jwk)) = header.get_mut("jwk") {
        jwk.retain(|name, _| !matches!(name.as_str(), "kid" | "use" | "alg" | "key_ops"));
    }
    header
}
