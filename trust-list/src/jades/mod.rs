//! Reading a list of trusted entities that somebody else published as compact JAdES baseline B (ETSI TS 119 602,
//! TS 119 182-1), in the order of TS 119 615.
//!
//! A tour, in the order of the steps:
//!
//! 1. A [`Record`], handed over out of band or read in a superior list, says which list is asked for and who signs it.
//!    Nothing in the list can change that.
//! 2. No more bytes than a list may have are read.
//! 3. `header` reads the compact JWS and its header.
//! 4. `signer` finds the signer: `x5t#S256` names exactly one pinned certificate, or its certificate has a path to a
//!    pinned authority.
//! 5. The signature is verified over the bytes received.
//! 6. Only now the payload is read, strictly.
//! 7. `list` compares it with the record: type, territory, place, and the signer's O with the operator's names.
//! 8. A change of signers is learnt from a new record: pivots are not followed, because what a list says of its own next
//!    signers is no reason to believe them here.
//! 9. The number is not below the highest one [`Seen`].
//! 10. It is issued, and not overdue.
//! 11. The clauses of the standard hold, for the list and for each entity (`services`).
//! 12. [`ForeignList`] is the result, and only [`read`] makes one.
//!
//! Each refusal is its own [`LoteProblem`]. To add a rule: 1. a variant there, 2. its function, 3. its line in the step,
//! 4. its case in `tests/x509/jades`.

mod header;
mod list;
mod problem;
mod record;
mod services;
mod signer;

pub use list::ForeignList;
pub use problem::LoteProblem;
pub use record::{Record, Seen, SignerSet};

use strict_jose::{CompactJws, Limits, UnixTime, b64, sha256};

/// Reads `bytes` as the list of `record`. `seen` is what was accepted the last time.
pub fn read(bytes: &[u8], record: &Record, seen: Option<&Seen>, now: UnixTime) -> Result<ForeignList, LoteProblem> {
    // Step 2.
    let max = Limits::LIST.max_bytes;
    if bytes.len() > max {
        return Err(LoteProblem::TooLong { max });
    }
    // Step 3.
    let text = std::str::from_utf8(bytes).map_err(|_| LoteProblem::NotCompactJws("it is not text".to_owned()))?;
    let jws = CompactJws::parse(text, &Limits::LIST).map_err(LoteProblem::of_jws)?;
    let header = header::check(jws.header(), now)?;
    // Steps 4 and 5.
    let signer = signer::find(&header, record, now)?;
    let jws = jws.verify(&signer::verifier(&signer, header.alg)?).map_err(LoteProblem::of_jws)?;
    // Steps 6 to 12.
    let found = list::Authenticated { payload: jws.payload(), sha256: b64::encode(sha256(bytes)), signer };
    list::interpret(found, record, seen, now)
}

/// Steps 6 to 11 on a payload nobody signed, for [`crate::fuzzing`].
pub(crate) fn fuzz_payload(payload: &[u8], record: &Record, now: UnixTime) {
    drop(list::check(payload, record, None, "", now));
}
