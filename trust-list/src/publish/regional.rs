//! Making regional lists.

use serde_json::{Map, Value};
use strict_jose::UnixTime;

use super::draft::{Draft, OwnWords, Scheme, put_array, take_array};
use super::{Proposal, PublishError, wire};
use crate::document::vocabulary::{
    MEMBERS_EXTENSION, PART_REINSTATEMENTS_EXTENSION, RECOGNITION_EXTENSION, REINSTATEMENTS_EXTENSION,
};
use crate::document::{
    MemberEntry, MemberExtension, NATIONAL_LIST, REGIONAL_LIST, RegionalList, Reinstatement, Typ, extension,
};
use crate::{CountryCode, LocalizedText, Organisation, Purpose, Recognition, ServiceStatus, StatusPeriod};

/// Makes the first regional list, or the next.
#[derive(Clone, Debug)]
pub struct RegionalBuilder {
    draft: Draft,
    members: Vec<MemberEntry>,
    recognitions: Vec<Recognition>,
    reinstatements: Vec<Reinstatement>,
}

impl RegionalBuilder {
    /// The first list of `region`, published at `location` (see [`crate::document::Root::regional_location`]), kept by
    /// `operator`. It lives a month.
    pub fn new(
        region: CountryCode,
        location: &str,
        operator: &Organisation,
        issued: UnixTime,
    ) -> Result<Self, PublishError> {
        let name = LocalizedText::en("Regional list of member states");
        let scheme = Scheme { lote_type: REGIONAL_LIST, territory: region, name, location, operator, issued };
        let draft = Draft::new(&scheme)?;
        Ok(Self { draft, members: Vec::new(), recognitions: Vec::new(), reinstatements: Vec::new() })
    }

    /// The list after the one in `payload`: the next number, the same content.
    pub fn revise(payload: &[u8], issued: UnixTime) -> Result<Self, PublishError> {
        let own = OwnWords::of(payload)?;
        let list = RegionalList::read(payload, &own.requested(REGIONAL_LIST), String::new())?;
        let RegionalList { members, recognitions, reinstatements, .. } = list;
        Ok(Self { draft: Draft::revise(payload, issued)?, members, recognitions, reinstatements })
    }

    /// Sets the sequence number.
    #[must_use]
    pub fn sequence(mut self, sequence: u64) -> Self {
        self.draft.set_sequence(sequence);
        self
    }

    /// Sets the time by which it must be replaced.
    #[must_use]
    pub fn next_update(mut self, next_update: UnixTime) -> Self {
        self.draft.set_next_update(next_update);
        self
    }

    /// The members so far.
    pub fn members(&self) -> &[MemberEntry] {
        &self.members
    }

    /// Enters a member, in the place of the one with its country if there is one.
    #[must_use]
    pub fn member(mut self, member: &MemberEntry) -> Self {
        match self.members.iter_mut().find(|known| known.country == member.country) {
            Some(known) => *known = member.clone(),
            None => self.members.push(member.clone()),
        }
        self
    }

    /// Gives a member another status from `since` on; the one so far becomes history.
    pub fn member_status(
        mut self,
        country: CountryCode,
        status: ServiceStatus,
        since: UnixTime,
    ) -> Result<Self, PublishError> {
        let member = self.members.iter_mut().find(|known| known.country == country);
        let member = member.ok_or_else(|| PublishError::NoSuchEntry(country.to_string()))?;
        member.status.require_change(status, &country)?;
        member.history.insert(0, StatusPeriod { status: member.status, since: member.status_since });
        (member.status, member.status_since) = (status, since);
        Ok(self)
    }

    /// Enters a row of the recognition matrix, in the place of the one for the same countries, purpose and beginning.
    #[must_use]
    pub fn recognise(mut self, row: &Recognition) -> Self {
        let same = |known: &&mut Recognition| {
            (known.recogniser, known.recognised, known.from) == (row.recogniser, row.recognised, row.from)
                && known.purpose == row.purpose
        };
        match self.recognitions.iter_mut().find(same) {
            Some(known) => *known = row.clone(),
            None => self.recognitions.push(row.clone()),
        }
        self
    }

    /// Ends the row that is in force at `end`, by which the country `by` recognises another for a purpose. It stays, with
    /// its end: what was recognised before is still answered as of its time.
    pub fn end_recognition(
        mut self,
        by: CountryCode,
        other: CountryCode,
        purpose: &Purpose,
        end: UnixTime,
    ) -> Result<Self, PublishError> {
        let about = |row: &&mut Recognition| row.recogniser == by && row.recognised == other && row.purpose == *purpose;
        let in_force = |row: &&mut Recognition| row.from < end && row.until.is_none_or(|until| end < until);
        let row = self.recognitions.iter_mut().filter(about).find(in_force);
        let missing = || PublishError::NoRecognition(format!("{by}:{other}:{purpose}"));
        row.ok_or_else(missing)?.until = Some(end);
        Ok(self)
    }

    /// Enters a row in the place of the one in force when it begins, which ends then.
    #[must_use]
    pub fn recognise_instead(self, row: &Recognition) -> Self {
        let ended = self.clone().end_recognition(row.recogniser, row.recognised, &row.purpose, row.from);
        ended.unwrap_or(self).recognise(row)
    }

    /// Lifts suspension orders. It takes the place of an earlier one for the same target.
    #[must_use]
    pub fn reinstate(mut self, row: Reinstatement) -> Self {
        self.reinstatements.retain(|known| known.target != row.target);
        self.reinstatements.push(row);
        self
    }

    /// The list to sign.
    pub fn build(mut self) -> Result<Proposal, PublishError> {
        self.write_pointers()?;
        self.write_extensions()?;
        self.draft.build(Typ::Regional, REGIONAL_LIST, |payload, requested| {
            RegionalList::read(payload, requested, String::new())
        })
    }

    /// Pointers to lists of other types stay as they are.
    fn write_pointers(&mut self) -> Result<(), PublishError> {
        let own = self.members.iter().map(|member| serde_json::to_value(wire::pointer(member)));
        let own = own.collect::<Result<Vec<_>, _>>()?;
        let mut pointers = take_array(&mut self.draft.information, "PointersToOtherLoTE");
        pointers.retain(|pointer| !is_national(pointer));
        pointers.extend(own);
        put_array(&mut self.draft.information, "PointersToOtherLoTE", pointers);
        Ok(())
    }

    /// Extensions of other names stay as they are.
    fn write_extensions(&mut self) -> Result<(), PublishError> {
        let members: Vec<_> = self.members.iter().map(member_extension).collect();
        let (parts, whole): (Vec<_>, Vec<_>) = self.reinstatements.iter().partition(|row| row.target.is_part());
        let own = [
            (MEMBERS_EXTENSION, members.is_empty(), serde_json::to_value(members)?),
            (RECOGNITION_EXTENSION, self.recognitions.is_empty(), serde_json::to_value(&self.recognitions)?),
            (REINSTATEMENTS_EXTENSION, whole.is_empty(), serde_json::to_value(whole)?),
            (PART_REINSTATEMENTS_EXTENSION, parts.is_empty(), serde_json::to_value(parts)?),
        ];
        let mut extensions = take_array(&mut self.draft.information, "SchemeExtensions");
        extensions.retain(|container| !own.iter().any(|(name, ..)| container.get(name).is_some()));
        for (name, is_empty, content) in own {
            if !is_empty {
                let container: Map<String, Value> = match name {
                    PART_REINSTATEMENTS_EXTENSION => extension::optional(name, content),
                    _ => extension::critical(name, content),
                };
                extensions.push(Value::Object(container));
            }
        }
        put_array(&mut self.draft.information, "SchemeExtensions", extensions);
        Ok(())
    }
}

fn is_national(pointer: &Value) -> bool {
    let qualifiers = pointer.get("LoTEQualifiers").and_then(Value::as_array);
    let types = qualifiers.into_iter().flatten().filter_map(|qualifier| qualifier.get("LoTEType"));
    types.into_iter().any(|lote_type| lote_type == NATIONAL_LIST)
}

fn member_extension(member: &MemberEntry) -> MemberExtension {
    MemberExtension {
        country: member.country,
        name: member.name.clone(),
        threshold: member.threshold,
        current: StatusPeriod { status: member.status, since: member.status_since },
        history: member.history.clone(),
        permitted_hosts: member.permitted_hosts.clone(),
    }
}
