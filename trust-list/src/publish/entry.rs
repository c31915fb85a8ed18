//! Entries of a national list as JSON: elements of TrustedEntitiesList, to be kept in files and edited.

use serde_json::Value;

use super::{PublishError, wire};
use crate::{Client, Issuer};

/// The entry of an issuer.
pub fn of_issuer(issuer: &Issuer) -> Result<Value, PublishError> {
    Ok(serde_json::to_value(wire::issuer(issuer)?)?)
}

/// The entry of a client.
pub fn of_client(client: &Client) -> Result<Value, PublishError> {
    Ok(serde_json::to_value(wire::client(client)?)?)
}
