//! `private_key_jwt` (OpenID Connect Core §9, RFC 7523 §2.2): how we say who we are.

use serde_json::json;
use strict_jose::random_token;
use url::Url;

use super::Provider;
use super::metadata::Metadata;
use super::settings::{AssertionAudience, ClientAuth};
use crate::error::{AdapterError, Misconfigured};

impl Provider<'_> {
    /// The fields of a form that authenticate us at `endpoint`. Each call makes a new assertion: a `jti` is used once.
    pub(crate) fn authentication(
        &self,
        metadata: &Metadata,
        endpoint: &Url,
    ) -> Result<Vec<(String, String)>, AdapterError> {
        let ClientAuth::PrivateKeyJwt = self.settings.client_auth;
        let assertion = self.assertion(self.audience(metadata, endpoint))?;
        Ok(vec![
            ("client_id".to_owned(), self.settings.client_id.clone()),
            ("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned()),
            ("client_assertion".to_owned(), assertion),
        ])
    }

    fn audience<'b>(&'b self, metadata: &'b Metadata, endpoint: &'b Url) -> &'b str {
        match self.settings.assertion_aud {
            AssertionAudience::Issuer => &self.settings.discovery_issuer,
            AssertionAudience::TokenEndpoint => metadata.token_endpoint.as_str(),
            AssertionAudience::CalledEndpoint => endpoint.as_str(),
        }
    }

    fn assertion(&self, audience: &str) -> Result<String, AdapterError> {
        let client_id = &self.settings.client_id;
        // Clocks are compared to seconds, and an earlier call may have taken some.
        let now = self.peer.time();
        // RFC 7523 §3: iss and sub are the client, aud names the server, and it ends soon.
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": random_token().map_err(|_| Misconfigured::Random)?,
            "iat": now,
            "exp": now.plus(LIFE),
        });
        let key = self.client_keys.assertion_key(self.settings.assertion_alg)?;
        key.sign_compact("JWT", claims.to_string().as_bytes()).map_err(|_| Misconfigured::NoClientKey.into())
    }
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longer than a call and a clock that is half a minute off.
const LIFE: i64 = 60;
