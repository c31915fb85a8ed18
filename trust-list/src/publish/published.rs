//! The documents of a region as they are published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use strict_jose::{DocumentSigner, UnixTime};

use super::log::Current;
use super::{Proposal, PublishError, StatusBuilder, directory};
use crate::delta;
use crate::document::{DocumentPath, ListName, MemberEntry, RegionalList, Role, Root, Status, SuspensionOrder, Typ};
use crate::publisher::{FetchError, Publisher};

/// A hub that was away for two releases catches up with a delta; one that was away longer fetches the list.
const DELTAS: usize = 2;

/// The documents of a region, by their places. Every root and list ever published stays; the status names those that
/// are current.
#[derive(Clone, Debug, Default)]
pub struct Published(BTreeMap<DocumentPath, Vec<u8>>);

impl Published {
    /// Nothing published yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is published in a directory.
    pub fn read_from(dir: &Path) -> Result<Self, PublishError> {
        directory::read(dir).map(Self)
    }

    /// Writes what `dir` does not have, the status last: a reader sees the old state or the new one. Each list is also
    /// written under its name without number, where its DistributionPoint says it is.
    pub fn write_to(&self, dir: &Path) -> Result<(), PublishError> {
        directory::write(dir, self)
    }

    /// Writes the one document at `place` to `dir`, and nothing that another publisher may have changed there.
    pub fn write_one_to(&self, dir: &Path, place: DocumentPath) -> Result<(), PublishError> {
        directory::write_one(dir, place, self.get(place).ok_or(PublishError::Missing(place))?)
    }

    /// The document at a place.
    pub fn get(&self, path: DocumentPath) -> Option<&[u8]> {
        self.0.get(&path).map(Vec::as_slice)
    }

    /// Every document with its place.
    pub fn iter(&self) -> impl Iterator<Item = (DocumentPath, &[u8])> {
        self.0.iter().map(|(path, bytes)| (*path, bytes.as_slice()))
    }

    /// Puts a document anywhere, unchecked: for tests of clients.
    pub fn put_unchecked(&mut self, path: DocumentPath, bytes: Vec<u8>) {
        self.0.insert(path, bytes);
    }

    /// Takes a document away, and a list with the deltas that lead to it: for tests of clients.
    pub fn remove(&mut self, path: DocumentPath) {
        self.0.remove(&path);
        if let DocumentPath::List(name, sequence) = path {
            self.0.retain(|path, _| !matches!(path, DocumentPath::Delta(of, to, _) if (*of, *to) == (name, sequence)));
        }
    }

    /// The newest root.
    pub fn root(&self) -> Result<Root, PublishError> {
        Ok(Root::read(self.root_document()?.document())?)
    }

    /// The newest root as a document.
    pub fn root_document(&self) -> Result<Proposal, PublishError> {
        let newest = self.0.iter().rev().find_map(|(path, bytes)| match path {
            DocumentPath::Root(_) => Some(bytes),
            _ => None,
        });
        Proposal::parse(newest.ok_or(PublishError::Missing(DocumentPath::Root(1)))?)
    }

    /// The members of the newest regional list.
    pub fn members(&self) -> Result<Vec<MemberEntry>, PublishError> {
        let regional = self.regional()?.ok_or(PublishError::NoSuchList(ListName::Regional))?;
        Ok(regional.members)
    }

    /// The newest document of a list, with its sequence number.
    pub fn list(&self, name: ListName) -> Result<(u64, Proposal), PublishError> {
        let (sequence, bytes) = self.newest(name).ok_or(PublishError::NoSuchList(name))?;
        Ok((sequence, Proposal::parse(bytes)?))
    }

    /// What the status document says.
    pub fn status(&self) -> Result<Status, PublishError> {
        Ok(Status::read(self.status_document()?.payload())?)
    }

    /// The status document with its signatures.
    pub fn status_document(&self) -> Result<Proposal, PublishError> {
        Proposal::parse(self.get(DocumentPath::Status).ok_or(PublishError::Missing(DocumentPath::Status))?)
    }

    /// Adds a root, a regional list or a national list whose quorum signed it; answers its place. It becomes current
    /// with the next [`Published::restamp`].
    pub fn add(&mut self, proposal: &Proposal) -> Result<DocumentPath, PublishError> {
        let path = match proposal.kind() {
            Typ::Root => self.check_root(proposal)?,
            Typ::Regional => self.check_regional(proposal)?,
            Typ::National => self.check_national(proposal)?,
            Typ::Status | Typ::Suspension => return Err(PublishError::UnknownKind),
        };
        self.0.insert(path, proposal.to_bytes());
        Ok(path)
    }

    /// Makes the newest documents current, with a new status document signed by `online` keys. Suspension orders that
    /// hold are carried on, `orders` are added.
    pub fn restamp(
        &mut self,
        online: &[impl DocumentSigner],
        orders: &[Proposal],
        now: UnixTime,
        life: Option<i64>,
    ) -> Result<(), PublishError> {
        let root = self.root()?;
        let previous = self.status().ok();
        let version = previous.as_ref().map_or(1, |status| status.version.saturating_add(1));
        let mut builder = StatusBuilder::new(&root, version, now);
        if let Some(life) = life {
            builder = builder.expires(now.plus(life));
        }
        for name in self.names() {
            self.add_deltas(name);
        }
        let current = self.current()?;
        for (name, sequence, bytes, log_index) in &current {
            builder = builder.list(*name, *sequence, bytes, *log_index);
        }
        for order in &orders_to_carry(current_regional(&root, &current)?.as_ref(), previous, orders)? {
            builder = builder.order(order)?;
        }
        let mut proposal = builder.build()?;
        for key in online {
            proposal.sign(key, now)?;
        }
        proposal.tally(root.signers(Role::Status)).require()?;
        self.0.insert(DocumentPath::Status, proposal.to_bytes());
        Ok(())
    }

    /// What turns the last releases of a list into the newest.
    fn add_deltas(&mut self, name: ListName) {
        let releases = DocumentPath::List(name, 0)..=DocumentPath::List(name, u64::MAX);
        let mut latest = self.0.range(releases).rev().filter_map(|(path, bytes)| match path {
            DocumentPath::List(_, sequence) => Some((*sequence, bytes)),
            _ => None,
        });
        let Some((sequence, newest)) = latest.next() else { return };
        let deltas = latest.take(DELTAS).filter_map(|(older, bytes)| {
            let path = DocumentPath::Delta(name, sequence, older);
            let missing = !self.0.contains_key(&path);
            missing.then(|| delta::make(bytes, newest)).flatten().map(|delta| (path, delta))
        });
        let deltas: Vec<_> = deltas.collect();
        self.0.extend(deltas);
    }

    fn find(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        let place: DocumentPath = path.parse().map_err(|_| FetchError::NotADocument { path: path.to_owned() })?;
        match self.get(place) {
            Some(bytes) if bytes.len() > max_bytes => Err(FetchError::TooLarge { path: path.to_owned(), max_bytes }),
            found => Ok(found.map(<[u8]>::to_vec)),
        }
    }

    pub(super) fn names(&self) -> BTreeSet<ListName> {
        let lists = self.0.keys().filter_map(|path| match path {
            DocumentPath::List(name, _) => Some(*name),
            _ => None,
        });
        lists.collect()
    }

    pub(super) fn newest(&self, name: ListName) -> Option<(u64, &[u8])> {
        let range = DocumentPath::List(name, 0)..=DocumentPath::List(name, u64::MAX);
        self.0.range(range).next_back().and_then(|(path, bytes)| match path {
            DocumentPath::List(_, sequence) => Some((*sequence, bytes.as_slice())),
            _ => None,
        })
    }

    /// The newest regional list, if there is one.
    pub(crate) fn regional(&self) -> Result<Option<RegionalList>, PublishError> {
        match self.newest(ListName::Regional) {
            Some((_, bytes)) => super::checks::regional_list(&Proposal::parse(bytes)?).map(Some),
            None => Ok(None),
        }
    }
}

/// The regional list among the current ones.
fn current_regional(root: &Root, current: &[Current<'_>]) -> Result<Option<RegionalList>, PublishError> {
    match current.iter().find(|(name, ..)| *name == ListName::Regional) {
        Some((_, _, bytes, _)) => super::checks::regional_list(&Proposal::parse(bytes)?).map(Some),
        None if root.log().is_some() => Err(PublishError::RegionalNotLogged),
        None => Ok(None),
    }
}

/// The orders of the previous status that the current regional list does not lift, and new ones. Each once, with the
/// signatures of all its copies.
fn orders_to_carry(
    regional: Option<&RegionalList>,
    previous: Option<Status>,
    new: &[Proposal],
) -> Result<Vec<Proposal>, PublishError> {
    let mut carried = Vec::new();
    for raw in previous.map(|status| status.suspensions).unwrap_or_default() {
        let proposal = Proposal::parse(raw.get().as_bytes())?;
        let order: SuspensionOrder = serde_json::from_slice(proposal.payload())?;
        if !regional.iter().flat_map(|list| &list.reinstatements).any(|row| row.lifts(&order)) {
            put_together(&mut carried, &proposal)?;
        }
    }
    for order in new {
        put_together(&mut carried, order)?;
    }
    Ok(carried)
}

fn put_together(orders: &mut Vec<Proposal>, copy: &Proposal) -> Result<(), PublishError> {
    if let Some(known) = orders.iter_mut().find(|known| known.payload() == copy.payload()) {
        return known.merge(copy);
    }
    orders.push(copy.clone());
    Ok(())
}

/// A publisher in memory whose documents can be exchanged while clients use it.
#[derive(Clone, Debug, Default)]
pub struct MemoryPublisher(Arc<RwLock<Published>>);

impl MemoryPublisher {
    /// Publishes `documents` in the place of what was there.
    pub fn publish(&self, documents: Published) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = documents;
    }
}

#[async_trait]
impl Publisher for MemoryPublisher {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).find(path, max_bytes)
    }
}

#[async_trait]
impl Publisher for Published {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        self.find(path, max_bytes)
    }
}
