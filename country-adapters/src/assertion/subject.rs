//! The person, by the issuer's own identifier.

use std::fmt;

use crate::assertion::claims::is_forbidden_char;
use crate::error::AssertionProblem;

/// The issuer's identifier of a person. It may be the national number: it never leaves the hub, and `Debug` hides it.
///
/// Two countries may use the same text for two persons, so it means something only together with the country.
#[derive(Clone, PartialEq, Eq)]
pub struct UpstreamSubject(String);

impl UpstreamSubject {
    /// Reads a subject. OpenID Connect Core §2: at most 255 characters of ASCII. Off-spec: other characters are
    /// accepted, since a credential may carry any script; what could not be told apart when read is not.
    pub(crate) fn parse(text: &str) -> Result<Self, AssertionProblem> {
        let unusable = |c: char| c.is_whitespace() || is_forbidden_char(c);
        if text.is_empty() || text.len() > MAX_SUBJECT || text.chars().any(unusable) {
            return Err(AssertionProblem::Subject);
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier itself: for deriving a pairwise one with a keyed hash, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// OpenID Connect Core §2.
const MAX_SUBJECT: usize = 255;

impl fmt::Debug for UpstreamSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamSubject(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g11_a_subject_that_is_empty_long_or_deceptive_is_refused() {
        let long = "s".repeat(4096);
        for text in
            ["", " ", "a b", "a\t", "a\0b", "a\u{202e}b", "a\u{2066}b", "a\u{feff}", "a\u{a0}b", "\u{200b}a", &long]
        {
            assert_eq!(UpstreamSubject::parse(text), Err(AssertionProblem::Subject), "{text:.40?}");
        }
    }

    #[test]
    fn an_ordinary_subject_is_kept_and_never_printed() {
        for text in ["294837465019283746501928374650192837", "f:1b2c:user", "محمد", "Zk3-_x"] {
            let subject = UpstreamSubject::parse(text).unwrap();
            assert_eq!(subject.expose(), text);
            assert!(!format!("{subject:?}").contains(text));
        }
    }
}
