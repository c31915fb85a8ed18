//! What a provider answered, read strictly.

use serde_json::{Map, Value};
use strict_jose::{Limits, json};

use crate::error::{AdapterError, Misconfigured, Unavailable};
use crate::outbound::{OutboundError, OutboundResponse};

/// A JSON object out of an answer that says it is one.
pub(crate) fn json_object(response: &OutboundResponse) -> Result<Map<String, Value>, Unavailable> {
    if !is_json(response) {
        return Err(Unavailable::Protocol);
    }
    // The port has capped the bytes; here it is about depth, duplicate keys and numbers.
    let limits = Limits::TOKEN.with_max_bytes(response.body.len());
    json::parse_object(&response.body, &limits).map_err(|_| Unavailable::Protocol)
}

/// RFC 8259 §11, RFC 6839 §3.1: `application/json`, or a type that is JSON by its suffix.
fn is_json(response: &OutboundResponse) -> bool {
    let json =
        |media: String| media == "application/json" || media.starts_with("application/") && media.ends_with("+json");
    response.media_type().is_some_and(json)
}

/// The body of a 200 answer. A redirect is an answer like any other that is not 200: it is not followed.
pub(crate) fn success(response: &OutboundResponse) -> Result<(), Unavailable> {
    match response.status {
        200 => Ok(()),
        500.. | 429 => Err(Unavailable::Upstream),
        _ => Err(Unavailable::Protocol),
    }
}

/// A string member that must be there.
pub(crate) fn required<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Unavailable> {
    members.get(name).and_then(Value::as_str).ok_or(Unavailable::Protocol)
}

/// RFC 6749 §5.2: the `error` of an error answer, if it has one that is a code.
pub(crate) fn error_code(response: &OutboundResponse) -> Option<String> {
    let members = json_object(response).ok()?;
    let code = members.get("error")?.as_str()?;
    (code.len() <= MAX_CODE && code.bytes().all(|b| b.is_ascii_graphic())).then(|| code.to_owned())
}

/// `unsupported_grant_type` and the like, with room.
const MAX_CODE: usize = 64;

impl From<OutboundError> for AdapterError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::NotHttps | OutboundError::HostNotAllowed => Misconfigured::HostNotAllowed.into(),
            OutboundError::ForbiddenAddress => Misconfigured::ForbiddenAddress.into(),
            OutboundError::Setup => Misconfigured::Profile.into(),
            OutboundError::Resolve | OutboundError::Connect => Unavailable::Connect.into(),
            OutboundError::Timeout => Unavailable::Timeout.into(),
            OutboundError::TooLarge | OutboundError::Compressed | OutboundError::Http => Unavailable::Protocol.into(),
            OutboundError::CircuitOpen => Unavailable::CircuitOpen.into(),
            OutboundError::Busy => Unavailable::Busy.into(),
        }
    }
}
