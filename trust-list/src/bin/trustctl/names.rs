//! What command line arguments are made of: `XA=Name=key.jwk`, `XA/idp`, `idp=suspended`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use strict_jose::Thumbprint;
use trust_list::document::{ListName, Root};
use trust_list::publish::Published;
use trust_list::{CountryCode, EntityId, Level, ServiceStatus};

use crate::error::CliError;
use crate::files;

/// `COUNTRY=NAME=FILE`: the holder of a key.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) country: CountryCode,
    pub(crate) name: String,
    pub(crate) key: PathBuf,
}

impl FromStr for Holder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.splitn(3, '=').collect();
        let [country, name, key] = parts[..] else {
            return Err("a holder is COUNTRY=NAME=FILE, such as \"XA=Regulator of XA=xa.pub.jwk\"".to_owned());
        };
        let country = country.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { country, name: name.to_owned(), key: key.into() })
    }
}

/// `NAME=STATUS`.
#[derive(Clone, Debug)]
pub(crate) struct NewStatus<N> {
    pub(crate) name: N,
    pub(crate) status: ServiceStatus,
}

impl<N: FromStr<Err: std::fmt::Display>> FromStr for NewStatus<N> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, status) = text.split_once('=').ok_or("write NAME=STATUS, such as idp=suspended")?;
        let status = match status {
            "granted" => ServiceStatus::Granted,
            "suspended" => ServiceStatus::Suspended,
            "withdrawn" => ServiceStatus::Withdrawn,
            _ => return Err("a status is granted, suspended or withdrawn".to_owned()),
        };
        Ok(Self { name: name.parse().map_err(|error: N::Err| error.to_string())?, status })
    }
}

/// `ID=VALUE`: something of an entry.
#[derive(Clone, Debug)]
pub(crate) struct OfEntry<T> {
    pub(crate) id: EntityId,
    pub(crate) value: T,
}

impl<T: FromStr<Err: std::fmt::Display>> FromStr for OfEntry<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, value) = text.split_once('=').ok_or("write ID=VALUE, with the id of the entry first")?;
        let id = id.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { id, value: value.parse().map_err(|error: T::Err| error.to_string())? })
    }
}

/// A level by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedLevel(pub(crate) Level);

impl FromStr for NamedLevel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let level = Level::ALL.into_iter().find(|level| level.as_str() == text);
        level.map(Self).ok_or("a level is low, substantial or high")
    }
}

/// The documents in a directory.
pub(crate) fn published(dir: &Path) -> Result<Published, CliError> {
    Ok(Published::read_from(dir)?)
}

/// Whose key it is, as far as `root` and the published documents say.
pub(crate) fn holder_of(root: Option<&Root>, documents: &Published, key: &Thumbprint) -> String {
    let newest = documents.root().ok();
    let of_root = root.into_iter().chain(&newest).find_map(|root| {
        let known = root.document().keys.iter().find(|known| known.key.thumbprint() == key)?;
        Some(format!("{} ({})", known.holder, known.country))
    });
    of_root.or_else(|| member_signer(documents, key)).unwrap_or_else(|| "unknown".to_owned())
}

fn member_signer(documents: &Published, key: &Thumbprint) -> Option<String> {
    let members = documents.members().ok()?;
    let member = members.iter().find(|member| member.signers.iter().any(|signer| signer.thumbprint() == key))?;
    Some(format!("list signer of {}", member.country))
}

/// A file with a public key for each holder.
pub(crate) fn holder_key(holder: &Holder) -> Result<strict_jose::PublicJwk, CliError> {
    files::read_public_key(&holder.key)
}

/// The name of a list on the command line.
pub(crate) fn list_name(country: CountryCode) -> ListName {
    ListName::Member(country)
}
