//! The vendor's library, the token, and the PIN.

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::SecretString;

use super::{TokenError, TokenUri};

/// A session of the user in a token.
pub(super) struct LoggedIn {
    pub(super) session: Session,
    /// What the token can do.
    pub(super) mechanisms: Vec<MechanismType>,
}

/// A session of the user in the token that `uri` names.
pub(super) fn log_in<E: From<TokenError>>(
    uri: &TokenUri,
    pin: impl FnOnce(&str) -> Result<SecretString, E>,
) -> Result<LoggedIn, E> {
    let module = load(uri.module().ok_or(TokenError::NoModule)?)?;
    let (slot, token) = the_token(&module, uri)?;
    may_be_tried(&token)?;
    let mechanisms = module.get_mechanism_list(slot).map_err(TokenError::asking)?;
    let session = module.open_rw_session(slot).map_err(TokenError::asking)?;
    let pin = if token.protected_authentication_path() { None } else { Some(pin(token.label())?) };
    match session.login(UserType::User, pin.as_ref()) {
        // The application is logged in to a token, not a session: another key of the same token was opened before.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(LoggedIn { session, mechanisms }),
        Err(error) => Err(refused(&error, token.label()).into()),
    }
}

/// PKCS#11 §5.4: a process initializes a library once; whoever comes later finds it so.
fn load(path: &Path) -> Result<Pkcs11, TokenError> {
    let failed = |error: Error| TokenError::Module { path: path.to_owned(), reason: error.to_string() };
    let module = Pkcs11::new(path).map_err(failed)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(failed(error)),
    }
}

fn the_token(module: &Pkcs11, uri: &TokenUri) -> Result<(Slot, TokenInfo), TokenError> {
    let mut present = Vec::new();
    for slot in module.get_slots_with_initialized_token().map_err(TokenError::asking)? {
        present.push((slot, module.get_token_info(slot).map_err(TokenError::asking)?));
    }
    let labels = present.iter().map(|(_, token)| token.label().to_owned()).collect();
    let mut fitting: Vec<_> = present.into_iter().filter(|(_, token)| uri.fits(token)).collect();
    match (fitting.pop(), fitting.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(TokenError::NoToken { uri: uri.to_string(), present: labels }),
        (Some(_), others) => Err(TokenError::SeveralTokens { uri: uri.to_string(), count: others + 1 }),
    }
}

/// A try is not made where it would be the last one, or in vain.
fn may_be_tried(token: &TokenInfo) -> Result<(), TokenError> {
    let label = token.label().to_owned();
    match token {
        token if token.user_pin_locked() => Err(TokenError::Locked(label)),
        token if token.user_pin_final_try() => Err(TokenError::LastTry(label)),
        token if !token.user_pin_initialized() => Err(TokenError::NoPinYet(label)),
        _ => Ok(()),
    }
}

fn refused(error: &Error, label: &str) -> TokenError {
    let label = label.to_owned();
    match error {
        Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            TokenError::WrongPin(label)
        }
        Error::Pkcs11(RvError::PinLocked, _) => TokenError::Locked(label),
        other => TokenError::Token(other.to_string()),
    }
}
