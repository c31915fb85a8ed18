//! Making what an operator needs before it can sign: a certificate signing request, or a certificate by itself.

use std::time::Duration;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, PublicKeyData,
    SerialNumber, SignatureAlgorithm,
};
use strict_jose::{Algorithm, DocumentSigner, RandomError, UnixTime, b64, random_bytes};

use crate::CountryCode;

/// Whose certificate it is to be.
#[derive(Clone, Debug)]
pub struct Subject {
    /// O: a value of the list's SchemeOperatorName, letter for letter.
    pub organisation: String,
    /// C: the list's SchemeTerritory.
    pub country: CountryCode,
    /// CN: a name for the key.
    pub common_name: String,
}

/// id-tsl-kp-tslSigning (TS 119 612 cl. 5.7.1).
const TSL_SIGNING: [u64; 6] = [0, 4, 0, 2231, 3, 0];

impl Subject {
    /// A PKCS #10 request in PEM, for an authority.
    pub fn request(&self, signer: &dyn DocumentSigner) -> Result<String, RequestError> {
        let request = self.params().serialize_request(&Key::of(signer)?)?;
        Ok(request.pem()?)
    }

    /// A certificate in PEM that is signed by its own key: enough for readers, who pin it.
    pub fn self_signed(
        &self,
        signer: &dyn DocumentSigner,
        from: UnixTime,
        until: UnixTime,
    ) -> Result<String, RequestError> {
        let mut params = self.params();
        // RFC 5280 §4.1.2.2: at most 20 octets, and positive.
        let serial: [u8; 16] = random_bytes()?;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_1970(from);
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970(until);
        Ok(params.self_signed(&Key::of(signer)?)?.pem())
    }

    /// TS 119 612 cl. 5.7.1: CA:FALSE, subject key identifier, digitalSignature, tslSigning.
    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, self.country.as_str());
        name.push(DnType::OrganizationName, self.organisation.as_str());
        name.push(DnType::CommonName, self.common_name.as_str());
        params.distinguished_name = name;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(TSL_SIGNING.to_vec())];
        params
    }
}

/// Whole seconds since 1970. Before that there was no such list.
fn since_1970(time: UnixTime) -> Duration {
    Duration::from_secs(u64::try_from(time.seconds()).unwrap_or(0))
}

/// A key of ours, as X.509 writes keys and signatures.
struct Key<'k> {
    signer: &'k dyn DocumentSigner,
    algorithm: &'static SignatureAlgorithm,
    point: Vec<u8>,
}

impl<'k> Key<'k> {
    fn of(signer: &'k dyn DocumentSigner) -> Result<Self, RequestError> {
        let value = signer.verifier().key().to_value();
        let member = |name: &str| {
            let text = value.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            b64::decode(text).map_err(|_| RequestError::KindOfKey)
        };
        // SEC 1 §2.3.3: an uncompressed point begins with 4.
        let point = || Ok::<_, RequestError>([vec![4], member("x")?, member("y")?].concat());
        let (algorithm, point) = match signer.verifier().alg() {
            Algorithm::ES256 => (&rcgen::PKCS_ECDSA_P256_SHA256, point()?),
            Algorithm::ES384 => (&rcgen::PKCS_ECDSA_P384_SHA384, point()?),
            Algorithm::EdDSA => (&rcgen::PKCS_ED25519, member("x")?),
            Algorithm::PS256 | Algorithm::RS256 => return Err(RequestError::KindOfKey),
        };
        Ok(Self { signer, algorithm, point })
    }
}

impl PublicKeyData for Key<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl rcgen::SigningKey for Key<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.signer.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)?;
        match self.signer.verifier().alg() {
            Algorithm::EdDSA => Ok(signature),
            _ => Ok(ecdsa_sig_value(&signature)),
        }
    }
}

/// RFC 3279 §2.2.3: a SEQUENCE of two INTEGERs, where JOSE has two numbers of one length (RFC 7518 §3.4).
fn ecdsa_sig_value(signature: &[u8]) -> Vec<u8> {
    const SEQUENCE: u8 = 0x30;
    let (r, s) = signature.split_at(signature.len() / 2);
    let content = [integer(r), integer(s)].concat();
    [vec![SEQUENCE, short_length(&content)], content].concat()
}

/// X.690 §8.3: no needless zero in front, one where the first bit would mean a minus.
fn integer(number: &[u8]) -> Vec<u8> {
    const INTEGER: u8 = 2;
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let sign = if digits.first().is_none_or(|first| *first >= 0x80) { &[0][..] } else { &[] };
    let content = [sign, digits].concat();
    [vec![INTEGER, short_length(&content)], content].concat()
}

/// X.690 §8.1.3.4. Two integers of P-384 are 102 bytes, the most there is here; the short form goes to 127.
fn short_length(content: &[u8]) -> u8 {
    u8::try_from(content.len()).unwrap_or(u8::MAX)
}

/// Why no certificate or request was made.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// RSA keys sign no lists in their exported form.
    #[error("take an EC or Ed25519 key: `trustctl keygen`")]
    KindOfKey,
    /// A name cannot be written, or the key did not sign.
    #[error("the certificate cannot be made: {0}")]
    Rcgen(#[from] rcgen::Error),
    /// The system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_signature_are_written_as_der_writes_integers() {
        assert_eq!(ecdsa_sig_value(&[0, 1, 0x80, 0]), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]);
        assert_eq!(ecdsa_sig_value(&[0, 0]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }
}
