//! The same rules for certificates of TLS servers, without revocation: for the corpus of C2SP x509-limbo, which knows no
//! list signers. Only in test builds.

use rustls_pki_types::{CertificateDer, ServerName};
use strict_jose::UnixTime;
use webpki::EndEntityCert;

use super::certificate::Certificate;
use super::crl::RevocationLists;
use super::path::{Authorities, Evidence, PathCheck, PathProblem, build};
use super::profile;

/// Verifies `der` as the certificate of the TLS server `host`, in place of [`super::verify_signer`]: every rule for
/// certificates, authorities and paths, with serverAuth for tslSigning and the host for the operator.
pub fn verify(
    der: &[u8],
    host: &str,
    authorities: &Authorities,
    evidence: &Evidence<'_>,
    now: UnixTime,
) -> Result<(), PathProblem> {
    let certificate = Certificate::read(der).map_err(not_the_leaf)?;
    profile::tls_server(&certificate, now).map_err(not_the_leaf)?;
    let crls = RevocationLists::read(evidence.revocation_lists)?;
    let revocation = (!evidence.revocation_lists.is_empty()).then_some(&crls);
    build(der, authorities, evidence.chain, &PathCheck { accept: &|_| Ok(()), revocation, now })?;
    named(der, host)
}

fn not_the_leaf(problem: super::X509Problem) -> PathProblem {
    PathProblem::Certificate { subject: "the server".to_owned(), problem }
}

/// RFC 9525 §6.
fn named(der: &[u8], host: &str) -> Result<(), PathProblem> {
    let name = ServerName::try_from(host).map_err(|error| PathProblem::Path(error.to_string()))?;
    Ok(EndEntityCert::try_from(&CertificateDer::from(der))?.verify_is_valid_for_subject_name(&name)?)
}
