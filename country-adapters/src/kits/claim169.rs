//! Kit `claim169`.

use async_trait::async_trait;
use serde_json::Value;

use crate::{Capabilities, CountryAdapter, ProfileError};

/// Kit `claim169`.
#[derive(Default)]
pub struct Claim169Kit;

#[async_trait]
impl CountryAdapter for Claim169Kit {
    fn kind(&self) -> &'static str {
        "claim169"
    }

    fn check_profile(&self, _profile: &Value) -> Result<(), ProfileError> {
        Ok(())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { redirect_login: false, present_credential: false, exchange_assertion: false }
    }
}
