//! JWK sets, CSV and the HTML report.

use serde_json::json;
use strict_jose::{JwkSet, Policy};
use trust_list::export::{ExportError, Table, csv, jwks, report};
use trust_list::testing::TestRegion;
use trust_list::{Language, Level, ServiceStatus};

use crate::support::{HOSTILE, NOW, card_issuer, cc, key_named, purpose, region};

#[test]
fn the_keys_of_granted_issuers_have_use_name_and_algorithm() {
    let region = region().verified().unwrap();
    let set = jwks(&region, cc("XA"), None, NOW).unwrap();
    assert_eq!(set["keys"].as_array().unwrap().len(), 1);
    let key = &set["keys"][0];
    assert_eq!((&key["kid"], &key["use"], &key["alg"]), (&json!("xa-1"), &json!("sig"), &json!("ES256")));
    assert_eq!(JwkSet::from_value(&set, Policy::Strict).unwrap().keys().len(), 1);
    assert_eq!(jwks(&region, cc("XC"), None, NOW).unwrap()["keys"].as_array().unwrap().len(), HOSTILE.len());
    assert!(matches!(jwks(&region, cc("XY"), None, NOW), Err(ExportError::NoSuchMember(_))));
}

#[test]
fn a_key_without_a_name_gets_its_thumbprint_and_a_key_past_its_end_is_left_out() {
    let mut region = TestRegion::new(NOW).unwrap();
    let bare = |kid: &str, exp: Option<i64>| {
        let mut value = key_named(kid).public_jwk().to_value();
        let members = value.as_object_mut().unwrap();
        for name in ["kid", "use", "alg"] {
            members.remove(name);
        }
        members.extend(exp.map(|exp| ("exp".to_owned(), json!(exp))));
        strict_jose::PublicJwk::parse(&value).unwrap()
    };
    let mut issuer = card_issuer("XA", "cards", "unused");
    issuer.keys = vec![bare("a", None), bare("b", Some(NOW.seconds())), bare("c", Some(NOW.seconds() + 1))];
    region.add_issuer(&issuer).unwrap();
    let set = jwks(&region.verified().unwrap(), cc("XA"), None, NOW).unwrap();
    let kids: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(kids, [0, 2].map(|at: usize| json!(issuer.keys[at].thumbprint().as_str())));
}

#[test]
fn a_suspended_issuer_or_member_has_no_keys() {
    let keys = |region: &TestRegion| {
        jwks(&region.verified().unwrap(), cc("XA"), None, NOW).unwrap()["keys"].as_array().unwrap().len()
    };
    let mut by_order = region();
    by_order.suspend(cc("XA"), Some("cards".parse().unwrap())).unwrap();
    assert_eq!(keys(&by_order), 0);
    let mut member = region();
    member.suspend(cc("XA"), None).unwrap();
    assert_eq!(keys(&member), 0);
    let mut by_list = TestRegion::new(NOW).unwrap();
    by_list
        .add_issuer(&trust_list::Issuer { status: ServiceStatus::Suspended, ..card_issuer("XA", "cards", "xa-1") })
        .unwrap();
    assert_eq!(keys(&by_list), 0);
}

#[test]
fn two_keys_of_one_name_in_one_country_are_exported_apart() {
    let mut region = region();
    region.add_issuer(&card_issuer("XA", "more-cards", "xa-1")).unwrap();
    let verified = region.verified().unwrap();
    assert!(matches!(jwks(&verified, cc("XA"), None, NOW), Err(ExportError::KidTwice { .. })));
    for id in ["cards", "more-cards"] {
        let set = jwks(&verified, cc("XA"), Some(&id.parse().unwrap()), NOW).unwrap();
        assert_eq!(set["keys"].as_array().unwrap().len(), 1);
    }
}

/// A reader of RFC 4180 §2 that knows nothing of the writer.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut characters) = (false, csv.chars().peekable());
    while let Some(character) = characters.next() {
        let row = rows.last_mut().unwrap();
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => row.last_mut().unwrap().push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => assert_eq!(characters.next(), Some('\n'), "a line ends with CR LF"),
            '\n' if !quoted => panic!("a line ends with CR LF"),
            other => row.last_mut().unwrap().push(other),
        }
        if !quoted && character == '\r' {
            rows.push(vec![String::new()]);
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line ends too");
    rows
}

#[test]
fn every_table_reads_back_with_one_width() {
    let mut region = region();
    region.add_client(&TestRegion::client(cc("XB"), "bank".parse().unwrap(), &key_named("bank"), NOW)).unwrap();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let verified = region.verified().unwrap();
    let lengths = Table::ALL.map(|table| {
        let rows = rows(&csv(&verified, table, NOW));
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{table}: {rows:?}");
        rows.len() - 1
    });
    assert_eq!(lengths, [3, 2 + HOSTILE.len(), 1, 1, 1]);
}

#[test]
fn hostile_names_are_text_in_a_spreadsheet() {
    let verified = region().verified().unwrap();
    let rows = rows(&csv(&verified, Table::Issuers, NOW));
    let cells = |column: &str| {
        let at = rows[0].iter().position(|name| name == column).unwrap();
        rows.iter().skip(1).map(|row| row[at].clone()).collect::<Vec<_>>()
    };
    let names = cells("name");
    for name in names.iter().chain(&cells("legal_name")).chain(&cells("telephone")) {
        assert!(!name.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name:?}");
        assert!(!name.contains('\u{202e}'), "{name:?}");
    }
    assert!(names.contains(&"'=cmd|' /C calc'!A0".to_owned()));
    assert!(names.contains(&"\"Registry\", the".to_owned()));
    assert!(names.contains(&"سجل السكان".to_owned()));
}

#[test]
fn the_page_shows_hostile_names_and_runs_none_of_them() {
    let mut hostile = region();
    for name in HOSTILE {
        hostile
            .edit_regional(|list| {
                Ok(list.recognise(&trust_list::Recognition {
                    recogniser: cc("XC"),
                    recognised: cc("XA"),
                    purpose: format!("p-{}", name.len()).parse().unwrap(),
                    max_level: Level::Low,
                    legal_basis: name.to_owned(),
                    from: NOW,
                    until: None,
                }))
            })
            .unwrap();
    }
    let page = report(&hostile.verified().unwrap(), Language::En, NOW).unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{page}");
    assert!(!page.contains('\u{202e}'));
    for foreign in ["http://", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("<bdi>سجل السكان</bdi>"));
}

#[test]
fn the_page_says_what_is_trusted_in_three_languages() {
    let mut region = region();
    region.suspend(cc("XA"), Some("cards".parse().unwrap())).unwrap();
    let verified = region.verified().unwrap();
    let words = [("en", "suspended by order"), ("fr", "suspendu par ordre"), ("pt", "suspenso por ordem")];
    for (language, word) in words {
        let page = report(&verified, language.parse().unwrap(), NOW).unwrap();
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.contains(word), "{language}");
        assert!(page.contains(verified.digest()));
        assert!(page.contains(purpose().as_str()));
    }
}
