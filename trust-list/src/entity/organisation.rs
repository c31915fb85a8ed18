//! The organisation behind a service.

use serde::{Deserialize, Serialize};

use crate::{CountryCode, LocalizedText};

/// TS 119 602 TrustedEntityInformation: who answers for a service, where, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The legal name; pages show it beside the name a service gives itself.
    pub legal_name: LocalizedText,
    /// The registration number with its prefix, such as `NTRTG-12345` or `VATBJ-12345`.
    pub registration: Option<String>,
    /// Street and number.
    pub street_address: String,
    /// Town.
    pub locality: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// The country of the address. It is the country of the list: a list speaks for its own country only.
    pub country: CountryCode,
    /// Electronic address: e-mail, without `mailto:`.
    pub email: String,
    /// Electronic address: website.
    pub website: String,
    /// Electronic address: telephone in E.164 form, without `tel:`.
    pub telephone: String,
    /// Where the organisation publishes its practice and terms.
    pub information_uri: String,
}

impl Organisation {
    /// An organisation with placeholder addresses under `domain`: for tests, simulators and first drafts.
    pub fn draft(country: CountryCode, legal_name: LocalizedText, domain: &str) -> Self {
        Self {
            legal_name,
            registration: None,
            street_address: "1 Main Street".to_owned(),
            locality: None,
            postal_code: None,
            country,
            email: format!("contact@{domain}"),
            website: format!("https://{domain}"),
            telephone: "+00000000".to_owned(),
            information_uri: format!("https://{domain}/policy"),
        }
    }
}
