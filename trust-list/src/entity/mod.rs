//! The entities that national lists vouch for.

mod client;
mod document;
mod issuer;
mod organisation;
mod status;

pub use client::{Client, ClientKind, ClientProfile, ExchangePolicy, GrantType, RegisteredPurpose};
pub use document::{AcceptedDocument, DocumentDemand};
pub use issuer::{Issuer, IssuerKind};
pub use organisation::Organisation;
pub use status::{ServiceStatus, StatusHistory, StatusPeriod};

pub(crate) use status::{is_newest_first, status_at};
