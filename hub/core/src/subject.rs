//! Pairwise subjects (OpenID Connect Core §8.1): one person, another name in every sector.

use std::fmt;

use aws_lc_rs::hmac;
use country_adapters::UpstreamSubject;
use strict_jose::b64;
use trust_list::{CountryCode, EntityId};
use zeroize::Zeroizing;

use crate::policy::Recipient;

/// The secret that pairwise subjects are derived with. Whoever has it and a national number can find the person's
/// subjects, so it lives beside the signing keys; whoever loses it gives everybody new subjects.
pub struct PairwiseSecret {
    version: u8,
    key: hmac::Key,
}

impl PairwiseSecret {
    /// A secret of 32 bytes and its version.
    ///
    /// The version goes into what is hashed: bytes that come back under another version give other subjects, so a
    /// rotation is never a rotation to something old.
    pub fn new(version: u8, secret: &Zeroizing<[u8; 32]>) -> Self {
        Self { version, key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice()) }
    }

    /// The subject of a person in a sector: HMAC-SHA-256 over version, the sector's country, sector, home country, issuer
    /// and upstream subject.
    ///
    /// Attacks G15, R01: the same number in two countries is two persons, and two sectors cannot compare notes. A sector is
    /// a word that a country writes into its own list, so it counts inside that country only.
    pub(crate) fn subject(
        &self,
        recipient: &Recipient<'_>,
        country: CountryCode,
        issuer: &EntityId,
        subject: &UpstreamSubject,
    ) -> String {
        let (of, home) = (recipient.country.to_string(), country.to_string());
        self.derive(&[&of, recipient.sector, &home, issuer.as_str(), subject.expose()])
    }

    fn derive(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&[self.version]);
        for part in parts {
            // Each part after its length: ("ab", "c") and ("a", "bc") are different persons.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        b64::encode(context.sign())
    }
}

impl fmt::Debug for PairwiseSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairwiseSecret(version {}, redacted)", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(version: u8) -> PairwiseSecret {
        PairwiseSecret::new(version, &Zeroizing::new([7; 32]))
    }

    #[test]
    fn r01_sector_country_issuer_person_and_version_all_make_another_subject() {
        let base = ["XC", "bank.example", "XA", "idp", "123"];
        let subject = secret(1).derive(&base);
        assert_eq!(subject.len(), 43);
        assert_eq!(secret(1).derive(&base), subject, "the same person in the same sector is the same");
        for (at, other) in [(0, "XD"), (1, "shop.example"), (2, "XB"), (3, "idp2"), (4, "124")] {
            let mut parts = base;
            parts[at] = other;
            assert_ne!(secret(1).derive(&parts), subject, "{other}");
        }
        assert_ne!(secret(2).derive(&base), subject);
        assert_ne!(secret(1).derive(&["XC", "bank.exampleX", "A", "idp", "123"]), subject, "boundaries count");
    }
}
