//! Kit `esignet`.

use async_trait::async_trait;
use serde_json::Value;

use crate::{Capabilities, CountryAdapter, ProfileError};

/// Kit `esignet`.
#[derive(Default)]
pub struct EsignetKit;

#[async_trait]
impl CountryAdapter for EsignetKit {
    fn kind(&self) -> &'static str {
        "esignet"
    }

    fn check_profile(&self, _profile: &Value) -> Result<(), ProfileError> {
        Ok(())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { redirect_login: false, present_credential: false, exchange_assertion: false }
    }
}
