//! The region on one page: to print, to archive, to send to a minister.

mod texts;

use askama::Template;
use strict_jose::UnixTime;

use super::ExportError;
use crate::{
    Client, Issuer, Language, LocalizedText, MemberView, Recognition, SuspensionInForce, VerifiedList, plain_text,
};
use texts::Texts;

/// The whole verified region as one HTML file: no script, nothing from another host.
///
/// Whatever the lists say is escaped, without marks that turn its direction, and set apart by `<bdi>`.
pub fn report(region: &VerifiedList, language: Language, now: UnixTime) -> Result<String, ExportError> {
    let t = texts::of(language);
    let page = Page {
        t,
        language,
        region: region.region().to_string(),
        as_of: now.to_rfc3339(),
        facts: facts(region, t),
        sections: [
            section("members", t.members, &t.member_columns, region.members().map(|one| member(&one, language, now))),
            section(
                "issuers",
                t.issuers,
                &t.issuer_columns,
                issuers(region).map(|one| issuer(region, one, language, now)),
            ),
            section(
                "clients",
                t.clients,
                &t.client_columns,
                clients(region).map(|one| client(region, one, language, now)),
            ),
            section(
                "recognitions",
                t.recognitions,
                &t.recognition_columns,
                region.recognitions().iter().map(|row| recognition(row, now)),
            ),
            section("suspensions", t.suspensions, &t.suspension_columns, region.suspensions().iter().map(suspension)),
            section("notices", t.notices, &[t.notice], region.notices().iter().map(|one| vec![text(one.to_string())])),
        ],
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    t: &'static Texts,
    language: Language,
    region: String,
    as_of: String,
    facts: Vec<(&'static str, String)>,
    sections: [Section; 6],
}

struct Section {
    id: &'static str,
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// A value, and whether somebody should look at it.
struct Cell {
    text: String,
    alarm: bool,
}

fn section(
    id: &'static str,
    title: &'static str,
    columns: &[&'static str],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Section {
    Section { id, title, columns: columns.to_vec(), rows: rows.collect() }
}

fn picked(text: &LocalizedText, language: Language) -> &str {
    text.pick(&[language.as_str()])
}

fn text(content: impl AsRef<str>) -> Cell {
    Cell { text: plain_text(content.as_ref()), alarm: false }
}

fn facts(region: &VerifiedList, t: &Texts) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (t.root, region.root_version().to_string()),
        (t.status, format!("{} {}", region.sequence(), region.digest())),
        (t.issued, region.issued_at().to_rfc3339()),
        (t.expires, region.expires_at().to_rfc3339()),
        (t.anchors, region.anchor_count().to_string()),
    ];
    facts.extend(region.lists().map(|list| {
        let name = list.country.map_or_else(|| region.region().to_string(), |country| country.to_string());
        (t.list, format!("{name} {} {} ({})", list.sequence, list.sha256, list.next_update.to_rfc3339()))
    }));
    facts
}

fn issuers(region: &VerifiedList) -> impl Iterator<Item = &Issuer> {
    region.members().flat_map(|member| member.issuers())
}

fn clients(region: &VerifiedList) -> impl Iterator<Item = &Client> {
    region.members().flat_map(|member| member.clients())
}

fn member(member: &MemberView<'_>, language: Language, now: UnixTime) -> Vec<Cell> {
    let t = texts::of(language);
    let disabled = member.disabled(now);
    let state = disabled.as_ref().map_or_else(|| t.in_force.to_owned(), ToString::to_string);
    vec![
        text(member.code().to_string()),
        text(picked(member.name(), language)),
        Cell { alarm: disabled.is_some(), ..text(state) },
        text(member.issuers().count().to_string()),
        text(member.clients().count().to_string()),
    ]
}

/// What issuers and clients have in common.
fn entry(
    id: String,
    names: [&LocalizedText; 2],
    status: crate::StatusPeriod,
    suspended: bool,
    language: Language,
) -> Vec<Cell> {
    let t = texts::of(language);
    let [name, legal_name] = names;
    let word = if suspended { t.by_order } else { t.status_word(status.status) };
    let alarm = suspended || status.status != crate::ServiceStatus::Granted;
    vec![
        text(id),
        text(picked(name, language)),
        text(picked(legal_name, language)),
        Cell { alarm, ..text(format!("{word} ({})", status.since.to_rfc3339())) },
    ]
}

fn issuer(region: &VerifiedList, issuer: &Issuer, language: Language, now: UnixTime) -> Vec<Cell> {
    let suspended = region.entity_suspended(issuer.country, &issuer.id, now).is_some();
    let id = format!("{}/{}", issuer.country, issuer.id);
    let names = [&issuer.name, &issuer.organisation.legal_name];
    let mut cells = entry(id, names, issuer.status_period(), suspended, language);
    cells.push(text(texts::of(language).level_word(issuer.max_level)));
    cells.push(text(issuer.issuer_identifiers.join(" ")));
    cells
}

fn client(region: &VerifiedList, client: &Client, language: Language, now: UnixTime) -> Vec<Cell> {
    let suspended = region.entity_suspended(client.country, &client.entity, now).is_some();
    let id = format!("{}/{}", client.country, client.entity);
    let names = [&client.name, &client.organisation.legal_name];
    let mut cells = entry(id, names, client.status_period(), suspended, language);
    cells.push(text(&client.client_id));
    cells
}

fn recognition(row: &Recognition, now: UnixTime) -> Vec<Cell> {
    let until = row.until.map(UnixTime::to_rfc3339).unwrap_or_default();
    vec![
        text(row.recogniser.to_string()),
        text(row.recognised.to_string()),
        text(&row.purpose),
        text(row.max_level.to_string()),
        text(row.from.to_rfc3339()),
        Cell { alarm: !row.in_force(now), ..text(until) },
        text(&row.legal_basis),
    ]
}

fn suspension(order: &SuspensionInForce) -> Vec<Cell> {
    let countries: Vec<_> = order.signers.iter().map(|signer| signer.country.to_string()).collect();
    vec![
        Cell { alarm: true, ..text(order.target.to_string()) },
        text(order.reason.to_string()),
        text(order.since.to_rfc3339()),
        text(countries.join(" ")),
    ]
}
