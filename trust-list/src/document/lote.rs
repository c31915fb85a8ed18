//! The JSON of a List of Trusted Entities (ETSI TS 119 602 V1.1.1, JSON schema), field for field.
//!
//! Explicit profile: what the standard requires of an explicit list is required by type here. Arrays have at least one
//! element or are left out. Members we do not know are skipped when reading: they were signed, and the signed bytes
//! are what is kept.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use strict_jose::UnixTime;

use super::rfc3339;
use crate::LocalizedText;

/// The root: `{"LoTE": {…}}` and nothing else.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    #[serde(rename = "LoTE")]
    pub(crate) lote: Lote,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Lote {
    pub(crate) list_and_scheme_information: SchemeInformation,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) trusted_entities_list: Vec<TrustedEntity>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names of the standard")]
pub(crate) struct SchemeInformation {
    #[serde(rename = "LoTEVersionIdentifier")]
    pub(crate) version: u64,
    #[serde(rename = "LoTESequenceNumber")]
    pub(crate) sequence: u64,
    #[serde(rename = "LoTEType")]
    pub(crate) lote_type: String,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) scheme_operator_name: Vec<LangString>,
    pub(crate) scheme_operator_address: SchemeOperatorAddress,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) scheme_name: Vec<LangString>,
    #[serde(rename = "SchemeInformationURI", deserialize_with = "non_empty")]
    pub(crate) scheme_information_uri: Vec<LangUri>,
    pub(crate) status_determination_approach: String,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) scheme_type_community_rules: Vec<LangUri>,
    pub(crate) scheme_territory: String,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) policy_or_legal_notice: Vec<PolicyOrLegalNotice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) historical_information_period: Option<u64>,
    #[serde(
        rename = "PointersToOtherLoTE",
        default,
        deserialize_with = "non_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) pointers: Vec<Pointer>,
    #[serde(with = "rfc3339")]
    pub(crate) list_issue_date_time: UnixTime,
    #[serde(with = "rfc3339")]
    pub(crate) next_update: UnixTime,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) distribution_points: Vec<String>,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) scheme_extensions: Vec<Map<String, Value>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct LangString {
    pub(crate) lang: String,
    pub(crate) value: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct LangUri {
    pub(crate) lang: String,
    #[serde(rename = "uriValue")]
    pub(crate) uri_value: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SchemeOperatorAddress {
    #[serde(rename = "SchemeOperatorPostalAddress", deserialize_with = "non_empty")]
    pub(crate) postal: Vec<PostalAddress>,
    #[serde(rename = "SchemeOperatorElectronicAddress", deserialize_with = "non_empty")]
    pub(crate) electronic: Vec<LangUri>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PostalAddress {
    #[serde(rename = "lang")]
    pub(crate) lang: String,
    pub(crate) street_address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) locality: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state_or_province: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    pub(crate) country: String,
}

/// Either a policy or a notice in all elements of the array.
#[derive(Serialize, Deserialize)]
pub(crate) enum PolicyOrLegalNotice {
    #[serde(rename = "LoTEPolicy")]
    Policy(LangUri),
    #[serde(rename = "LoTELegalNotice")]
    LegalNotice(String),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Pointer {
    #[serde(rename = "LoTELocation")]
    pub(crate) location: String,
    #[serde(rename = "ServiceDigitalIdentities", deserialize_with = "non_empty")]
    pub(crate) identities: Vec<DigitalIdentity>,
    #[serde(rename = "LoTEQualifiers", deserialize_with = "non_empty")]
    pub(crate) qualifiers: Vec<Qualifier>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Qualifier {
    #[serde(rename = "LoTEType")]
    pub(crate) lote_type: String,
    #[serde(rename = "SchemeOperatorName", deserialize_with = "non_empty")]
    pub(crate) scheme_operator_name: Vec<LangString>,
    #[serde(rename = "MimeType")]
    pub(crate) mime_type: String,
    #[serde(rename = "SchemeTerritory", default, skip_serializing_if = "Option::is_none")]
    pub(crate) scheme_territory: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct DigitalIdentity {
    #[serde(
        rename = "PublicKeyValues",
        default,
        deserialize_with = "non_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) public_key_values: Vec<Value>,
    #[serde(rename = "OtherIds", default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) other_ids: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TrustedEntity {
    pub(crate) trusted_entity_information: EntityInformation,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) trusted_entity_services: Vec<Service>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntityInformation {
    #[serde(rename = "TEName", deserialize_with = "non_empty")]
    pub(crate) name: Vec<LangString>,
    #[serde(rename = "TETradeName", default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) trade_name: Vec<LangString>,
    #[serde(rename = "TEAddress")]
    pub(crate) address: EntityAddress,
    #[serde(rename = "TEInformationURI", deserialize_with = "non_empty")]
    pub(crate) information_uri: Vec<LangUri>,
    #[serde(
        rename = "TEInformationExtensions",
        default,
        deserialize_with = "non_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) extensions: Vec<Map<String, Value>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntityAddress {
    #[serde(rename = "TEPostalAddress", deserialize_with = "non_empty")]
    pub(crate) postal: Vec<PostalAddress>,
    #[serde(rename = "TEElectronicAddress", deserialize_with = "non_empty")]
    pub(crate) electronic: Vec<LangUri>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Service {
    pub(crate) service_information: ServiceInformation,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) service_history: Vec<ServiceHistory>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names of the standard")]
pub(crate) struct ServiceInformation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service_type_identifier: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) service_name: Vec<LangString>,
    pub(crate) service_digital_identity: DigitalIdentity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service_status: Option<String>,
    #[serde(default, with = "rfc3339::optional", skip_serializing_if = "Option::is_none")]
    pub(crate) status_starting_time: Option<UnixTime>,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) service_supply_points: Vec<SupplyPoint>,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) service_information_extensions: Vec<Map<String, Value>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SupplyPoint {
    #[serde(rename = "ServiceType", default, skip_serializing_if = "Option::is_none")]
    pub(crate) service_type: Option<String>,
    #[serde(rename = "uriValue")]
    pub(crate) uri_value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServiceHistory {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service_type_identifier: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    pub(crate) service_name: Vec<LangString>,
    pub(crate) service_digital_identity: DigitalIdentity,
    pub(crate) service_status: String,
    #[serde(with = "rfc3339")]
    pub(crate) status_starting_time: UnixTime,
    #[serde(default, deserialize_with = "non_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) service_information_extensions: Vec<Map<String, Value>>,
}

/// All arrays of the schema have `minItems: 1`.
fn non_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let elements = Vec::deserialize(deserializer)?;
    if elements.is_empty() { Err(D::Error::custom("an array is left out rather than empty")) } else { Ok(elements) }
}

/// A text of ours in the form of the schema.
pub(crate) fn lang_strings(text: &LocalizedText) -> Vec<LangString> {
    text.iter().map(|(lang, value)| LangString { lang: lang.to_owned(), value: value.to_owned() }).collect()
}

/// A text of the schema in our form. The array is not empty, so there is a first language.
pub(crate) fn localized(texts: Vec<LangString>) -> LocalizedText {
    let mut texts = texts.into_iter();
    let first = texts.next().map_or_else(|| LocalizedText::en(""), |first| LocalizedText::new(first.lang, first.value));
    texts.fold(first, |text, next| text.with(next.lang, next.value))
}
