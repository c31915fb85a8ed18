//! What a key may do.

use serde::Serialize;
use strict_jose::{PublicJwk, Thumbprint};

use crate::document::{ListName, Role, Root, SuspensionTarget};
use crate::publish::{PublishError, Published, national_list};
use crate::{CountryCode, EntityId};

/// A key and everything it may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// The key.
    pub key: Thumbprint,
    /// What it may do. Empty: no current document names it.
    pub holds: Vec<Held>,
}

/// A place that a key has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Held {
    /// In the root: a regulator's key, or an online one.
    Root {
        /// Who holds it.
        holder: String,
        /// The country it belongs to.
        country: CountryCode,
        /// Whether it signs status documents, and nothing else.
        online: bool,
    },
    /// It signs a country's list.
    ListSigner {
        /// Whose.
        country: CountryCode,
    },
    /// A provider or client uses it.
    Entry {
        /// Of which country.
        country: CountryCode,
        /// Which.
        entity: EntityId,
    },
}

impl Held {
    /// The country whose list names the key, if a national list does.
    pub const fn country_of_list(&self) -> Option<CountryCode> {
        match self {
            Self::Entry { country, .. } => Some(*country),
            Self::Root { .. } | Self::ListSigner { .. } => None,
        }
    }

    /// Whether an order against `target` is about this place of the key.
    pub fn is_under(&self, target: &SuspensionTarget) -> bool {
        match self {
            Self::Root { .. } => false,
            Self::ListSigner { country } => *country == target.country && target.entity.is_none(),
            Self::Entry { country, entity } => {
                *country == target.country && target.entity.as_ref().is_none_or(|of| of == entity)
            }
        }
    }
}

/// Everything that the newest documents let `key` do.
pub(super) fn of(documents: &Published, root: &Root, key: &Thumbprint) -> Result<Holding, PublishError> {
    let is = |known: &PublicJwk| known.thumbprint() == key;
    let of_root = root.document().keys.iter().filter(|known| is(&known.key)).map(|known| Held::Root {
        holder: known.holder.clone(),
        country: known.country,
        online: known.roles.contains(&Role::Status),
    });
    let mut holds: Vec<Held> = of_root.collect();
    for member in documents.members().unwrap_or_default() {
        let country = member.country;
        if member.signers.iter().any(is) {
            holds.push(Held::ListSigner { country });
        }
        let Ok((_, list)) = documents.list(ListName::Member(country)) else { continue };
        let list = national_list(&list)?;
        let issuers = list.issuers.iter().map(|listed| &listed.entity);
        let issuers = issuers.filter(|issuer| issuer.keys.iter().any(is)).map(|issuer| &issuer.id);
        let clients = list.clients.iter().map(|listed| &listed.entity);
        let clients = clients.filter(|client| client.keys.keys().iter().any(is)).map(|client| &client.entity);
        holds.extend(issuers.chain(clients).map(|entity| Held::Entry { country, entity: entity.clone() }));
    }
    Ok(Holding { key: key.clone(), holds })
}
