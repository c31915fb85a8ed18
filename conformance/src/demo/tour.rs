//! The tour: five things that the hub is for, done and told one after the other.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use url::Url;

use super::pension;
use super::stage::Stage;
use crate::browser::journey::{Decision, Journey, country_button, parameter};
use crate::browser::{Arrival, Browser};
use crate::jose::Parsed;
use crate::json::{at, text};
use crate::persona::{self, Persona, Situation};
use crate::rp::{RelyingParty, Request};
use crate::sim::cards::{Flaw, Shape};

/// Does all steps; tells of a failure and goes on with the next, so that one run shows everything.
pub(super) async fn run(stage: &Stage) -> bool {
    let mut went_well = tell("1. A citizen of XA opens an account at a bank in XE", &login_with_xa(stage).await);
    went_well &=
        tell("2. A citizen of XE whose login is too weak is refused by an insurer in XF", &level_too_low(stage).await);
    went_well &=
        tell("3. A pension fund of XA brings an assertion of XE, and a card of XF", &country_system(stage).await);
    went_well &=
        tell("4. The regulator of XA suspends its provider: the next login is refused", &suspended(stage).await);
    went_well &= tell("5. Two of three regulators reinstate it: logins work again", &reinstated(stage).await);
    went_well
}

fn tell(title: &str, outcome: &anyhow::Result<Story>) -> bool {
    println!("\n{title}");
    match outcome {
        Ok(story) => story.iter().for_each(|line| println!("   {line}")),
        Err(error) => println!("   FAILED: {error:#}"),
    }
    outcome.is_ok()
}

/// What happened, line by line.
type Story = Vec<String>;

async fn login_with_xa(stage: &Stage) -> anyhow::Result<Story> {
    let person = persona::find("XA", Situation::Success)?;
    let mut story = vec![format!("{} picks XA and logs in there with a one-time code.", person.name)];
    let (request, back, browser) = journey(&stage.bank, "XA", &person).await?;
    story.push("bank  -> hub      POST /par: private_key_jwt (ES256), PKCE S256; 201 request_uri".into());
    story.extend(trail(stage, &browser));
    story.push(
        "hub   -> XA       behind the browser: PAR, token and userinfo with private_key_jwt and DPoP (PS256);".into(),
    );
    story.push("                  XA refuses the first proof for its nonce, as eSignet always does".into());
    story.push(format!("                  back at the bank with code, state and iss={}", short(&back, "iss")));
    let tokens = stage.bank.finish(&request, &back).await?;
    story
        .push("bank  -> hub      POST /token: code, code_verifier, a new assertion; 200 ID token, access token".into());
    let access_token = at(&tokens.answer, "access_token").as_str().context("no access token")?;
    let userinfo = stage.bank.userinfo(access_token).await?.json();
    ensure!(text(&userinfo, "name") == person.name, "userinfo is about somebody else: {userinfo}");
    ensure!(at(&userinfo, "sub") == at(&tokens.claims, "sub"), "userinfo has another subject");
    let given = userinfo.to_string();
    ensure!(!given.contains(&person.login), "the national number left the country: {given}");
    story.push(format!(
        "bank  -> hub      GET /userinfo: {}, born {}",
        word(&userinfo, "name"),
        word(&userinfo, "birthdate")
    ));
    let claims = tokens.claims;
    story.push(format!("The level is {}, checked by {}.", word(&claims, "acr"), at(&claims, "amr")));
    story.push(format!("The bank knows the person as {}: nobody else does.", word(&claims, "sub")));
    Ok(story)
}

async fn level_too_low(stage: &Stage) -> anyhow::Result<Story> {
    let person = persona::find("XE", Situation::LevelTooLow)?;
    let (_, back, _) = journey(&stage.insurer, "XE", &person).await?;
    let error = parameter(&back, "error").unwrap_or_default();
    ensure!(error == "unmet_authentication_requirements", "expected unmet_authentication_requirements: {back}");
    Ok(vec![
        format!("{} has only a password in XE; the insurer's purpose asks for level substantial.", person.name),
        "XE's ID token says acr=bronze, which the signed list maps to low: no token is issued.".into(),
        format!("The insurer is called back with error={error}, state and iss."),
    ])
}

async fn country_system(stage: &Stage) -> anyhow::Result<Story> {
    let mut story = Vec::new();
    let person = persona::find("XE", Situation::Success)?;
    let id_token = login_at_xe(stage, &person).await?;
    let presented = Parsed::new(&id_token)?;
    story.push(format!(
        "{} logs in at XE for the fund; XE's ID token is for {}.",
        person.name,
        presented.claim_str("aud")
    ));
    let (answer, claims) = pension::exchange(&stage.pension, &id_token).await?;
    story.push("fund  -> hub      POST /token: grant token-exchange (RFC 8693), subject_token = that ID token".into());
    story.push(format!(
        "                  200 {}, for {}, valid {} s",
        word(&answer, "issued_token_type"),
        word(&claims, "aud"),
        at(&answer, "expires_in")
    ));
    ensure!(at(&claims, "sub") != at(&presented.claims, "sub"), "XE's own subject left the hub");
    let again = stage.pension.exchange(&id_token, &[("audience", crate::region::PENSION_AUDIENCE)]).await?;
    ensure!(again.status == 400, "an assertion was exchanged twice: {}", again.body);
    story.push(format!("                  the same ID token again: {} {}", again.status, again.error()));
    let holder = persona::find("XF", Situation::Success)?;
    for shape in [Shape::A, Shape::B, Shape::C] {
        let card = stage.region.cards.card(&holder, shape, Flaw::None)?;
        let answer = pension::verify_card(&stage.pension, &card).await?;
        ensure!(*at(&answer.json(), "verified") == true, "a good card is not verified: {}", answer.body);
        story.push(format!(
            "fund  -> hub      POST /federation/v1/verify: card of {} (shape {shape:?}) is good",
            holder.name
        ));
    }
    let forged = stage.region.cards.card(&holder, Shape::A, Flaw::WrongKey)?;
    let answer = pension::verify_card(&stage.pension, &forged).await?;
    ensure!(*at(&answer.json(), "verified") == false, "a forged card is verified: {}", answer.body);
    story.push(format!("                  a forged card is not: {}", word(&answer.json(), "reason")));
    Ok(story)
}

async fn suspended(stage: &Stage) -> anyhow::Result<Story> {
    stage.region.suspend("XA", "esignet")?;
    let started = Instant::now();
    wait_until(stage, false).await?;
    let took = started.elapsed().as_secs_f64();
    let mut browser = Browser::new(stage.http.clone());
    let request = stage.bank.request("openid profile", &[]);
    let start = stage.bank.push(&request).await?;
    let picker = browser.open(&start).await?;
    let button = picker.text("button#country-XA").context("the picker does not show XA")?;
    let why = picker.text("#why-XA").context("the picker does not say why XA cannot be picked")?;
    Ok(vec![
        "The order carries the regulator's own signature; the online key publishes it and could not have made it."
            .into(),
        format!("The hub took it up after {took:.1} s. The picker shows \"{button}\" disabled: \"{why}\"."),
    ])
}

async fn reinstated(stage: &Stage) -> anyhow::Result<Story> {
    stage.region.reinstate("XA", "esignet")?;
    let started = Instant::now();
    wait_until(stage, true).await?;
    let took = started.elapsed().as_secs_f64();
    let person = persona::find("XA", Situation::Success)?;
    let (request, back, _) = journey(&stage.bank, "XA", &person).await?;
    stage.bank.finish(&request, &back).await?;
    Ok(vec![
        "A new regional list, signed by two regulators of two countries, lifts the order.".into(),
        format!("The hub took it up after {took:.1} s, and {} logged in again.", person.name),
    ])
}

/// Waits until XA can, or cannot, be picked.
async fn wait_until(stage: &Stage, wanted: bool) -> anyhow::Result<()> {
    for _ in 0..MOST_LOOKS {
        let start = stage.bank.push(&stage.bank.request("openid profile", &[])).await?;
        let picker = Browser::new(stage.http.clone()).open(&start).await?;
        if picker.press(&country_button("XA")).is_ok() == wanted {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("the hub did not take up the change within {:?}", LOOK_EVERY * MOST_LOOKS)
}

const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Twelve seconds: six of the hub's looks at the lists.
const MOST_LOOKS: u32 = 60;

async fn journey(party: &RelyingParty, country: &str, person: &Persona) -> anyhow::Result<(Request, Url, Browser)> {
    let request = party.request("openid profile", &[]);
    let start = party.push(&request).await?;
    let mut browser = Browser::new(party.http().clone());
    let citizen = Journey { country, persona: person, decision: Decision::Allow };
    match citizen.walk(&mut browser, &start, &party.redirect_uri).await? {
        Arrival::Address(back) => Ok((request, back, browser)),
        Arrival::Page(page) => {
            bail!("the login ended at {} ({}): {}", page.url, page.status, page.text("main, body").unwrap_or_default())
        }
    }
}

async fn login_at_xe(stage: &Stage, person: &Persona) -> anyhow::Result<String> {
    let (start, pending) = stage.pension_at_xe.begin().await?;
    let mut browser = Browser::new(stage.http.clone());
    let citizen = Journey { country: "XE", persona: person, decision: Decision::Allow };
    match citizen.walk(&mut browser, &start, &stage.pension_at_xe.redirect_uri).await? {
        Arrival::Address(back) => stage.pension_at_xe.finish(&pending, &back).await,
        Arrival::Page(page) => bail!("the login at XE ended at {}: {}", page.url, page.body),
    }
}

/// The browser's requests, one a line.
fn trail(stage: &Stage, browser: &Browser) -> Vec<String> {
    let hub = stage.hub_options.issuer();
    let line = |hop: &crate::browser::Hop| {
        let to = if hop.url.as_str().starts_with(&hub) { "hub" } else { "XA" };
        let names: Vec<String> = hop.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let query = if names.is_empty() { String::new() } else { format!(" with {}", names.join(", ")) };
        format!("phone -> {to:<8} {} {}{query}: {}", hop.method, hop.url.path(), hop.status)
    };
    browser.trail.iter().map(line).collect()
}

fn short(url: &Url, name: &str) -> String {
    parameter(url, name).unwrap_or_default()
}

fn word(value: &Value, name: &str) -> String {
    at(value, name).as_str().map_or_else(|| at(value, name).to_string(), str::to_owned)
}
