//! What regulators ask: every command that only looks.

mod diff;
mod drill;
mod expiry;
mod explain;
mod history;
mod stats;
mod verify;

use crate::bench::Bench;

/// The same answer in every language.
fn in_three_languages(bench: &Bench, line: &str) -> String {
    let answers = ["en", "fr", "pt"].map(|lang| bench.steady(&bench.run(&format!("{line} --lang {lang}")).out));
    answers.join("\n----\n\n")
}
