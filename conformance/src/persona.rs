//! The invented persons of the test countries, and what happens when each of them logs in.
//!
//! The data is `personas.json`. To add a person: 1. add a line there with a login that its country does not use yet;
//! 2. if the situation is new, add it to [`Situation`] and say in the simulators how it shows.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Why this person exists in the test data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// Everything is in order.
    Success,
    /// Not of age.
    UnderAge,
    /// The document's date is past; the person is not lost by that.
    ExpiredDocument,
    /// Past its date, but a legal act keeps it valid.
    DocumentExtendedByLaw,
    /// The register knows of a death.
    Deceased,
    /// Name in Latin and in Arabic script.
    ArabicName,
    /// One name only.
    SingleName,
    /// Only the year of birth is known.
    UnknownBirthDay,
    /// A name that breaks careless software.
    ApostropheAndAccent,
    /// Registered here, citizen elsewhere.
    ResidentForeigner,
    /// Cannot reach more than level low.
    LevelTooLow,
    /// Says no at the national consent page.
    ConsentRefused,
    /// The national token endpoint fails for this person.
    ProviderDown,
    /// Nobody has this number.
    NoMatch,
    /// Two records have this number.
    DuplicateMatch,
    /// Shares a telephone with another person.
    SecondPersonOnTheSamePhone,
    /// An agent helps at a counter.
    AssistedByAnAgent,
    /// A card that somebody else signed.
    WrongKey,
}

/// An invented person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Persona {
    /// Why the person exists in the test data.
    pub situation: Situation,
    /// Full name.
    pub name: String,
    /// What is typed to log in: a number (XA), a user name (XE) or the name of the card (XF).
    pub login: String,
    /// One-time code or password.
    pub secret: String,
    /// What a tester sees, in one sentence.
    pub what_happens: String,
    /// National number where it is not the login. It must never leave the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national_number: Option<String>,
    /// Given name.
    pub given_name: String,
    /// Family name, if the person has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// `YYYY-MM-DD`, or `YYYY` if no more is known.
    pub birthdate: String,
    /// `female` or `male`.
    pub gender: String,
    /// Nationality as a country code.
    pub nationality: String,
    /// Telephone, E.164.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Street address.
    pub address: String,
    /// Town.
    pub locality: String,
    /// The name in other scripts, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// The best level the person's means can reach: `low` or `substantial`.
    pub best: String,
    /// `alive` or `deceased`.
    pub person_status: String,
    /// The identity document.
    pub document: Document,
}

/// An identity document: its state is a fact apart from the person's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Number of the document.
    pub number: String,
    /// `valid`, `expired` or `extended`.
    pub status: String,
    /// Date printed on it.
    pub expires: String,
    /// Date until which a legal act extends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_until: Option<String>,
}

/// The persons of one country.
pub fn of(country: &str) -> anyhow::Result<Vec<Persona>> {
    let mut all: BTreeMap<String, Vec<Persona>> =
        serde_json::from_str(include_str!("../personas.json")).context("personas.json")?;
    all.remove(country).with_context(|| format!("personas.json has nobody in {country}"))
}

/// The person of a country in a given situation.
pub fn find(country: &str, situation: Situation) -> anyhow::Result<Persona> {
    of(country)?
        .into_iter()
        .find(|persona| persona.situation == situation)
        .with_context(|| format!("{country} has no persona {situation:?}"))
}
