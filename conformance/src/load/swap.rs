//! What taking up large trust lists costs: verify, index, and let go of what was in force before.
//!
//! The floor is what nobody can save: every byte is hashed, every list has its quorum's signature verified over it, and
//! every list is parsed, by serde alone, into the types that verification reads too. Both run on this thread, whose CPU time
//! is read, so the neighbours do not count.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::Context as _;
use futures_util::FutureExt as _;
use strict_jose::{Algorithm, Limits, SignedDocument, SigningKey, UnixTime, Verifier, sha256};
use trust_list::document::{ListName, Typ};
use trust_list::testing::{TestRegion, parse_list};
use trust_list::{CountryCode, HighWater, Level, Updated, VerifiedList, update};

use super::process::thread_cpu_us;
use super::report::Row;

/// West Africa has sixteen states.
const MEMBERS: [&str; 16] =
    ["XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH", "XI", "XJ", "XL", "XM", "XN", "XO", "XP", "XQ"];

const NOW: UnixTime = UnixTime::new(1_800_000_000);

/// The rows, each with the number of entries it is for.
pub(super) const SIZES: [(&str, usize); 3] =
    [("trust_swap_1000", 1_000), ("trust_swap_10000", 10_000), ("trust_swap_100000", 100_000)];

/// As often, floor and hub in turn.
const TIMES: usize = 5;

/// One row: CPU of one swap of `entries` entries in sixteen lists.
pub(super) fn measure(operation: &'static str, entries: usize) -> anyhow::Result<Row> {
    let region = region(entries)?;
    let lists = lists(&region)?;
    let (mut swaps, mut floors) = (Vec::new(), Vec::new());
    let mut in_force = take_up(&region)?;
    for _ in 0..TIMES {
        let before = thread_cpu_us()?;
        lists.iter().try_for_each(floor)?;
        floors.push(thread_cpu_us()? - before);
        let before = thread_cpu_us()?;
        // The one before is dropped here.
        in_force = take_up(&region)?;
        swaps.push(thread_cpu_us()? - before);
    }
    let found: usize = in_force.members().map(|member| member.clients().count()).sum();
    anyhow::ensure!(found == entries, "{found} entries of {entries}");
    Ok(Row::of_batches(operation, "-", &mut swaps, &mut floors, u32::try_from(TIMES)?))
}

fn region(entries: usize) -> anyhow::Result<TestRegion> {
    let key = SigningKey::generate(Algorithm::ES256, None)?;
    let mut region = TestRegion::new(NOW)?;
    region.add_issuer(&TestRegion::issuer("XA".parse()?, "idp".parse()?, NOW))?;
    region.recognise("XB".parse()?, "XA".parse()?, "account-opening".parse()?, Level::High)?;
    for (place, code) in MEMBERS.into_iter().enumerate() {
        let country: CountryCode = code.parse()?;
        if region.national_key(country).is_err() {
            region.add_member(country)?;
        }
        let share = entries / MEMBERS.len() + usize::from(place < entries % MEMBERS.len());
        region.edit_national(country, |mut list| {
            for at in 0..share {
                let Ok(id) = format!("client-{at}").parse() else { continue };
                list = list.client(&TestRegion::client(country, id, &key, NOW))?;
            }
            Ok(list)
        })?;
    }
    Ok(region)
}

/// A list and who signs it.
struct List {
    bytes: Vec<u8>,
    signer: Verifier,
}

fn lists(region: &TestRegion) -> anyhow::Result<Vec<List>> {
    let list = |code: &&str| {
        let country: CountryCode = code.parse()?;
        let bytes = region.documents.list(ListName::Member(country))?.1.to_bytes();
        Ok(List { bytes, signer: region.national_key(country)?.verifier().clone() })
    };
    MEMBERS.iter().map(list).collect()
}

fn floor(list: &List) -> anyhow::Result<()> {
    black_box(sha256(&list.bytes));
    let signed = SignedDocument::parse(&list.bytes, &Limits::BULK_LIST)?;
    anyhow::ensure!(signed.valid_signers([&list.signer], Typ::National.as_str()).len() == 1, "not signed");
    black_box(parse_list(signed.payload())?);
    Ok(())
}

/// What a hub does with lists that are all new.
fn take_up(region: &TestRegion) -> anyhow::Result<Arc<VerifiedList>> {
    let (mut memory, publisher) = (HighWater::volatile(), region.publisher());
    let updating = update(region.pinned_root(), &publisher, &mut memory, None, region.now());
    match updating.now_or_never().context("a publisher in memory answers at once")?? {
        Updated::Changed(list) => Ok(list),
        Updated::Unchanged => anyhow::bail!("nothing changed"),
        Updated::Narrowed { why, .. } => Err(why.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_of_a_thousand_entries_is_measured_beside_its_floor() {
        let row = measure("trust_swap_1000", 1_000).unwrap();
        assert!(row.cpu_us > 0.0 && row.floor_us > 0.0, "{row:?}");
    }
}
