//! Several publishers of one region, some of them bad.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use strict_jose::{Algorithm, SigningKey};
use trust_list::document::{DocumentPath, ListName, StatusProblem, Typ};
use trust_list::publish::Published;
use trust_list::{FetchError, Mirrors, Publisher, Regression, UpdateError, Verdict};

use crate::support::{HOUR, NOW, Watcher, cc, disabled, idp, newest, payload, region, sign};

/// A mirror of some documents, which remembers what was said of it.
struct Mirror {
    documents: Option<Published>,
    said: Mutex<Vec<Verdict>>,
}

impl Mirror {
    fn of(documents: &Published) -> Arc<Self> {
        Arc::new(Self { documents: Some(documents.clone()), said: Mutex::default() })
    }

    fn silent() -> Arc<Self> {
        Arc::new(Self { documents: None, said: Mutex::default() })
    }

    fn said(&self) -> &'static str {
        self.said.lock().unwrap().last().unwrap().code()
    }
}

#[async_trait]
impl Publisher for Mirror {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        match &self.documents {
            Some(documents) => documents.fetch(path, max_bytes).await,
            None => Err(FetchError::Unreachable { path: path.to_owned(), reason: "silence".to_owned() }),
        }
    }

    fn judged(&self, place: usize, verdict: &Verdict) {
        assert_eq!(place, 0, "a mirror is one place");
        self.said.lock().unwrap().push(verdict.clone());
    }
}

fn mirrors(of: &[&Arc<Mirror>]) -> Mirrors {
    Mirrors::new(of.iter().map(|mirror| Arc::clone(mirror) as Arc<dyn Publisher>).collect())
}

#[tokio::test]
async fn a_mirror_that_withholds_a_suspension_delays_it_for_nobody() {
    let mut region = region();
    let withholding = Mirror::of(&region.documents);
    let mut client = Watcher::of(&region).await;
    region.suspend(cc("XA"), None).unwrap();
    let honest = Mirror::of(&region.documents);

    let list = client.update(&mirrors(&[&withholding, &honest]), NOW.plus(1)).await.unwrap();
    assert!(idp(&list, NOW.plus(1)).is_err());
    assert_eq!(honest.said(), "newest");
    assert_eq!(withholding.said(), "behind");

    // Afterwards it is older than what was seen: noted, and no error of the whole.
    client.list = None;
    let list = client.update(&mirrors(&[&withholding, &honest]), NOW.plus(2)).await.unwrap();
    assert!(idp(&list, NOW.plus(2)).is_err());
    assert_eq!(withholding.said(), "rollback");

    let alone = client.update(&mirrors(&[&withholding]), NOW.plus(3)).await.unwrap_err();
    assert!(matches!(alone, UpdateError::Status(StatusProblem::Regressed(Regression::Rollback { .. }))), "{alone}");
}

#[tokio::test]
async fn h15_mirrors_that_are_away_empty_or_expired_change_nothing_while_one_answers() {
    let mut region = region();
    region.set_status_life(60).republish(NOW).unwrap();
    let expired = Mirror::of(&region.documents);
    region.set_status_life(HOUR).republish(NOW.plus(30)).unwrap();
    let (good, silent, empty) = (Mirror::of(&region.documents), Mirror::silent(), Mirror::of(&Published::new()));
    let mut client = Watcher::new(region.pinned_root());
    let list = client.update(&mirrors(&[&silent, &empty, &expired, &good]), NOW.plus(90)).await.unwrap();
    assert!(idp(&list, NOW.plus(90)).is_ok());
    let said = [&silent, &empty, &expired, &good].map(|mirror| mirror.said());
    assert_eq!(said, ["fetch", "no_status", "status_expired", "newest"]);

    let none = client.update(&mirrors(&[&silent, &empty]), NOW.plus(91)).await.unwrap_err();
    assert_eq!(none.code(), "fetch");
}

#[tokio::test]
async fn a_mirror_that_forges_what_it_serves_is_passed_over() {
    let region = region();
    let stranger = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let mut forged = region.documents.clone();
    let mut status = payload(&forged, DocumentPath::Status);
    status["version"] = json!(1_000_000);
    forged.put_unchecked(DocumentPath::Status, sign(status.to_string().as_bytes(), Typ::Status, &[&stranger]));
    forged.put_unchecked(DocumentPath::Root(2), b"{}".to_vec());
    for name in [ListName::Regional, ListName::Member(cc("XA"))] {
        forged.put_unchecked(newest(&forged, name), b"junk".to_vec());
    }
    let (forging, good) = (Mirror::of(&forged), Mirror::of(&region.documents));
    let mut client = Watcher::new(region.pinned_root());
    let list = client.update(&mirrors(&[&forging, &good]), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert_eq!(forging.said(), "status");
}

#[tokio::test]
async fn a_list_that_one_mirror_withholds_comes_from_another() {
    let region = region();
    let mut without = region.documents.clone();
    without.remove(newest(&without, ListName::Member(cc("XA"))));
    let (withholding, good) = (Mirror::of(&without), Mirror::of(&region.documents));
    let mut client = Watcher::new(region.pinned_root());
    let list = client.update(&mirrors(&[&withholding]), NOW).await.unwrap();
    assert!(disabled(&list, "XA", NOW).is_some());
    let list = client.update(&mirrors(&[&withholding, &good]), NOW.plus(1)).await.unwrap();
    assert_eq!(disabled(&list, "XA", NOW.plus(1)), None);
}

#[tokio::test]
async fn a_root_that_one_mirror_withholds_comes_from_another() {
    let mut region = region();
    let old = Mirror::of(&region.documents);
    region.edit_root(|root| root).unwrap();
    let new = Mirror::of(&region.documents);
    let mut client = Watcher::new(region.pinned_root());
    let list = client.update(&mirrors(&[&old, &new]), NOW).await.unwrap();
    assert_eq!(list.root_version(), 2);
}

#[tokio::test]
async fn h02_two_good_status_documents_of_one_number_on_two_mirrors_are_equivocation() {
    let region = region();
    let mut other = region.documents.clone();
    let mut status = payload(&other, DocumentPath::Status);
    let version = status["version"].as_u64().unwrap();
    status["expires"] = json!(NOW.plus(HOUR / 2).to_rfc3339());
    other.put_unchecked(DocumentPath::Status, sign(status.to_string().as_bytes(), Typ::Status, &[region.online_key()]));
    let (one, two) = (Mirror::of(&region.documents), Mirror::of(&other));
    let mut client = Watcher::new(region.pinned_root());
    let refused = client.update(&mirrors(&[&one, &two]), NOW).await.unwrap_err();
    assert!(
        matches!(&refused, UpdateError::Status(StatusProblem::Regressed(Regression::Equivocation(same))) if *same == version),
        "{refused}"
    );
}
