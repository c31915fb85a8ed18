//! Revocation lists (RFC 5280 §5, §6.3), hard fail: what cannot be shown to be good is not good.
//!
//! webpki stops at the first list that speaks of a certificate. Here every list is asked, because the second of two
//! distribution points may be the one that knows.

mod list;
mod problem;
mod scope;

pub use problem::CrlProblem;

use strict_jose::UnixTime;

use super::certificate::Certificate;
use list::RevocationList;

/// Revocation lists of good form. Which of them count is decided for each certificate.
pub struct RevocationLists<'d>(Vec<RevocationList<'d>>);

impl<'d> RevocationLists<'d> {
    /// Reads the lists. One that cannot be read is a refusal: it may be the one that revokes.
    pub fn read(ders: &'d [Vec<u8>]) -> Result<Self, CrlProblem> {
        ders.iter().map(|der| RevocationList::read(der)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `certificate`, issued by `issuer`, is known not to be revoked at `now` (RFC 5280 §6.3.3).
    pub(super) fn look_up(
        &self,
        certificate: &Certificate<'_>,
        issuer: &Certificate<'_>,
        now: UnixTime,
    ) -> Result<(), CrlProblem> {
        let of_issuer: Vec<_> = self.0.iter().filter(|list| list.is_of(issuer)).collect();
        for list in &of_issuer {
            list.verify(issuer, now)?;
            list.must_not_name(certificate)?;
        }
        scope::covered(certificate, &of_issuer, now)
    }
}
