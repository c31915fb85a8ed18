//! French.

use super::{Headings, QuorumWords, of_row};
use crate::document::Role;
use crate::review::{Danger, Fact, Label, QuorumReview, Subject};
use crate::{Level, Quorum, Recognition};

pub(super) fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Quorum { role, before, after } => {
            let quorum = |quorum: &Option<Quorum>| quorum.map_or("aucun".to_owned(), self::quorum);
            format!("{} : le quorum passe de {} à {}", self::role(*role), quorum(before), quorum(after))
        }
        Fact::RootKeyAdded { key, holder, country, roles } if roles.is_empty() => {
            format!("la clé {key} (détenteur {holder}, {country}) est annoncée ; elle ne signe encore rien")
        }
        Fact::RootKeyAdded { key, holder, country, roles } => {
            format!("la clé {key} (détenteur {holder}, {country}) peut signer : {roles}")
        }
        Fact::RootKeyRemoved { key, holder, country, roles } => {
            format!("la clé {key} (détenteur {holder}, {country}) ne peut plus signer : {roles}")
        }
        Fact::MemberAdmitted { country, name } => format!("{country} ({name}) devient membre"),
        Fact::MemberRemoved { country, name } => {
            format!("{country} ({name}) n'est plus nommé du tout ; un statut garderait son histoire")
        }
        Fact::SignerAdded { country, key, holder } => {
            format!("la liste de {country} peut être signée par la clé {key} (détenteur {holder})")
        }
        Fact::SignerRemoved { country, key, holder } => {
            format!("la liste de {country} ne peut plus être signée par la clé {key} (détenteur {holder})")
        }
        Fact::Status { of, before: None, after: Some(after) } => {
            format!("{} : le statut est {}", subject(of), status(after))
        }
        Fact::Status { of, before, after } => {
            let word = |word: &Option<String>| word.as_deref().map_or("aucun".to_owned(), status);
            format!("{} : le statut passe de {} à {}", subject(of), word(before), word(after))
        }
        Fact::AnyHost { country, permitted: true } => {
            format!(
                "les fournisseurs de {country} peuvent être sur n'importe quel hôte : la dernière règle sur ses hôtes disparaît"
            )
        }
        Fact::AnyHost { country, permitted: false } => {
            format!("les fournisseurs de {country} ne peuvent être que sur les hôtes permis")
        }
        Fact::RecognitionAdded { row } => recognition(row),
        Fact::RecognitionRemoved { row } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "la ligne par laquelle {recogniser} accepte les citoyens de {accepted} pour {purpose} à partir du {} disparaît sans trace ; une fin garderait son histoire",
                row.from.to_rfc3339()
            )
        }
        Fact::RecognitionLevel { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            let (before, after) = (level(*before), level(*after));
            format!(
                "{recogniser} accepte les citoyens de {accepted} pour {purpose} jusqu'au niveau {after}, auparavant {before}"
            )
        }
        Fact::RecognitionUntil { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            let (before, after) = (or_no_end(before.as_ref()), or_no_end(after.as_ref()));
            format!(
                "{recogniser} accepte les citoyens de {accepted} pour {purpose} jusqu'à {after}, auparavant jusqu'à {before}"
            )
        }
        Fact::RecognitionBasis { row, before, after } => {
            let (recogniser, accepted, purpose) = of_row(row);
            format!(
                "{recogniser} accepte les citoyens de {accepted} pour {purpose} sur la base de {after}, auparavant {before}"
            )
        }
        Fact::Reinstated { target, orders_before } => {
            format!("{target} est de nouveau admis : les ordres de suspension antérieurs à {orders_before} sont levés")
        }
        Fact::ReinstatementRemoved { target, orders_before } => {
            format!("la levée des ordres de suspension contre {target} antérieurs à {orders_before} est retirée")
        }
        Fact::EntryAdded { id, kind, name } => format!("{id} ({name}) entre dans la liste comme {kind}"),
        Fact::EntryRemoved { id, kind, name } => {
            format!("{id} ({name}), {kind}, disparaît sans trace ; un retrait garderait son histoire")
        }
        Fact::EntryKeyAdded { id, key } => format!("{id} peut utiliser la clé {key}"),
        Fact::EntryKeyRemoved { id, key } => format!("{id} ne peut plus utiliser la clé {key}"),
        Fact::Setting { id, name, before, after } => {
            changed(&format!("{id} : réglage {name}"), before.as_deref(), after.as_deref())
        }
        Fact::Set { of, label, before, after } => {
            changed(&format!("{} : {}", subject(of), self::label(*label)), before.as_deref(), after.as_deref())
        }
        Fact::Raw { before, after } => {
            let word = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
            changed("valeur", word(before).as_deref(), word(after).as_deref())
        }
    }
}

fn recognition(row: &Recognition) -> String {
    let (recogniser, accepted, purpose) = of_row(row);
    let until = row.until.map_or("sans fin".to_owned(), |until| format!("jusqu'au {}", until.to_rfc3339()));
    format!(
        "{recogniser} acceptera les citoyens de {accepted} pour {purpose} jusqu'au niveau {} à partir du {} {until}, sur la base de {}",
        level(row.max_level),
        row.from.to_rfc3339(),
        row.legal_basis
    )
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Low => "faible",
        Level::Substantial => "substantiel",
        Level::High => "élevé",
    }
}

fn changed(what: &str, before: Option<&str>, after: Option<&str>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{what} change de {before} à {after}"),
        (None, Some(after)) => format!("{what}, nouveau : {after}"),
        (Some(before), None) => format!("{what}, supprimé : {before}"),
        (None, None) => what.to_owned(),
    }
}

fn or_no_end(value: Option<&String>) -> &str {
    value.map_or("nouvel ordre", String::as_str)
}

fn quorum(quorum: Quorum) -> String {
    format!("{} clés de {} pays", quorum.threshold, quorum.countries)
}

/// A status; one that nobody has a word for is given as it is.
fn status(word: &str) -> String {
    match word {
        "granted" => "accordé",
        "suspended" => "suspendu",
        "withdrawn" => "retiré",
        other => other,
    }
    .to_owned()
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Root => "pour signer les racines",
        Role::Regional => "pour signer les listes régionales",
        Role::Status => "pour signer le document de statut",
    }
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Document => "ce document".to_owned(),
        Subject::Key(key, holder) => format!("clé {key} ({holder})"),
        Subject::Member(name) | Subject::Entry(name) => name.clone(),
        Subject::Purpose(entry, purpose) => format!("{entry} pour {purpose}"),
    }
}

const fn label(label: Label) -> &'static str {
    match label {
        Label::Number => "numéro",
        Label::Issued => "date d'émission",
        Label::ValidUntil => "fin",
        Label::Region => "région",
        Label::Distribution => "lieu de publication",
        Label::StatusLife => "durée maximale d'un document de statut en secondes",
        Label::Log => "journal de transparence et ses témoins",
        Label::Country => "pays",
        Label::Holder => "détenteur",
        Label::Roles => "ce qu'elle peut signer",
        Label::Name => "nom",
        Label::OperatorName => "nom de l'opérateur",
        Label::LegalName => "raison sociale",
        Label::Location => "adresse de la liste",
        Label::SignersNeeded => "signatures requises pour sa liste",
        Label::StatusSince => "date du statut",
        Label::History => "statuts antérieurs",
        Label::ServiceType => "type de service",
        Label::Registration => "numéro d'enregistrement",
        Label::PostalAddress => "adresse postale",
        Label::ElectronicAddress => "adresse électronique",
        Label::Information => "page d'information",
        Label::Host => "hôte",
        Label::Identifier => "identifiant",
        Label::Adapter => "adaptateur",
        Label::MaxLevel => "niveau le plus haut",
        Label::MinLevel => "niveau le plus bas",
        Label::Claim => "attribut",
        Label::Sector => "secteur",
        Label::SecurityProfile => "profil de sécurité",
        Label::RedirectUri => "adresse de retour",
        Label::Grant => "type d'octroi",
        Label::Scope => "portée",
        Label::LegalBasis => "base légale",
        Label::Purpose => "finalité",
        Label::PurposeText => "texte pour le citoyen",
        Label::Exchange => "échange de jetons",
    }
}

pub(super) const fn danger(danger: Danger) -> &'static str {
    match danger {
        Danger::QuorumLowered => "moins de signatures suffisent",
        Danger::KeyAdded => "une clé gagne un pouvoir",
        Danger::LevelRaised => "un niveau plus haut est accepté",
        Danger::MinimumLowered => "un niveau plus bas suffit",
        Danger::Widened => "davantage est permis",
        Danger::Reinstated => "de nouveau admis",
        Danger::Prolonged => "vaut plus longtemps",
        Danger::Setting => "décide de ce qui est accepté",
    }
}

pub(super) const HEADINGS: Headings = Headings {
    changes: "Ce qui change",
    first: "Ce qu'il dit : il n'y a pas de version antérieure",
    nothing: "rien",
    signatures: "Signatures",
};

pub(super) fn quorum_line(quorum: &QuorumReview) -> QuorumWords {
    let QuorumReview { by, threshold, countries, countries_needed, missing, .. } = quorum;
    let (by, signed) = (self::by(by), quorum.signed.len());
    let line = format!(
        "{by} : {signed} clés sur {threshold}, {countries} pays sur {countries_needed} ; il en manque {missing}"
    );
    QuorumWords { line, signed: "signé ", open: "ouvert" }
}

/// The names of the quorums; one without a word here is given as it is.
fn by(name: &'static str) -> &'static str {
    match name {
        "the root before it" => "la racine précédente",
        "its own keys" => "ses propres clés",
        "the regulators" => "les régulateurs",
        "the online keys" => "les clés en ligne",
        "the member's signers" => "les signataires du membre",
        "two regulators of two countries" => "deux régulateurs de deux pays",
        "the member itself" => "le membre lui-même",
        other => other,
    }
}
