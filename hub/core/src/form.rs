//! Forms and queries as they arrive: `application/x-www-form-urlencoded`, read strictly.

use std::collections::BTreeSet;

use crate::error::RequestFault;

/// Name and value pairs in the order they came, or the fact that they could not be read.
///
/// The edge builds one with [`Form::from_urlencoded`] and hands it on; what is wrong with it becomes an error inside the
/// endpoint, so that it reaches the peer in that endpoint's way.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    malformed: bool,
}

/// The most parameters a form may have. The largest honest one (token exchange with every option) has 14.
const MAX_PARAMETERS: usize = 64;

/// RFC 8693 §2.1: the only parameters that may stand several times.
const REPEATABLE: [&str; 2] = ["audience", "resource"];

impl Form {
    /// Reads a body or a query string.
    pub fn from_urlencoded(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for pair in bytes.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = split_once(pair, b'=');
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) if form.pairs.len() < MAX_PARAMETERS => form.pairs.push((name, value)),
                _ => return Self { pairs: Vec::new(), malformed: true },
            }
        }
        form
    }

    /// A form of the given pairs.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { pairs, malformed: false }
    }

    /// The parameters, each at most once.
    pub(crate) fn parameters(&self) -> Result<Parameters<'_>, RequestFault> {
        if self.malformed {
            return Err(RequestFault::Malformed);
        }
        let mut seen = BTreeSet::new();
        for (name, _) in &self.pairs {
            // RFC 6749 §3.1, §3.2: parameters must not be included more than once.
            if !REPEATABLE.contains(&name.as_str()) && !seen.insert(name.as_str()) {
                return Err(RequestFault::Repeated);
            }
        }
        Ok(Parameters { pairs: &self.pairs })
    }
}

/// Parameters of which each stands once, [`REPEATABLE`] ones excepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'f> {
    pairs: &'f [(String, String)],
}

impl<'f> Parameters<'f> {
    /// The value, if there is one. RFC 6749 §3.1: a parameter without a value counts as omitted.
    pub(crate) fn optional(&self, name: &str) -> Option<&'f str> {
        self.repeated(name).next()
    }

    /// The value, or the fault that it is missing.
    pub(crate) fn required(&self, name: &'static str) -> Result<&'f str, RequestFault> {
        self.optional(name).ok_or(RequestFault::Missing(name))
    }

    /// All values of a parameter that may stand several times.
    pub(crate) fn repeated(&self, name: &str) -> impl Iterator<Item = &'f str> + use<'f> {
        let name = name.to_owned();
        self.pairs.iter().filter(move |(n, v)| *n == name && !v.is_empty()).map(|(_, value)| value.as_str())
    }
}

fn split_once(pair: &[u8], at: u8) -> (&[u8], &[u8]) {
    let mut parts = pair.splitn(2, |b| *b == at);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Percent-decodes, refusing what `url::form_urlencoded` repairs: broken escapes and bytes that are not UTF-8.
fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => 16 * hex(rest.next()?)? + hex(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Reads a form the way the URL standard does, for [`crate::fuzzing`]: what we read, it reads the same.
pub(crate) fn fuzz(bytes: &[u8]) -> Form {
    let form = Form::from_urlencoded(bytes);
    if !form.malformed {
        let theirs = url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        assert!(theirs.eq(form.pairs.iter().cloned()), "the URL standard reads another form");
    }
    form
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_decoded_and_plus_is_a_space() {
        let form = Form::from_urlencoded(b"scope=openid+profile&state=a%26b%3Dc&empty=&&flag");
        let parameters = form.parameters().unwrap();
        assert_eq!(parameters.optional("scope"), Some("openid profile"));
        assert_eq!(parameters.optional("state"), Some("a&b=c"));
        assert_eq!((parameters.optional("empty"), parameters.optional("flag")), (None, None));
        assert_eq!(parameters.required("nonce"), Err(RequestFault::Missing("nonce")));
    }

    proptest! {
        #[test]
        fn what_a_browser_encodes_reads_back_and_nothing_panics(pairs in vec((".{1,20}", ".{0,40}"), 0..8), junk: Vec<u8>) {
            let mut text = url::form_urlencoded::Serializer::new(String::new());
            text.extend_pairs(&pairs);
            let form = Form::from_urlencoded(text.finish().as_bytes());
            prop_assert_eq!(form.pairs, pairs);
            let _ = Form::from_urlencoded(&junk).parameters();
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused_whole() {
        for bytes in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%ff", b"a=\xff", b"%=1", b"ok=1&a=%+1"] {
            assert_eq!(Form::from_urlencoded(bytes).parameters().err(), Some(RequestFault::Malformed), "{bytes:?}");
        }
        let many = "a=1&".repeat(MAX_PARAMETERS + 1);
        assert_eq!(Form::from_urlencoded(many.as_bytes()).parameters().err(), Some(RequestFault::Malformed));
    }

    #[test]
    fn a_parameter_that_stands_twice_is_refused_even_when_empty_or_unknown() {
        for query in ["state=a&state=b", "x=1&x=", "state=a&st%61te=a"] {
            assert_eq!(Form::from_urlencoded(query.as_bytes()).parameters().err(), Some(RequestFault::Repeated));
        }
        let form = Form::from_pairs([("audience", "a"), ("audience", "b")]);
        assert_eq!(form.parameters().unwrap().repeated("audience").collect::<Vec<_>>(), ["a", "b"]);
    }
}
