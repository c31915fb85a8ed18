//! The content of a list, for those who need it as it was signed.

use serde_json::Value;
use strict_jose::{Limits, SignedDocument, UnixTime, b64, json, sha256};

use super::ExportError;
use crate::document::{ListName, SuspensionTarget};
use crate::{CountryCode, MemberView, NotTrusted, ServiceStatus, VerifiedList};

/// The content of one list of a verified region.
///
/// The region keeps the SHA-256 of each document that it verified; only the document of that hash is opened here, so
/// its content is as verified as the region is.
#[derive(Clone, Debug)]
pub struct ListDocument {
    name: ListName,
    territory: CountryCode,
    content: Value,
}

impl ListDocument {
    /// Opens the document of a list, if it is the one that `region` verified and grants nothing that `region` does not
    /// trust at `now`.
    pub fn open(region: &VerifiedList, name: ListName, bytes: &[u8], now: UnixTime) -> Result<Self, ExportError> {
        is_the_verified(region, name, bytes)?;
        no_contradiction(region, name, now)?;
        let unreadable = || ExportError::NotTheVerified(name);
        let signed = SignedDocument::parse(bytes, &Limits::BULK_LIST).map_err(|_| unreadable())?;
        let content = json::parse(signed.payload(), &Limits::BULK_LIST).map_err(|_| unreadable())?;
        let territory = match name {
            ListName::Regional => region.region(),
            ListName::Member(country) => country,
        };
        Ok(Self { name, territory, content })
    }

    /// Which list.
    pub fn name(&self) -> ListName {
        self.name
    }

    /// Whose list: its SchemeTerritory.
    pub fn territory(&self) -> CountryCode {
        self.territory
    }

    /// The LoTE.
    pub fn content(&self) -> &Value {
        &self.content
    }

    pub(super) fn into_content(self) -> Value {
        self.content
    }
}

fn is_the_verified(region: &VerifiedList, name: ListName, bytes: &[u8]) -> Result<(), ExportError> {
    let country = match name {
        ListName::Regional => None,
        ListName::Member(country) => Some(country),
    };
    let view = region.lists().find(|view| view.country == country).ok_or(ExportError::NotUsable(name))?;
    if b64::encode(sha256(bytes)) == view.sha256 { Ok(()) } else { Err(ExportError::NotTheVerified(name)) }
}

/// A suspension order stands in the status document, which readers of LoTE do not know: they would go on trusting what
/// the list grants. So the list must say it first.
fn no_contradiction(region: &VerifiedList, name: ListName, now: UnixTime) -> Result<(), ExportError> {
    let contradicted = match name {
        ListName::Regional => region
            .members()
            .filter(|member| member.listed_status(now) == Some(ServiceStatus::Granted))
            .find_map(|member| {
                let why = region.member_suspended(member.code(), now)?;
                Some((SuspensionTarget::member(member.code()), why))
            }),
        ListName::Member(country) => region.member(country).and_then(|member| granted_in_vain(region, &member, now)),
    };
    match contradicted {
        Some((what, why)) => Err(ExportError::Contradicted { list: name, what, why: why.to_string() }),
        None => Ok(()),
    }
}

/// The first entry that the member's list grants and the region does not trust.
fn granted_in_vain(
    region: &VerifiedList,
    member: &MemberView<'_>,
    now: UnixTime,
) -> Option<(SuspensionTarget, NotTrusted)> {
    let granted = Some(ServiceStatus::Granted);
    let issuers = member.issuers().filter(|issuer| issuer.status_at(now) == granted).map(|issuer| &issuer.id);
    let clients = member.clients().filter(|client| client.status_at(now) == granted).map(|client| &client.entity);
    issuers.chain(clients).find_map(|id| {
        let entity = SuspensionTarget::entity(member.code(), id.clone());
        let why = member.disabled(now).or_else(|| region.entity_suspended(member.code(), id, now));
        let part = || region.suspensions().iter().find(|order| order.target.is_within(&entity));
        why.map(|why| (entity.clone(), why))
            .or_else(|| part().map(|order| (order.target.clone(), NotTrusted::Suspended)))
    })
}
