//! The page after signing out.

use askama::Template;

use super::texts::Texts;
use super::{Frame, LanguageLink};

/// The page, ready to render.
#[derive(Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    frame: Frame,
    t: &'static Texts,
    links: Option<Vec<LanguageLink>>,
}

impl SignedOutPage {
    /// The page; `links` lead to it in the other languages.
    pub fn new(frame: Frame, links: Vec<LanguageLink>) -> Self {
        Self { frame, t: frame.texts(), links: Some(links) }
    }
}
