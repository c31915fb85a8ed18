//! What is known before the list is read.

use serde::{Deserialize, Serialize};

use crate::CountryCode;
use crate::x509::Authorities;

/// The out-of-band record of a list, or the pointer of a superior one (TS 119 602 cl. 6.3.13).
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it is published.
    pub location: String,
    /// Its LoTEType.
    pub lote_type: String,
    /// Its SchemeTerritory.
    pub territory: CountryCode,
    /// Who signs it.
    pub signers: SignerSet,
}

/// Who may sign a list.
#[derive(Clone, Debug)]
pub enum SignerSet {
    /// One of these certificates (DER). Taking one back means handing over a new record.
    Pinned(Vec<Vec<u8>>),
    /// Whoever these authorities certified as the operator, unless it is revoked. `chain` and `revocation_lists` (DER)
    /// came along and are not trusted.
    Certified {
        /// The pinned authorities.
        authorities: Authorities,
        /// Certificates between; those of `x5c` are used too.
        chain: Vec<Vec<u8>>,
        /// Revocation lists.
        revocation_lists: Vec<Vec<u8>>,
    },
}

/// The highest list accepted so far. Keep it where it outlives the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Its LoTESequenceNumber.
    pub sequence: u64,
    /// SHA-256 of the file in base64url.
    pub sha256: String,
}
