//! English.

use super::{Headings, QuorumWords, of_row};
use crate::document::Role;
use crate::review::{Danger, Fact, Label, QuorumReview, Subject};
use crate::{Quorum, Recognition};

pub(super) fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Quorum { role, before, after } => {
            let quorum = |quorum: &Option<Quorum>| quorum.map_or("none".to_owned(), self::quorum);
            format!("{}: the quorum goes from {} to {}", self::role(*role), quorum(before), quorum(after))
        }
        Fact::RootKeyAdded { key, holder, country, roles } if roles.is_empty() => {
            format!("key {key} (holder {holder}, {country}) is announced; it signs nothing yet")
        }
        Fact::RootKeyAdded { key, holder, country, roles } => {
            format!("key {key} (holder {holder}, {country}) may sign: {roles}")
        }
        Fact::RootKeyRemoved { key, holder, country, roles } => {
            format!("key {key} (holder {holder}, {country}) may no longer sign: {roles}")
        }
        Fact::MemberAdmitted { country, name } => format!("{country} ({name}) becomes a member"),
        Fact::MemberRemoved { country, name } => {
            format!("{country} ({name}) is no longer named at all; a status would keep its history")
        }
        Fact::SignerAdded { country, key, holder } => {
            format!("the list of {country} may be signed by key {key} (holder {holder})")
        }
        Fact::SignerRemoved { country, key, holder } => {
            format!("the list of {country} may no longer be signed by key {key} (holder {holder})")
        }
        Fact::Status { of, before: None, after: Some(after) } => {
            format!("{}: the status is {}", subject(of), status(after))
        }
        Fact::Status { of, before, after } => {
            let word = |word: &Option<String>| word.as_deref().map_or("none".to_owned(), status);
            format!("{}: the status goes from {} to {}", subject(of), word(before), word(after))
        }
        Fact::AnyHost { country, permitted: true } => {
            format!("the providers of {country} may live on any host: the last rule about its hosts goes")
        }
        Fact::AnyHost { country, permitted: false } => {
            format!("the providers of {country} may live on the permitted hosts only")
        }
        Fact::RecognitionAdded { row } => recognition(row),
        Fact::RecognitionRemoved { row } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "the row by which {recogniser} accepts the citizens of {accepted} for {purpose} from {} goes without a trace; an end would keep its history",
                row.from.to_rfc3339()
            )
        }
        Fact::RecognitionLevel { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "{recogniser} accepts the citizens of {accepted} for {purpose} up to {after}, so far up to {before}"
            )
        }
        Fact::RecognitionUntil { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            let (before, after) = (or_no_end(before.as_ref()), or_no_end(after.as_ref()));
            format!(
                "{recogniser} accepts the citizens of {accepted} for {purpose} until {after}, so far until {before}"
            )
        }
        Fact::RecognitionBasis { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "{recogniser} accepts the citizens of {accepted} for {purpose} on the basis of {after}, so far {before}"
            )
        }
        Fact::Reinstated { target, orders_before } => {
            format!("{target} is trusted again: suspension orders against it before {orders_before} are lifted")
        }
        Fact::ReinstatementRemoved { target, orders_before } => {
            format!("the lifting of suspension orders against {target} before {orders_before} is taken back")
        }
        Fact::EntryAdded { id, kind, name } => format!("{id} ({name}) enters the list as {kind}"),
        Fact::EntryRemoved { id, kind, name } => {
            format!("{id} ({name}), {kind}, goes without a trace; its withdrawal would keep its history")
        }
        Fact::EntryKeyAdded { id, key } => format!("{id} may use key {key}"),
        Fact::EntryKeyRemoved { id, key } => format!("{id} may no longer use key {key}"),
        Fact::Setting { id, name, before, after } => {
            changed(&format!("{id}: setting {name}"), before.as_deref(), after.as_deref())
        }
        Fact::Set { of, label, before, after } => {
            changed(&format!("{}: {}", subject(of), self::label(*label)), before.as_deref(), after.as_deref())
        }
        Fact::Raw { before, after } => {
            let word = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
            changed("value", word(before).as_deref(), word(after).as_deref())
        }
    }
}

fn recognition(row: &Recognition) -> String {
    let (recogniser, accepted, purpose) = of_row(row);
    let until = row.until.map_or("without an end".to_owned(), |until| format!("until {}", until.to_rfc3339()));
    format!(
        "{recogniser} will accept the citizens of {accepted} for {purpose} up to {} from {} {until}, on the basis of {}",
        row.max_level,
        row.from.to_rfc3339(),
        row.legal_basis
    )
}

fn changed(what: &str, before: Option<&str>, after: Option<&str>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{what} changes from {before} to {after}"),
        (None, Some(after)) => format!("{what} is new: {after}"),
        (Some(before), None) => format!("{what} goes: {before}"),
        (None, None) => what.to_owned(),
    }
}

fn or_no_end(value: Option<&String>) -> &str {
    value.map_or("further notice", String::as_str)
}

fn quorum(quorum: Quorum) -> String {
    format!("{} keys of {} countries", quorum.threshold, quorum.countries)
}

/// A status; one that nobody has a word for is given as it is.
fn status(word: &str) -> String {
    word.to_owned()
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Root => "to sign roots",
        Role::Regional => "to sign regional lists",
        Role::Status => "to sign the status document",
    }
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Document => "this document".to_owned(),
        Subject::Key(key, holder) => format!("key {key} ({holder})"),
        Subject::Member(name) | Subject::Entry(name) => name.clone(),
        Subject::Purpose(entry, purpose) => format!("{entry} for {purpose}"),
    }
}

const fn label(label: Label) -> &'static str {
    match label {
        Label::Number => "number",
        Label::Issued => "time of issue",
        Label::ValidUntil => "end",
        Label::Region => "region",
        Label::Distribution => "place of publication",
        Label::StatusLife => "longest life of a status document in seconds",
        Label::Log => "transparency log and its witnesses",
        Label::Country => "country",
        Label::Holder => "holder",
        Label::Roles => "what it may sign",
        Label::Name => "name",
        Label::OperatorName => "name of the operator",
        Label::LegalName => "legal name",
        Label::Location => "address of the list",
        Label::SignersNeeded => "signatures that its list needs",
        Label::StatusSince => "date of the status",
        Label::History => "earlier statuses",
        Label::ServiceType => "type of service",
        Label::Registration => "registration number",
        Label::PostalAddress => "postal address",
        Label::ElectronicAddress => "electronic address",
        Label::Information => "information page",
        Label::Host => "host",
        Label::Identifier => "identifier",
        Label::Adapter => "adapter",
        Label::MaxLevel => "highest level",
        Label::MinLevel => "lowest level",
        Label::Claim => "attribute",
        Label::Sector => "sector",
        Label::SecurityProfile => "security profile",
        Label::RedirectUri => "return address",
        Label::Grant => "grant type",
        Label::Scope => "scope",
        Label::LegalBasis => "legal basis",
        Label::Purpose => "purpose",
        Label::PurposeText => "words for the citizen",
        Label::Exchange => "token exchange",
    }
}

pub(super) const fn danger(danger: Danger) -> &'static str {
    match danger {
        Danger::QuorumLowered => "fewer signatures are enough",
        Danger::KeyAdded => "a key gains power",
        Danger::LevelRaised => "a higher level is accepted",
        Danger::MinimumLowered => "a lower level is enough",
        Danger::Widened => "more is allowed",
        Danger::Reinstated => "trusted again",
        Danger::Prolonged => "holds for longer",
        Danger::Setting => "decides what is accepted",
    }
}

pub(super) const HEADINGS: Headings = Headings {
    changes: "What changes",
    first: "What it says: there is no version before it",
    nothing: "nothing",
    signatures: "Signatures",
};

pub(super) fn quorum_line(quorum: &QuorumReview) -> QuorumWords {
    let QuorumReview { by, threshold, countries, countries_needed, missing, .. } = quorum;
    let signed = quorum.signed.len();
    let line =
        format!("{by}: {signed} of {threshold} keys, {countries} of {countries_needed} countries; {missing} missing");
    QuorumWords { line, signed: "signed", open: "open  " }
}
