//! The national providers' pages: plain forms, no script, stable `data-testid` attributes for whoever drives them.

use crate::persona::Persona;

/// A page with a heading and a body that is already HTML.
pub fn page(country: &str, heading: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{heading}</title><style>body{{font:1.1em sans-serif;max-width:34em;\
         margin:2em auto;padding:0 1em}}input,button{{font:inherit;padding:.4em;margin:.2em 0}}.test{{background:#fd0;\
         padding:.5em}}table{{border-collapse:collapse}}td{{border:1px solid #999;padding:.2em .5em}}</style></head><body>\
         <p class=\"test\" data-testid=\"test-banner\">Test country {country}: nobody here is real.</p>\
         <h1>{heading}</h1>{body}</body></html>",
        heading = escape(heading),
        country = escape(country),
    )
}

/// A form with hidden fields, then its visible part.
pub fn form(action: &str, hidden: &[(&str, &str)], visible: &str) -> String {
    let input =
        |(name, value): &(&str, &str)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
    let hidden = hidden.iter().map(input).collect::<Vec<_>>().concat();
    format!("<form method=\"post\" action=\"{}\">{hidden}{visible}</form>", escape(action))
}

/// A table of the persons who can log in here.
pub fn personas(persons: &[Persona]) -> String {
    let row = |person: &Persona| {
        let [name, login, secret, what] =
            [&person.name, &person.login, &person.secret, &person.what_happens].map(|text| escape(text));
        format!("<tr><td>{name}</td><td><code>{login}</code></td><td><code>{secret}</code></td><td>{what}</td></tr>")
    };
    let rows = persons.iter().map(row).collect::<Vec<_>>().concat();
    format!("<h2>Who can log in here</h2><table data-testid=\"personas\">{rows}</table>")
}

/// Text made safe for HTML and for attributes in double quotes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
