//! The two statuses: a word from the provider to a fact, or to "unknown".

use std::collections::BTreeMap;

use serde_json::Value;
use strict_jose::UnixTime;

use super::date::{DateFormat, civil_date};
use crate::{DocumentStatus, PersonStatus};

pub(super) fn person(value: &Value) -> PersonStatus {
    match value.as_str() {
        Some("alive") => PersonStatus::Alive,
        Some("deceased") => PersonStatus::Deceased,
        _ => PersonStatus::Unknown,
    }
}

/// `extended` may come with the last day, in `document_valid_until`.
pub(super) fn document(value: &Value, upstream: &BTreeMap<String, Value>) -> DocumentStatus {
    match value.as_str() {
        Some("valid") => DocumentStatus::Valid,
        Some("expired") => DocumentStatus::Expired,
        Some("extended") => {
            DocumentStatus::Extended { until: upstream.get("document_valid_until").and_then(end_of_day) }
        }
        Some("lost" | "stolen") => DocumentStatus::Lost,
        Some("revoked") => DocumentStatus::Revoked,
        _ => DocumentStatus::Unknown,
    }
}

fn end_of_day(value: &Value) -> Option<UnixTime> {
    let date = civil_date(value.as_str()?, DateFormat::Iso)?;
    UnixTime::parse_rfc3339(&format!("{date}T23:59:59Z")).ok()
}
