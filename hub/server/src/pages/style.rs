//! The style sheet, inline, and the policy that allows it and nothing else.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The bytes between `<style>` and `</style>`.
pub const SHEET: &str = include_str!("../../templates/style.css");

/// `Content-Security-Policy` of every page.
///
/// Off-spec: pages with forms have no `form-action`. Chromium applies it to every redirect after a form is posted, and
/// after the picker and the consent page the browser goes on to hosts that only the national identity provider or the
/// relying party knows.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, SHEET.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
});
