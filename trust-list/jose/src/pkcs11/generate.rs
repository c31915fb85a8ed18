//! A new key, made inside the token.

use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use secrecy::SecretString;

use super::module::{self, LoggedIn};
use super::{TokenError, TokenKey, TokenUri, public_key, wanted};
use crate::algorithm::Algorithm;
use crate::primitives::random_bytes;

/// RSA keys have as many bits as regulators' keys should have in the 2030s (BSI TR-02102-1 §2.3).
const RSA_BITS: u64 = 3072;
/// F4: 65537.
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

impl TokenKey {
    /// Makes a key of that label in the token, which signs with `alg`. The private half cannot be read out of the token
    /// (sensitive, not extractable), and the token is asked whether it is so.
    pub fn generate<E: From<TokenError>>(
        uri: &TokenUri,
        alg: Algorithm,
        pin: impl FnOnce(&str) -> Result<SecretString, E>,
    ) -> Result<Self, E> {
        Ok(Self::generate_in(module::log_in(uri, pin)?, uri, alg)?)
    }

    fn generate_in(token: LoggedIn, uri: &TokenUri, alg: Algorithm) -> Result<Self, TokenError> {
        let session = &token.session;
        let label = uri.object().ok_or(TokenError::NoLabel)?.as_bytes().to_vec();
        if !session.find_objects(&wanted(uri, ObjectClass::PRIVATE_KEY)).map_err(TokenError::asking)?.is_empty() {
            return Err(TokenError::LabelTaken(uri.to_string()));
        }
        let (mechanism, kind) = recipe(alg)?;
        offered(&token.mechanisms, &mechanism)?;
        let id = match uri.id() {
            Some(id) => id.to_vec(),
            None => random_bytes::<16>().map_err(|error| TokenError::Token(error.to_string()))?.to_vec(),
        };
        let both = [Attribute::Token(true), Attribute::Label(label), Attribute::Id(id)];
        let public = [&both[..], &[Attribute::Private(false), Attribute::Verify(true)], &kind].concat();
        let secret = [
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ];
        let private = [&both[..], &secret].concat();
        let (public, private) = session.generate_key_pair(&mechanism, &public, &private).map_err(TokenError::asking)?;
        if let Err(error) = stays_inside(session, private) {
            // What was asked for is not what is there; a label that points to it would be trusted later.
            let _ = [private, public].map(|object| session.destroy_object(object));
            return Err(error);
        }
        let public = public_key::read(session, public)?;
        Self::of(token, private, &public)
    }
}

/// The mechanism that makes a key, and what it must be told about its kind.
fn recipe(alg: Algorithm) -> Result<(Mechanism<'static>, Vec<Attribute>), TokenError> {
    let curve = |curve: &[u8]| vec![Attribute::EcParams(curve.to_vec())];
    Ok(match alg {
        Algorithm::ES256 => (Mechanism::EccKeyPairGen, curve(public_key::P256)),
        Algorithm::ES384 => (Mechanism::EccKeyPairGen, curve(public_key::P384)),
        Algorithm::EdDSA => (Mechanism::EccEdwardsKeyPairGen, curve(public_key::ED25519_BY_NAME)),
        Algorithm::PS256 => (
            Mechanism::RsaPkcsKeyPairGen,
            vec![Attribute::ModulusBits(RSA_BITS.into()), Attribute::PublicExponent(RSA_EXPONENT.to_vec())],
        ),
        Algorithm::RS256 => return Err(TokenError::KindOfKey),
    })
}

fn offered(offered: &[MechanismType], mechanism: &Mechanism<'_>) -> Result<(), TokenError> {
    let kind = mechanism.mechanism_type();
    if offered.contains(&kind) {
        return Ok(());
    }
    Err(TokenError::NoMechanism(match kind {
        MechanismType::ECC_EDWARDS_KEY_PAIR_GEN => "CKM_EC_EDWARDS_KEY_PAIR_GEN",
        MechanismType::RSA_PKCS_KEY_PAIR_GEN => "CKM_RSA_PKCS_KEY_PAIR_GEN",
        _ => "CKM_EC_KEY_PAIR_GEN",
    }))
}

fn stays_inside(session: &Session, private: ObjectHandle) -> Result<(), TokenError> {
    let asked = [AttributeType::Sensitive, AttributeType::Extractable];
    let said = session.get_attributes(private, &asked).map_err(TokenError::asking)?;
    let good = said.contains(&Attribute::Sensitive(true)) && said.contains(&Attribute::Extractable(false));
    if good { Ok(()) } else { Err(TokenError::Extractable) }
}
