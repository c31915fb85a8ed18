//! Suspension: what one signer can stop, what nobody can undo alone.

use strict_jose::{Algorithm, SigningKey};
use trust_list::document::{DocumentPath, ListName, SuspensionOrder, SuspensionReason, SuspensionTarget};
use trust_list::testing::TestRegion;
use trust_list::{EntityId, NotTrusted, Notice};

use crate::support::{NOW, Watcher, cc, idp, payload, region, replace_status};

fn target(country: &str, entity: Option<&str>) -> SuspensionTarget {
    SuspensionTarget {
        entity: entity.map(|id| id.parse::<EntityId>().unwrap()),
        ..SuspensionTarget::member(cc(country))
    }
}

fn regulator(region: &TestRegion, country: &str) -> SigningKey {
    region.regulator_key(cc(country)).unwrap().clone()
}

#[tokio::test]
async fn a_member_suspends_its_own_entity_alone_and_the_next_lookup_refuses_it() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    assert_eq!(list.suspensions().len(), 1);
    assert_eq!(list.anchor_count(), 0);
    assert!(list.member(cc("XA")).unwrap().disabled(NOW).is_none());
}

#[tokio::test]
async fn a_member_suspends_itself_as_a_whole() {
    let mut region = region();
    region.suspend(cc("XA"), None).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    assert_eq!(list.member(cc("XA")).unwrap().disabled(NOW), Some(NotTrusted::Suspended));
}

#[tokio::test]
async fn a_member_cannot_suspend_another() {
    let mut region = region();
    let key = region.national_key(cc("XB")).unwrap().clone();
    region.order_by(&key, target("XA", None)).unwrap();
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert!(matches!(list.notices(), [Notice::OrderRefused(_)]));
}

#[tokio::test]
async fn two_regulators_suspend_anything_and_one_of_them_twice_does_not() {
    let mut region = region();
    let [first, second] = ["XB", "XC"].map(|country| regulator(&region, country));
    region.order_by(&first, target("XA", Some("idp"))).unwrap();
    assert!(idp(&region.verified().unwrap(), NOW).is_ok());
    region.republish(NOW.plus(1)).unwrap();
    region.order_by(&first, target("XA", Some("idp"))).unwrap();
    assert!(idp(&region.verified().unwrap(), NOW.plus(1)).is_ok());
    region.order_by(&second, target("XA", Some("idp"))).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(idp(&list, NOW.plus(1)), Err(NotTrusted::Suspended));
    assert_eq!(list.suspensions()[0].signers.len(), 2);
}

#[tokio::test]
async fn two_regulators_may_also_sign_one_order() {
    let mut region = region();
    let [first, second] = ["XB", "XC"].map(|country| regulator(&region, country));
    let order = SuspensionOrder {
        region: cc("XZ"),
        target: target("XA", None),
        reason: SuspensionReason::Misissuance,
        issued: NOW,
    };
    let order = order.sign(&first).unwrap().signed_by(&second, NOW).unwrap();
    region.documents.restamp(&[region.online_key().clone()], &[order], NOW, None).unwrap();
    region.serve();
    assert_eq!(idp(&region.verified().unwrap(), NOW), Err(NotTrusted::Suspended));
}

#[tokio::test]
async fn the_online_key_and_a_stranger_cannot_suspend_anything_nor_stop_the_list_with_a_bad_order() {
    let mut region = region();
    let stranger = SigningKey::generate(Algorithm::ES256, None).unwrap();
    for key in [region.online_key().clone(), stranger] {
        region.order_by(&key, target("XA", None)).unwrap();
    }
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert_eq!(list.notices().len(), 1, "one order with the signatures of both");
}

#[tokio::test]
async fn an_order_of_another_region_or_from_the_future_is_refused() {
    let mut region = region();
    let key = region.national_key(cc("XA")).unwrap().clone();
    for (of, issued) in [("XY", NOW), ("XZ", NOW.plus(61))] {
        let reason = SuspensionReason::Drill;
        let order = SuspensionOrder { region: cc(of), target: target("XA", None), reason, issued };
        let signed = order.sign(&key).unwrap();
        region.documents.restamp(&[region.online_key().clone()], &[signed], NOW, None).unwrap();
    }
    region.serve();
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert_eq!(list.notices().len(), 2);
}

#[tokio::test]
async fn leaving_an_order_out_does_not_reinstate_also_after_a_restart() {
    let mut region = region();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let mut client = Watcher::of(&region).await;
    let mut status = payload(&region.documents, DocumentPath::Status);
    status.as_object_mut().unwrap().remove("suspensions").unwrap();
    status["version"] = (status["version"].as_u64().unwrap() + 1).into();
    replace_status(&mut region, &status);

    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    assert!(matches!(list.notices(), [Notice::OrderLeftOut(left_out)] if *left_out == target("XA", Some("idp"))));
    client.restart();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
}

#[tokio::test]
async fn the_quorum_reinstates_and_the_old_order_cannot_be_replayed() {
    let mut region = region();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let mut client = Watcher::of(&region).await;
    let suspended = payload(&region.documents, DocumentPath::Status);
    region.reinstate(target("XA", Some("idp"))).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert!(list.suspensions().is_empty());

    let mut replay = payload(&region.documents, DocumentPath::Status);
    replay["suspensions"] = suspended["suspensions"].clone();
    replay["version"] = (replay["version"].as_u64().unwrap() + 1).into();
    replace_status(&mut region, &replay);
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_ok());

    // A new order is another matter.
    let mut region = region;
    region.documents.put_unchecked(DocumentPath::Status, region.status_bytes().unwrap().to_owned());
    region.republish(NOW.plus(60)).unwrap();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let list = client.update(&region.publisher(), NOW.plus(60)).await.unwrap();
    assert_eq!(idp(&list, NOW.plus(60)), Err(NotTrusted::Suspended));
}

#[tokio::test]
async fn an_order_outlives_the_keys_that_signed_it_until_the_quorum_lifts_it() {
    let mut region = region();
    let [first, second] = ["XB", "XC"].map(|country| regulator(&region, country));
    region.order_by(&first, target("XA", None)).unwrap().order_by(&second, target("XA", None)).unwrap();
    let mut client = Watcher::of(&region).await;
    assert_eq!(idp(client.list.as_ref().unwrap(), NOW), Err(NotTrusted::Suspended));
    let rotated = second.public_jwk().thumbprint().clone();
    region.edit_root(|root| root.without_key(&rotated)).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    client.restart();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    // Who never saw it in force cannot know that the key counted once.
    assert!(idp(&region.verified().unwrap(), NOW).is_ok());

    region.reinstate(target("XA", None)).unwrap();
    assert!(idp(&client.update(&region.publisher(), NOW).await.unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn a_members_own_order_outlives_the_rotation_of_its_list_signer() {
    let mut region = region();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let mut client = Watcher::of(&region).await;
    let new = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let mut member = region.documents.members().unwrap().into_iter().find(|m| m.country == cc("XA")).unwrap();
    member.signers = vec![new.public_jwk().clone()];
    let name = ListName::Member(cc("XA"));
    let (sequence, list) = region.documents.list(name).unwrap();
    let list = list.signed_by(&new, NOW).unwrap();
    region.documents.put_unchecked(DocumentPath::List(name, sequence), list.to_bytes());
    region.edit_regional(|list| Ok(list.member(&member))).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended));
    assert_eq!(list.notices(), []);
}

#[tokio::test]
async fn two_keys_of_one_country_do_not_suspend_another_country() {
    let mut region = region();
    let second = SigningKey::generate(Algorithm::ES256, None).unwrap();
    region.edit_root(|root| root.regulator(cc("XB"), "Second of XB", second.public_jwk())).unwrap();
    let first = regulator(&region, "XB");
    region.order_by(&first, target("XA", None)).unwrap().order_by(&second, target("XA", None)).unwrap();
    assert!(idp(&region.verified().unwrap(), NOW).is_ok());
    let other = regulator(&region, "XC");
    region.order_by(&other, target("XA", None)).unwrap();
    assert_eq!(idp(&region.verified().unwrap(), NOW), Err(NotTrusted::Suspended));
}

#[tokio::test]
async fn an_order_that_is_signed_and_published_again_is_carried_once_with_both_signatures() {
    let mut region = region();
    let [first, second] = ["XB", "XC"].map(|country| regulator(&region, country));
    let reason = SuspensionReason::Misissuance;
    let order = SuspensionOrder { region: cc("XZ"), target: target("XA", None), reason, issued: NOW };
    let once = order.sign(&first).unwrap();
    let twice = once.clone().signed_by(&second, NOW).unwrap();
    let online = [region.online_key().clone()];
    for orders in [vec![once.clone()], vec![once], vec![twice]] {
        region.documents.restamp(&online, &orders, NOW, None).unwrap();
        assert_eq!(region.documents.status().unwrap().suspensions.len(), 1);
    }
    region.serve();
    assert_eq!(idp(&region.verified().unwrap(), NOW), Err(NotTrusted::Suspended));
}

#[tokio::test]
async fn a_status_in_a_list_suspends_and_withdraws_as_of_its_date() {
    let mut region = region();
    let id: EntityId = "idp".parse().unwrap();
    region
        .edit_national(cc("XA"), |list| {
            list.status(&id, trust_list::ServiceStatus::Suspended, NOW.plus(100))?.status(
                &id,
                trust_list::ServiceStatus::Withdrawn,
                NOW.plus(200),
            )
        })
        .unwrap();
    let list = region.verified().unwrap();
    assert_eq!(idp(&list, NOW.minus(1)), Err(NotTrusted::MemberNotAdmitted));
    assert!(idp(&list, NOW.plus(99)).is_ok());
    assert_eq!(idp(&list, NOW.plus(100)), Err(NotTrusted::Suspended));
    assert_eq!(idp(&list, NOW.plus(200)), Err(NotTrusted::Withdrawn));
    assert_eq!(region.documents.list(ListName::Member(cc("XA"))).unwrap().0, 3);
}
