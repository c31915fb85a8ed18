//! Step 4: who signed it, according to the record.

use strict_jose::{Algorithm, UnixTime, Verifier, sha256};

use super::header::Checked;
use super::{LoteProblem, Record, SignerSet};
use crate::x509::{self, Evidence, OperatorCertificate};

/// The certificate the list must be signed with. Its organisation is compared when the list has said its operator's.
pub(super) fn find(header: &Checked, record: &Record, now: UnixTime) -> Result<OperatorCertificate, LoteProblem> {
    match &record.signers {
        SignerSet::Pinned(certificates) => {
            let der = pinned(&header.thumbprint, certificates)?;
            Ok(x509::of_country(der, record.territory, now)?)
        }
        SignerSet::Certified { authorities, chain, revocation_lists } => {
            let (der, came_along) = header.chain.split_first().ok_or(LoteProblem::NoChain)?;
            let chain = [chain, came_along].concat();
            let evidence = Evidence { chain: &chain, revocation_lists };
            let verified = x509::verify_of_country(der, record.territory, authorities, &evidence, now)?;
            Ok(verified.certificate().clone())
        }
    }
}

/// Exactly one of them.
fn pinned<'c>(thumbprint: &[u8; 32], certificates: &'c [Vec<u8>]) -> Result<&'c [u8], LoteProblem> {
    let mut matching = certificates.iter().filter(|der| sha256(der) == *thumbprint);
    match (matching.next(), matching.next()) {
        (Some(der), None) => Ok(der),
        (Some(_), Some(_)) => Err(LoteProblem::SignerPinnedTwice),
        (None, _) => Err(LoteProblem::UnknownSigner),
    }
}

/// Step 5: its key, bound to the algorithm.
pub(super) fn verifier(signer: &OperatorCertificate, alg: Algorithm) -> Result<Verifier, LoteProblem> {
    Verifier::new(signer.key(), alg).map_err(|_| LoteProblem::AlgorithmOfAnotherKey)
}
