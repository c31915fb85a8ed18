//! The error page: what happened, what the person can do, and a code for the clerk.

use askama::Template;
use hub_core::{PageError, PageReason};

use super::Frame;
use super::texts::{ErrorText, Texts};

/// The page, ready to render.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    frame: Frame,
    t: &'static Texts,
    text: ErrorText,
    code: &'static str,
}

impl ErrorPage {
    /// The page for an error of the broker.
    pub fn new(error: PageError, frame: Frame) -> Self {
        Self::with_code(text_of(error.reason, frame.texts()), error.code(), frame)
    }

    /// There is no such page, or not by this method.
    pub fn not_found(code: &'static str, frame: Frame) -> Self {
        Self::with_code(frame.texts().errors.not_found, code, frame)
    }

    /// What the browser sent cannot be read.
    pub fn unreadable(code: &'static str, frame: Frame) -> Self {
        Self::with_code(frame.texts().errors.bad_form, code, frame)
    }

    fn with_code(text: ErrorText, code: &'static str, frame: Frame) -> Self {
        Self { frame, t: frame.texts(), text, code }
    }
}

fn text_of(reason: PageReason, t: &Texts) -> ErrorText {
    match reason {
        PageReason::BadLink | PageReason::UnknownClient => t.errors.wrong_request,
        PageReason::RequestExpired | PageReason::LoginExpired => t.errors.expired,
        PageReason::OtherBrowser => t.errors.other_browser,
        PageReason::BadForm => t.errors.bad_form,
        PageReason::Unavailable => t.errors.unavailable,
        PageReason::Internal => t.errors.internal,
    }
}
