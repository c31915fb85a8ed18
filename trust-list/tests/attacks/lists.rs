//! Attacks with lists: removal, false claims, speaking for others, JSON that has two meanings.

use serde_json::{Value, json};
use strict_jose::{Algorithm, JwkSet, SigningKey};
use trust_list::document::{ListName, ListProblem, MemberEntry};
use trust_list::testing::{DISTRIBUTION, TestRegion};
use trust_list::{IssuerKind, Level, NotTrusted, Recognition, ServiceStatus, UpdateError};

use crate::support::{NOW, Watcher, cc, disabled, idp, newest, payload, region, replace_national, replace_regional};

fn national(region: &TestRegion, country: &str) -> Value {
    payload(&region.documents, newest(&region.documents, ListName::Member(cc(country))))
}

fn regional(region: &TestRegion) -> Value {
    payload(&region.documents, newest(&region.documents, ListName::Regional))
}

#[tokio::test]
async fn h17_an_entry_that_is_removed_is_trusted_no_more_after_the_next_refresh() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    assert!(idp(client.list.as_ref().unwrap(), NOW).is_ok());
    region.edit_national(cc("XA"), |list| list.remove(&"idp".parse().unwrap())).unwrap();
    let list = client.update(&region.publisher(), NOW.plus(1)).await.unwrap();
    assert_eq!(idp(&list, NOW.plus(1)), Err(NotTrusted::NoSuchService));
}

#[tokio::test]
async fn h19_a_key_that_is_removed_has_no_verifier_although_an_older_list_had_one() {
    let mut region = region();
    let [old, new] = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256, None).unwrap());
    let mut bank = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &old, NOW);
    region.add_client(&bank).unwrap();
    let mut client = Watcher::of(&region).await;
    let before = client.list.clone().unwrap();
    let trusted = before.trusted_client(&bank.client_id, NOW).unwrap();
    assert!(trusted.verifier(Some(old.kid()), Algorithm::ES256).is_some());

    bank.keys = JwkSet::from_keys([new.public_jwk().clone()]);
    region.add_client(&bank).unwrap();
    let after = client.update(&region.publisher(), NOW).await.unwrap();
    let trusted = after.trusted_client(&bank.client_id, NOW).unwrap();
    assert!(trusted.verifier(Some(old.kid()), Algorithm::ES256).is_none());
    let verifier = trusted.verifier(Some(new.kid()), Algorithm::ES256).unwrap();
    assert_eq!(verifier.thumbprint(), new.public_jwk().thumbprint());
    assert!(trusted.verifier(Some(new.kid()), Algorithm::PS256).is_none());
}

#[tokio::test]
async fn a_verifier_is_made_once_per_list_and_survives_a_fresh_status() {
    let mut region = region();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let bank = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key, NOW);
    region.add_client(&bank).unwrap();
    let mut client = Watcher::of(&region).await;
    let before = client.list.clone().unwrap();
    region.republish(NOW.plus(60)).unwrap();
    let after = client.update(&region.publisher(), NOW.plus(60)).await.unwrap();
    assert_ne!(before.sequence(), after.sequence());
    let verifier = |list: &trust_list::VerifiedList| {
        std::ptr::from_ref(
            list.trusted_client(&bank.client_id, NOW).unwrap().verifier(Some(key.kid()), Algorithm::ES256).unwrap(),
        )
    };
    assert_eq!(verifier(&before), verifier(&after));
}

#[tokio::test]
async fn h20_an_issuer_claimed_by_two_countries_stops_the_whole_until_the_claimant_is_suspended() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let mut false_claim = TestRegion::issuer(cc("XC"), "impostor".parse().unwrap(), NOW);
    false_claim.issuer_identifiers = vec!["https://idp.xa.example".to_owned()];
    region.add_issuer(&false_claim).unwrap();
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    let UpdateError::Conflict(conflict) = error else { panic!("{error}") };
    assert_eq!((conflict.first, conflict.second), (cc("XA"), cc("XC")));
    assert_eq!(conflict.identifier, "https://idp.xa.example");

    region.suspend(cc("XC"), None).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_ok());
    let (country, id) = list.issuer_by_identifier("https://idp.xa.example").unwrap();
    assert_eq!((*country, id.as_str()), (cc("XA"), "idp"));
}

#[tokio::test]
async fn h20_a_client_identifier_claimed_by_two_countries_stops_the_whole() {
    let mut region = region();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let bank = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key, NOW);
    let mut other = TestRegion::client(cc("XC"), "bank".parse().unwrap(), &key, NOW);
    other.client_id.clone_from(&bank.client_id);
    region.add_client(&bank).unwrap().add_client(&other).unwrap();
    let error = Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await.unwrap_err();
    assert!(matches!(error, UpdateError::Conflict(_)), "{error}");
}

#[tokio::test]
async fn h20_a_country_that_is_listed_twice_stops_the_whole() {
    for pointer in ["/LoTE/ListAndSchemeInformation/PointersToOtherLoTE", MEMBERS] {
        let mut region = region();
        let mut list = regional(&region);
        let rows = list.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
        rows.push(rows[0].clone());
        replace_regional(&mut region, list.to_string().as_bytes());
        let error = Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await.unwrap_err();
        let UpdateError::Regional(ListProblem::DuplicateCountry(country)) = error else { panic!("{error}") };
        assert_eq!(country, cc("XA"));
    }
}

const MEMBERS: &str = "/LoTE/ListAndSchemeInformation/SchemeExtensions/0/PasserelleMembers";

#[tokio::test]
async fn h21_an_unknown_field_is_ignored_but_signed() {
    let mut region = region();
    let mut list = national(&region, "XA");
    list["LoTE"]["ListAndSchemeInformation"]["FutureField"] = json!({ "a": [1, 2] });
    list["LoTE"]["TrustedEntitiesList"][0]["FutureField"] = json!("x");
    replace_national(&mut region, "XA", list.to_string().as_bytes());
    let verified = Watcher::of(&region).await.list.unwrap();
    assert!(idp(&verified, NOW).is_ok());

    // The next release keeps what it does not know.
    region.edit_national(cc("XA"), Ok).unwrap();
    assert_eq!(national(&region, "XA")["LoTE"]["TrustedEntitiesList"][0]["FutureField"], "x");
}

#[tokio::test]
async fn h21_an_unknown_critical_extension_is_refused_wherever_it_stands() {
    let service = "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceInformation/ServiceInformationExtensions";
    let entity = "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation/TEInformationExtensions";
    let scheme = "/LoTE/ListAndSchemeInformation/SchemeExtensions";
    for pointer in [service, entity, scheme] {
        for (critical, accepted) in [(true, false), (false, true)] {
            let mut region = region();
            let mut list = national(&region, "XA");
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let members = list.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            let extensions = members.entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap();
            extensions.push(json!({ "Critical": critical, "Future": true }));
            replace_national(&mut region, "XA", list.to_string().as_bytes());
            let problem = disabled(&Watcher::of(&region).await.list.unwrap(), "XA", NOW);
            let expected = (!accepted).then(|| ListProblem::UnknownCriticalExtension("Future".to_owned()));
            assert_eq!(problem, expected, "{pointer} {critical}");
        }
    }
}

#[tokio::test]
async fn h26_a_national_list_that_is_not_strict_json_disables_its_member_only() {
    let good = national(&region(), "XA").to_string();
    let bad = [
        good.replacen(r#"{"LoTE":{"#, r#"{"LoTE":{"TrustedEntitiesList":[],"#, 1),
        good.replacen("\"LoTESequenceNumber\":2", "\"LoTESequenceNumber\":2.0", 1),
        good.replacen("\"LoTESequenceNumber\":2", "\"LoTESequenceNumber\":-2", 1),
        good.replacen("\"LoTESequenceNumber\":2", "\"LoTESequenceNumber\":\"2\"", 1),
        format!("\u{feff}{good}"),
        format!("{good}\n{{}}"),
        format!("{good},"),
    ];
    for text in bad {
        assert_ne!(text, good);
        let mut region = region();
        replace_national(&mut region, "XA", text.as_bytes());
        let list = Watcher::of(&region).await.list.unwrap();
        let problem = disabled(&list, "XA", NOW);
        assert!(matches!(problem, Some(ListProblem::WrongForm(_))), "{problem:?} {text:.90}");
        assert_eq!(disabled(&list, "XB", NOW), None);
    }
}

#[tokio::test]
async fn a_broken_national_list_disables_its_member_visibly_and_comes_back_when_it_is_mended() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let path = newest(&region.documents, ListName::Member(cc("XA")));
    let good = region.documents.get(path).unwrap().to_owned();
    region.documents.remove(path);
    region.serve();
    client.wipe_cache();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(disabled(&list, "XA", NOW), Some(ListProblem::Missing));
    assert_eq!(idp(&list, NOW), Err(NotTrusted::MemberListUnusable(ListProblem::Missing)));

    // The status document is the same; what was missing is asked for again.
    region.documents.put_unchecked(path, good);
    region.serve();
    let list = client.update(&region.publisher(), NOW.plus(1)).await.unwrap();
    assert!(idp(&list, NOW.plus(1)).is_ok());
}

#[tokio::test]
async fn a_national_list_past_its_next_update_says_nothing_although_the_region_is_fresh() {
    let mut region = region();
    region.edit_national(cc("XA"), |list| Ok(list.next_update(NOW.plus(600)))).unwrap();
    let list = Watcher::of(&region).await.list.unwrap();
    assert!(idp(&list, NOW.plus(599)).is_ok());
    assert_eq!(idp(&list, NOW.plus(600)), Err(NotTrusted::MemberListUnusable(ListProblem::Expired)));
    region.republish(NOW.plus(601)).unwrap();
    let list = region.verified().unwrap();
    assert_eq!(disabled(&list, "XA", NOW.plus(601)), Some(ListProblem::Expired));
}

#[tokio::test]
async fn a_national_list_cannot_take_the_place_of_another() {
    let mut region = region();
    let xa = national(&region, "XA").to_string();
    replace_national(&mut region, "XC", xa.as_bytes());
    let list = Watcher::of(&region).await.list.unwrap();
    assert_eq!(disabled(&list, "XC", NOW), Some(ListProblem::WrongTerritory("XA".to_owned())));
}

#[tokio::test]
async fn an_issuer_outside_the_hosts_permitted_to_its_member_disables_the_list() {
    let mut region = region();
    let location = format!("{DISTRIBUTION}/lists/XA.json");
    let signers = vec![region.national_key(cc("XA")).unwrap().public_jwk().clone()];
    let mut member = MemberEntry::draft(cc("XA"), location, signers, NOW);
    for (permitted, fits) in [
        (".xa.example", true),
        ("idp.xa.example", true),
        (".example", true),
        ("xa.example", false),
        ("other.xa.example", false),
        (".xb.example", false),
        ("a.example", false),
    ] {
        member.permitted_hosts = vec![permitted.to_owned()];
        region.edit_regional(|list| Ok(list.member(&member))).unwrap();
        let problem = disabled(&region.verified().unwrap(), "XA", NOW);
        let expected = (!fits).then(|| ListProblem::HostNotPermitted("idp.xa.example".to_owned()));
        assert_eq!(problem, expected, "{permitted}");
    }
}

#[tokio::test]
async fn a_member_whose_list_an_online_key_may_sign_is_disabled() {
    let mut region = region();
    let online = region.online_key().public_jwk().clone();
    let location = format!("{DISTRIBUTION}/lists/XA.json");
    let mut signers = vec![region.national_key(cc("XA")).unwrap().public_jwk().clone()];
    signers.push(online.clone());
    let member = MemberEntry::draft(cc("XA"), location, signers, NOW);
    region.edit_regional(|list| Ok(list.member(&member))).unwrap();
    let problem = disabled(&region.verified().unwrap(), "XA", NOW);
    assert_eq!(problem, Some(ListProblem::OnlineSigner(online.thumbprint().clone())));
}

/// The regional list permits these hosts to the member, and no others.
fn permit(region: &mut TestRegion, country: &str, hosts: &[&str]) {
    let members = region.documents.members().unwrap();
    let mut member = members.into_iter().find(|member| member.country == cc(country)).unwrap();
    member.permitted_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    region.edit_regional(|list| Ok(list.member(&member))).unwrap();
}

#[tokio::test]
async fn a_claim_made_twice_inside_one_list_disables_that_member_only() {
    let mut region = region();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let mut client = Watcher::of(&region).await;
    let cards = {
        let mut cards = TestRegion::issuer(cc("XC"), "cards".parse().unwrap(), NOW);
        cards.kind = IssuerKind::CredentialIssuer;
        cards
    };
    region.add_issuer(&cards).unwrap();
    let mut list = national(&region, "XC");
    let entries = list["LoTE"]["TrustedEntitiesList"].as_array_mut().unwrap();
    let copy = entries[0].to_string().replace("\"cards\"", "\"other\"");
    entries.push(serde_json::from_str(&copy).unwrap());
    replace_national(&mut region, "XC", list.to_string().as_bytes());
    let verified = client.update(&region.publisher(), NOW).await.unwrap();
    let expected = ListProblem::DuplicateIdentifier("https://cards.xc.example".to_owned());
    assert_eq!(disabled(&verified, "XC", NOW), Some(expected));
    assert!(idp(&verified, NOW).is_ok());

    // Nor can it be proposed.
    let first = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key, NOW);
    let mut second = TestRegion::client(cc("XB"), "bank-2".parse().unwrap(), &key, NOW);
    second.client_id.clone_from(&first.client_id);
    region.add_client(&first).unwrap();
    assert!(region.add_client(&second).is_err());
}

#[tokio::test]
async fn a_withdrawn_entry_stands_beside_its_successor_and_lookups_find_the_successor() {
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    for successor_first in [false, true] {
        let mut region = region();
        let mut old = TestRegion::client(cc("XB"), "old".parse().unwrap(), &key, NOW);
        old.status = ServiceStatus::Withdrawn;
        let mut new = TestRegion::client(cc("XB"), "new".parse().unwrap(), &key, NOW);
        new.client_id.clone_from(&old.client_id);
        let mut entries = [old, new];
        if successor_first {
            entries.reverse();
        }
        for entry in &entries {
            region.add_client(entry).unwrap();
        }
        let list = region.verified().unwrap();
        assert_eq!(disabled(&list, "XB", NOW), None);
        let found = list.trusted_client(&entries[0].client_id, NOW).unwrap();
        assert_eq!(found.client().entity.as_str(), "new");
    }
}

#[tokio::test]
async fn n10_a_host_that_two_countries_claim_is_nobodys_unless_the_regional_list_permits_it_to_one() {
    let mut region = region();
    let mut other = TestRegion::issuer(cc("XC"), "idp".parse().unwrap(), NOW);
    other.hosts.push("idp.xa.example".to_owned());
    region.add_issuer(&other).unwrap();
    let list = region.verified().unwrap();
    let claimed_by = |country| ListProblem::HostOfAnother { host: "idp.xa.example".to_owned(), other: cc(country) };
    assert_eq!(disabled(&list, "XA", NOW), Some(claimed_by("XC")));
    assert_eq!(disabled(&list, "XC", NOW), Some(claimed_by("XA")));
    assert_eq!(disabled(&list, "XB", NOW), None);

    permit(&mut region, "XA", &[".xa.example"]);
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert_eq!(disabled(&list, "XC", NOW), Some(claimed_by("XA")));
}

#[tokio::test]
async fn h20_who_claims_an_issuer_at_a_host_that_is_permitted_to_another_stops_itself_only() {
    let mut region = region();
    permit(&mut region, "XA", &[".xa.example"]);
    let mut false_claim = TestRegion::issuer(cc("XC"), "impostor".parse().unwrap(), NOW);
    false_claim.issuer_identifiers = vec!["https://idp.xa.example".to_owned()];
    region.add_issuer(&false_claim).unwrap();
    let list = region.verified().unwrap();
    assert!(idp(&list, NOW).is_ok());
    assert!(matches!(disabled(&list, "XC", NOW), Some(ListProblem::HostOfAnother { .. })));
    assert_eq!(list.issuer_by_identifier("https://idp.xa.example").unwrap().0, &cc("XA"));
}

#[tokio::test]
async fn n10_another_port_is_another_service_and_a_suspended_claimant_claims_nothing() {
    let mut region = region();
    let mut other = TestRegion::issuer(cc("XC"), "idp".parse().unwrap(), NOW);
    other.hosts = vec!["idp.xa.example:8443".to_owned()];
    region.add_issuer(&other).unwrap();
    assert_eq!(disabled(&region.verified().unwrap(), "XC", NOW), None);
    other.hosts = vec!["idp.xa.example".to_owned()];
    region.add_issuer(&other).unwrap();
    assert!(disabled(&region.verified().unwrap(), "XA", NOW).is_some());
    region.suspend(cc("XC"), None).unwrap();
    assert!(idp(&region.verified().unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn a05_a_redirect_uri_that_is_not_plain_https_is_refused_with_its_list() {
    let mut region = region();
    let key = SigningKey::generate(Algorithm::ES256, None).unwrap();
    for uri in ["http://bank.xb.example/cb", "https://bank.xb.example@evil.example/cb", "https://bank.xb.example/cb#"] {
        let mut bank = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key, NOW);
        bank.redirect_uris = vec![uri.to_owned()];
        assert!(region.add_client(&bank).is_err(), "{uri}");
    }
}

#[tokio::test]
async fn two_rows_of_recognition_in_force_at_one_time_are_refused() {
    let row = |level, from: i64, until: Option<i64>| Recognition {
        recogniser: cc("XC"),
        recognised: cc("XA"),
        purpose: "pension".parse().unwrap(),
        max_level: level,
        legal_basis: "Agreement".to_owned(),
        from: NOW.plus(from),
        until: until.map(|until| NOW.plus(until)),
    };
    for (first, second, fits) in [
        (row(Level::High, 0, None), row(Level::Low, 10, None), false),
        (row(Level::High, 0, Some(11)), row(Level::Low, 10, Some(20)), false),
        (row(Level::High, 5, Some(6)), row(Level::Low, 0, None), false),
        (row(Level::High, 0, Some(10)), row(Level::Low, 10, None), true),
    ] {
        let mut region = region();
        region.edit_regional(|list| Ok(list.recognise(&first))).unwrap();
        // No builder makes the second, so it is put there.
        let mut list = regional(&region);
        let extensions = list["LoTE"]["ListAndSchemeInformation"]["SchemeExtensions"].as_array_mut().unwrap();
        let rows =
            extensions.iter_mut().find_map(|one| one.get_mut("PasserelleRecognition")).unwrap().as_array_mut().unwrap();
        rows.push(serde_json::to_value(&second).unwrap());
        replace_regional(&mut region, list.to_string().as_bytes());
        let result = Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await;
        match result.map(drop) {
            Ok(()) => assert!(fits, "{first:?} {second:?}"),
            Err(UpdateError::Regional(ListProblem::OverlappingRecognitions { .. })) => assert!(!fits),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn h19_a_key_past_its_exp_has_no_verifier_although_the_list_still_names_it() {
    let mut region = region();
    let [ends, stays] = ["ends", "stays"]
        .map(|kid| SigningKey::generate(Algorithm::ES256, Some(strict_jose::Kid::parse(kid).unwrap())).unwrap());
    let mut value = ends.public_jwk().to_value();
    value["exp"] = NOW.plus(100).seconds().into();
    let mut bank = TestRegion::client(cc("XB"), "bank".parse().unwrap(), &stays, NOW);
    bank.keys = JwkSet::from_keys([strict_jose::PublicJwk::parse(&value).unwrap(), stays.public_jwk().clone()]);
    region.add_client(&bank).unwrap();
    let list = region.verified().unwrap();
    let verifier = |key: &SigningKey, at| {
        list.trusted_client(&bank.client_id, at).unwrap().verifier(Some(key.kid()), Algorithm::ES256).is_some()
    };
    assert!(verifier(&ends, NOW.plus(99)));
    assert!(!verifier(&ends, NOW.plus(100)));
    assert!(verifier(&stays, NOW.plus(100)));
    // Without a kid the one that is left is no longer ambiguous.
    let trusted = list.trusted_client(&bank.client_id, NOW.plus(100)).unwrap();
    assert!(trusted.verifier(None, Algorithm::ES256).is_some());
}
