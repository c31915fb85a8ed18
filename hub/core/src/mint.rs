//! Minting: what tokens say. About a person everything comes from a [`Release`], about a client from a [`TrustedClient`].
//!
//! Nothing here decides; whoever calls has a `Release`, so policy said yes, and has recorded it.

use serde_json::{Map, Value, json};
use strict_jose::{UnixTime, b64, random_token, sha256};
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

/// What an ID token has besides the release.
pub(crate) struct IdTokenFor<'a> {
    pub(crate) claims: &'a ClaimsRequest,
    pub(crate) nonce: Option<&'a str>,
}

/// What an exchanged token has besides the release.
pub(crate) struct ExchangeFor<'a> {
    pub(crate) audience: &'a str,
    pub(crate) scope: Option<&'a Scope>,
    /// The end of the subject token.
    pub(crate) ends_at: Option<UnixTime>,
    pub(crate) issued_token_type: &'static str,
}

/// The tokens of a login: ID token and access token.
pub(crate) fn login_tokens(
    broker: &Broker,
    release: &Release,
    grant: &GrantId,
    scope: &Scope,
    id_token: &IdTokenFor<'_>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let jti = broker.keys.sealer.seal_handle(&AccessTokenId { grant: grant.clone() })?;
    let life = broker.config.lifetimes.access_token;
    let audience = broker.config.issuer.endpoint(USERINFO);
    let mut claims = about(release);
    claims.extend(access_token(broker, &audience, &release.facts().client_id, &jti, life, now));
    claims.insert("scope".into(), scope.to_string().into());
    let access_token = sign(broker, ACCESS_TOKEN_TYP, &claims)?;
    Ok(TokenAnswer {
        id_token: Some(id_token_for(broker, release, &access_token, id_token, now)?),
        scope: Some(scope.to_string()),
        ..answer(access_token, life)
    })
}

/// RFC 9068 for a client acting for itself: `sub` is the client (§5).
pub(crate) fn client_token(
    broker: &Broker,
    client: &TrustedClient<'_>,
    scope: &Scope,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let client_id = &client.client().client_id;
    let life = broker.config.lifetimes.access_token;
    let audience = broker.config.issuer.endpoint(FEDERATION);
    let mut claims = access_token(broker, &audience, client_id, &random_token()?, life, now);
    claims.insert("sub".into(), client_id.as_str().into());
    claims.insert("scope".into(), scope.to_string().into());
    Ok(TokenAnswer { scope: Some(scope.to_string()), ..answer(sign(broker, ACCESS_TOKEN_TYP, &claims)?, life) })
}

/// RFC 8693 §2.2.1. `act` names the client that obtained it (§4.1), so a further exchange is seen.
pub(crate) fn exchanged_token(
    broker: &Broker,
    release: &Release,
    exchange: &ExchangeFor<'_>,
    now: UnixTime,
) -> Result<TokenAnswer, OAuthError> {
    let most = broker.config.lifetimes.access_token;
    let left = exchange.ends_at.map_or(most, |end| u64::try_from(end.since(now)).unwrap_or(0));
    let life = most.min(left.max(1));
    let facts = release.facts();
    let mut claims = about(release);
    claims.extend(access_token(broker, exchange.audience, &facts.client_id, &random_token()?, life, now));
    claims.insert("act".into(), json!({ "sub": facts.client_id }));
    claims.insert("purpose".into(), facts.purpose.as_str().into());
    let scope = exchange.scope.map(Scope::to_string);
    claims.extend(scope.clone().map(|scope| ("scope".to_owned(), scope.into())));
    let token = sign(broker, ACCESS_TOKEN_TYP, &claims)?;
    Ok(TokenAnswer { scope, issued_token_type: Some(exchange.issued_token_type), ..answer(token, life) })
}

/// OpenID Connect Core §2 and §3.1.3.6. Claims about the person only if they were asked for in the ID token.
fn id_token_for(
    broker: &Broker,
    release: &Release,
    access_token: &str,
    context: &IdTokenFor<'_>,
    now: UnixTime,
) -> Result<String, OAuthError> {
    let facts = release.facts();
    let mut claims = about(release);
    claims.extend(asked_for(release, |name| context.claims.id_token.contains_key(name)));
    claims.insert("iss".into(), broker.issuer().into());
    claims.insert("aud".into(), facts.client_id.as_str().into());
    claims.insert("iat".into(), now.seconds().into());
    claims.insert("exp".into(), end(now, broker.config.lifetimes.id_token).into());
    claims.insert("at_hash".into(), at_hash(access_token).into());
    claims.extend(context.nonce.map(|nonce| ("nonce".to_owned(), nonce.into())));
    sign(broker, "JWT", &claims)
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

/// RFC 9068 §2.2.
fn access_token(
    broker: &Broker,
    audience: &str,
    client_id: &str,
    jti: &str,
    life: u64,
    now: UnixTime,
) -> Map<String, Value> {
    Map::from_iter([
        ("iss".to_owned(), broker.issuer().into()),
        ("aud".to_owned(), audience.into()),
        ("client_id".to_owned(), client_id.into()),
        ("jti".to_owned(), jti.into()),
        ("iat".to_owned(), now.seconds().into()),
        ("exp".to_owned(), end(now, life).into()),
    ])
}

fn answer(access_token: String, expires_in: u64) -> TokenAnswer {
    TokenAnswer {
        access_token,
        token_type: TokenType::Bearer,
        expires_in,
        id_token: None,
        refresh_token: None,
        scope: None,
        issued_token_type: None,
    }
}

fn sign(broker: &Broker, typ: &str, claims: &Map<String, Value>) -> Result<String, OAuthError> {
    let payload = Value::Object(claims.clone()).to_string();
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
