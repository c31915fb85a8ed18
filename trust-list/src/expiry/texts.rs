//! What runs out, in words.

use super::{Expiry, Urgency, What};
use crate::Language;
use crate::document::ListName;

impl Expiry {
    /// One line: how soon, when, what.
    pub fn line(&self, language: Language) -> String {
        let (urgency, what) = match language {
            Language::En => (en_urgency(self.urgency), en(&self.what)),
            Language::Fr => (fr_urgency(self.urgency), fr(&self.what)),
            Language::Pt => (pt_urgency(self.urgency), pt(&self.what)),
        };
        format!("{urgency}  {}  {what}", self.until.to_rfc3339())
    }
}

const fn en_urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Later => "later ",
        Urgency::Within60Days => "notice",
        Urgency::Within30Days => "soon  ",
        Urgency::Within7Days => "URGENT",
        Urgency::Past => "PAST  ",
    }
}

const fn fr_urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Later => "plus tard",
        Urgency::Within60Days => "à prévoir",
        Urgency::Within30Days => "bientôt  ",
        Urgency::Within7Days => "URGENT   ",
        Urgency::Past => "PASSÉ    ",
    }
}

const fn pt_urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Later => "mais tarde",
        Urgency::Within60Days => "a prever  ",
        Urgency::Within30Days => "em breve  ",
        Urgency::Within7Days => "URGENTE   ",
        Urgency::Past => "PASSADO   ",
    }
}

fn en(what: &What) -> String {
    match what {
        What::Root { version } => format!("root {version}"),
        What::Status { version } => format!("status document {version}"),
        What::List { name: ListName::Regional, number } => format!("regional list {number}"),
        What::List { name: ListName::Member(country), number } => format!("list {number} of {country}"),
        What::RootKey { key, holder, country } => format!("key {key} of {holder} ({country})"),
        What::SignerKey { key, country } => format!("key {key}, which signs the list of {country}"),
        What::EntryKey { key, country, entity } => format!("key {key} of {country}/{entity}"),
        What::Recognition { row } => {
            format!("{} accepts the citizens of {} for {}", row.recogniser, row.recognised, row.purpose)
        }
    }
}

fn fr(what: &What) -> String {
    match what {
        What::Root { version } => format!("racine {version}"),
        What::Status { version } => format!("document de statut {version}"),
        What::List { name: ListName::Regional, number } => format!("liste régionale {number}"),
        What::List { name: ListName::Member(country), number } => format!("liste {number} de {country}"),
        What::RootKey { key, holder, country } => format!("clé {key} de {holder} ({country})"),
        What::SignerKey { key, country } => format!("clé {key}, qui signe la liste de {country}"),
        What::EntryKey { key, country, entity } => format!("clé {key} de {country}/{entity}"),
        What::Recognition { row } => {
            format!("{} accepte les citoyens de {} pour {}", row.recogniser, row.recognised, row.purpose)
        }
    }
}

fn pt(what: &What) -> String {
    match what {
        What::Root { version } => format!("raiz {version}"),
        What::Status { version } => format!("documento de estado {version}"),
        What::List { name: ListName::Regional, number } => format!("lista regional {number}"),
        What::List { name: ListName::Member(country), number } => format!("lista {number} de {country}"),
        What::RootKey { key, holder, country } => format!("chave {key} de {holder} ({country})"),
        What::SignerKey { key, country } => format!("chave {key}, que assina a lista de {country}"),
        What::EntryKey { key, country, entity } => format!("chave {key} de {country}/{entity}"),
        What::Recognition { row } => {
            format!("{} aceita os cidadãos de {} para {}", row.recogniser, row.recognised, row.purpose)
        }
    }
}
