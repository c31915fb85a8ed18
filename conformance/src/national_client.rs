//! A country system that is itself a client of another country's provider, so that it can bring that provider's ID
//! tokens to the hub (RFC 8693).

use anyhow::Context as _;
use serde_json::{Value, json};
use strict_jose::SigningKey;
use url::Url;

use crate::clock::Clock;
use crate::jose;
use crate::json::at;
use crate::rp::authentication_of;

/// A client of a national provider.
#[derive(Clone)]
pub struct NationalClient {
    /// Its client id there.
    pub client_id: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The key of its assertions.
    pub key: SigningKey,
    /// The provider's issuer.
    pub issuer: String,
    /// The time.
    pub clock: Clock,
    /// The way out.
    pub http: reqwest::Client,
}

/// What belongs to one login there.
#[derive(Clone, Debug)]
pub struct Pending {
    verifier: String,
    /// `state`.
    pub state: String,
    nonce: String,
}

impl NationalClient {
    /// The address that starts a login there.
    pub async fn begin(&self) -> anyhow::Result<(Url, Pending)> {
        let pending = Pending {
            verifier: format!("{}{}", jose::random_id(), jose::random_id()),
            state: jose::random_id(),
            nonce: jose::random_id(),
        };
        let mut url = Url::parse(&self.endpoint("authorization_endpoint").await?)?;
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid"),
            ("state", &pending.state),
            ("nonce", &pending.nonce),
            ("code_challenge", &jose::sha256_b64(pending.verifier.as_bytes())),
            ("code_challenge_method", "S256"),
        ]);
        Ok((url, pending))
    }

    /// Redeems the code that came back; gives the ID token.
    pub async fn finish(&self, pending: &Pending, back: &Url) -> anyhow::Result<String> {
        let parameter = |name: &str| crate::browser::journey::parameter(back, name);
        anyhow::ensure!(parameter("state").as_ref() == Some(&pending.state), "state is not ours");
        let code = parameter("code").with_context(|| format!("no code in {back}"))?;
        let mut form = authentication_of(&self.assertion()?);
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &pending.verifier),
        ];
        form.extend(grant.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let url = self.endpoint("token_endpoint").await?;
        let answer: Value = self.http.post(url).form(&form).send().await?.json().await?;
        at(&answer, "id_token").as_str().map(str::to_owned).with_context(|| format!("no ID token: {answer}"))
    }

    fn assertion(&self) -> anyhow::Result<String> {
        let now = self.clock.seconds();
        let claims = json!({"iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "iat": now,
            "exp": now + 60, "jti": jose::random_id()});
        Ok(self.key.sign_compact("JWT", claims.to_string().as_bytes())?)
    }

    async fn endpoint(&self, name: &str) -> anyhow::Result<String> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        let metadata: Value = self.http.get(url).send().await?.json().await?;
        at(&metadata, name).as_str().map(str::to_owned).with_context(|| format!("{} has no {name}", self.issuer))
    }
}
