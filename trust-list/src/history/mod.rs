//! What was published, when, by whom, and what it changed: read from the documents that stay for ever.
//!
//! 1. [`versions`]: every root and list in the order of its time of issue, with the good signatures under it.
//! 2. [`events`]: the same with what each changed, for the whole region or for one member or entry.
//! 3. [`evidence`]: of these, the ones behind a snapshot: by which signatures something is trusted.
//! 4. [`then`]: the region as it stood at a time.
//!
//! Nothing here decides what a client trusts; that is [`crate::update`]. Documents say when they were issued; when they
//! were published is known to those who saw it.

mod events;
mod ledger;
mod region;

pub use events::{Event, events};
pub use ledger::{Signature, Version, evidence, versions};
pub use region::{EntryThen, MemberThen, Then, then};
