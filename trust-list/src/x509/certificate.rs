//! Reading one certificate.

use webpki::EndEntityCert;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::X509Problem;

/// No certificate of a list signer is near this size; webpki reads up to 64 KiB.
const MAX_BYTES: usize = 16 * 1024;

/// One certificate, read and not judged.
pub(super) struct Certificate<'d> {
    pub(super) der: &'d [u8],
    pub(super) x509: X509Certificate<'d>,
}

impl<'d> Certificate<'d> {
    /// X.690 §10: one DER structure, from the first byte to the last.
    ///
    /// x509-parser gives the fields and is lenient inside them; webpki gives none and is strict about the structure. Both
    /// have to read it.
    pub(super) fn read(der: &'d [u8]) -> Result<Self, X509Problem> {
        let not_one = |why: String| X509Problem::NotOneCertificate(why);
        if der.len() > MAX_BYTES {
            return Err(not_one(format!("it is longer than {MAX_BYTES} bytes")));
        }
        let (rest, x509) = X509Certificate::from_der(der).map_err(|error| not_one(error.to_string()))?;
        if !rest.is_empty() {
            return Err(not_one(format!("{} bytes follow it", rest.len())));
        }
        read_strictly(der)?;
        Ok(Self { der, x509 })
    }

    /// The name of its holder, for messages.
    pub(super) fn subject(&self) -> String {
        self.x509.subject().to_string()
    }

    /// Whether its holder issued it: the name is compared, no signature.
    pub(super) fn is_self_issued(&self) -> bool {
        self.x509.subject().as_raw() == self.x509.issuer().as_raw()
    }
}

fn read_strictly(der: &[u8]) -> Result<(), X509Problem> {
    match EndEntityCert::try_from(&der.into()) {
        // The extensions are judged one by one, with their names.
        Ok(_) | Err(webpki::Error::UnsupportedCriticalExtension | webpki::Error::ExtensionValueInvalid) => Ok(()),
        Err(webpki::Error::UnsupportedCertVersion) => Err(X509Problem::Version),
        Err(webpki::Error::SignatureAlgorithmMismatch) => Err(X509Problem::SignatureAlgorithmMismatch),
        Err(error) => Err(X509Problem::NotOneCertificate(error.to_string())),
    }
}
