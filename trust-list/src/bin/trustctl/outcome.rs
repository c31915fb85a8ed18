//! What a command found, for people and for programs.

use serde_json::Value;

/// The result of a command.
pub(crate) struct Outcome {
    /// For programs (`--json`).
    pub(crate) value: Value,
    /// For people, with a line break at the end.
    pub(crate) text: String,
    /// The exit code: 0 is done, or "yes".
    pub(crate) code: u8,
}

impl Outcome {
    /// Done.
    pub(crate) fn done(text: impl Into<String>, value: Value) -> Self {
        let mut text: String = text.into();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self { value, text, code: 0 }
    }

    /// The answer is "no" if `refused`: exit code 1.
    pub(crate) fn refused_if(self, refused: bool) -> Self {
        self.with_code(refused.into())
    }

    /// With one more member for programs.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        if let Some(members) = self.value.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
        self
    }

    /// Ends with this exit code.
    pub(crate) fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }
}
