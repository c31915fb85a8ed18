//! A bundle never disagrees with the verified list it came from.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, proptest};
use proptest::sample::select;
use proptest::test_runner::Config;
use strict_jose::UnixTime;
use trust_list::export::{Bundle, BundleDraft};
use trust_list::testing::TestRegion;
use trust_list::{
    CountryCode, EntityId, Issuer, IssuerKind, IssuerQuery, Level, NotTrusted, Purpose, Recognition, ServiceStatus,
    StatusPeriod, TrustedIssuer,
};

use crate::support::{DAY, NOW, card_issuer, cc};

const COUNTRIES: [&str; 3] = ["XA", "XB", "XC"];
const PURPOSES: [&str; 2] = ["border-check", "pension"];
/// The hub's status document lives an hour; inside it the two must agree.
const WHEN: [i64; 5] = [0, 1, 600, 1800, 3599];

/// Country, number, kind, highest level, statuses with their beginnings.
type DrawnIssuer = (&'static str, u8, IssuerKind, Level, Vec<(ServiceStatus, i64)>);

#[derive(Clone, Debug)]
struct Drawn {
    issuers: Vec<DrawnIssuer>,
    rows: Vec<(&'static str, &'static str, Level, i64, Option<i64>)>,
    suspended: Vec<(&'static str, Option<u8>)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let country = || select(COUNTRIES.as_slice());
    let level = || select(Level::ALL.as_slice());
    let kind = select(vec![IssuerKind::IdentityProvider, IssuerKind::CredentialIssuer]);
    let status = select(vec![ServiceStatus::Granted, ServiceStatus::Suspended, ServiceStatus::Withdrawn]);
    let statuses = vec((status, -1000..1000_i64), 1..3);
    let issuers = vec((country(), 0..2_u8, kind, level(), statuses), 0..6);
    let rows =
        vec((country(), select(PURPOSES.as_slice()), level(), -900..900_i64, proptest::option::of(1..900_i64)), 0..5);
    let suspended = vec((country(), proptest::option::of(0..2_u8)), 0..2);
    (issuers, rows, suspended).prop_map(|(issuers, rows, suspended)| Drawn { issuers, rows, suspended })
}

fn id(number: u8) -> EntityId {
    format!("issuer-{number}").parse().unwrap()
}

fn issuer((country, number, kind, max_level, statuses): &DrawnIssuer) -> Issuer {
    let drawn = card_issuer(country, id(*number).as_ref(), &format!("{country}-{number}"));
    let mut periods: Vec<StatusPeriod> =
        statuses.iter().map(|(status, since)| StatusPeriod { status: *status, since: NOW.plus(*since) }).collect();
    periods.sort_by_key(|period| std::cmp::Reverse(period.since));
    periods.dedup_by_key(|period| period.since);
    let current = periods.remove(0);
    Issuer {
        kind: *kind,
        max_level: *max_level,
        status: current.status,
        status_since: current.since,
        history: periods,
        ..drawn
    }
}

fn region(drawn: &Drawn) -> TestRegion {
    let mut region = TestRegion::new(NOW).unwrap();
    for one in &drawn.issuers {
        region.add_issuer(&issuer(one)).unwrap();
    }
    let mut taken = Vec::new();
    for (recognised, purpose, max_level, from, life) in &drawn.rows {
        if taken.contains(&(recognised, purpose)) {
            continue;
        }
        taken.push((recognised, purpose));
        let row = Recognition {
            recogniser: cc("XB"),
            recognised: cc(recognised),
            purpose: purpose.parse().unwrap(),
            max_level: *max_level,
            legal_basis: "Agreement".to_owned(),
            from: NOW.plus(*from),
            until: life.map(|life| NOW.plus(from + life)),
        };
        region.edit_regional(|list| Ok(list.recognise(&row))).unwrap();
    }
    for (country, number) in &drawn.suspended {
        if *country != "XB" || number.is_some() {
            region.suspend(cc(country), number.map(id)).unwrap();
        }
    }
    region
}

/// What an answer says; why not, is the list's own business.
fn said(answer: Result<TrustedIssuer<'_>, NotTrusted>) -> Option<(CountryCode, EntityId, Level, String, Vec<String>)> {
    let trusted = answer.ok()?;
    let issuer = trusted.issuer();
    let keys = issuer.keys.iter().map(|key| key.to_value().to_string()).collect();
    Some((trusted.country(), issuer.id.clone(), trusted.ceiling(), trusted.legal_basis().to_owned(), keys))
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn in_whatever_is_asked_while_both_are_in_force(drawn in drawn(), first_life in any::<bool>()) {
        let region = region(&drawn);
        let list = region.verified().unwrap();
        let life = if first_life { DAY } else { 20 * DAY };
        let mut draft = BundleDraft::new(&list, cc("XB"), NOW, life).unwrap();
        draft.sign(region.national_key(cc("XB")).unwrap()).unwrap();
        let pinned = draft.pinned().clone();
        let bundle = Bundle::verify(&draft.finish().unwrap(), &pinned, NOW).unwrap();
        for (country, purpose) in COUNTRIES.iter().flat_map(|country| PURPOSES.map(|purpose| (country, purpose))) {
            let purpose: Purpose = purpose.parse().unwrap();
            for (service, kind) in [None, Some(id(0)), Some(id(1))].iter().flat_map(|service| {
                [IssuerKind::IdentityProvider, IssuerKind::CredentialIssuer].map(|kind| (service.as_ref(), kind))
            }) {
                for (level, after) in Level::ALL.iter().flat_map(|level| WHEN.map(|after| (*level, after))) {
                    let at: UnixTime = NOW.plus(after);
                    let query = IssuerQuery { country: cc(country), service, kind, recogniser: cc("XB"), purpose: &purpose, level, at };
                    assert_eq!(said(bundle.trusted_issuer(&query)), said(list.trusted_issuer(&query)), "{query:?}");
                }
            }
        }
        for issuer in list.members().flat_map(|member| member.issuers()) {
            let query = IssuerQuery { country: issuer.country, service: Some(&issuer.id), kind: issuer.kind, recogniser: cc("XC"), purpose: &"pension".parse().unwrap(), level: Level::Low, at: NOW };
            assert_eq!(said(bundle.trusted_issuer(&query)), None, "it answers for its own country only");
        }
    }
}
