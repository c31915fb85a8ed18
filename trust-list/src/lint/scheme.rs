//! What the clauses say of a list as a whole, beyond its schema.

use serde_json::Value;
use strict_jose::UnixTime;

use super::finding::{Check, Findings};
use super::{Question, elements, text};
use crate::document::vocabulary::{MEMBERS_EXTENSION, RECOGNITION_EXTENSION, REINSTATEMENTS_EXTENSION};
use crate::document::{MAX_CLOCK_SKEW, MAX_LIFE};

const INFO: &str = "/LoTE/ListAndSchemeInformation";

/// The list as a whole.
pub(super) struct Scheme<'l> {
    list: &'l Value,
}

impl<'l> Scheme<'l> {
    pub(super) fn of(list: &'l Value) -> Self {
        Self { list }
    }

    fn text(&self, name: &str) -> Option<&'l str> {
        text(self.list, &format!("{INFO}/{name}"))
    }

    fn time(&self, name: &str) -> Option<UnixTime> {
        UnixTime::parse_rfc3339(self.text(name)?).ok()
    }

    /// LoTEType.
    pub(super) fn lote_type(&self) -> Option<&'l str> {
        self.text("LoTEType")
    }

    /// SchemeTerritory.
    pub(super) fn territory(&self) -> Option<&'l str> {
        self.text("SchemeTerritory")
    }

    /// Each SchemeOperatorName.
    pub(super) fn operator_names(&self) -> impl Iterator<Item = &'l str> + use<'l> {
        elements(self.list, &format!("{INFO}/SchemeOperatorName"))
            .into_iter()
            .filter_map(|(_, name)| text(name, "/value"))
    }

    /// Each pointer with its place.
    pub(super) fn pointers(&self) -> Vec<(String, &'l Value)> {
        elements(self.list, &format!("{INFO}/PointersToOtherLoTE"))
    }

    pub(super) fn check(&self, question: &Question<'_>, findings: &mut Findings) {
        self.version(findings);
        self.sequence(findings);
        self.requested(question, findings);
        self.operator(findings);
        self.name(findings);
        self.territory_form(findings);
        self.policy(findings);
        self.times(question.now, findings);
        let known = [MEMBERS_EXTENSION, RECOGNITION_EXTENSION, REINSTATEMENTS_EXTENSION];
        super::entity::extensions(self.list, &format!("{INFO}/SchemeExtensions"), &known, findings);
    }

    /// §6.3.1: a higher version has rules that nobody here knows.
    fn version(&self, findings: &mut Findings) {
        let at = format!("{INFO}/LoTEVersionIdentifier");
        if let Some(version) = self.list.pointer(&at).and_then(Value::as_i64).filter(|version| *version != 1) {
            findings.add(Check::Version, at, version.to_string());
        }
    }

    fn sequence(&self, findings: &mut Findings) {
        let at = format!("{INFO}/LoTESequenceNumber");
        if let Some(number) = self.list.pointer(&at).and_then(Value::as_i64).filter(|number| *number < 1) {
            findings.add(Check::Sequence, at, number.to_string());
        }
    }

    /// The list that was asked for, at the place it says.
    fn requested(&self, question: &Question<'_>, findings: &mut Findings) {
        let found = self.lote_type();
        if question.lote_type.is_some_and(|asked| found != Some(asked)) {
            findings.add(Check::LoteType, format!("{INFO}/LoTEType"), found.unwrap_or_default());
        }
        if question.location.is_some_and(|location| !self.is_published_at(location)) {
            findings.add(Check::DistributionPoint, format!("{INFO}/DistributionPoints"), "");
        }
    }

    /// Whether DistributionPoints name that place.
    pub(super) fn is_published_at(&self, location: &str) -> bool {
        elements(self.list, &format!("{INFO}/DistributionPoints")).iter().any(|(_, point)| *point == location)
    }

    fn operator(&self, findings: &mut Findings) {
        let at = format!("{INFO}/SchemeOperatorAddress/SchemeOperatorElectronicAddress");
        let addresses = elements(self.list, &at);
        if addresses.is_empty() {
            return;
        }
        let has = |scheme: &str| {
            addresses.iter().any(|(_, address)| text(address, "/uriValue").is_some_and(|uri| uri.starts_with(scheme)))
        };
        if !has("mailto:") {
            findings.add(Check::OperatorEmail, at.clone(), "");
        }
        if !has("https:") && !has("http:") {
            findings.add(Check::OperatorWebsite, at, "");
        }
    }

    fn name(&self, findings: &mut Findings) {
        let Some(territory) = self.territory().filter(|territory| is_code(territory)) else { return };
        for (at, name) in elements(self.list, &format!("{INFO}/SchemeName")) {
            let name = text(name, "/value").unwrap_or_default();
            if !name.strip_prefix(territory).is_some_and(|rest| rest.starts_with(':')) {
                findings.add(Check::SchemeName, at, name);
            }
        }
    }

    fn territory_form(&self, findings: &mut Findings) {
        if let Some(territory) = self.territory().filter(|territory| !is_code(territory)) {
            findings.add(Check::Territory, format!("{INFO}/SchemeTerritory"), territory);
        }
    }

    fn policy(&self, findings: &mut Findings) {
        let at = format!("{INFO}/PolicyOrLegalNotice");
        let policies = elements(self.list, &at);
        let all = |name: &str| policies.iter().all(|(_, policy)| policy.get(name).is_some());
        if !policies.is_empty() && all("LoTEPolicy") == all("LoTELegalNotice") {
            findings.add(Check::PolicyMixed, at, "");
        }
    }

    fn times(&self, now: UnixTime, findings: &mut Findings) {
        let (at, issued_at) = (format!("{INFO}/NextUpdate"), format!("{INFO}/ListIssueDateTime"));
        let (Some(issued), Some(next)) = (self.time("ListIssueDateTime"), self.time("NextUpdate")) else { return };
        if next <= issued {
            findings.add(Check::NextUpdateOrder, at, next.to_rfc3339());
            return;
        }
        if next.since(issued) > MAX_LIFE {
            findings.add(Check::NextUpdateFar, at.clone(), next.to_rfc3339());
        }
        if next <= now {
            findings.add(Check::NextUpdatePast, at, next.to_rfc3339());
        }
        if issued > now.plus(MAX_CLOCK_SKEW) {
            findings.add(Check::IssuedInFuture, issued_at, issued.to_rfc3339());
        }
    }
}

/// Whether it is a code of a territory, by its form.
pub(super) fn is_code(territory: &str) -> bool {
    territory.len() == 2 && territory.bytes().all(|byte| byte.is_ascii_uppercase())
}
