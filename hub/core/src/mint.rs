//! Minting: what tokens say. About a person everything comes from a [`Release`], about a client from a [`TrustedClient`].
//!
//! Nothing here decides; whoever calls has a `Release`, so policy said yes, and has recorded it.

use serde_json::{Map, Value, json};
use strict_jose::{Thumbprint, UnixTime, b64, random_token, sha256};
use trust_list::TrustedClient;

use crate::answer::{TokenAnswer, TokenType};
use crate::broker::Broker;
use crate::error::OAuthError;
use crate::grant::AccessTokenId;
use crate::handles::GrantId;
use crate::policy::Release;
use crate::request::{ClaimsRequest, Scope, base_name};
use crate::token::FEDERATION;

/// RFC 9068 §2.1.
pub(crate) const ACCESS_TOKEN_TYP: &str = "at+jwt";
/// The audience of access tokens of a login, below our issuer.
pub(crate) const USERINFO: &str = "/userinfo";

/// What the tokens of a login have besides the release.
pub(crate) struct LoginFor<'a> {
    pub(crate) grant: &'a GrantId,
    pub(crate) scope: &'a Scope,
    pub(crate) claims: &'a ClaimsRequest,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) key: Option<&'a Thumbprint>,
}

/// What an exchanged token has besides the release.
pub(crate) struct ExchangeFor<'a> {
    pub(crate) audience: &'a str,
    pub(crate) scope: Option<&'a Scope>,
    /// The rest of the subject token's life.
    pub(crate) seconds_left: Option<u64>,
    pub(crate) issued_token_type: &'static str,
    pub(crate) key: Option<&'a Thumbprint>,
}

/// The tokens of a login: ID token and access token.
pub(crate) fn login_tokens(
    broker: &Broker,
    release: &Release,
    login: &LoginFor<'_>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let access = AccessFor {
        audience: &broker.config.issuer.endpoint(USERINFO),
        client_id: &release.facts().client_id,
        jti: broker.keys.sealer.seal_handle(&AccessTokenId { grant: login.grant.clone() })?,
        scope: Some(login.scope),
        key: login.key,
        life: broker.config.lifetimes.access_token,
    };
    let mut answer = access_token(broker, about(release), access, now)?;
    answer.id_token = Some(id_token(broker, release, &answer.access_token, login, now)?);
    Ok(answer)
}

/// RFC 9068 for a client acting for itself: `sub` is the client (§5).
pub(crate) fn client_token(
    broker: &Broker,
    client: &TrustedClient<'_>,
    scope: &Scope,
    key: Option<&Thumbprint>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let client_id = &client.client().client_id;
    let access = AccessFor {
        audience: &broker.config.issuer.endpoint(FEDERATION),
        client_id,
        jti: random_token()?,
        scope: Some(scope),
        key,
        life: broker.config.lifetimes.access_token,
    };
    let claims = Map::from_iter([("sub".to_owned(), client_id.as_str().into())]);
    access_token(broker, claims, access, now)
}

/// RFC 8693 §2.2.1. `act` names the client that obtained it (§4.1), so a further exchange is seen.
pub(crate) fn exchanged_token(
    broker: &Broker,
    release: &Release,
    exchange: &ExchangeFor<'_>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let facts = release.facts();
    let most = broker.config.lifetimes.access_token;
    let access = AccessFor {
        audience: exchange.audience,
        client_id: &facts.client_id,
        jti: random_token()?,
        scope: exchange.scope,
        key: exchange.key,
        life: exchange.seconds_left.map_or(most, |left| most.min(left)),
    };
    let mut claims = about(release);
    claims.insert("act".into(), json!({ "sub": facts.client_id }));
    claims.insert("purpose".into(), facts.purpose.as_str().into());
    let answer = access_token(broker, claims, access, now)?;
    Ok(TokenAnswer { issued_token_type: Some(exchange.issued_token_type), ..answer })
}

/// OpenID Connect Core §2 and §3.1.3.6. Claims about the person only if they were asked for in the ID token.
fn id_token(
    broker: &Broker,
    release: &Release,
    access_token: &str,
    login: &LoginFor<'_>,
    now: UnixTime,
) -> Result<String, OAuthError> {
    let facts = release.facts();
    let mut claims = about(release);
    claims.extend(asked_for(release, |name| login.claims.id_token.contains_key(name)));
    claims.insert("iss".into(), broker.issuer().into());
    claims.insert("aud".into(), facts.client_id.as_str().into());
    claims.insert("iat".into(), now.seconds().into());
    claims.insert("exp".into(), end(now, broker.config.lifetimes.id_token).into());
    claims.insert("at_hash".into(), at_hash(access_token).into());
    claims.extend(login.nonce.map(|nonce| ("nonce".to_owned(), nonce.into())));
    sign(broker, "JWT", claims)
}

/// What every token says of a person: who, how well and how that was established, in which transaction.
fn about(release: &Release) -> Map<String, Value> {
    let facts = release.facts();
    let mut claims = Map::new();
    claims.insert("sub".into(), facts.sub.as_str().into());
    claims.insert("acr".into(), facts.level.acr().into());
    claims.insert("txn".into(), facts.transaction.to_text().into());
    if !facts.methods.is_empty() {
        claims.insert("amr".into(), facts.methods.clone().into());
    }
    claims.extend(facts.auth_time.map(|time| ("auth_time".to_owned(), time.seconds().into())));
    claims
}

/// The released claims that `wanted` says yes to, by their base names, in every language they have.
pub(crate) fn asked_for(release: &Release, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, Value)> {
    let claims = &release.facts().claims;
    let chosen = claims.iter().filter(move |(name, _)| wanted(name) || wanted(base_name(name)));
    chosen.map(|(name, value)| (name.clone(), value.clone()))
}

/// What makes an access token good for one resource.
struct AccessFor<'a> {
    audience: &'a str,
    client_id: &'a str,
    jti: String,
    scope: Option<&'a Scope>,
    /// What it is bound to.
    key: Option<&'a Thumbprint>,
    life: u64,
}

/// RFC 9068 §2.2, with RFC 9449 §6.1: `cnf`.
fn access_token(
    broker: &Broker,
    mut claims: Map<String, Value>,
    access: AccessFor<'_>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    claims.insert("iss".into(), broker.issuer().into());
    claims.insert("aud".into(), access.audience.into());
    claims.insert("client_id".into(), access.client_id.into());
    claims.insert("jti".into(), access.jti.into());
    claims.insert("iat".into(), now.seconds().into());
    claims.insert("exp".into(), end(now, access.life).into());
    claims.extend(access.key.map(|key| ("cnf".to_owned(), json!({ "jkt": key }))));
    let scope = access.scope.map(Scope::to_string);
    claims.extend(scope.clone().map(|scope| ("scope".to_owned(), scope.into())));
    Ok(TokenAnswer {
        access_token: sign(broker, ACCESS_TOKEN_TYP, claims)?,
        token_type: if access.key.is_some() { TokenType::Dpop } else { TokenType::Bearer },
        expires_in: access.life,
        id_token: None,
        refresh_token: None,
        scope,
        issued_token_type: None,
    })
}

fn sign(broker: &Broker, typ: &str, claims: Map<String, Value>) -> Result<String, OAuthError> {
    let payload = Value::Object(claims).to_string();
    Ok(broker.keys.signing.sign_compact(typ, payload.as_bytes())?)
}

/// OpenID Connect Core §3.1.3.6: the left half of SHA-256, for ES256.
fn at_hash(access_token: &str) -> String {
    let hash = sha256(access_token);
    b64::encode(hash.get(..16).unwrap_or_default())
}

fn end(now: UnixTime, life: u64) -> i64 {
    now.plus(i64::try_from(life).unwrap_or(i64::MAX)).seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_that_of_the_specification() {
        // OpenID Connect Core appendix A.3: access token and at_hash of one answer.
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
