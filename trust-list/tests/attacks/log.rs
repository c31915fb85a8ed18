//! The transparency log: two views, entries that are missing, witnesses that are too few.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tile_log::{Slot, TlogProof};
use trust_list::document::{DocumentPath, ListName, ListProblem, LogDescription, LogPath, LogProblem, RootProblem};
use trust_list::publish::{PublishError, Published, RootBuilder};
use trust_list::testing::{TestRegion, TestRegionError};
use trust_list::{Fault, FetchError, HighWater, Mirrors, Publisher, Quorum, TrustClient, TrustState, UpdateError};

use crate::support::{DAY, NOW, Watcher, cc, disabled, idp, newest, payload, region, replace_status};

const CHECKPOINT: DocumentPath = DocumentPath::Log(LogPath::Checkpoint(Slot::Checkpoint));

fn logged_region() -> TestRegion {
    let mut region = region();
    region.with_log().unwrap();
    region
}

/// A next national list of XA, and a next status that names it.
fn publish_xa(region: &mut TestRegion, id: &str) {
    region.add_issuer(&TestRegion::issuer(cc("XA"), id.parse().unwrap(), NOW)).unwrap();
}

fn log_problem(error: UpdateError) -> LogProblem {
    match error {
        UpdateError::Log(problem) | UpdateError::Regional(ListProblem::Log(problem)) => problem,
        other => panic!("not about the log: {other}"),
    }
}

/// A client that saw an honest log, and the region after its operator rewrote that: from an earlier state on, with the
/// same log key and the witnesses' help.
async fn rewritten_log() -> (Watcher, TestRegion) {
    let mut region = logged_region();
    let common = region.documents.clone();
    publish_xa(&mut region, "honest");
    let client = Watcher::of(&region).await;
    region.documents = common;
    publish_xa(&mut region, "secret");
    (client, region)
}

/// Counts what is fetched.
#[derive(Clone)]
struct Counting {
    inner: Published,
    fetched: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Publisher for Counting {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        self.fetched.lock().unwrap().push(path.to_owned());
        self.inner.fetch(path, max_bytes).await
    }
}

fn counting(region: &TestRegion) -> Counting {
    Counting { inner: region.documents.clone(), fetched: Arc::default() }
}

impl Counting {
    fn of_the_log(&self) -> usize {
        self.fetched.lock().unwrap().iter().filter(|path| path.starts_with("log/")).count()
    }
}

#[tokio::test]
async fn lists_that_are_in_the_cosigned_log_are_trusted() {
    let region = logged_region();
    let client = Watcher::of(&region).await;
    assert!(idp(client.list.as_ref().unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn what_did_not_change_costs_no_fetch_of_the_log() {
    let mut region = logged_region();
    let first = counting(&region);
    let mut client = Watcher::new(region.pinned_root());
    client.update(&first, NOW).await.unwrap();
    assert_eq!(first.of_the_log(), 2, "the checkpoint, and the one tile in which all four lists stand");

    region.republish(NOW.plus(60)).unwrap();
    let same_lists = counting(&region);
    client.update(&same_lists, NOW.plus(60)).await.unwrap();
    assert_eq!(same_lists.of_the_log(), 0);
    client.restart();
    let after_restart = counting(&region);
    client.update(&after_restart, NOW.plus(60)).await.unwrap();
    assert_eq!(after_restart.of_the_log(), 0, "the proofs are kept beside the lists");

    publish_xa(&mut region, "second");
    let one_list = counting(&region);
    client.update(&one_list, NOW.plus(60)).await.unwrap();
    assert_eq!(one_list.of_the_log(), 2, "the checkpoint, and the tile that proves growth and inclusion");
}

#[tokio::test]
async fn split_view_a_log_that_was_rewritten_is_refused_and_both_views_are_named() {
    let (mut client, mut region) = rewritten_log().await;
    // Longer than what the client saw, and with a newer status.
    publish_xa(&mut region, "secret-too");

    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    assert_eq!((error.code(), error.fault()), ("split_view", Fault::Documents));
    let message = error.to_string();
    let LogProblem::SplitView { offered, seen } = log_problem(error) else { panic!("{message}") };
    assert!(offered.size > seen.size);
    assert!(message.contains(&offered.root.to_string()) && message.contains(&seen.root.to_string()), "{message}");
    assert!(idp(client.list.as_ref().unwrap(), NOW).is_ok(), "what was in force stays");
}

#[tokio::test]
async fn split_view_of_the_same_length_is_refused_after_a_restart_and_without_the_cache() {
    let (mut client, mut region) = rewritten_log().await;
    region.republish(NOW.plus(1)).unwrap();
    region.republish(NOW.plus(2)).unwrap();
    for attempt in 0..3 {
        // The secret list has the number of the honest one, which would disable its member alone. The log is asked first.
        let error = client.update(&region.documents, NOW.plus(2)).await.unwrap_err();
        assert!(matches!(log_problem(error), LogProblem::SplitView { .. }), "attempt {attempt}");
        if attempt == 0 { client.restart() } else { client.wipe_cache() }
    }
}

#[tokio::test]
async fn truncated_log_is_refused_also_after_a_restart_and_without_the_cache() {
    let mut region = logged_region();
    let short = region.documents.clone();
    publish_xa(&mut region, "second");
    publish_xa(&mut region, "third");
    let mut client = Watcher::of(&region).await;
    // A new status and a new list, and the log as it was before.
    publish_xa(&mut region, "fourth");
    let mut cut = region.documents.clone();
    cut.put_unchecked(CHECKPOINT, short.get(CHECKPOINT).unwrap().to_vec());
    for attempt in 0..3 {
        let problem = log_problem(client.update(&cut, NOW).await.unwrap_err());
        let LogProblem::Shorter { offered, seen } = problem else { panic!("attempt {attempt}: {problem}") };
        assert!(offered.size < seen.size);
        if attempt == 0 { client.restart() } else { client.wipe_cache() }
    }
    client.update(&region.publisher(), NOW).await.unwrap();
}

#[tokio::test]
async fn entry_not_in_log_disables_its_member_alone_and_stops_a_regional_list() {
    let mut region = logged_region();
    let mut client = Watcher::of(&region).await;
    publish_xa(&mut region, "second");
    let mut status = payload(&region.documents, DocumentPath::Status);
    // The place of another entry; a place beyond the log; no place.
    for (index, expected) in [
        (Some(0), LogProblem::NotLogged { index: 0, size: 0 }),
        (Some(1_000), LogProblem::NotLogged { index: 1_000, size: 0 }),
        (None, LogProblem::NoIndex),
    ] {
        let entry = status["lists"].as_array_mut().unwrap().iter_mut().find(|entry| entry["name"] == "XA").unwrap();
        match index {
            Some(index) => entry["log_index"] = index.into(),
            None => drop(entry.as_object_mut().unwrap().remove("log_index")),
        }
        status["version"] = (status["version"].as_u64().unwrap() + 1).into();
        replace_status(&mut region, &status);
        let list = client.update(&region.publisher(), NOW).await.unwrap();
        let Some(ListProblem::Log(problem)) = disabled(&list, "XA", NOW) else { panic!("XA is not disabled") };
        assert_eq!(std::mem::discriminant(&problem), std::mem::discriminant(&expected), "{problem}");
        assert_eq!(disabled(&list, "XB", NOW), None, "the others are not");
    }
    let regional =
        status["lists"].as_array_mut().unwrap().iter_mut().find(|entry| entry["name"] == "regional").unwrap();
    regional["log_index"] = 0.into();
    replace_status(&mut region, &status);
    let mut newcomer = Watcher::new(region.pinned_root());
    let error = newcomer.update(&region.publisher(), NOW).await.unwrap_err();
    assert_eq!((error.code(), error.fault()), ("log", Fault::Documents));
    assert!(matches!(log_problem(error), LogProblem::NotLogged { index: 0, .. }));
}

#[tokio::test]
async fn too_few_witnesses_are_no_quorum_and_enough_later_are() {
    let mut region = logged_region();
    let mut client = Watcher::of(&region).await;
    region.only_witnesses_of(&[cc("XA")]);
    // The publisher cheats: it shows the head as soon as one witness cosigned it, and names the new list.
    let cheated = publish_anyway(&mut region, "second");
    let list = client.update(&cheated, NOW).await.unwrap();
    let problem = disabled(&list, "XA", NOW).expect("XA is disabled");
    let ListProblem::Log(LogProblem::Witnesses(missing)) = &problem else { panic!("{problem}") };
    assert_eq!((missing.signed, missing.threshold, missing.from, missing.countries), (1, 2, 1, 2));

    // Nothing changed but the cosignatures: it is asked again.
    region.only_witnesses_of(&[cc("XA"), cc("XB")]).cosign_and_show().unwrap();
    let list = client.update(&region.documents, NOW).await.unwrap();
    assert_eq!(disabled(&list, "XA", NOW), None);
}

/// Publishes a new list although the root's own quorum of witnesses is not met.
fn publish_anyway(region: &mut TestRegion, id: &str) -> Published {
    let error = region.add_issuer(&TestRegion::issuer(cc("XA"), id.parse().unwrap(), NOW)).err();
    assert!(matches!(error, Some(TestRegionError::Publish(PublishError::Log(LogProblem::Witnesses(_))))));
    let path = newest(&region.documents, ListName::Member(cc("XA")));
    let DocumentPath::List(_, sequence) = path else { panic!("{path}") };
    let mut status = payload(&region.documents, DocumentPath::Status);
    let bytes = region.documents.get(path).unwrap();
    let hash = strict_jose::b64::encode(strict_jose::sha256(bytes));
    let index = region.open_log().unwrap().head().tree().size - 1;
    let length = region.documents.get(path).unwrap().len();
    let entries = status["lists"].as_array_mut().unwrap();
    let entry = entries.iter_mut().find(|entry| entry["name"] == "XA").unwrap();
    *entry = serde_json::json!({
        "name": "XA", "sequence": sequence, "length": length, "sha256": hash, "log_index": index,
    });
    status["version"] = (status["version"].as_u64().unwrap() + 1).into();
    replace_status(region, &status);
    region.documents.clone()
}

#[tokio::test]
async fn one_witness_key_twice_is_no_root() {
    let mut region = logged_region();
    let mut log = region.log_description().unwrap();
    log.witnesses[1].key = log.witnesses[0].key.clone();
    let refused = |log: LogDescription, region: &mut TestRegion| {
        let root = region.documents.root().unwrap();
        match RootBuilder::successor_of(&root, NOW).log(Some(log)).build() {
            Err(PublishError::Root(RootProblem::Log(problem))) => problem.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(log.clone(), &mut region).contains("is in it twice"));
    let mut own = region.log_description().unwrap();
    own.witnesses[0].key = own.key.clone();
    assert!(refused(own, &mut region).contains("wrong kind"), "a log is no witness of itself");
    for (threshold, countries) in [(0, 1), (1, 0), (4, 1), (2, 4)] {
        let mut log = region.log_description().unwrap();
        log.quorum = Quorum { threshold, countries };
        assert!(refused(log, &mut region).contains("quorum"), "{threshold} of {countries} countries");
    }
}

#[tokio::test]
async fn one_witness_that_cosigned_twice_counts_once() {
    let mut region = logged_region();
    let mut client = Watcher::of(&region).await;
    region.only_witnesses_of(&[cc("XA")]);
    let mut cheated = publish_anyway(&mut region, "second");
    let note = String::from_utf8(cheated.get(CHECKPOINT).unwrap().to_vec()).unwrap();
    let line = note.lines().find(|line| line.contains("witness.xa")).unwrap();
    cheated.put_unchecked(CHECKPOINT, format!("{note}{line}\n").into_bytes());
    let list = client.update(&cheated, NOW).await.unwrap();
    let Some(ListProblem::Log(LogProblem::Witnesses(missing))) = disabled(&list, "XA", NOW) else { panic!() };
    assert_eq!((missing.signed, missing.from), (1, 1));
}

#[tokio::test]
async fn checkpoint_of_another_origin_or_key_is_refused() {
    let mut region = logged_region();
    let mut client = Watcher::of(&region).await;
    // Another region's log, whose operator has a key of its own under the same name.
    let other = logged_region();
    publish_xa(&mut region, "second");
    let mut swapped = region.documents.clone();
    swapped.put_unchecked(CHECKPOINT, other.documents.get(CHECKPOINT).unwrap().to_vec());
    let list = client.update(&swapped, NOW).await.unwrap();
    let problem = disabled(&list, "XA", NOW).expect("XA is disabled");
    assert!(matches!(problem, ListProblem::Log(LogProblem::Checkpoint(_))), "{problem}");
}

#[tokio::test]
async fn no_byte_of_the_checkpoint_or_of_a_tile_can_change() {
    let mut region = logged_region();
    let client = Watcher::of(&region).await;
    // No more than are needed: a cosignature whose name was changed is a stranger's, and is left out.
    region.only_witnesses_of(&[cc("XA"), cc("XB")]);
    publish_xa(&mut region, "second");
    let note = String::from_utf8(region.documents.get(CHECKPOINT).unwrap().to_vec()).unwrap();
    let size: usize = note.lines().nth(1).unwrap().parse().unwrap();
    let tile: DocumentPath = format!("log/tile/0/000.p/{size}").parse().unwrap();
    // The hash of the entry itself stands last; it is computed, not read.
    for (path, read) in [(CHECKPOINT, note.len()), (tile, (size - 1) * 32)] {
        for at in (0..read).step_by(11) {
            let mut changed = region.documents.clone();
            let mut bytes = changed.get(path).unwrap().to_vec();
            bytes[at] ^= 4;
            changed.put_unchecked(path, bytes);
            let mut other = Watcher::new(region.pinned_root());
            other.list.clone_from(&client.list);
            let outcome = other.update(&changed, NOW).await;
            let disabled = outcome.as_ref().is_ok_and(|list| disabled(list, "XA", NOW).is_some());
            assert!(outcome.is_err() || disabled, "{path}, byte {at}");
        }
    }
}

#[tokio::test]
async fn suspensions_do_not_wait_for_witnesses() {
    let mut region = logged_region();
    let mut client = Watcher::of(&region).await;
    region.only_witnesses_of(&[]);
    // A list waits for its witnesses: the publisher goes on with the one before.
    let before = region.documents.clone();
    let log_files = |documents: &Published| documents.get(CHECKPOINT).unwrap().to_vec();
    let refused = region.add_issuer(&TestRegion::issuer(cc("XA"), "second".parse().unwrap(), NOW)).err();
    assert!(refused.is_some());
    let checkpoint = log_files(&before);
    region.documents.put_unchecked(CHECKPOINT, checkpoint);
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_err(), "the order bites");
    assert_eq!(disabled(&list, "XA", NOW), None, "the list that the witnesses saw is in force");
    let mut newcomer = Watcher::new(region.pinned_root());
    assert!(newcomer.update(&region.publisher(), NOW).await.is_ok());
}

#[tokio::test]
async fn only_a_root_switches_the_log_on_and_lists_from_before_must_be_in_it_then() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    region.with_log().unwrap();
    let mut without_log = region.documents.clone();
    without_log.remove(CHECKPOINT);
    let error = client.update(&without_log, NOW).await.unwrap_err();
    assert_eq!(error.fault(), Fault::Network);
    assert_eq!(log_problem(error), LogProblem::NoCheckpoint);
    client.update(&region.publisher(), NOW).await.unwrap();
    // Switched off again by the quorum of the root, and by nobody else.
    region.edit_root(|root| root.log(None)).unwrap();
    region.documents.remove(CHECKPOINT);
    region.serve();
    assert!(client.update(&region.publisher(), NOW).await.is_ok());
}

#[tokio::test]
async fn a_start_from_disk_verifies_the_proofs_that_are_kept() {
    let region = logged_region();
    let dir = tempfile::TempDir::new().unwrap();
    let start = async || {
        let memory = HighWater::open(dir.path()).unwrap();
        TrustClient::start(region.pinned_root().to_vec(), memory, NOW).await.unwrap()
    };
    start().await.refresh(&region.publisher(), NOW).await;
    assert_eq!(start().await.state().name(), "stale");
    let proof =
        dir.path().join("documents").join(DocumentPath::Proof(ListName::Regional, sequence(&region)).to_string());
    let text = std::fs::read_to_string(&proof).unwrap();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"));
    std::fs::write(&proof, text.replacen("index ", "index 1", 1)).unwrap();
    assert!(matches!(start().await.state(), TrustState::Unreachable { list: None, .. }));
    let mut client = start().await;
    client.refresh(&region.publisher(), NOW).await;
    assert_eq!(client.state().name(), "fresh", "the network has it");
}

fn sequence(region: &TestRegion) -> u64 {
    region.documents.list(ListName::Regional).unwrap().0
}

#[tokio::test]
async fn a_proof_of_a_client_is_one_that_anybody_can_verify() {
    let region = logged_region();
    let client = Watcher::of(&region).await;
    let place = DocumentPath::Proof(ListName::Regional, sequence(&region));
    let bytes = std::fs::read(client.dir.path().join("documents").join(place.to_string())).unwrap();
    let log = region.log_description().unwrap();
    let proof = TlogProof::open(&bytes, &log.origin.parse().unwrap(), &log.key.parse().unwrap()).unwrap();
    let list = DocumentPath::List(ListName::Regional, sequence(&region));
    let entry = trust_list::document::LoggedDocument::of(list, region.documents.get(list).unwrap());
    assert_eq!(entry.to_line(), serde_json::to_string(&entry).unwrap(), "the line is what serde writes");
    assert_eq!(proof.verify(entry.to_line().as_bytes()), Ok(()));
    assert!(proof.verify(entry.to_line().replace("regional", "XA").as_bytes()).is_err());
}

#[tokio::test]
async fn a_mirror_with_wrong_tiles_or_an_old_checkpoint_spoils_nothing_while_another_is_right() {
    let mut region = logged_region();
    let old = region.documents.clone();
    publish_xa(&mut region, "second");
    let mut wrong = region.documents.clone();
    let tiles: Vec<_> = wrong.iter().filter(|(path, _)| path.to_string().starts_with("log/tile/0/")).collect();
    let tiles: Vec<_> = tiles.into_iter().map(|(path, bytes)| (path, vec![7; bytes.len()])).collect();
    for (path, bytes) in tiles {
        wrong.put_unchecked(path, bytes);
    }
    let good = region.documents.clone();
    for bad in [wrong.clone(), old] {
        let mut client = Watcher::new(region.pinned_root());
        let mirrors = Mirrors::new(vec![Arc::new(bad), Arc::new(good.clone())]);
        let list = client.update(&mirrors, NOW).await.unwrap();
        assert_eq!(disabled(&list, "XA", NOW), None);
    }
    let mut alone = Watcher::new(region.pinned_root());
    assert!(alone.update(&wrong, NOW).await.is_err(), "alone it proves nothing");
}

#[tokio::test]
async fn two_mirrors_that_show_two_logs_of_one_length_are_a_split_view_for_who_sees_them_first() {
    let mut region = logged_region();
    let common = region.documents.clone();
    publish_xa(&mut region, "honest");
    let honest = std::mem::replace(&mut region.documents, common);
    publish_xa(&mut region, "secret");
    // The same status and lists on both, and two checkpoints of the same log and length.
    let mut split = honest.clone();
    split.put_unchecked(CHECKPOINT, region.documents.get(CHECKPOINT).unwrap().to_vec());
    let mirrors = Mirrors::new(vec![Arc::new(honest), Arc::new(split)]);
    let error = Watcher::new(region.pinned_root()).update(&mirrors, NOW).await.unwrap_err();
    assert!(matches!(log_problem(error), LogProblem::SplitView { .. }));
}

#[tokio::test]
async fn a_publisher_without_the_tiles_is_a_network_that_fails() {
    let mut region = logged_region();
    publish_xa(&mut region, "second");
    let mut gone = region.documents.clone();
    let tiles: Vec<_> =
        gone.iter().map(|(path, _)| path).filter(|path| path.to_string().starts_with("log/tile")).collect();
    for tile in tiles {
        gone.remove(tile);
    }
    let mut client = Watcher::new(region.pinned_root());
    let error = client.update(&gone, NOW.plus(DAY / 48)).await.unwrap_err();
    assert_eq!(error.fault(), Fault::Network);
}
