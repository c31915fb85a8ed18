//! The provider's metadata (OpenID Connect Discovery §4).

use serde_json::{Map, Value};
use url::Url;

use super::answer;
use super::settings::ProviderSettings;
use crate::error::{AdapterError, Misconfigured};
use crate::outbound::{Caps, OutboundRequest, Peer};

/// The endpoints of a provider, and a promise that can only make us stricter. Nothing else is taken from metadata: what
/// is allowed comes from the signed list.
#[derive(Debug)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    pub(crate) pushed_authorization_request_endpoint: Option<Url>,
    /// RFC 9207 §3: whether every answer in a redirect says whose it is.
    pub(crate) promises_redirect_issuer: bool,
}

/// Endpoints change with a release, not with a login.
pub(crate) const MAX_AGE: i64 = 3600;

/// Fetches the metadata from where the profile says it is. What does not pass is not kept.
pub(crate) async fn fetch(peer: &Peer<'_>, settings: &ProviderSettings) -> Result<Metadata, AdapterError> {
    let request = OutboundRequest::get(settings.discovery_url.clone(), Caps::DISCOVERY);
    let response = peer.send(request.with_header("accept", "application/json")).await?;
    answer::success(&response)?;
    let metadata = Metadata::parse(&answer::json_object(&response)?)?;
    metadata.check(peer, settings).map(|()| metadata)
}

impl Metadata {
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<Self, AdapterError> {
        let endpoint = |name: &str| -> Result<Option<Url>, Misconfigured> {
            let parse = |value: &Value| value.as_str().and_then(|text| Url::parse(text).ok());
            members.get(name).map(|value| parse(value).ok_or(Misconfigured::EndpointMissing)).transpose()
        };
        let required = |name: &str| endpoint(name)?.ok_or(Misconfigured::EndpointMissing);
        Ok(Self {
            issuer: answer::required(members, "issuer")?.to_owned(),
            authorization_endpoint: required("authorization_endpoint")?,
            token_endpoint: required("token_endpoint")?,
            jwks_uri: required("jwks_uri")?,
            userinfo_endpoint: endpoint("userinfo_endpoint")?,
            pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint")?,
            promises_redirect_issuer: members.get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
        })
    }

    /// Whether it is the metadata of this provider, and every endpoint on a host of its entry.
    pub(crate) fn check(&self, peer: &Peer<'_>, settings: &ProviderSettings) -> Result<(), AdapterError> {
        // OpenID Connect Discovery §4.3: the issuer must be exactly the expected one. Off-spec: the expected one is
        // the profile's, since providers exist whose issuer is not the prefix of where they publish.
        if self.issuer != settings.discovery_issuer {
            return Err(Misconfigured::DiscoveryIssuer.into());
        }
        // Also the authorization endpoint, which only the person's browser calls: it gets the person.
        let required = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let optional = [&self.userinfo_endpoint, &self.pushed_authorization_request_endpoint];
        let mut endpoints = required.into_iter().chain(optional.into_iter().flatten());
        Ok(endpoints.try_for_each(|url| peer.admits(url))?)
    }
}
