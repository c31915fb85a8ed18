//! Addresses (OpenID Connect Core §5.1.1): an object, whose members some providers tag with languages once more.

use serde_json::{Map, Value};

use super::language::Languages;
use crate::assertion::claims::MAX_MEMBERS;

/// The members by their plain names. IDA writes `"address#fr": {"formatted#fr": ..}`, the mock
/// `"address": {"locality#fra": ..}`; one language of each member is kept, the preferred one if it is there.
pub(super) fn normal(value: &Value, languages: &Languages) -> Option<Value> {
    let members = value.as_object().filter(|members| members.len() <= MAX_MEMBERS)?;
    let mut plain = Map::new();
    for base in MEMBERS {
        let untagged = members.get(base);
        let tagged = || {
            let of = |tag: &str| members.iter().find(|(name, _)| is_tagged(name, base, tag, languages)).map(|(_, v)| v);
            languages.in_order().find_map(of)
        };
        let any = || members.iter().find(|(name, _)| name.split('#').next() == Some(base)).map(|(_, v)| v);
        let text = untagged.or_else(tagged).or_else(any).and_then(Value::as_str).map(str::trim);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            plain.insert(base.to_owned(), text.into());
        }
    }
    (!plain.is_empty()).then_some(Value::Object(plain))
}

fn is_tagged(name: &str, base: &str, tag: &str, languages: &Languages) -> bool {
    name.split_once('#').is_some_and(|(own, suffix)| own == base && languages.tag(suffix).as_deref() == Some(tag))
}

const MEMBERS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_lose_their_tags_and_empty_ones_are_left_out() {
        let languages = Languages::new(["fr".to_owned()]);
        let ida = json!({"formatted#fr": "12 rue du Port, Lomé"});
        assert_eq!(normal(&ida, &languages), Some(json!({"formatted": "12 rue du Port, Lomé"})));
        let mock = json!({"locality#eng": "Lome", "locality#fra": "Lomé", "region#fra": "", "secret": "x"});
        assert_eq!(normal(&mock, &languages), Some(json!({"locality": "Lomé"})));
        let mut crowded = json!({"locality": "Lomé"});
        for i in 0..MAX_MEMBERS {
            crowded[format!("locality#x{i}")] = json!("Lomé");
        }
        assert_eq!(normal(&crowded, &languages), None);
        for none in [json!({}), json!("Lomé"), json!({"locality": ""}), json!({"locality": 1})] {
            assert_eq!(normal(&none, &languages), None);
        }
    }
}
