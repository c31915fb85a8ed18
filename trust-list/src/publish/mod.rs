//! The publishing side: making documents, collecting signatures, laying them out.
//!
//! 1. A builder ([`RootBuilder`], [`RegionalBuilder`], [`NationalBuilder`], [`StatusBuilder`], or a
//!    [`SuspensionOrder`]) makes a [`Proposal`]. What a client would refuse is refused here.
//! 2. Signers sign it one by one, anywhere; the file grows by a signature each, or the signatures come back alone
//!    ([`DetachedSignature`]). Who will not says so ([`Refusal`]). A changed proposal is another one: signatures and
//!    refusals of the earlier one are void.
//! 3. When [`crate::Signers::tally`] finds the quorum, it goes into the [`Published`] documents.
//! 4. [`Published::restamp`] makes a new status document with the online key; [`Published::write_to`] writes the
//!    documents to a directory, the status last, so that a reader sees the old state or the new one.
//! 5. Where the root names a log, [`Published::append_to`] enters every root and list into it, and
//!    [`Published::restamp`] makes a list current once the [`Witnesses`] cosigned that.

mod checks;
mod detached;
mod directory;
mod draft;
pub mod entry;
mod error;
mod log;
mod national;
mod order;
mod proposal;
mod published;
mod refusal;
mod regional;
mod root;
pub mod rotation;
mod status;
mod summary;
mod wire;

pub(crate) use checks::{national_list, regional_list};
pub use detached::DetachedSignature;
pub use directory::{DirectoryPublisher, sidecar};
pub use error::PublishError;
pub use log::{Witnesses, entries};
pub use national::NationalBuilder;
pub use proposal::Proposal;
pub use published::{MemoryPublisher, Published};
pub use refusal::{REFUSAL_TYP, Refusal, SignedRefusal};
pub use regional::RegionalBuilder;
pub use root::RootBuilder;
pub use status::StatusBuilder;

pub use crate::document::SuspensionOrder;
