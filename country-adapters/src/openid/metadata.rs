//! The provider's metadata (OpenID Connect Discovery §4).

use url::Url;

use super::answer;
use super::settings::ProviderSettings;
use crate::error::{AdapterError, Misconfigured};
use crate::outbound::{Caps, OutboundRequest, Peer};

/// The endpoints of a provider. Nothing else is taken from metadata: what is allowed comes from the signed list.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    pub(crate) pushed_authorization_request_endpoint: Option<Url>,
}

/// Endpoints change with a release, not with a login.
pub(crate) const MAX_AGE: i64 = 3600;

/// Fetches the metadata from where the profile says it is.
pub(crate) async fn fetch(peer: &Peer<'_>, settings: &ProviderSettings) -> Result<Metadata, AdapterError> {
    let request = OutboundRequest::get(settings.discovery_url.clone(), Caps::DISCOVERY);
    let response = peer.send(request.with_header("accept", "application/json")).await?;
    answer::success(&response)?;
    let members = answer::json_object(&response)?;
    // OpenID Connect Discovery §4.3: the issuer must be exactly the expected one. Off-spec: the expected one is the
    // profile's, since providers exist whose issuer is not the prefix of where they publish.
    if answer::required(&members, "issuer")? != settings.discovery_issuer {
        return Err(Misconfigured::DiscoveryIssuer.into());
    }
    let endpoint = |name: &str| -> Result<Option<Url>, AdapterError> {
        let Some(value) = members.get(name) else { return Ok(None) };
        let url = value.as_str().and_then(|text| Url::parse(text).ok()).ok_or(Misconfigured::EndpointMissing)?;
        // Also the authorization endpoint, which only the person's browser calls: it gets the person.
        peer.admits(&url)?;
        Ok(Some(url))
    };
    Ok(Metadata {
        authorization_endpoint: endpoint("authorization_endpoint")?.ok_or(Misconfigured::EndpointMissing)?,
        token_endpoint: endpoint("token_endpoint")?.ok_or(Misconfigured::EndpointMissing)?,
        jwks_uri: endpoint("jwks_uri")?.ok_or(Misconfigured::EndpointMissing)?,
        userinfo_endpoint: endpoint("userinfo_endpoint")?,
        pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint")?,
    })
}
