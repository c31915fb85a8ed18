//! Differences between two releases of a list: they save bytes and decide nothing.

use std::sync::Mutex;

use async_trait::async_trait;
use trust_list::document::{DocumentPath, ListName};
use trust_list::publish::{NationalBuilder, Published};
use trust_list::testing::TestRegion;
use trust_list::{FetchError, Publisher, ServiceStatus, delta};

use crate::support::{NOW, Watcher, cc, disabled, region};

/// Writes down what is fetched, and how many bytes it was.
struct Scales<'d> {
    documents: &'d Published,
    fetched: Mutex<Vec<(String, usize)>>,
}

impl<'d> Scales<'d> {
    fn of(documents: &'d Published) -> Self {
        Self { documents, fetched: Mutex::default() }
    }

    /// The bytes of the lists and deltas, and whether a list came whole.
    fn lists(&self) -> (usize, bool) {
        let fetched = self.fetched.lock().unwrap();
        let lists: Vec<_> = fetched.iter().filter(|(path, _)| path.starts_with("lists/XA.")).collect();
        let whole = lists.iter().any(|(path, bytes)| !path.contains(".from-") && *bytes > 0);
        (lists.iter().map(|(_, bytes)| bytes).sum(), whole)
    }
}

#[async_trait]
impl Publisher for Scales<'_> {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        let fetched = self.documents.fetch(path, max_bytes).await;
        let bytes = fetched.as_ref().map_or(0, |found| found.as_ref().map_or(0, Vec::len));
        self.fetched.lock().unwrap().push((path.to_owned(), bytes));
        fetched
    }
}

/// XA's list with so many more identity providers.
fn grown(entries: usize) -> TestRegion {
    let mut region = region();
    let issuers = (0..entries).map(|n| TestRegion::issuer(cc("XA"), format!("idp-{n}").parse().unwrap(), NOW));
    let issuers: Vec<_> = issuers.collect();
    region.edit_national(cc("XA"), |list| issuers.iter().try_fold(list, NationalBuilder::issuer)).unwrap();
    region
}

fn delta_path(documents: &Published) -> DocumentPath {
    let name = ListName::Member(cc("XA"));
    let (sequence, _) = documents.list(name).unwrap();
    DocumentPath::Delta(name, sequence, sequence - 1)
}

#[tokio::test]
async fn a_client_that_has_the_release_before_fetches_what_changed_and_holds_the_same_bytes() {
    let mut region = grown(200);
    let mut client = Watcher::of(&region).await;
    region.add_issuer(&TestRegion::issuer(cc("XA"), "one-more".parse().unwrap(), NOW)).unwrap();
    let scales = Scales::of(&region.documents);
    let list = client.update(&scales, NOW.plus(1)).await.unwrap();
    assert_eq!(disabled(&list, "XA", NOW.plus(1)), None);
    let (_, newest) = region.documents.list(ListName::Member(cc("XA"))).unwrap();
    let (fetched, whole) = scales.lists();
    assert!(!whole && fetched * 20 < newest.to_bytes().len(), "{fetched} bytes");
    // What is in the cache is the signed document: a restart begins with it.
    client.restart();
    let again = Scales::of(&region.documents);
    client.update(&again, NOW.plus(2)).await.unwrap();
    assert_eq!(again.lists(), (0, false));
}

/// The figures of docs/operations.md; `--nocapture` prints them.
#[tokio::test]
async fn a_list_of_ten_thousand_entries_of_which_one_changed_costs_kilobytes() {
    let mut region = grown(10_000);
    let mut client = Watcher::of(&region).await;
    let since = NOW.plus(1);
    let change = |list: NationalBuilder| list.status(&"idp-5000".parse().unwrap(), ServiceStatus::Suspended, since);
    region.edit_national(cc("XA"), change).unwrap();
    let scales = Scales::of(&region.documents);
    client.update(&scales, since).await.unwrap();
    let (fetched, whole) = scales.lists();
    let (_, newest) = region.documents.list(ListName::Member(cc("XA"))).unwrap();
    let size = newest.to_bytes().len();
    println!("whole {size} bytes, delta {fetched} bytes");
    assert!(!whole && fetched < 8_192 && fetched * 500 < size, "{fetched} of {size} bytes");
}

#[tokio::test]
async fn h14_a_delta_that_is_junk_of_another_release_or_too_long_costs_one_fetch_of_the_whole_list() {
    let mut region = grown(50);
    let before = Watcher::of(&region).await.list.unwrap().sequence();
    let older = region.documents.clone();
    region.add_issuer(&TestRegion::issuer(cc("XA"), "one-more".parse().unwrap(), NOW)).unwrap();
    let path = delta_path(&region.documents);
    let good = region.documents.get(path).unwrap().to_vec();
    let (_, other) = region.documents.list(ListName::Regional).unwrap();
    let (_, newest) = region.documents.list(ListName::Member(cc("XA"))).unwrap();
    let of_another =
        delta::make(&other.to_bytes(), &newest.to_bytes()).unwrap_or_else(|| good[..good.len() / 2].to_vec());
    for bad in [b"junk".to_vec(), Vec::new(), of_another, vec![0; newest.to_bytes().len()]] {
        let mut client = Watcher::new(region.pinned_root());
        client.update(&older, NOW).await.unwrap();
        let mut documents = region.documents.clone();
        documents.put_unchecked(path, bad);
        let scales = Scales::of(&documents);
        let list = client.update(&scales, NOW.plus(1)).await.unwrap();
        assert!(list.sequence() > before);
        assert_eq!(disabled(&list, "XA", NOW.plus(1)), None);
        assert!(scales.lists().1, "the list came whole");
    }
}

#[tokio::test]
async fn a_client_that_was_away_for_two_releases_catches_up_with_one_delta() {
    let mut region = grown(100);
    let mut client = Watcher::of(&region).await;
    for name in ["second", "third"] {
        region.add_issuer(&TestRegion::issuer(cc("XA"), name.parse().unwrap(), NOW)).unwrap();
    }
    let scales = Scales::of(&region.documents);
    client.update(&scales, NOW.plus(1)).await.unwrap();
    assert!(!scales.lists().1);
    // The next one is too far: the list comes whole.
    for name in ["fourth", "fifth", "sixth"] {
        region.add_issuer(&TestRegion::issuer(cc("XA"), name.parse().unwrap(), NOW)).unwrap();
    }
    let scales = Scales::of(&region.documents);
    client.update(&scales, NOW.plus(2)).await.unwrap();
    assert!(scales.lists().1);
}
