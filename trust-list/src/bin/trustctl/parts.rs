//! What comes back from signers: signed copies, signatures alone, refusals.

use std::path::{Path, PathBuf};

use strict_jose::Thumbprint;
use trust_list::Tally;
use trust_list::publish::{DetachedSignature, Proposal, SignedRefusal};

use crate::error::CliError;
use crate::files;

/// A proposal with whatever came back for it.
pub(crate) struct Gathered {
    pub(crate) proposal: Proposal,
    pub(crate) refusals: Vec<SignedRefusal>,
    /// The signatures that came alone, with whose they say they are.
    alone: Vec<(PathBuf, Thumbprint)>,
}

/// Reads a proposal and puts the signatures in the other files into it.
pub(crate) fn gather(proposal: &Path, others: &[PathBuf]) -> Result<Gathered, CliError> {
    let mut gathered = Gathered { proposal: files::read_proposal(proposal)?, refusals: Vec::new(), alone: Vec::new() };
    for path in others {
        gathered.take(path)?;
    }
    Ok(gathered)
}

impl Gathered {
    fn take(&mut self, path: &Path) -> Result<(), CliError> {
        let bytes = files::read(path)?;
        let wrong = |error| CliError::content(path, error);
        if let Ok(signature) = DetachedSignature::parse(&bytes) {
            let signer = self.proposal.attach(&signature).map_err(wrong)?;
            self.alone.push((path.to_owned(), signer));
        } else if let Ok(refusal) = SignedRefusal::parse(&bytes) {
            self.refusals.push(refusal);
        } else {
            self.proposal.merge(&Proposal::parse(&bytes).map_err(wrong)?).map_err(wrong)?;
        }
        Ok(())
    }

    /// The files whose signature counts for nothing: of a key that may not sign this, or damaged on the way.
    pub(crate) fn uncounted(&self, tallies: &[(&'static str, Tally)]) -> Vec<String> {
        let counts = |key: &Thumbprint| tallies.iter().any(|(_, tally)| tally.signed.contains(key));
        let idle = self.alone.iter().filter(|(_, key)| !counts(key));
        idle.map(|(path, _)| path.display().to_string()).collect()
    }

    /// Signatures only; a refusal is for `status` to show.
    pub(crate) fn signatures_only(self) -> Result<Self, CliError> {
        if self.refusals.is_empty() {
            return Ok(self);
        }
        Err(CliError::Usage(
            "one of the files is a refusal, which is no signature; `trustctl status` shows it".to_owned(),
        ))
    }
}
