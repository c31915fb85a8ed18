//! JSON with one meaning for one text.

use std::collections::HashMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};
use strict_jose::{JsonError, Limits, UnixTime, json};

const LIMITS: Limits = Limits { max_bytes: 4096, max_depth: 8 };

fn refusal(text: &str) -> JsonError {
    json::parse(text.as_bytes(), &LIMITS).expect_err(text)
}

#[test]
fn duplicate_names_are_refused_at_every_level_and_in_every_spelling() {
    for (text, at) in [
        (r#"{"a":1,"a":2}"#, 8),
        (r#"{"a":1,"b":{},"a":2}"#, 15),
        (r#"{"a":1,"b":[{"c":1}],"a":2}"#, 22),
        (r#"[[{"x":{"a":1,"a":1}}]]"#, 15),
        (r#"{"a":1,"\u0061":2}"#, 8),
        (r#"{"\u0061":1,"a":2}"#, 13),
        (r#"{"\u0061\/":1,"a/":2}"#, 15),
        (r#"{"😀":1,"\ud83d\ude00":2}"#, 11),
        (r#"{"":1,"":2}"#, 7),
        (r#"{ "a" : 1 , "a" : 2 }"#, 13),
        (r#"{"q\"":1,"q\"":2}"#, 10),
        (r#"{"q\\":1,"q\\":2}"#, 10),
        (r#"{"a":"}","a":"{"}"#, 10),
    ] {
        assert!(matches!(refusal(text), JsonError::DuplicateName { at: found } if found == at), "{text}");
    }
}

#[test]
fn equal_names_in_different_objects_and_equal_values_are_no_duplicates() {
    for text in [
        r#"{"a":{"a":{"a":1}}}"#,
        r#"[{"a":1},{"a":1}]"#,
        r#"{"a":"a","b":"a"}"#,
        r#"{"a":["a","a","b","b"],"b":["a"]}"#,
        r#"{"a":{"x":1},"b":{"x":1},"c":[{"x":1},"x","x"],"x":{}}"#,
        r#"{"a\\":1,"a":2}"#,
        r#"{"a":",\"a\":","b":1}"#,
        r#"{"A":1,"a":2}"#,
        // Composed and decomposed: RFC 8259 §8.3 compares code points.
        r#"{"\u00e9":1,"e\u0301":2}"#,
    ] {
        let strict = json::parse(text.as_bytes(), &LIMITS).expect(text);
        assert_eq!(strict, serde_json::from_str::<Value>(text).unwrap());
    }
}

#[test]
fn duplicates_are_found_in_objects_of_any_size() {
    for size in [1, 2, 15, 16, 17, 18, 100, 400] {
        let names: Vec<String> = (0..size).map(|n| format!(r#""n{n}":{n}"#)).collect();
        let good = format!("{{{}}}", names.join(","));
        assert!(json::parse(good.as_bytes(), &LIMITS.with_max_bytes(64 * 1024)).is_ok());
        for again in [0, size / 2, size - 1] {
            let bad = format!(r#"{{{},"n{again}":0}}"#, names.join(","));
            let refused = json::parse(bad.as_bytes(), &LIMITS.with_max_bytes(64 * 1024));
            assert!(matches!(refused, Err(JsonError::DuplicateName { .. })), "{size} {again}");
        }
    }
}

#[test]
fn a_large_object_around_small_ones_keeps_their_names_apart() {
    let inner = r#"{"a":1,"b":2}"#;
    let names: Vec<String> = (0..40).map(|n| format!(r#""n{n}":{inner}"#)).collect();
    json::parse(format!(r#"{{{},"a":1}}"#, names.join(",")).as_bytes(), &LIMITS).unwrap();
    assert!(json::parse(format!(r#"{{{},"n3":1}}"#, names.join(",")).as_bytes(), &LIMITS).is_err());
}

#[test]
fn q03_many_names_do_not_take_quadratic_time() {
    // 100,000 names: comparing each with each would be five billion comparisons, minutes in a test build.
    let names: Vec<String> = (0..100_000).map(|n| format!(r#""{n}":0"#)).collect();
    let text = format!("{{{}}}", names.join(","));
    json::parse_as::<HashMap<String, u8>>(text.as_bytes(), &Limits::LIST).unwrap();
    assert!(matches!(json::parse(text.as_bytes(), &Limits::TOKEN), Err(JsonError::TooLarge { max: 65_536 })));
}

#[test]
fn q03_nesting_is_counted_in_arrays_and_objects_together() {
    let nested = |depth: usize| format!("{}{}", r#"[{"a":"#.repeat(depth / 2), "[".repeat(depth % 2));
    let close = |depth: usize| format!("{}{}", "]".repeat(depth % 2), "}]".repeat(depth / 2));
    for depth in 1..=8 {
        let middle = if depth % 2 == 0 { "1" } else { "" };
        json::parse(format!("{}{middle}{}", nested(depth), close(depth)).as_bytes(), &LIMITS).unwrap();
    }
    for depth in [9, 10, 100] {
        let text = format!("{}1{}", nested(depth), close(depth));
        assert!(matches!(refusal(&text), JsonError::TooDeep { max: 8 }), "{depth}");
    }
    let wide = format!("[{}1]", "[],{},".repeat(200));
    json::parse(wide.as_bytes(), &LIMITS).unwrap();
    let bottomless = "[".repeat(10_000_000);
    assert!(matches!(json::parse(bottomless.as_bytes(), &Limits::LIST), Err(JsonError::TooDeep { max: 32 })));
}

#[test]
fn a_member_that_the_type_ignores_is_read_just_as_strictly() {
    #[derive(Deserialize, Debug)]
    struct Little {
        a: u8,
    }
    let parse = |text: &[u8]| json::parse_as::<Little>(text, &LIMITS);
    assert_eq!(parse(br#"{"a":1,"rest":{"b":1,"c":[2]}}"#).unwrap().a, 1);
    assert!(matches!(parse(br#"{"a":1,"rest":{"b":1,"b":2}}"#), Err(JsonError::DuplicateName { .. })));
    assert!(matches!(parse(br#"{"a":1,"rest":[[[[[[[[1]]]]]]]]}"#), Err(JsonError::TooDeep { .. })));
    assert!(matches!(parse(b"{\"a\":1,\"rest\":\"\xff\"}"), Err(JsonError::NotUtf8)));
    assert!(matches!(parse(br#"{"a":1,"rest":tru}"#), Err(JsonError::Syntax { .. })));
    assert!(matches!(parse(br#"{"a":1,"rest":"\x"}"#), Err(JsonError::Syntax { .. })));
    assert!(matches!(parse(br#"{"a":"one"}"#), Err(JsonError::WrongForm(_))));
    assert!(matches!(parse(br#"{"b":1}"#), Err(JsonError::WrongForm(_))));
}

#[test]
fn h26_marks_encodings_and_trailing_data_are_refused() {
    assert!(matches!(refusal("\u{feff}{}"), JsonError::ByteOrderMark));
    for bytes in [&b"{\"a\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", b"{\"\xc3\":1}", b"\"\xed\xa0\x80\""] {
        assert!(matches!(json::parse(bytes, &LIMITS), Err(JsonError::NotUtf8)));
    }
    for text in [
        "",
        " ",
        "{} {}",
        "{}x",
        "{},",
        "{}\0",
        "[1]]",
        "{\"a\":1}}",
        "{",
        "[",
        "\"",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[NaN]",
        "[Infinity]",
        "[1e999]",
        "[\"\u{1}\"]",
        "[\"\\ud800\"]",
        "{\"\\ud800\":1}",
        "{\"\\q\":1}",
        "// c\n{}",
        "{}/**/",
        "nul",
        "True",
        "]",
        "}",
        ",",
        ":",
        "{\"a\" 1}",
        "{\"a\",1}",
        "[\"a\":1]",
        "{:1}",
        "{\"\\",
        "{\"\\\"",
        "\u{a0}{}",
    ] {
        assert!(matches!(refusal(text), JsonError::Syntax { .. }), "{text:?}");
    }
    assert!(json::parse(b" {\"a\": 1}\r\n\t", &LIMITS).is_ok(), "white space around is part of JSON");
}

#[test]
fn an_object_is_an_object() {
    assert_eq!(json::parse_object(b"{}", &LIMITS).unwrap(), Map::new());
    for text in ["[]", "1", "\"{}\"", "null"] {
        assert!(matches!(json::parse_object(text.as_bytes(), &LIMITS), Err(JsonError::NotAnObject)));
    }
}

#[test]
fn size_is_checked_before_anything_else() {
    let limits = Limits { max_bytes: 4, max_depth: 1 };
    assert!(json::parse(b"[12]", &limits).is_ok());
    assert!(matches!(json::parse(b"\xff\xff\xff\xff\xff", &limits), Err(JsonError::TooLarge { max: 4 })));
}

#[test]
fn numeric_dates_are_integers_up_to_2_to_53_minus_1() {
    let date = |text: &str| json::numeric_date(&serde_json::from_str(text).unwrap());
    assert_eq!(date("0"), Ok(UnixTime::new(0)));
    assert_eq!(date("9007199254740991"), Ok(UnixTime::new(9_007_199_254_740_991)));
    for text in ["9007199254740992", "-1", "1.0", "1e3", "1e300", "18446744073709551615", "\"1\"", "null", "[1]"] {
        assert!(date(text).is_err(), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        r#"[a-c"\\/{}\[\],: é😀\n]{0,6}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 24, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..24).prop_map(Value::from),
            prop::collection::vec((r#"[a-c"\\{},:é]{0,3}"#, inner), 0..24)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// `value` as text, with the first member of every object written a second time if `double` says so.
fn write(value: &Value, double: bool, doubled: &mut bool) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| write(item, double, doubled)).collect();
            format!("[{}]", items.join(" ,"))
        }
        Value::Object(members) => {
            let mut written: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), write(value, double, doubled)))
                .collect();
            if let (true, false, Some(name)) = (double, *doubled, members.keys().next()) {
                *doubled = true;
                written.push(format!("{} :null", Value::from(name.as_str())));
            }
            format!("{{{}}}", written.join(", "))
        }
        leaf => leaf.to_string(),
    }
}

proptest! {
    #[test]
    fn json_without_duplicates_is_read_as_serde_json_reads_it(value in any_json()) {
        let text = write(&value, false, &mut false);
        prop_assert_eq!(json::parse(text.as_bytes(), &Limits::LIST).unwrap(), value);
    }

    #[test]
    fn one_duplicate_anywhere_is_found(value in any_json()) {
        let mut doubled = false;
        let text = write(&value, true, &mut doubled);
        let refused = json::parse(text.as_bytes(), &Limits::LIST);
        prop_assert_eq!(matches!(refused, Err(JsonError::DuplicateName { .. })), doubled, "{}", text);
    }

    #[test]
    fn what_is_accepted_is_json_and_what_is_not_json_is_refused(text in r#"[ \[\]{}",:\\ab01\-.eu]{0,24}"#) {
        let strict = json::parse(text.as_bytes(), &Limits::LIST);
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => prop_assert!(strict.is_err() || strict.unwrap() == value),
            Err(_) => prop_assert!(strict.is_err()),
        }
    }
}
