//! XF: a country without an online login. Its cards carry a signed QR code (Claim 169) that is read offline.
//!
//! `GET /cards/{persona}?shape=A|B|C` answers the text of the QR code. The three shapes are those met in the field:
//! A the specification's, B MOSIP keymanager's (tag 61, claim 169 as a byte string), C Inji's (B, compressed as hex).
//! `expired=1`, `key=wrong` and `exp=none` make cards that a reader must refuse.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use ciborium::value::Value as Cbor;
use coset::{CborSerializable as _, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};
use serde_json::json;

use super::http::{Params, html, json_answer, oauth_error};
use crate::clock::Clock;
use crate::jose::Key;
use crate::persona::{self, Persona, Situation};
use crate::pki::TestPki;
use crate::serve::{self, Served};

/// How a card is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The specification's.
    A,
    /// MOSIP keymanager's.
    B,
    /// Inji's.
    C,
}

/// What is wrong with a card, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// Its time is over.
    Expired,
    /// Signed with a key the country never published.
    WrongKey,
    /// No expiry at all.
    NoExpiry,
}

/// The issuer of XF's cards.
pub struct CardIssuer {
    /// Its signing key (EdDSA).
    pub key: Key,
    issuer: String,
    wrong_key: Key,
    clock: Clock,
    persons: Vec<Persona>,
}

impl CardIssuer {
    /// Starts the card desk of `country` on `listener`.
    pub fn start(
        pki: &TestPki,
        listener: TcpListener,
        country: &str,
        clock: &Clock,
    ) -> anyhow::Result<(Arc<Self>, Served)> {
        let desk = Arc::new(Self {
            key: Key::ed25519("xf-1")?,
            issuer: format!("https://id.{}.example", country.to_lowercase()),
            wrong_key: Key::ed25519("xf-1")?,
            clock: clock.clone(),
            persons: persona::of(country)?,
        });
        let shared = web::Data::from(desk.clone());
        let served = serve::serve(pki, listener, move |app| routes(app, &shared))?;
        Ok((desk, served))
    }

    /// The `iss` of the cards.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The text of a person's QR code.
    pub fn card(&self, person: &Persona, shape: Shape, flaw: Flaw) -> anyhow::Result<String> {
        let now = self.clock.seconds();
        let signed = self.signed(person, shape, flaw, now)?;
        let compressed = match shape {
            Shape::A | Shape::B => zlib(&signed)?,
            Shape::C => zlib(hex(&signed).as_bytes())?,
        };
        Ok(base45::encode(&compressed))
    }

    fn signed(&self, person: &Persona, shape: Shape, flaw: Flaw, now: i64) -> anyhow::Result<Vec<u8>> {
        let key = if flaw == Flaw::WrongKey { &self.wrong_key } else { &self.key };
        let payload = cbor_bytes(&self.claims(person, shape, flaw, now))?;
        let protected = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).build();
        let unprotected = HeaderBuilder::new().key_id(key.kid.clone().into_bytes()).build();
        let mut sign1 = CoseSign1Builder::new().protected(protected).unprotected(unprotected).payload(payload).build();
        sign1.signature = key.raw("EdDSA", &sign1.tbs_data(&[]))?;
        let tagged = sign1.to_tagged_vec().map_err(|error| anyhow::anyhow!("COSE: {error}"))?;
        match shape {
            Shape::A => Ok(tagged),
            // CWT tag 61 (RFC 8392 §6) around the tagged COSE_Sign1.
            Shape::B | Shape::C => Ok([&[0xd8, 61], tagged.as_slice()].concat()),
        }
    }

    fn claims(&self, person: &Persona, shape: Shape, flaw: Flaw, now: i64) -> Cbor {
        let identity = identity(person);
        let identity = match shape {
            Shape::A => identity,
            Shape::B | Shape::C => Cbor::Bytes(cbor_bytes(&identity).unwrap_or_default()),
        };
        let year = 31_536_000;
        let exp = if flaw == Flaw::Expired { now - year } else { now + 5 * year };
        let mut claims = vec![
            (Cbor::from(1), Cbor::from(self.issuer.as_str())),
            (Cbor::from(4), Cbor::from(exp)),
            (Cbor::from(6), Cbor::from(now - 2 * year)),
            (Cbor::from(169), identity),
        ];
        if flaw == Flaw::NoExpiry {
            claims.retain(|(name, _)| *name != Cbor::from(4));
        }
        Cbor::Map(claims)
    }
}

/// The map of claim 169: 1 id, 4 full name, 5 and 7 names, 8 birth date, 9 gender, 13 nationality, 23 issuing country.
fn identity(person: &Persona) -> Cbor {
    let mut entries = vec![
        (Cbor::from(1), Cbor::from(person.national_number.as_deref().unwrap_or_default())),
        (Cbor::from(4), Cbor::from(person.name.as_str())),
        (Cbor::from(5), Cbor::from(person.given_name.as_str())),
        (Cbor::from(9), Cbor::from(if person.gender == "female" { 2 } else { 1 })),
        (Cbor::from(13), Cbor::from(person.nationality.as_str())),
        (Cbor::from(23), Cbor::from("XF")),
    ];
    if let Some(family_name) = &person.family_name {
        entries.push((Cbor::from(7), Cbor::from(family_name.as_str())));
    }
    if person.birthdate.len() == 10 {
        entries.push((Cbor::from(8), Cbor::from(person.birthdate.replace('-', ""))));
    }
    Cbor::Map(entries)
}

fn cbor_bytes(value: &Cbor) -> anyhow::Result<Vec<u8>> {
    value.clone().to_vec().map_err(|error| anyhow::anyhow!("CBOR: {error}"))
}

fn zlib(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn routes(app: &mut ServiceConfig, desk: &web::Data<CardIssuer>) {
    app.app_data(desk.clone())
        .route("/cards", web::get().to(list))
        .route("/cards/{persona}", web::get().to(card))
        .route("/config", web::get().to(show));
}

async fn show(desk: web::Data<CardIssuer>) -> HttpResponse {
    json_answer(StatusCode::OK, &json!({"country": "XF", "issuer": desk.issuer, "personas": desk.persons}))
}

async fn list(desk: web::Data<CardIssuer>) -> HttpResponse {
    let link = |person: &Persona| {
        let (login, name) = (super::page::escape(&person.login), super::page::escape(&person.name));
        let what = super::page::escape(&person.what_happens);
        format!("<li><a href=\"/cards/{login}\">{name}</a>: {what}</li>")
    };
    let links = desk.persons.iter().map(link).collect::<Vec<_>>().concat();
    html(StatusCode::OK, super::page::page("XF", "Cards", &format!("<ul>{links}</ul>")))
}

async fn card(desk: web::Data<CardIssuer>, path: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let query = Params::query(&request);
    let Some(person) = desk.persons.iter().find(|person| person.login == *path) else {
        return oauth_error(StatusCode::NOT_FOUND, "not_found", "nobody has this card; GET /cards lists them");
    };
    let shape = match query.get("shape") {
        None | Some("A") => Shape::A,
        Some("B") => Shape::B,
        Some("C") => Shape::C,
        Some(_) => return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "shape is A, B or C"),
    };
    match desk.card(person, shape, flaw(person, &query)) {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text),
        Err(error) => oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &error.to_string()),
    }
}

/// What the query asks for, else what the person's situation says.
fn flaw(person: &Persona, query: &Params) -> Flaw {
    if query.text("expired") == "1" {
        return Flaw::Expired;
    }
    if query.text("key") == "wrong" {
        return Flaw::WrongKey;
    }
    if query.text("exp") == "none" {
        return Flaw::NoExpiry;
    }
    usual_flaw(person)
}

/// The flaw of a person's own card.
pub fn usual_flaw(person: &Persona) -> Flaw {
    match person.situation {
        Situation::ExpiredDocument => Flaw::Expired,
        Situation::WrongKey => Flaw::WrongKey,
        _ => Flaw::None,
    }
}
