//! Whatever the bytes are, no parser panics.

use proptest::prelude::*;
use strict_jose::{b64, fuzzing};

fn try_all(bytes: &[u8]) {
    for (_, parser) in fuzzing::TARGETS {
        parser(bytes);
    }
}

/// Something near JSON with the members that our parsers look for.
fn near_json() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "alg",
        "kid",
        "typ",
        "crit",
        "enc",
        "zip",
        "kty",
        "crv",
        "x",
        "y",
        "n",
        "e",
        "d",
        "keys",
        "use",
        "exp",
        "iat",
        "aud",
        "azp",
        "x5c",
        "payload",
        "signatures",
        "protected",
        "signature",
    ]);
    let leaf = prop_oneof![
        Just("1e300".to_owned()),
        Just("-1".to_owned()),
        Just("null".to_owned()),
        Just("18446744073709551616".to_owned()),
        prop::sample::select(vec![
            "ES256",
            "RSA",
            "EC",
            "P-256",
            "OKP",
            "Ed25519",
            "RSA-OAEP-256",
            "A256GCM",
            "AQAB",
            ""
        ])
        .prop_map(|text| format!("{text:?}")),
        "[A-Za-z0-9_-]{0,90}".prop_map(|text| format!("{text:?}")),
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_parser_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        try_all(&bytes);
    }

    #[test]
    fn no_parser_panics_on_any_text(text in any::<String>()) {
        try_all(text.as_bytes());
    }

    #[test]
    fn no_parser_panics_on_broken_json(text in r#"[\[\]{}",:\\/ubfnrt0-9a-f.eE+\- ]{0,200}"#) {
        try_all(text.as_bytes());
    }

    #[test]
    fn no_parser_panics_on_what_is_nearly_right(text in near_json(), cut in any::<prop::sample::Index>()) {
        try_all(text.as_bytes());
        try_all(&text.as_bytes()[..cut.index(text.len() + 1)]);
    }

    #[test]
    fn no_parser_panics_on_tokens_of_anything(segments in prop::collection::vec(near_json(), 1..6)) {
        let encoded: Vec<_> = segments.iter().map(b64::encode).collect();
        try_all(encoded.join(".").as_bytes());
    }

    #[test]
    fn no_parser_panics_on_times(text in "[0-9]{3,5}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?Z?") {
        try_all(text.as_bytes());
    }
}
