//! Forms: read from HTML, filled by pressing a button.

use reqwest::Method;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::Page;

/// A form as the browser would send it.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Where it goes.
    pub action: Url,
    /// How.
    pub method: Method,
    /// Names and values in their order.
    pub fields: Vec<(String, String)>,
}

impl Filled {
    /// Types a value into a field, in place of what was there.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(found, _)| found != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn press(page: &Page, selector: &str) -> Option<Filled> {
    let document = Html::parse_document(&page.body);
    let selector = Selector::parse(selector).ok()?;
    let button = document.select(&selector).find(|button| button.attr("disabled").is_none())?;
    let form = button.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form")?;
    let mut fields = inputs(form)?;
    if let Some(name) = button.attr("name") {
        fields.push((name.to_owned(), button.attr("value").unwrap_or_default().to_owned()));
    }
    let action = form.attr("action").map_or_else(|| Ok(page.url.clone()), |action| page.url.join(action)).ok()?;
    let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    Some(Filled { action, method: if is_post { Method::POST } else { Method::GET }, fields })
}

fn inputs(form: ElementRef<'_>) -> Option<Vec<(String, String)>> {
    let selector = Selector::parse("input[name]").ok()?;
    let sent = form.select(&selector).filter(|input| match input.attr("type") {
        Some("checkbox" | "radio") => input.attr("checked").is_some(),
        Some("submit" | "button" | "image") => false,
        _ => true,
    });
    let pair = |input: ElementRef<'_>| {
        Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned()))
    };
    Some(sent.filter_map(pair).collect())
}

pub(super) fn attribute(body: &str, selector: &str, name: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    Html::parse_document(body).select(&selector).next()?.attr(name).map(str::to_owned)
}

pub(super) fn text(body: &str, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    let document = Html::parse_document(body);
    let text: String = document.select(&selector).next()?.text().collect();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
