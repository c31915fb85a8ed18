//! Attacks on the root: quorum, succession, endless chains.

use strict_jose::{Algorithm, SigningKey};
use trust_list::document::{DocumentPath, ListName, ListProblem, Role, RootProblem, Typ};
use trust_list::publish::{PublishError, RootBuilder};
use trust_list::testing::{DISTRIBUTION, QUORUM, TestRegion};
use trust_list::{MAX_ROOT_STEPS, Quorum, UpdateError};

use crate::support::{DAY, NOW, Watcher, cc, idp, newest, payload, region, replace_list, sign};

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, None).unwrap()
}

fn refused(result: Result<impl Sized, UpdateError>) -> RootProblem {
    match result.map(|_| ()).unwrap_err() {
        UpdateError::Root { problem, .. } | UpdateError::Pinned(problem) => problem,
        other => panic!("not a problem of a root: {other}"),
    }
}

/// The next root with the regulators replaced by new ones, and the three new keys.
fn next_with_new_regulators(region: &TestRegion) -> (RootBuilder, [SigningKey; 3]) {
    let keys = [key(), key(), key()];
    let mut next = RootBuilder::successor_of(&region.documents.root().unwrap(), NOW);
    for (country, new) in ["XA", "XB", "XC"].into_iter().zip(&keys) {
        let old = region.regulator_key(cc(country)).unwrap().public_jwk().thumbprint().clone();
        next = next.without_key(&old).regulator(cc(country), "Regulator", new.public_jwk());
    }
    (next, keys)
}

fn old_keys(region: &TestRegion) -> Vec<SigningKey> {
    ["XA", "XB"].iter().map(|country| region.regulator_key(cc(country)).unwrap().clone()).collect()
}

#[tokio::test]
async fn h09_a_new_root_needs_the_quorum_of_the_old_and_of_the_new_keys() {
    let region = region();
    let (next, new) = next_with_new_regulators(&region);
    let proposal = next.build().unwrap();
    let old = old_keys(&region);
    let cases: [(&str, Vec<&SigningKey>, bool); 4] = [
        ("new keys only", new.iter().collect(), false),
        ("old keys only", old.iter().collect(), false),
        ("both, one old", vec![&old[0], &new[0], &new[1]], false),
        ("both", vec![&old[0], &old[1], &new[0], &new[1]], true),
    ];
    for (name, keys, accepted) in cases {
        let mut documents = region.documents.clone();
        documents.put_unchecked(DocumentPath::Root(2), sign(proposal.payload(), Typ::Root, &keys));
        let mut client = Watcher::new(region.pinned_root());
        let result = client.update(&documents, NOW).await;
        if accepted {
            // The regional list is still by the old regulators, so the new root finds it unsigned.
            assert!(matches!(result, Err(UpdateError::Regional(ListProblem::Quorum(_)))), "{name}");
        } else {
            let problem = refused(result);
            let quorum = matches!(problem, RootProblem::PredecessorQuorum(_) | RootProblem::OwnQuorum(_));
            assert!(quorum, "{name}: {problem}");
        }
    }
}

#[tokio::test]
async fn h09_three_roots_are_walked_in_order_and_none_may_be_skipped() {
    let mut region = region();
    for _ in 2..=4 {
        region.edit_root(|root| root).unwrap();
    }
    let mut client = Watcher::new(region.pinned_root());
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(list.root_version(), 4);
    assert!(idp(&list, NOW).is_ok());

    let third = region.documents.get(DocumentPath::Root(3)).unwrap().to_owned();
    let mut documents = region.documents.clone();
    documents.put_unchecked(DocumentPath::Root(2), third);
    let mut client = Watcher::new(region.pinned_root());
    let expected = RootProblem::WrongVersion { found: 3, expected: 2 };
    assert_eq!(refused(client.update(&documents, NOW).await), expected);
}

#[tokio::test]
async fn accepted_roots_are_kept_and_need_no_publisher_again() {
    let mut region = region();
    region.edit_root(|root| root).unwrap();
    let mut client = Watcher::of(&region).await;
    region.documents.remove(DocumentPath::Root(2));
    client.restart();
    assert_eq!(client.update(&region.documents, NOW).await.unwrap().root_version(), 2);
}

#[tokio::test]
async fn h10_a_chain_of_roots_without_end_stops_and_the_old_list_stays() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let keys = old_keys(&region);
    let mut root = region.documents.root().unwrap();
    for _ in 0..=MAX_ROOT_STEPS {
        let mut next = RootBuilder::successor_of(&root, NOW).build().unwrap();
        for key in &keys {
            next.sign(key, NOW).unwrap();
        }
        region.documents.put_unchecked(DocumentPath::Root(root.version() + 1), next.to_bytes());
        root = region.documents.root().unwrap();
    }
    let error = client.update(&region.documents, NOW).await.unwrap_err();
    assert!(matches!(error, UpdateError::TooManyRoots { max: 1_024 }), "{error}");
    assert!(idp(client.list.as_ref().unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn h24_an_expired_pinned_root_still_leads_to_its_valid_successors() {
    let mut region = region();
    let later = NOW.plus(200 * DAY);
    region.republish(later).unwrap();
    let mut client = Watcher::new(region.pinned_root());
    let error = client.update(&region.publisher(), later).await.unwrap_err();
    assert!(matches!(error, UpdateError::RootExpired { version: 1, .. }), "{error}");

    region.edit_root(|root| root).unwrap();
    region.edit_regional(Ok).unwrap();
    region.edit_national(cc("XA"), Ok).unwrap();
    let list = client.update(&region.publisher(), later).await.unwrap();
    assert!(idp(&list, later).is_ok());
}

#[tokio::test]
async fn h07_one_signature_is_not_a_quorum_of_two() {
    let mut region = region();
    let regulator = region.regulator_key(cc("XA")).unwrap().clone();
    let regional = payload(&region.documents, newest(&region.documents, ListName::Regional)).to_string();
    replace_list(&mut region, ListName::Regional, sign(regional.as_bytes(), Typ::Regional, &[&regulator]));
    let mut client = Watcher::new(region.pinned_root());
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    let UpdateError::Regional(ListProblem::Quorum(quorum)) = error else { panic!("{error}") };
    assert_eq!((quorum.signed, quorum.threshold), (1, 2));
}

#[tokio::test]
async fn h07_one_key_that_signs_twice_counts_once() {
    let mut region = region();
    let regulator = region.regulator_key(cc("XA")).unwrap();
    let content = payload(&region.documents, newest(&region.documents, ListName::Regional)).to_string();
    let one: serde_json::Value =
        serde_json::from_slice(&sign(content.as_bytes(), Typ::Regional, &[regulator])).unwrap();
    let again: serde_json::Value =
        serde_json::from_slice(&sign(content.as_bytes(), Typ::Regional, &[regulator])).unwrap();
    let signatures = [one["signatures"][0].clone(), again["signatures"][0].clone(), one["signatures"][0].clone()];
    let both = serde_json::json!({ "payload": one["payload"], "signatures": signatures });
    replace_list(&mut region, ListName::Regional, both.to_string().into_bytes());
    let error = Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await.unwrap_err();
    let UpdateError::Regional(ListProblem::Quorum(quorum)) = error else { panic!("{error}") };
    assert_eq!(quorum.signed, 1);
}

#[tokio::test]
async fn h07_two_keys_of_one_country_are_not_a_quorum_of_two_countries() {
    let [first, second, third, online] = [key(), key(), key(), key()];
    let root = RootBuilder::new(cc("XZ"), DISTRIBUTION, NOW)
        .regulator(cc("XA"), "First", first.public_jwk())
        .regulator(cc("XA"), "Second", second.public_jwk())
        .regulator(cc("XB"), "Third", third.public_jwk())
        .online(cc("XA"), "Publisher", online.public_jwk())
        .quorum(Role::Root, QUORUM)
        .build()
        .unwrap();
    let mut client = Watcher::new(&sign(root.payload(), Typ::Root, &[&first, &second]));
    let problem = refused(client.update(&region().documents, NOW).await);
    let RootProblem::OwnQuorum(quorum) = problem else { panic!("{problem}") };
    assert_eq!((quorum.signed, quorum.from, quorum.countries), (2, 1, 2));

    let mut client = Watcher::new(&sign(root.payload(), Typ::Root, &[&first, &third]));
    let error = client.update(&trust_list::publish::Published::new(), NOW).await.unwrap_err();
    assert!(matches!(error, UpdateError::NoStatus), "{error}");
}

#[test]
fn one_key_under_two_entries_of_the_root_is_refused() {
    let (regulator, online) = (key(), key());
    let root = RootBuilder::new(cc("XZ"), DISTRIBUTION, NOW)
        .regulator(cc("XA"), "One", regulator.public_jwk())
        .online(cc("XA"), "Publisher", online.public_jwk())
        .build()
        .unwrap();
    let mut twice: serde_json::Value = serde_json::from_slice(root.payload()).unwrap();
    let mut copy = twice["keys"][0].clone();
    copy["country"] = "XB".into();
    copy["jwk"]["kid"] = "another-name".into();
    twice["keys"].as_array_mut().unwrap().push(copy);
    let document: trust_list::document::RootDocument = serde_json::from_value(twice).unwrap();
    let expected = RootProblem::DuplicateKey(regulator.public_jwk().thumbprint().clone());
    assert_eq!(trust_list::document::Root::new(document).unwrap_err(), expected);
}

#[test]
fn a_root_whose_online_key_may_do_more_or_whose_quorum_is_nonsense_cannot_be_made() {
    let (regulator, online) = (key(), key());
    let base = || {
        RootBuilder::new(cc("XZ"), DISTRIBUTION, NOW).regulator(cc("XA"), "One", regulator.public_jwk()).online(
            cc("XA"),
            "Publisher",
            online.public_jwk(),
        )
    };
    let mixed = base().key(cc("XA"), "Publisher", online.public_jwk(), [Role::Status, Role::Regional]);
    assert!(matches!(mixed.build(), Err(PublishError::Root(RootProblem::OnlineKeyHasOtherRole(_)))));
    for (threshold, countries) in [(0, 1), (1, 0), (2, 1), (1, 2), (usize::MAX, 1)] {
        let built = base().quorum(Role::Root, Quorum { threshold, countries }).build();
        let impossible = matches!(built, Err(PublishError::Root(RootProblem::ImpossibleQuorum(Role::Root))));
        assert!(impossible, "{threshold} of {countries}");
    }
    assert!(matches!(base().expires(NOW).build(), Err(PublishError::Root(RootProblem::Numbers))));
    assert!(base().build().is_ok());
}

#[tokio::test]
async fn another_root_than_the_pinned_one_under_its_number_is_noticed_at_start() {
    let region = region();
    let mut client = Watcher::of(&region).await;
    let other = TestRegion::new(NOW).unwrap();
    let dir = std::mem::replace(&mut client.dir, tempfile::TempDir::new().unwrap());
    drop(client);
    let mut memory = trust_list::HighWater::open(dir.path()).unwrap();
    let result = trust_list::update(other.pinned_root(), &other.publisher(), &mut memory, None, NOW).await;
    assert!(matches!(result, Err(UpdateError::PinnedDiffers { version: 1 })));
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_no_kept_root_a_bad_one() {
    let mut region = region();
    region.republish(NOW.plus(DAY)).unwrap();
    region.edit_root(|root| root).unwrap();
    let mut client = Watcher::of(&region).await;
    client.restart();
    // The status is from the future now, which passes; the root on disk is no damage.
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "status", "{error}");
    // From a publisher such a root is refused.
    let problem = refused(Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await);
    assert_eq!(problem, RootProblem::IssuedInFuture);
}
