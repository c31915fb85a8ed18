//! What verifying a large region costs, beside the floor: parsing its JSON and hashing its bytes.
//!
//! `cargo run --release -p trust-list --features testing --example large_list -- 100000`
//!
//! The bar: three times the floor; and a refresh that only brings a new status costs no more than a small list.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use futures_util::FutureExt as _;
use strict_jose::{Algorithm, Limits, SignedDocument, SigningKey, UnixTime, json, sha256};
use trust_list::document::ListName;
use trust_list::testing::TestRegion;
use trust_list::{CountryCode, HighWater, Level, Updated, VerifiedList, update};

const NOW: UnixTime = UnixTime::new(1_800_000_000);
/// West Africa has sixteen states, the union fifty-five.
const MEMBERS: [&str; 16] =
    ["XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH", "XI", "XJ", "XL", "XM", "XN", "XO", "XP", "XQ"];

fn main() -> Result<(), Box<dyn Error>> {
    let entries: usize = std::env::args().nth(1).map_or(Ok(20_000), |text| text.parse())?;
    let mut region = region(entries / MEMBERS.len())?;
    let documents = documents(&region)?;
    let bytes: usize = documents.iter().map(Vec::len).sum();

    let (floor, ()) = timed(|| read_and_hash(&documents))?;
    let (first, list) = timed(|| verify(&region, None))?;
    region.republish(NOW.plus(1))?;
    let (refresh, _) = timed(|| verify(&region, Some(&list)))?;
    let (lookups, ()) = timed(|| look_up(&list))?;

    let clients: usize = list.members().map(|member| member.clients().count()).sum();
    println!("entries           {clients} in {} lists, {} MB", MEMBERS.len(), bytes / 1_000_000);
    println!("floor             {floor:?}  (parse the JSON, hash the bytes)");
    println!("verify            {first:?}  = {:.2} x the floor", first.as_secs_f64() / floor.as_secs_f64());
    println!("refresh of status {refresh:?}");
    println!("one lookup        {:?}", lookups / LOOKUPS);
    Ok(())
}

fn region(entries: usize) -> Result<TestRegion, Box<dyn Error>> {
    let key = SigningKey::generate(Algorithm::ES256, None)?;
    let mut region = TestRegion::new(NOW)?;
    region.add_issuer(&TestRegion::issuer("XA".parse()?, "idp".parse()?, NOW))?;
    region.recognise("XB".parse()?, "XA".parse()?, "account-opening".parse()?, Level::High)?;
    for code in MEMBERS {
        let country: CountryCode = code.parse()?;
        if region.national_key(country).is_err() {
            region.add_member(country)?;
        }
        region.edit_national(country, |mut list| {
            for at in 0..entries {
                let Ok(id) = format!("client-{at}").parse() else { continue };
                list = list.client(&TestRegion::client(country, id, &key, NOW))?;
            }
            Ok(list)
        })?;
    }
    Ok(region)
}

fn documents(region: &TestRegion) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let names = MEMBERS.iter().map(|code| Ok(ListName::Member(code.parse()?)));
    let names: Vec<ListName> = names.collect::<Result<_, Box<dyn Error>>>()?;
    names.into_iter().map(|name| Ok(region.documents.list(name)?.1.to_bytes())).collect()
}

/// What nobody can save: every byte is hashed, every list parsed.
fn read_and_hash(documents: &[Vec<u8>]) -> Result<(), Box<dyn Error>> {
    for bytes in documents {
        black_box(sha256(bytes));
        let document = SignedDocument::parse(bytes, &Limits::BULK_LIST)?;
        black_box(json::parse(document.payload(), &Limits::BULK_LIST)?);
    }
    Ok(())
}

fn verify(
    region: &TestRegion,
    previous: Option<&VerifiedList>,
) -> Result<std::sync::Arc<VerifiedList>, Box<dyn Error>> {
    let mut memory = HighWater::volatile();
    let (root, publisher) = (region.pinned_root(), region.publisher());
    match update(root, &publisher, &mut memory, previous, region.now()).now_or_never().ok_or("pending")?? {
        Updated::Changed(list) => Ok(list),
        Updated::Unchanged => Err("unchanged".into()),
        Updated::Narrowed { why, .. } => Err(why.into()),
    }
}

const LOOKUPS: u32 = 100_000;

fn look_up(list: &VerifiedList) -> Result<(), Box<dyn Error>> {
    for _ in 0..LOOKUPS {
        black_box(list.trusted_client(black_box("https://client-7.xb.example"), NOW)?);
    }
    Ok(())
}

/// CPU time of this thread: wall time would measure the neighbours too.
fn timed<T>(run: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<(Duration, T), Box<dyn Error>> {
    let start = cpu_time()?;
    let result = run()?;
    Ok((cpu_time()?.saturating_sub(start), result))
}

/// The first number of Linux' schedstat: nanoseconds on a CPU.
fn cpu_time() -> Result<Duration, Box<dyn Error>> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = schedstat.split(' ').next().ok_or("no schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanos))
}
