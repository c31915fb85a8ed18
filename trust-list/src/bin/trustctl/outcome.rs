//! What a command found, for people and for programs.

use serde_json::Value;

/// The result of a command.
pub(crate) struct Outcome {
    /// For programs (`--json`).
    pub(crate) value: Value,
    /// For people, with a line break at the end.
    pub(crate) text: String,
    /// Whether the answer is "no": exit code 1.
    pub(crate) refused: bool,
}

impl Outcome {
    /// Done.
    pub(crate) fn done(text: impl Into<String>, value: Value) -> Self {
        let mut text: String = text.into();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self { value, text, refused: false }
    }

    /// The answer is "no" if `refused`.
    pub(crate) fn refused_if(self, refused: bool) -> Self {
        Self { refused, ..self }
    }
}
