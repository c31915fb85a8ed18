//! What runs out, and how soon: for a watch that runs every day.

mod texts;

use serde::Serialize;
use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use crate::document::{ListName, NationalList};
use crate::publish::{PublishError, Published, national_list};
use crate::{CountryCode, EntityId, Recognition};

/// Something with an end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expiry {
    /// What it is.
    #[serde(flatten)]
    pub what: What,
    /// Its end.
    #[serde(with = "crate::document::rfc3339")]
    pub until: UnixTime,
    /// Seconds left; negative when it is past.
    pub seconds_left: i64,
    /// How urgent that is.
    pub urgency: Urgency,
}

/// What can run out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub enum What {
    /// The newest root.
    Root { version: u64 },
    /// The status document.
    Status { version: u64 },
    /// The newest version of a list.
    List { name: ListName, number: u64 },
    /// A key in the root.
    RootKey { key: Thumbprint, holder: String, country: CountryCode },
    /// A key that signs a country's list.
    SignerKey { key: Thumbprint, country: CountryCode },
    /// A key of a provider or client.
    EntryKey { key: Thumbprint, country: CountryCode, entity: EntityId },
    /// A row of the recognition matrix.
    Recognition { row: Recognition },
}

/// How soon, the most urgent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// More than 60 days.
    Later,
    /// Within 60 days.
    Within60Days,
    /// Within 30 days.
    Within30Days,
    /// Within 7 days.
    Within7Days,
    /// Past.
    Past,
}

const DAY: i64 = 24 * 3_600;

impl Urgency {
    /// How urgent `left` is for what lives `life` seconds; without a life, for ever until its end.
    ///
    /// 60, 30 and 7 days ahead; of what lives less than 120 days half, a quarter and a tenth of its life, or a list
    /// that lives a month would always be urgent, and a status document too.
    pub fn of(left: i64, life: Option<i64>) -> Self {
        let part = |days: i64, part: i64| life.map_or(days * DAY, |life| (days * DAY).min(life / part));
        match left {
            ..=0 => Self::Past,
            left if left <= part(7, 10) => Self::Within7Days,
            left if left <= part(30, 4) => Self::Within30Days,
            left if left <= part(60, 2) => Self::Within60Days,
            _ => Self::Later,
        }
    }

    /// The exit code of `trustctl expiry`.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Later => 0,
            Self::Within60Days => 4,
            Self::Within30Days => 5,
            Self::Within7Days => 6,
            Self::Past => 7,
        }
    }
}

/// Everything that has an end, the next one first. Recognition rows whose end is past are history and left out.
pub fn expiries(documents: &Published, now: UnixTime) -> Result<Vec<Expiry>, PublishError> {
    let mut found = Found { now, expiries: Vec::new() };
    of_root(documents, &mut found)?;
    if let Ok(status) = documents.status() {
        found.add(What::Status { version: status.version }, status.issued, status.expires);
    }
    of_lists(documents, &mut found)?;
    let mut expiries = found.expiries;
    expiries.sort_by_key(|expiry| expiry.until);
    Ok(expiries)
}

struct Found {
    now: UnixTime,
    expiries: Vec<Expiry>,
}

impl Found {
    fn add(&mut self, what: What, from: UnixTime, until: UnixTime) {
        self.push(what, until, Some(until.since(from)));
    }

    fn push(&mut self, what: What, until: UnixTime, life: Option<i64>) {
        let seconds_left = until.since(self.now);
        self.expiries.push(Expiry { what, until, seconds_left, urgency: Urgency::of(seconds_left, life) });
    }

    fn key(&mut self, key: &PublicJwk, what: impl FnOnce(Thumbprint) -> What) {
        if let Some(until) = key.exp() {
            self.push(what(key.thumbprint().clone()), until, None);
        }
    }
}

fn of_root(documents: &Published, found: &mut Found) -> Result<(), PublishError> {
    let root = documents.root()?;
    let document = root.document();
    found.add(What::Root { version: document.version }, document.issued, document.expires);
    for known in &document.keys {
        let (holder, country) = (known.holder.clone(), known.country);
        found.key(&known.key, |key| What::RootKey { key, holder, country });
    }
    Ok(())
}

fn of_lists(documents: &Published, found: &mut Found) -> Result<(), PublishError> {
    let Some(regional) = documents.regional()? else { return Ok(()) };
    let (name, number) = (ListName::Regional, regional.sequence);
    found.add(What::List { name, number }, regional.issued, regional.next_update);
    for row in regional.recognitions {
        if let Some(until) = row.until.filter(|until| found.now < *until) {
            let from = row.from;
            found.add(What::Recognition { row }, from, until);
        }
    }
    for member in regional.members {
        let country = member.country;
        for signer in &member.signers {
            found.key(signer, |key| What::SignerKey { key, country });
        }
        if let Ok((number, list)) = documents.list(ListName::Member(country)) {
            of_national(country, number, &national_list(&list)?, found);
        }
    }
    Ok(())
}

fn of_national(country: CountryCode, number: u64, list: &NationalList, found: &mut Found) {
    found.add(What::List { name: ListName::Member(country), number }, list.issued, list.next_update);
    let issuers = list.issuers.iter().map(|listed| (&listed.entity.id, listed.entity.keys.as_slice()));
    let clients = list.clients.iter().map(|listed| (&listed.entity.entity, listed.entity.keys.keys()));
    for (entity, keys) in issuers.chain(clients) {
        for key in keys {
            found.key(key, |key| What::EntryKey { key, country, entity: entity.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lives_long_is_due_60_30_and_7_days_before_its_end() {
        for (days, urgency) in [
            (61, Urgency::Later),
            (60, Urgency::Within60Days),
            (31, Urgency::Within60Days),
            (30, Urgency::Within30Days),
            (8, Urgency::Within30Days),
            (7, Urgency::Within7Days),
            (0, Urgency::Past),
            (-1, Urgency::Past),
        ] {
            assert_eq!(Urgency::of(days * DAY, Some(197 * DAY)), urgency, "{days}");
            assert_eq!(Urgency::of(days * DAY, None), urgency, "{days}");
        }
        assert_eq!(Urgency::of(1, None), Urgency::Within7Days);
    }

    #[test]
    fn what_lives_a_month_or_an_hour_is_due_at_half_a_quarter_and_a_tenth_of_its_life() {
        for life in [30 * DAY, 3_600] {
            let at = |percent: i64| Urgency::of(life * percent / 100, Some(life));
            assert_eq!([at(51), at(50), at(26)], [Urgency::Later, Urgency::Within60Days, Urgency::Within60Days]);
            assert_eq!([at(25), at(11)], [Urgency::Within30Days; 2]);
            assert_eq!([at(10), at(0)], [Urgency::Within7Days, Urgency::Past]);
        }
    }

    #[test]
    fn every_urgency_has_an_exit_code_of_its_own() {
        let all = [Urgency::Later, Urgency::Within60Days, Urgency::Within30Days, Urgency::Within7Days, Urgency::Past];
        assert_eq!(all.map(Urgency::exit_code), [0, 4, 5, 6, 7]);
    }
}
