//! Since when something is so, as the published documents tell.

use strict_jose::UnixTime;

use crate::document::{DocumentPath, ListName};
use crate::publish::{Proposal, PublishError, Published};

/// When a document was complete: its latest signature, or its own date if that is later. Signers date their signatures
/// themselves; waiting times are counted from the last of them, so it takes all of them to shorten one.
fn completed(proposal: &Proposal, issued: UnixTime) -> UnixTime {
    let signatures = proposal.document().signatures().iter().filter_map(strict_jose::general::DocumentSignature::iat);
    signatures.fold(issued, UnixTime::max)
}

/// Since when roots up to the newest fulfil `is_so`; `None` if the newest does not.
pub(super) fn of_roots(
    documents: &Published,
    is_so: impl Fn(&crate::document::Root) -> bool,
) -> Result<Option<UnixTime>, PublishError> {
    let mut since = None;
    for (path, bytes) in documents.iter() {
        if !matches!(path, DocumentPath::Root(_)) {
            continue;
        }
        let proposal = Proposal::parse(bytes)?;
        let root = crate::document::Root::read(proposal.document())?;
        since = is_so(&root).then(|| since.unwrap_or_else(|| completed(&proposal, root.document().issued)));
    }
    Ok(since)
}

/// Since when documents of a list up to the newest fulfil `is_so`, which also answers when the document was issued.
pub(super) fn of_list(
    documents: &Published,
    name: ListName,
    is_so: impl Fn(&Proposal) -> Result<Option<UnixTime>, PublishError>,
) -> Result<Option<UnixTime>, PublishError> {
    let mut since = None;
    for (path, bytes) in documents.iter() {
        if !matches!(path, DocumentPath::List(found, _) if found == name) {
            continue;
        }
        let proposal = Proposal::parse(bytes)?;
        since = is_so(&proposal)?.map(|issued| since.unwrap_or_else(|| completed(&proposal, issued)));
    }
    Ok(since)
}
