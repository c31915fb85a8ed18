//! One pass over a JSON text that finds duplicate names and deep nesting.
//!
//! It runs before serde_json, which rejects everything that is not JSON. So this pass may assume good grammar: on a
//! bad text its answer does not matter, as long as it comes to an end. It costs a fraction of the parse and no value
//! is built twice.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memchr2;

use crate::json::JsonError;

/// Checks nesting and member names of `text`.
pub(crate) fn check_structure(text: &str, max_depth: usize) -> Result<(), JsonError> {
    let mut scan = Scan { text, at: 0, open: Vec::new(), names: Vec::new(), name_follows: false };
    while let Some(byte) = scan.next_structural() {
        match byte {
            b'"' => scan.string()?,
            b'{' | b'[' => scan.open(byte, max_depth)?,
            b'}' | b']' => scan.close(),
            // RFC 8259 §4: inside an object a name follows each comma.
            b',' => scan.name_follows = matches!(scan.open.last(), Some(Open::Object { .. })),
            _ => scan.name_follows = false,
        }
    }
    Ok(())
}

struct Scan<'a> {
    text: &'a str,
    /// The next byte to look at.
    at: usize,
    open: Vec<Open<'a>>,
    /// The names of every small open object; each object's own are the tail from its `first` on.
    names: Vec<Cow<'a, str>>,
    name_follows: bool,
}

enum Open<'a> {
    Array,
    Object { first: usize, many: Option<HashSet<Cow<'a, str>>> },
}

/// Up to here comparing with each name is cheaper than hashing.
const FEW_NAMES: usize = 16;

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Steps over and returns the next byte that matters outside strings.
    fn next_structural(&mut self) -> Option<u8> {
        let rest = self.rest();
        let ahead = rest.iter().position(|b| matches!(b, b'"' | b'{' | b'}' | b'[' | b']' | b',' | b':'))?;
        self.at += ahead + 1;
        rest.get(ahead).copied()
    }

    fn open(&mut self, bracket: u8, max_depth: usize) -> Result<(), JsonError> {
        if self.open.len() >= max_depth {
            return Err(JsonError::TooDeep { max: max_depth });
        }
        self.name_follows = bracket == b'{';
        self.open.push(match bracket {
            b'{' => Open::Object { first: self.names.len(), many: None },
            _ => Open::Array,
        });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Open::Object { first, .. }) = self.open.pop() {
            self.names.truncate(first);
        }
        self.name_follows = false;
    }

    /// Steps over a string whose opening quote is behind us, and notes it if it is a member name.
    fn string(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.rest();
            let Some(ahead) = memchr2(b'"', b'\\', rest) else {
                self.at = self.text.len();
                return Ok(());
            };
            if rest.get(ahead) == Some(&b'"') {
                self.at += ahead + 1;
                break;
            }
            // The escaped character cannot end the string; in `\uXXXX` neither can the digits.
            escaped = true;
            self.at += ahead + 2;
        }
        if !self.name_follows {
            return Ok(());
        }
        self.name_follows = false;
        let name = self.name(start, escaped)?;
        if self.is_new(name) { Ok(()) } else { Err(JsonError::DuplicateName { at: start }) }
    }

    /// The name whose text starts at `start` and whose closing quote is just behind us.
    fn name(&self, start: usize, escaped: bool) -> Result<Cow<'a, str>, JsonError> {
        let quoted = start.saturating_sub(1)..self.at;
        let inner = start..self.at.saturating_sub(1);
        if escaped {
            // RFC 8259 §8.3: "a\u0062" and "ab" are the same name.
            let text = self.text.get(quoted).unwrap_or_default();
            return serde_json::from_str::<String>(text).map(Cow::Owned).map_err(JsonError::from_serde);
        }
        Ok(Cow::Borrowed(self.text.get(inner).unwrap_or_default()))
    }

    /// Remembers a name of the innermost object; false if it has that name already.
    fn is_new(&mut self, name: Cow<'a, str>) -> bool {
        let Some(Open::Object { first, many }) = self.open.last_mut() else { return true };
        let few = self.names.get(*first..).unwrap_or_default();
        if many.is_none() && few.len() == FEW_NAMES {
            *many = Some(self.names.drain(*first..).collect());
        }
        if let Some(many) = many {
            return many.insert(name);
        }
        let new = self.names.iter().skip(*first).all(|other| *other != name);
        self.names.push(name);
        new
    }
}
