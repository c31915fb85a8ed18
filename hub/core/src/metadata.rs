//! What is served, told to the world: discovery (OpenID Connect Discovery §3, RFC 8414 §2) and our keys.
//!
//! Both are written once and handed out as bytes. What discovery says about claims and trust frameworks comes from the
//! trust list, so it is written again when that changes. Everything named is served, and everything served is named.
//!
//! To add a capability: 1. build it, 2. name it here from the constant that the code itself goes by.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, JwkSet};
use trust_list::{GrantType, Level, TrustState, VerifiedList};

use crate::assurance::{EVIDENCE_TYPE, RECORD_TYPE};
use crate::broker::{Broker, Keys};
use crate::client_auth::ALGORITHMS;
use crate::config::{Config, ConfigError, IssuerUrl};
use crate::mint::USERINFO;
use crate::policy;
use crate::pushed::PAR;
use crate::request::{CHALLENGE_METHODS, MACHINE_SCOPES, PERSON_SCOPES};
use crate::token::{GRANT_TYPES, TOKEN};

/// Documents that are the same for every request.
pub(crate) struct Documents {
    jwks: Vec<u8>,
    fixed: Map<String, Value>,
    /// The discovery document, with the digest of the list it was written for.
    metadata: Mutex<Option<(String, Arc<[u8]>)>>,
}

impl Documents {
    pub(crate) fn new(config: &Config, keys: &Keys) -> Result<Self, ConfigError> {
        // FAPI 2.0 Security Profile §5.4.1; discovery says ES256.
        if keys.signing.alg() != Algorithm::ES256 {
            return Err(ConfigError::Key);
        }
        let all = std::iter::once(keys.signing.public_jwk()).chain(&keys.published).cloned();
        let jwks = JwkSet::from_keys(all).to_value().to_string().into_bytes();
        Ok(Self { jwks, fixed: fixed(&config.issuer), metadata: Mutex::default() })
    }

    fn metadata(&self, list: Option<&VerifiedList>) -> Arc<[u8]> {
        let digest = list.map_or("", VerifiedList::digest);
        let mut cached = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        match &*cached {
            Some((of, bytes)) if of == digest => Arc::clone(bytes),
            _ => {
                let bytes: Arc<[u8]> = self.write(list).into();
                *cached = Some((digest.to_owned(), Arc::clone(&bytes)));
                bytes
            }
        }
    }

    fn write(&self, list: Option<&VerifiedList>) -> Vec<u8> {
        let (claims, frameworks) = list.map(|list| (claims(list), frameworks(list))).unwrap_or_default();
        let mut document = self.fixed.clone();
        document.insert(
            "claims_supported".into(),
            json!(PROTOCOL_CLAIMS.into_iter().chain(claims.iter().copied()).collect::<Vec<_>>()),
        );
        document.insert("claims_in_verified_claims_supported".into(), json!(claims));
        document.insert("trust_frameworks_supported".into(), json!(frameworks));
        Value::Object(document).to_string().into_bytes()
    }
}

impl Broker {
    /// The discovery document, for `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.
    pub fn metadata(&self, trust: &TrustState) -> Arc<[u8]> {
        self.documents.metadata(trust.list().map(AsRef::as_ref))
    }

    /// Our public keys: the one that signs, earlier ones whose tokens still live, and the next.
    pub fn jwks(&self) -> &[u8] {
        &self.documents.jwks
    }
}

/// What does not depend on the trust list.
fn fixed(issuer: &IssuerUrl) -> Map<String, Value> {
    let algorithms: Vec<_> = ALGORITHMS.into_iter().map(Algorithm::as_str).collect();
    let grants: Vec<_> = GRANT_TYPES.into_iter().map(GrantType::as_str).collect();
    let acrs: Vec<_> = Level::ALL.into_iter().map(Level::acr).collect();
    let scopes: Vec<_> = PERSON_SCOPES.into_iter().chain(MACHINE_SCOPES).collect();
    let entries = [
        ("issuer", json!(issuer.as_str())),
        ("authorization_endpoint", json!(issuer.endpoint("/authorize"))),
        ("token_endpoint", json!(issuer.endpoint(TOKEN))),
        ("userinfo_endpoint", json!(issuer.endpoint(USERINFO))),
        ("revocation_endpoint", json!(issuer.endpoint("/revoke"))),
        ("jwks_uri", json!(issuer.endpoint("/jwks"))),
        // RFC 9126 §5.
        ("pushed_authorization_request_endpoint", json!(issuer.endpoint(PAR))),
        ("require_pushed_authorization_requests", json!(true)),
        ("scopes_supported", json!(scopes)),
        ("response_types_supported", json!(["code"])),
        ("response_modes_supported", json!(["query"])),
        ("grant_types_supported", json!(grants)),
        ("code_challenge_methods_supported", json!(CHALLENGE_METHODS)),
        // RFC 9207 §3.
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
        ("token_endpoint_auth_signing_alg_values_supported", json!(algorithms)),
        // RFC 9449 §5.1.
        ("dpop_signing_alg_values_supported", json!(algorithms)),
        ("revocation_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
        ("revocation_endpoint_auth_signing_alg_values_supported", json!(algorithms)),
        ("subject_types_supported", json!(["pairwise"])),
        ("id_token_signing_alg_values_supported", json!([Algorithm::ES256.as_str()])),
        ("acr_values_supported", json!(acrs)),
        ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
        ("claim_types_supported", json!(["normal"])),
        ("claims_parameter_supported", json!(true)),
        // OpenID Connect Discovery §3: the default would be true; the request_uri of RFC 9126 is another matter.
        ("request_parameter_supported", json!(false)),
        ("request_uri_parameter_supported", json!(false)),
        // OpenID Connect for Identity Assurance §7.
        ("verified_claims_supported", json!(true)),
        ("evidence_supported", json!([EVIDENCE_TYPE])),
        ("electronic_records_supported", json!([RECORD_TYPE])),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Given whatever the person is asked for.
const PROTOCOL_CLAIMS: [&str; 6] = ["sub", "acr", "amr", "auth_time", "txn", "subject_stability"];

/// The claims that some client may have and some member can give.
fn claims(list: &VerifiedList) -> BTreeSet<&str> {
    let given: BTreeSet<&str> = list
        .members()
        .flat_map(|member| member.issuers())
        .flat_map(|issuer| &issuer.claims)
        .map(String::as_str)
        .collect();
    let purposes = list.members().flat_map(|member| member.clients()).flat_map(|client| &client.purposes);
    let registered = purposes.flat_map(|purpose| &purpose.claims).map(String::as_str);
    registered.filter(|name| policy::is_releasable(name, |claim| given.contains(claim))).collect()
}

/// The trust frameworks that members vouch under.
fn frameworks(list: &VerifiedList) -> BTreeSet<&str> {
    let issuers = list.members().flat_map(|member| member.issuers());
    issuers.filter_map(|issuer| issuer.profile.get("trust_framework")?.as_str()).collect()
}
