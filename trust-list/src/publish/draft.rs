//! A list while it is changed.

use serde_json::{Map, Value, json};
use strict_jose::{Limits, UnixTime, json};

use super::wire::lang_uris;
use super::{Proposal, PublishError, wire};
use crate::document::lote::{
    Document, Lote, PolicyOrLegalNotice, PostalAddress, SchemeInformation, SchemeOperatorAddress, lang_strings,
};
use crate::document::vocabulary::{LOTE_VERSION, STATUS_DETERMINATION};
use crate::document::{ListProblem, Requested, Typ};
use crate::{CountryCode, LocalizedText, Organisation};

/// The JSON of a list. Changes touch what they are about and leave the rest, members unknown to us included.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// ListAndSchemeInformation.
    pub(super) information: Map<String, Value>,
    /// TrustedEntitiesList.
    pub(super) entities: Vec<Value>,
    /// Whatever else the list has.
    others: Map<String, Value>,
}

const INFORMATION: &str = "ListAndSchemeInformation";
const ENTITIES: &str = "TrustedEntitiesList";

/// What a new list says of itself.
pub(super) struct Scheme<'s> {
    pub(super) lote_type: &'static str,
    pub(super) territory: CountryCode,
    pub(super) name: LocalizedText,
    pub(super) location: &'s str,
    pub(super) operator: &'s Organisation,
    pub(super) issued: UnixTime,
}

/// A month: regulators meet monthly, and a missed meeting leaves days, not hours.
const LIST_LIFE: i64 = 30 * 24 * 3600;
/// TS 119 602 cl. 6.3.12: for ever.
const FOR_EVER: u64 = 65_535;

impl Draft {
    /// An explicit list without entries, sequence number 1.
    pub(super) fn new(scheme: &Scheme<'_>) -> Result<Self, PublishError> {
        let information = SchemeInformation {
            version: LOTE_VERSION,
            sequence: 1,
            lote_type: scheme.lote_type.to_owned(),
            scheme_operator_name: lang_strings(&scheme.operator.legal_name),
            scheme_operator_address: operator_address(scheme.operator),
            // Cl. 6.3.6: the territory, a colon, the name.
            scheme_name: lang_strings(&scheme.name.clone().map(|name| format!("{}:{name}", scheme.territory))),
            scheme_information_uri: lang_uris(&format!("{}/scheme", scheme.operator.website)),
            status_determination_approach: STATUS_DETERMINATION.to_owned(),
            scheme_type_community_rules: lang_uris(&format!("{}/rules", scheme.operator.website)),
            scheme_territory: scheme.territory.to_string(),
            policy_or_legal_notice: lang_uris(&scheme.operator.information_uri)
                .into_iter()
                .map(PolicyOrLegalNotice::Policy)
                .collect(),
            historical_information_period: Some(FOR_EVER),
            pointers: Vec::new(),
            list_issue_date_time: scheme.issued,
            next_update: scheme.issued.plus(LIST_LIFE),
            distribution_points: vec![scheme.location.to_owned()],
            scheme_extensions: Vec::new(),
        };
        let lote = Lote { list_and_scheme_information: information, trusted_entities_list: Vec::new() };
        Self::of(serde_json::to_value(Document { lote })?)
    }

    fn of(mut document: Value) -> Result<Self, PublishError> {
        let lote = document.get_mut("LoTE").map(Value::take);
        let Some(Value::Object(mut others)) = lote else { return Err(PublishError::UnknownKind) };
        let entities = take_array(&mut others, ENTITIES);
        match others.remove(INFORMATION) {
            Some(Value::Object(information)) => Ok(Self { information, entities, others }),
            _ => Err(PublishError::UnknownKind),
        }
    }

    fn into_value(mut self) -> Value {
        put_array(&mut self.others, ENTITIES, self.entities);
        self.others.insert(INFORMATION.to_owned(), Value::Object(self.information));
        json!({ "LoTE": self.others })
    }

    /// The release after the one in `payload`, issued at `issued` with the same life, a month at least.
    pub(super) fn revise(payload: &[u8], issued: UnixTime) -> Result<Self, PublishError> {
        let value =
            json::parse(payload, &Limits::BULK_LIST).map_err(|error| ListProblem::WrongForm(error.to_string()))?;
        let mut draft = Self::of(value)?;
        let sequence = draft.information.get("LoTESequenceNumber").and_then(Value::as_u64).unwrap_or(0);
        draft.set_sequence(sequence.saturating_add(1));
        draft.set_times(issued, issued.plus(LIST_LIFE));
        Ok(draft)
    }

    pub(super) fn set_sequence(&mut self, sequence: u64) {
        self.information.insert("LoTESequenceNumber".to_owned(), sequence.into());
    }

    pub(super) fn set_times(&mut self, issued: UnixTime, next_update: UnixTime) {
        self.information.insert("ListIssueDateTime".to_owned(), issued.to_rfc3339().into());
        self.information.insert("NextUpdate".to_owned(), next_update.to_rfc3339().into());
    }

    pub(super) fn set_next_update(&mut self, next_update: UnixTime) {
        self.information.insert("NextUpdate".to_owned(), next_update.to_rfc3339().into());
    }

    /// The list to sign, read back as a client would by `read`.
    pub(super) fn build<T>(
        self,
        kind: Typ,
        lote_type: &'static str,
        read: impl FnOnce(&[u8], &Requested<'_>) -> Result<T, ListProblem>,
    ) -> Result<Proposal, PublishError> {
        let payload = serde_json::to_vec(&self.into_value())?;
        let own = OwnWords::of(&payload)?;
        read(&payload, &own.requested(lote_type))?;
        Ok(Proposal::new(kind, payload))
    }
}

/// What a list says of itself: enough to check everything about it that does not depend on who asks.
pub(super) struct OwnWords {
    territory: CountryCode,
    location: String,
    sequence: u64,
    issued: UnixTime,
}

impl OwnWords {
    pub(super) fn of(payload: &[u8]) -> Result<Self, ListProblem> {
        let document: Document =
            json::parse_as(payload, &Limits::BULK_LIST).map_err(|error| ListProblem::WrongForm(error.to_string()))?;
        let own = document.lote.list_and_scheme_information;
        let territory = &own.scheme_territory;
        Ok(Self {
            territory: territory.parse().map_err(|_| ListProblem::WrongTerritory(territory.clone()))?,
            location: own.distribution_points.into_iter().next().ok_or(ListProblem::WrongDistributionPoint)?,
            sequence: own.sequence,
            issued: own.list_issue_date_time,
        })
    }

    pub(super) fn requested(&self, lote_type: &'static str) -> Requested<'_> {
        let Self { territory, location, sequence, issued } = self;
        let (territory, sequence, now) = (*territory, *sequence, *issued);
        Requested { lote_type, territory, distribution_point: location, sequence, now }
    }
}

fn operator_address(operator: &Organisation) -> SchemeOperatorAddress {
    let postal: PostalAddress = wire::postal_address(operator);
    let mut electronic = lang_uris(&format!("mailto:{}", operator.email));
    electronic.extend(lang_uris(&operator.website));
    SchemeOperatorAddress { postal: vec![postal], electronic }
}

/// The elements of an array, which is gone until it is put back.
pub(super) fn take_array(members: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    match members.remove(name) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

/// The schema has no empty arrays: one without elements is left out.
pub(super) fn put_array(members: &mut Map<String, Value>, name: &str, elements: Vec<Value>) {
    if !elements.is_empty() {
        members.insert(name.to_owned(), Value::Array(elements));
    }
}
