//! Tables for spreadsheets (RFC 4180).

use std::fmt;
use std::str::FromStr;

use strict_jose::UnixTime;

use crate::document::vocabulary::ServiceType;
use crate::{LocalizedText, Organisation, StatusPeriod, VerifiedList, plain_text};

/// What a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The members.
    Members,
    /// Identity providers and credential issuers.
    Issuers,
    /// Relying parties and country systems.
    Clients,
    /// The recognition matrix.
    Recognitions,
    /// The suspension orders in force.
    Suspensions,
}

/// A table with a header row, in English: names of columns are for programs.
///
/// Every cell is in quotation marks, lines end with CR LF (RFC 4180 §2). A cell that a spreadsheet could take for a
/// formula begins with an apostrophe, and control and direction marks are left out: names are other people's text.
pub fn csv(region: &VerifiedList, table: Table, now: UnixTime) -> String {
    let rows = match table {
        Table::Members => members(region, now),
        Table::Issuers => issuers(region, now),
        Table::Clients => clients(region, now),
        Table::Recognitions => recognitions(region),
        Table::Suspensions => suspensions(region),
    };
    let mut text = line(table.columns().iter().copied());
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str)));
    }
    text
}

type Row = Vec<String>;

fn members(region: &VerifiedList, now: UnixTime) -> Vec<Row> {
    let row = |member: crate::MemberView<'_>| {
        let state = member.disabled(now).map_or_else(|| "in force".to_owned(), |why| why.to_string());
        vec![
            member.code().to_string(),
            text(member.name()),
            state,
            member.issuers().count().to_string(),
            member.clients().count().to_string(),
        ]
    };
    region.members().map(row).collect()
}

fn issuers(region: &VerifiedList, now: UnixTime) -> Vec<Row> {
    let issuers = region.members().flat_map(|member| member.issuers());
    let row = |issuer: &crate::Issuer| {
        let mut row = vec![issuer.country.to_string(), issuer.id.to_string()];
        row.push(ServiceType::Issuer(issuer.kind).uri().to_owned());
        row.push(text(&issuer.name));
        row.extend(organisation(&issuer.organisation));
        row.extend(status(issuer.status_period()));
        row.push(trust(region.entity_suspended(issuer.country, &issuer.id, now).is_some()));
        row.push(issuer.max_level.to_string());
        row.push(issuer.adapter.clone());
        row.push(issuer.issuer_identifiers.join(" "));
        row.push(issuer.keys.len().to_string());
        row
    };
    issuers.map(row).collect()
}

fn clients(region: &VerifiedList, now: UnixTime) -> Vec<Row> {
    let clients = region.members().flat_map(|member| member.clients());
    let row = |client: &crate::Client| {
        let mut row = vec![client.country.to_string(), client.entity.to_string()];
        row.push(ServiceType::Client(client.kind).uri().to_owned());
        row.push(text(&client.name));
        row.extend(organisation(&client.organisation));
        row.extend(status(client.status_period()));
        row.push(trust(region.entity_suspended(client.country, &client.entity, now).is_some()));
        row.push(client.client_id.clone());
        row.push(client.purposes.iter().map(|registered| registered.purpose.to_string()).collect::<Vec<_>>().join(" "));
        row
    };
    clients.map(row).collect()
}

fn recognitions(region: &VerifiedList) -> Vec<Row> {
    let row = |row: &crate::Recognition| {
        vec![
            row.recogniser.to_string(),
            row.recognised.to_string(),
            row.purpose.to_string(),
            row.max_level.to_string(),
            row.legal_basis.clone(),
            row.from.to_rfc3339(),
            row.until.map(UnixTime::to_rfc3339).unwrap_or_default(),
        ]
    };
    region.recognitions().iter().map(row).collect()
}

fn suspensions(region: &VerifiedList) -> Vec<Row> {
    let row = |order: &crate::SuspensionInForce| {
        let signers: Vec<_> = order.signers.iter().map(|signer| signer.country.to_string()).collect();
        vec![order.target.to_string(), order.reason.to_string(), order.since.to_rfc3339(), signers.join(" ")]
    };
    region.suspensions().iter().map(row).collect()
}

fn text(text: &LocalizedText) -> String {
    text.pick::<&str>(&[]).to_owned()
}

fn organisation(organisation: &Organisation) -> [String; 4] {
    [
        text(&organisation.legal_name),
        organisation.registration.clone().unwrap_or_default(),
        organisation.email.clone(),
        organisation.telephone.clone(),
    ]
}

fn status(current: StatusPeriod) -> [String; 2] {
    [current.status.as_str().to_owned(), current.since.to_rfc3339()]
}

fn trust(suspended: bool) -> String {
    if suspended { "yes" } else { "no" }.to_owned()
}

fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let cells: Vec<String> = cells.map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// RFC 4180 §2.5 to 2.7, and CWE-1236: spreadsheets run what begins like a formula, quotation marks or not.
fn cell(content: &str) -> String {
    let content = plain_text(content);
    let formula = content.trim_start().starts_with(FORMULA);
    format!("\"{}{}\"", if formula { "'" } else { "" }, content.replace('"', "\"\""))
}

/// What formulas begin with, in the width of Latin and of Chinese, Japanese and Korean texts.
const FORMULA: [char; 9] = ['=', '+', '-', '@', '|', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

impl Table {
    /// Every table.
    pub const ALL: [Self; 5] = [Self::Members, Self::Issuers, Self::Clients, Self::Recognitions, Self::Suspensions];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Issuers => "issuers",
            Self::Clients => "clients",
            Self::Recognitions => "recognitions",
            Self::Suspensions => "suspensions",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Members => &["country", "name", "state", "issuers", "clients"],
            Self::Issuers => &[
                "country",
                "id",
                "type",
                "name",
                "legal_name",
                "registration",
                "email",
                "telephone",
                "status",
                "since",
                "suspended_by_order",
                "max_level",
                "adapter",
                "identifiers",
                "keys",
            ],
            Self::Clients => &[
                "country",
                "id",
                "type",
                "name",
                "legal_name",
                "registration",
                "email",
                "telephone",
                "status",
                "since",
                "suspended_by_order",
                "client_id",
                "purposes",
            ],
            Self::Recognitions => &["recogniser", "recognised", "purpose", "max_level", "legal_basis", "from", "until"],
            Self::Suspensions => &["target", "reason", "since", "ordered_by"],
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Table {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("a table is one of {}", Self::ALL.map(Self::as_str).join(", "));
        Self::ALL.into_iter().find(|table| table.as_str() == text).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_it_begins_with() {
        assert_eq!(cell("Bank"), "\"Bank\"");
        assert_eq!(cell("the \"Bank\", Ltd"), "\"the \"\"Bank\"\", Ltd\"");
        for hostile in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r\n=1", "\u{202e}=1", "＝1"] {
            assert!(cell(hostile).starts_with("\"'"), "{hostile:?} is {}", cell(hostile));
        }
    }

    #[test]
    fn every_table_has_a_name_that_reads_back() {
        for table in Table::ALL {
            assert_eq!(table.to_string().parse(), Ok(table));
        }
        assert!("all".parse::<Table>().unwrap_err().contains("recognitions"));
    }
}
