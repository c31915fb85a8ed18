//! Steps 5.1 and 5.2: the bytes that the status document names.

use std::collections::BTreeSet;

use strict_jose::{Limits, SignedDocument, Thumbprint, b64, sha256};

use super::open;
use crate::delta;
use crate::document::{DocumentPath, ListEntry, ListProblem, Typ};
use crate::high_water::HighWater;
use crate::publisher::{FetchError, Publisher};
use crate::quorum::Signers;

/// Bytes of the length and hash that the status document states. Only these are looked into.
pub(super) struct Named {
    bytes: Vec<u8>,
    source: Source,
}

/// Where the bytes are from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Cache,
    Publisher,
}

impl Named {
    /// 5.1 Out of the cache, else from the publisher, who may send no more than the status document says.
    pub(super) async fn obtain(
        entry: &ListEntry,
        publisher: &dyn Publisher,
        high_water: &HighWater,
    ) -> Result<Self, ListProblem> {
        let path = DocumentPath::List(entry.name, entry.sequence);
        if let Some(bytes) = high_water.document(path).filter(|bytes| is_entry(bytes, entry).is_ok()) {
            return Ok(Self { bytes, source: Source::Cache });
        }
        if entry.length > Limits::BULK_LIST.max_bytes {
            return Err(ListProblem::TooLong { max: Limits::BULK_LIST.max_bytes });
        }
        if let Some(bytes) = rebuilt(entry, publisher, high_water).await {
            return Ok(Self { bytes, source: Source::Publisher });
        }
        let fits = |bytes: &[u8]| is_entry(bytes, entry).is_ok();
        let fetched = publisher.fetch_fitting(&path.to_string(), entry.length, &fits).await;
        let fetched = fetched.map_err(|error| match error {
            FetchError::TooLarge { .. } => ListProblem::WrongLength,
            other => ListProblem::Unreachable(other.to_string()),
        })?;
        let bytes = fetched.ok_or(ListProblem::Missing)?;
        is_entry(&bytes, entry)?;
        Ok(Self { bytes, source: Source::Publisher })
    }

    /// 5.3 TUF §5.5.3, §5.6.3: the quorum, over the bytes as received; and the keys it is made of.
    pub(super) fn authenticate(
        &self,
        signers: &Signers,
        typ: Typ,
    ) -> Result<(SignedDocument, BTreeSet<Thumbprint>), ListProblem> {
        let signed = open(&self.bytes, &Limits::BULK_LIST).map_err(ListProblem::NotSigned)?;
        let signed_by = signers.require(&signed, typ.as_str())?;
        Ok((signed, signed_by))
    }

    /// The bytes to put into the cache, unless they are from there.
    pub(super) fn into_new(self) -> Option<Vec<u8>> {
        (self.source == Source::Publisher).then_some(self.bytes)
    }
}

/// The list made of its last release in the cache and what changed since. Whatever is wrong with either, the list is
/// fetched whole.
async fn rebuilt(entry: &ListEntry, publisher: &dyn Publisher, high_water: &HighWater) -> Option<Vec<u8>> {
    let older = high_water.marks().lists.get(&entry.name)?.version;
    let base = high_water.document(DocumentPath::List(entry.name, older)).filter(|_| older < entry.sequence)?;
    let path = DocumentPath::Delta(entry.name, entry.sequence, older).to_string();
    let rebuild = |delta: &[u8]| {
        let bytes = delta::apply(&base, delta, entry.length).ok()?;
        is_entry(&bytes, entry).is_ok().then_some(bytes)
    };
    let fits = |delta: &[u8]| rebuild(delta).is_some();
    rebuild(&publisher.fetch_fitting(&path, delta::max_bytes(entry.length), &fits).await.ok()??)
}

/// 5.2 TUF §5.5.2, §5.6.2: length and hash as the status document has them, before any signature is looked at.
fn is_entry(bytes: &[u8], entry: &ListEntry) -> Result<(), ListProblem> {
    if bytes.len() != entry.length {
        return Err(ListProblem::WrongLength);
    }
    if b64::encode(sha256(bytes)) == entry.sha256 { Ok(()) } else { Err(ListProblem::WrongHash) }
}
