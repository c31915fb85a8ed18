//! Kit `oidc`.

use async_trait::async_trait;
use serde_json::Value;

use crate::{Capabilities, CountryAdapter, ProfileError};

/// Kit `oidc`.
#[derive(Default)]
pub struct OidcKit;

#[async_trait]
impl CountryAdapter for OidcKit {
    fn kind(&self) -> &'static str {
        "oidc"
    }

    fn check_profile(&self, _profile: &Value) -> Result<(), ProfileError> {
        Ok(())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { redirect_login: false, present_credential: false, exchange_assertion: false }
    }
}
