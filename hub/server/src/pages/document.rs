//! The page about a document that is not accepted: what is wrong, what the person can do, and the way back.

use askama::Template;
use hub_core::{DocumentProblem, DocumentView};

use super::Frame;
use super::picker::asker;
use super::texts::{ErrorText, Texts};

/// The page, ready to render.
#[derive(Debug, Template)]
#[template(path = "document.html")]
pub struct DocumentPage<'v> {
    frame: Frame,
    t: &'static Texts,
    asker: String,
    text: ErrorText,
    back: &'v str,
}

impl<'v> DocumentPage<'v> {
    /// The page for `view`. Its one link leads to the relying party.
    pub fn new(view: &'v DocumentView, frame: Frame) -> Self {
        let t = frame.texts();
        Self {
            frame,
            t,
            asker: asker(&view.client_name, &view.client_legal_name, frame),
            text: text_of(view.problem, t),
            back: &view.back.location,
        }
    }
}

fn text_of(problem: DocumentProblem, t: &Texts) -> ErrorText {
    match problem {
        DocumentProblem::Expired => t.document.expired,
        DocumentProblem::Lost => t.document.lost,
        DocumentProblem::Revoked => t.document.revoked,
        DocumentProblem::Unknown => t.document.unknown,
    }
}
