//! The look of the bank's and the fund's pages.

use crate::sim::page::escape;

/// A page of a service in the demo.
pub(super) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>body{{font:1.1em sans-serif;max-width:40em;\
         margin:2em auto;padding:0 1em}}a.go,button{{display:inline-block;padding:.7em 1em;background:#046;color:#fff;\
         border:0;font:inherit;text-decoration:none}}td,th{{text-align:left;padding:.2em .8em .2em 0;\
         vertical-align:top}}textarea{{width:100%;height:8em}}</style></head><body><h1>{title}</h1>{body}</body></html>",
        title = escape(title)
    )
}

/// A JSON object as a table.
pub(super) fn table(object: &serde_json::Value, id: &str) -> String {
    let row = |(name, value): (&String, &serde_json::Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("<tr><th>{}</th><td data-testid=\"{0}\">{}</td></tr>", escape(name), escape(&text))
    };
    let rows: Vec<String> = object.as_object().into_iter().flatten().map(row).collect();
    format!("<table data-testid=\"{id}\">{}</table>", rows.concat())
}

/// Something went wrong, in the words of whoever said so.
pub(super) fn problem(title: &str, text: &str) -> String {
    let text = escape(text);
    page(title, &format!("<p role=\"alert\" data-testid=\"problem\">{text}</p><p><a href=\"/\">Back</a></p>"))
}
