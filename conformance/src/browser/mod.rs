//! A scripted browser: cookies, forms, redirects one step at a time, no JavaScript.
//!
//! 1. [`Browser::open`] fetches a page; [`Page::press`] fills the form around a button; [`Browser::submit`] sends it.
//! 2. [`Browser::follow`] walks redirects until a page comes, or until the next address is one the caller waits for.
//! 3. [`journey`] is a whole login: picker, national pages, consent.

mod form;
mod jar;
pub mod journey;

use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Certificate, Method, redirect};
use url::Url;

pub use self::form::Filled;
use self::jar::Jar;

/// More redirects in a row than any login has.
const MOST_REDIRECTS: usize = 10;

/// One person's browser.
pub struct Browser {
    /// Every request it made, in order.
    pub trail: Vec<Hop>,
    http: reqwest::Client,
    jar: Jar,
}

/// One request of a browser.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Method.
    pub method: Method,
    /// Address, query included.
    pub url: Url,
    /// Status of the answer.
    pub status: u16,
}

/// What a server answered.
pub struct Page {
    /// The address that was asked.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub body: String,
}

/// Where a walk ended.
pub enum Arrival {
    /// At a page.
    Page(Page),
    /// The next step would be this address, which is the caller's.
    Address(Url),
}

/// An HTTP client that trusts the test CA only and follows no redirect.
pub fn http_client(ca_pem: &str) -> anyhow::Result<reqwest::Client> {
    client_builder(ca_pem)?.build().context("the HTTP client cannot be built")
}

/// The same with a new connection for each request: none is left when a balancer points elsewhere.
pub fn http_client_without_pool(ca_pem: &str) -> anyhow::Result<reqwest::Client> {
    client_builder(ca_pem)?.pool_max_idle_per_host(0).build().context("the HTTP client cannot be built")
}

fn client_builder(ca_pem: &str) -> anyhow::Result<reqwest::ClientBuilder> {
    let ca = Certificate::from_pem(ca_pem.as_bytes())?;
    let builder = reqwest::Client::builder()
        .tls_certs_only([ca])
        .redirect(redirect::Policy::none())
        .http1_only()
        .tcp_nodelay(true)
        .timeout(Duration::from_secs(70));
    Ok(builder)
}

impl Browser {
    /// A browser without cookies. `http` comes from [`http_client`].
    pub fn new(http: reqwest::Client) -> Self {
        Self { trail: Vec::new(), http, jar: Jar::default() }
    }

    /// Fetches one page; a redirect is an answer like any other.
    pub async fn open(&mut self, url: &Url) -> anyhow::Result<Page> {
        self.send(Method::GET, url, None).await
    }

    /// Sends a filled form.
    pub async fn submit(&mut self, form: Filled) -> anyhow::Result<Page> {
        if form.method == Method::GET {
            let mut url = form.action;
            url.query_pairs_mut().clear().extend_pairs(&form.fields);
            return self.send(Method::GET, &url, None).await;
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        self.send(Method::POST, &form.action, Some(body)).await
    }

    /// Walks redirects from `page`, and stops before an address that starts with `stop`.
    pub async fn follow(&mut self, mut page: Page, stop: &str) -> anyhow::Result<Arrival> {
        for _ in 0..MOST_REDIRECTS {
            match page.location() {
                None => return Ok(Arrival::Page(page)),
                Some(next) if next.as_str().starts_with(stop) => return Ok(Arrival::Address(next)),
                Some(next) => page = self.open(&next).await?,
            }
        }
        anyhow::bail!("more than {MOST_REDIRECTS} redirects, the last to {}", page.url)
    }

    /// Forgets every cookie.
    pub fn forget_cookies(&mut self) {
        self.jar = Jar::default();
    }

    async fn send(&mut self, method: Method, url: &Url, body: Option<String>) -> anyhow::Result<Page> {
        let mut request = self.http.request(method.clone(), url.clone());
        let cookies = self.jar.for_url(url);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.with_context(|| format!("no answer from {url}"))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        self.trail.push(Hop { method, url: url.clone(), status });
        headers.get_all(SET_COOKIE).iter().filter_map(|it| it.to_str().ok()).for_each(|it| self.jar.set(url, it));
        Ok(Page { url: url.clone(), status, headers, body: answer.text().await? })
    }
}

impl Page {
    /// Where a 3xx answer sends the browser.
    pub fn location(&self) -> Option<Url> {
        if !(300..400).contains(&self.status) {
            return None;
        }
        self.url.join(self.headers.get(LOCATION)?.to_str().ok()?).ok()
    }

    /// One header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The form around the button that `selector` finds, filled with its preset values and the button's own.
    pub fn press(&self, selector: &str) -> anyhow::Result<Filled> {
        form::press(self, selector).with_context(|| {
            format!("no button {selector} at {} ({}): {}", self.url, self.status, self.text("body").unwrap_or_default())
        })
    }

    /// Where the link that `selector` finds leads.
    pub fn link(&self, selector: &str) -> Option<Url> {
        self.url.join(&form::attribute(&self.body, selector, "href")?).ok()
    }

    /// Is there an element that `selector` finds?
    pub fn has(&self, selector: &str) -> bool {
        self.text(selector).is_some()
    }

    /// The text of the first element that `selector` finds, with single spaces.
    pub fn text(&self, selector: &str) -> Option<String> {
        form::text(&self.body, selector)
    }
}
