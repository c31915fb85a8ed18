//! Scopes (RFC 6749 §3.3) and what they stand for.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// OpenID Connect Core §3.1.2.1.
pub(crate) const OPENID: &str = "openid";
/// OpenID Connect Core §11.
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// Scopes of a login, in the order of discovery.
///
/// To add one: 1. here, 2. its claims in [`Scope::claims`]; discovery follows.
pub(crate) const PERSON_SCOPES: [&str; 6] = [OPENID, "profile", "email", "phone", "address", OFFLINE_ACCESS];

/// Scopes that a country system may have for itself: what it may ask of the federation endpoints.
pub(crate) const MACHINE_SCOPES: [&str; 1] = ["verify"];

/// A set of scopes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scope(BTreeSet<String>);

/// Attacks Q09. All scopes there are, twice over.
const MAX_SCOPES: usize = 32;

impl Scope {
    /// RFC 6749 §3.3: tokens of printable ASCII without quote and backslash, separated by one space each.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.split(' ').nth(MAX_SCOPES).is_some() {
            return None;
        }
        let tokens: BTreeSet<String> = text.split(' ').map(str::to_owned).collect();
        let is_token =
            |token: &String| !token.is_empty() && token.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        tokens.iter().all(is_token).then_some(Self(tokens))
    }

    /// Whether every scope is one of `known` and registered for the client.
    pub(crate) fn is_within(&self, known: &[&str], registered: &BTreeSet<String>) -> bool {
        self.0.iter().all(|scope| known.contains(&scope.as_str()) && registered.contains(scope))
    }

    /// Whether every scope is in `wider` too.
    pub(crate) fn is_subset_of(&self, wider: &Self) -> bool {
        self.0.is_subset(&wider.0)
    }

    pub(crate) fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// The scopes of `known` that are registered for the client.
    pub(crate) fn registered(known: &[&str], registered: &BTreeSet<String>) -> Self {
        Self(known.iter().filter(|scope| registered.contains(**scope)).map(|scope| (*scope).to_owned()).collect())
    }

    /// What of it is still registered for the client.
    pub(crate) fn still_registered(mut self, registered: &BTreeSet<String>) -> Self {
        self.0.retain(|scope| registered.contains(scope));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// OpenID Connect Core §5.4: the claims that the scopes stand for, as far as a national register can have them.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &'static str> {
        let of = |scope: &String| -> &'static [&'static str] {
            match scope.as_str() {
                "profile" => &PROFILE,
                "email" => &["email", "email_verified"],
                "phone" => &["phone_number", "phone_number_verified"],
                "address" => &["address"],
                _ => &[],
            }
        };
        self.0.iter().flat_map(of).copied()
    }
}

const PROFILE: [&str; 11] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "picture",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_separated_by_one_space_and_printable() {
        assert_eq!(Scope::parse("profile openid openid").unwrap().to_string(), "openid profile");
        for text in ["", " ", "openid ", "openid  profile", "open\"id", "a\\b", "é", "openid\tprofile"] {
            assert!(Scope::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn q09_ten_thousand_scopes_are_refused() {
        let many: Vec<String> = (0..10_000).map(|n| format!("s{n}")).collect();
        assert!(Scope::parse(&many.join(" ")).is_none());
        let repeated = "openid ".repeat(MAX_SCOPES) + "phone";
        assert!(Scope::parse(&repeated).is_none(), "nothing is passed over in silence");
        assert!(Scope::parse(&vec!["openid"; MAX_SCOPES].join(" ")).is_some());
    }

    #[test]
    fn a_scope_must_be_known_and_registered() {
        let registered = BTreeSet::from(["openid".to_owned(), "verify".to_owned()]);
        let within = |text: &str| Scope::parse(text).unwrap().is_within(&PERSON_SCOPES, &registered);
        assert!(within("openid"));
        assert!(!within("openid profile"), "known, not registered");
        assert!(!within("openid verify"), "registered, not for logins");
    }
}
