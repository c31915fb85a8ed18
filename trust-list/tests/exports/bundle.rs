//! The offline bundle, as a device at a border post reads it.

use serde_json::{Value, json};
use strict_jose::{Algorithm, Kid, Limits, SignedDocument, SigningKey, UnixTime, deflate};
use trust_list::export::{Bundle, BundleDraft, BundleProblem, ExportError, Pinned};
use trust_list::testing::TestRegion;
use trust_list::{EntityId, IssuerKind, IssuerQuery, Level, NotTrusted, ServiceStatus};

use crate::support::{DAY, NOW, card_issuer, cc, key_named, purpose, region};

const LIFE: i64 = 14 * DAY;

struct Made {
    bytes: Vec<u8>,
    pinned: Pinned,
}

fn made(region: &TestRegion, at: UnixTime) -> Made {
    let mut draft = BundleDraft::new(&region.verified_at(at).unwrap(), cc("XB"), at, LIFE).unwrap();
    draft.sign(region.national_key(cc("XB")).unwrap()).unwrap();
    let pinned = draft.pinned().clone();
    Made { bytes: draft.finish().unwrap(), pinned }
}

fn cards(bundle: &Bundle, at: UnixTime) -> Result<Level, NotTrusted> {
    let (id, purpose): (EntityId, _) = ("cards".parse().unwrap(), purpose());
    let query = IssuerQuery {
        country: cc("XA"),
        service: Some(&id),
        kind: IssuerKind::CredentialIssuer,
        recogniser: cc("XB"),
        purpose: &purpose,
        level: Level::Low,
        at,
    };
    bundle.trusted_issuer(&query).map(|trusted| trusted.ceiling())
}

/// The content of a bundle changed and signed again by XB: what no exporter makes.
fn forged(made: &Made, key: &SigningKey, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let document = SignedDocument::parse(&made.bytes, &Limits::LIST).unwrap();
    let content = deflate::inflate(document.payload(), 1 << 20).unwrap();
    let mut content: Value = serde_json::from_slice(&content).unwrap();
    change(&mut content);
    signed(&deflate::deflate(content.to_string().as_bytes()).unwrap(), key)
}

fn signed(payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let mut document = SignedDocument::new(payload.to_vec());
    document.sign_with(key, "passerelle-bundle", NOW).unwrap();
    document.to_json_bytes()
}

#[test]
fn a_device_without_a_network_checks_a_card_weeks_later() {
    let region = region();
    let Made { bytes, pinned } = made(&region, NOW);
    let later = NOW.plus(13 * DAY);
    let bundle = Bundle::verify(&bytes, &pinned, later).unwrap();
    assert_eq!(cards(&bundle, later), Ok(Level::Substantial));
    let (country, id) = bundle.issuer_by_identifier("https://cards.xa.example").unwrap();
    assert_eq!((country.as_str(), id.to_string().as_str()), ("XA", "cards"));
    assert_eq!(bundle.recogniser(), cc("XB"));
    let trusted = bundle.trusted_issuer(&IssuerQuery {
        country: cc("XA"),
        service: None,
        kind: IssuerKind::CredentialIssuer,
        recogniser: cc("XB"),
        purpose: &purpose(),
        level: Level::Low,
        at: later,
    });
    let trusted = trusted.unwrap();
    assert!(trusted.verifier(Some(&Kid::parse("xa-1").unwrap()), Algorithm::ES256).is_some());
    assert!(trusted.verifier(Some(&Kid::parse("xc-1").unwrap()), Algorithm::ES256).is_none());
    assert_eq!(trusted.issuer().profile["level"], json!("substantial"));
    // The hub itself would have stopped after an hour: its status document lives that long.
    assert!(region.verified().unwrap().expires_at() < later);
}

#[test]
fn it_names_number_and_hash_of_every_list_it_was_made_from() {
    let region = region();
    let Made { bytes, pinned } = made(&region, NOW);
    let bundle = Bundle::verify(&bytes, &pinned, NOW).unwrap();
    let list = region.verified().unwrap();
    let of_list: Vec<_> = list.lists().filter(|view| view.country.is_none_or(|country| country == cc("XA"))).collect();
    assert_eq!(bundle.lists().collect::<Vec<_>>(), of_list);
    assert_eq!((bundle.sequence(), bundle.issued_at()), (list.sequence(), NOW));
    assert_eq!(bundle.members().map(|member| member.code()).collect::<Vec<_>>(), [cc("XA")]);
}

#[test]
fn h03_it_ends_with_its_life_and_with_the_list_of_each_country() {
    let region = region();
    let Made { bytes, pinned } = made(&region, NOW);
    let last = NOW.plus(LIFE).minus(1);
    assert_eq!(cards(&Bundle::verify(&bytes, &pinned, last).unwrap(), last), Ok(Level::Substantial));
    let after = Bundle::verify(&bytes, &pinned, NOW.plus(LIFE)).unwrap_err();
    assert_eq!(after, BundleProblem::Expired { at: NOW.plus(LIFE) });
    // A bundle that was verified and is still held answers no more either.
    let held = Bundle::verify(&bytes, &pinned, last).unwrap();
    assert!(matches!(cards(&held, NOW.plus(LIFE)), Err(NotTrusted::MemberListUnusable(_))));
    let ends = held.lists().map(|list| list.next_update).min().unwrap();
    let mut long = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, 90 * DAY).unwrap();
    long.sign(region.national_key(cc("XB")).unwrap()).unwrap();
    let long = Bundle::verify(&long.finish().unwrap(), &pinned, NOW).unwrap();
    assert_eq!(long.expires_at(), ends, "no longer than the regional list");
}

#[test]
fn h26_a_changed_byte_anywhere_is_refused() {
    let Made { bytes, pinned } = made(&region(), NOW);
    for at in (0..bytes.len()).step_by(37) {
        let mut changed = bytes.clone();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(Bundle::verify(&changed, &pinned, NOW).is_err(), "byte {at}");
    }
    assert!(Bundle::verify(&bytes[..bytes.len() - 1], &pinned, NOW).is_err());
    assert!(Bundle::verify(b"", &pinned, NOW).is_err());
}

#[test]
fn only_the_signers_of_the_countrys_own_list_make_its_bundle() {
    let region = region();
    let strangers = [
        region.online_key().clone(),
        region.national_key(cc("XA")).unwrap().clone(),
        region.regulator_key(cc("XB")).unwrap().clone(),
        key_named("stranger"),
    ];
    for key in strangers {
        let mut draft = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, LIFE).unwrap();
        draft.sign(&key).unwrap();
        assert!(matches!(draft.finish().unwrap_err(), ExportError::Bundle(BundleProblem::Quorum(_))));
    }
    let unsigned = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, LIFE).unwrap();
    assert!(unsigned.finish().is_err());
}

#[test]
fn a_national_list_of_the_same_signer_is_no_bundle() {
    let region = region();
    let pinned = made(&region, NOW).pinned;
    let (_, list) = region.documents.list(trust_list::document::ListName::Member(cc("XB"))).unwrap();
    let refused = Bundle::verify(&list.to_bytes(), &pinned, NOW).unwrap_err();
    assert!(matches!(refused, BundleProblem::Quorum(_)), "{refused}");
}

#[test]
fn bundles_of_another_region_or_for_another_country_are_refused() {
    let region = region();
    let key = region.national_key(cc("XB")).unwrap();
    let made = made(&region, NOW);
    let other_region = forged(&made, key, |content| content["region"] = json!("XY"));
    assert_eq!(Bundle::verify(&other_region, &made.pinned, NOW).unwrap_err(), BundleProblem::WrongRegion(cc("XY")));
    let other_country = forged(&made, key, |content| content["recogniser"] = json!("XC"));
    let refused = Bundle::verify(&other_country, &made.pinned, NOW).unwrap_err();
    assert_eq!(refused, BundleProblem::WrongRecogniser(cc("XC")));
}

#[test]
fn forms_and_times_that_no_exporter_makes_are_refused() {
    let region = region();
    let key = region.national_key(cc("XB")).unwrap();
    let made = made(&region, NOW);
    let refused = |change: fn(&mut Value)| Bundle::verify(&forged(&made, key, change), &made.pinned, NOW).unwrap_err();
    assert_eq!(refused(|content| content["format"] = json!(2)), BundleProblem::WrongFormat(2));
    assert!(matches!(refused(|content| content["members"] = json!({})), BundleProblem::WrongForm(_)));
    assert!(matches!(refused(|content| content["lists"] = json!([])), BundleProblem::Entries(_)));
    let future = refused(|content| content["issued"] = json!("2030-01-01T00:00:00Z"));
    assert!(matches!(future, BundleProblem::IssuedInFuture { .. }));
    let endless = refused(|content| content["expires"] = json!("2030-01-01T00:00:00Z"));
    assert!(matches!(endless, BundleProblem::LivesTooLong { .. }));
    let unsignable = refused(|content| content["signers"] = json!([{"kty": "RSA"}]));
    assert!(matches!(unsignable, BundleProblem::WrongForm(_)));
}

#[test]
fn h14_a_bundle_that_inflates_past_the_cap_is_refused_and_one_not_compressed_too() {
    let region = region();
    let pinned = made(&region, NOW).pinned;
    let key = region.national_key(cc("XB")).unwrap();
    let bomb = signed(&deflate::deflate(&vec![b' '; 8 * 512 * 1024 + 1]).unwrap(), key);
    assert!(bomb.len() < 10_000);
    assert!(matches!(Bundle::verify(&bomb, &pinned, NOW).unwrap_err(), BundleProblem::Deflate(_)));
    assert!(matches!(Bundle::verify(&signed(b"{}", key), &pinned, NOW).unwrap_err(), BundleProblem::Deflate(_)));
}

#[test]
fn h01_an_older_bundle_does_not_come_back() {
    let mut region = region();
    let old = made(&region, NOW);
    let kept = Bundle::verify(&old.bytes, &old.pinned, NOW).unwrap().next_pinned().clone();
    region.republish(NOW.plus(60)).unwrap();
    let new = made(&region, NOW.plus(60));
    let now = NOW.plus(60);
    let kept = Bundle::verify(&new.bytes, &kept, now).unwrap().next_pinned().clone();
    // The device keeps it as JSON.
    let kept: Pinned = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    let refused = Bundle::verify(&old.bytes, &kept, now).unwrap_err();
    assert!(matches!(refused, BundleProblem::Rollback { .. }), "{refused}");
    assert!(Bundle::verify(&new.bytes, &kept, now).is_ok(), "the same once more");
    let key = region.national_key(cc("XB")).unwrap();
    let twin = forged(&new, key, |content| {
        content["suspensions"] =
            json!([{"country": "XA", "since": "2027-01-15T08:00:00Z", "reason": "drill", "signers": []}]);
    });
    assert_eq!(Bundle::verify(&twin, &kept, now).unwrap_err(), BundleProblem::Equivocation);
}

#[test]
fn a_suspension_and_a_withdrawal_reach_the_device_with_the_next_bundle() {
    let mut region = region();
    region.suspend(cc("XA"), Some("cards".parse().unwrap())).unwrap();
    let Made { bytes, pinned } = made(&region, NOW);
    assert_eq!(cards(&Bundle::verify(&bytes, &pinned, NOW).unwrap(), NOW), Err(NotTrusted::Suspended));
    let withdraw = |list: trust_list::publish::NationalBuilder| {
        list.status(&"cards".parse().unwrap(), ServiceStatus::Withdrawn, NOW.plus(1))
    };
    region.edit_national(cc("XA"), withdraw).unwrap();
    let at = NOW.plus(1);
    region.republish(at).unwrap();
    let Made { bytes, pinned } = made(&region, at);
    assert_eq!(cards(&Bundle::verify(&bytes, &pinned, at).unwrap(), at), Err(NotTrusted::NoSuchService));
}

#[test]
fn the_signers_of_the_next_bundle_come_with_this_one() {
    let mut region = region();
    let first = made(&region, NOW);
    let next_key = key_named("next");
    let old_key = region.national_key(cc("XB")).unwrap().clone();
    // The regional list names old and new; a bundle by the old one tells devices of the new one.
    region
        .edit_regional(|list| {
            let mut member = trust_list::document::MemberEntry::draft(
                cc("XB"),
                "https://trust.region.example/lists/XB.json".to_owned(),
                vec![old_key.public_jwk().clone(), next_key.public_jwk().clone()],
                NOW,
            );
            member.name = trust_list::LocalizedText::en("Country XB");
            Ok(list.member(&member))
        })
        .unwrap();
    let announced = made(&region, NOW);
    let kept = Bundle::verify(&announced.bytes, &first.pinned, NOW).unwrap().next_pinned().clone();
    assert!(kept.signers.contains(next_key.public_jwk()));
    let mut by_next = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, LIFE).unwrap();
    by_next.sign(&next_key).unwrap();
    let by_next = by_next.finish().unwrap();
    assert!(Bundle::verify(&by_next, &kept, NOW).is_ok());
    assert!(Bundle::verify(&by_next, &first.pinned, NOW).is_err(), "a device that missed the announcement");
}

#[test]
fn where_two_must_sign_the_list_two_must_sign_the_bundle() {
    let mut region = region();
    let second = key_named("second");
    let first = region.national_key(cc("XB")).unwrap().clone();
    let national = region.documents.list(trust_list::document::ListName::Member(cc("XB"))).unwrap();
    let payload = national.1.payload().to_vec();
    region
        .edit_regional(|list| {
            let keys = vec![first.public_jwk().clone(), second.public_jwk().clone()];
            let location = "https://trust.region.example/lists/XB.json".to_owned();
            let mut member = trust_list::document::MemberEntry::draft(cc("XB"), location, keys, NOW);
            member.threshold = 2;
            Ok(list.member(&member))
        })
        .unwrap();
    let next = trust_list::publish::NationalBuilder::revise(&payload, NOW).unwrap().build().unwrap();
    let next = next.signed_by(&first, NOW).unwrap().signed_by(&second, NOW).unwrap();
    region.documents.add(&next).unwrap();
    region.republish(NOW).unwrap();
    let mut draft = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, LIFE).unwrap();
    draft.sign(&first).unwrap();
    assert!(matches!(draft.finish().unwrap_err(), ExportError::Bundle(BundleProblem::Quorum(_))));
    let mut draft = BundleDraft::new(&region.verified().unwrap(), cc("XB"), NOW, LIFE).unwrap();
    draft.sign(&first).unwrap();
    draft.sign(&second).unwrap();
    let pinned = Pinned { threshold: 0, ..draft.pinned().clone() };
    let bytes = draft.finish().unwrap();
    assert!(Bundle::verify(&bytes, &pinned, NOW).is_ok());
    assert!(Bundle::verify(&signed(b"{}", &key_named("x")), &pinned, NOW).is_err(), "a threshold of zero is one");
}

#[test]
fn a_country_that_is_not_trusted_now_makes_no_bundle() {
    let mut region = region();
    let draft = |region: &TestRegion, country| BundleDraft::new(&region.verified().unwrap(), cc(country), NOW, LIFE);
    let unknown = draft(&region, "XY").unwrap_err();
    assert!(matches!(unknown, ExportError::Bundle(BundleProblem::NoSuchRecogniser(_))));
    region.suspend(cc("XB"), None).unwrap();
    assert!(draft(&region, "XB").is_err());
    assert!(draft(&region, "XC").is_ok());
}

#[test]
fn a_bundle_of_eighteen_countries_stays_small() {
    let mut region = TestRegion::new(NOW).unwrap();
    let countries: Vec<String> = ('A'..='R').map(|letter| format!("X{letter}")).collect();
    for country in countries.iter().filter(|country| !["XA", "XB", "XC", "XK"].contains(&country.as_str())) {
        region.add_member(cc(country)).unwrap();
    }
    region.add_member(cc("QM")).unwrap();
    let countries: Vec<String> = region.verified().unwrap().members().map(|member| member.code().to_string()).collect();
    assert_eq!(countries.len(), 18);
    for country in &countries {
        region.add_issuer(&card_issuer(country, "cards", &format!("{country}-1"))).unwrap();
        for purpose in ["border-check", "proof-of-life"] {
            region.recognise(cc("XB"), cc(country), purpose.parse().unwrap(), Level::Substantial).unwrap();
        }
    }
    let bundle = made(&region, NOW);
    assert_eq!(Bundle::verify(&bundle.bytes, &bundle.pinned, NOW).unwrap().members().count(), 18);
    println!("a bundle of 18 countries, a key each: {} bytes", bundle.bytes.len());
    assert!(bundle.bytes.len() < 12 * 1024, "{} bytes", bundle.bytes.len());
}
