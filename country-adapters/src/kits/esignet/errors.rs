//! What eSignet puts into `error` of a redirect: MOSIP codes, not OAuth ones.

use crate::error::{AdapterError, PersonRefusal, Unavailable};
use crate::openid::redirect;

/// The meaning of a code. An unknown one may still be OAuth's.
pub(super) fn meaning(code: &str) -> AdapterError {
    match code {
        "access_denied" | "consent_details_rejected" | "consent_rejected" => PersonRefusal::Denied.into(),
        "transaction_timeout" | "invalid_transaction" | "response_timeout" => PersonRefusal::TooSlow.into(),
        "no_attempts_left" | "individual_id_blocked" | "auth_failed" | "IDA-OTA-006" | "IDA-OTA-007" => {
            PersonRefusal::Locked.into()
        }
        "invalid_acr" | "no_acr_registered" | "auth_factor_mismatch" => AdapterError::LevelNotMet { got: None },
        "incompatible_browser" | "no_ekyc_provider" | "ekyc_failed" | "authorization_failed_msg" => {
            Unavailable::Upstream.into()
        }
        other => redirect::oauth_error(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Misconfigured;

    #[test]
    fn g06_a_code_is_understood_or_called_unknown_and_never_repeated() {
        assert_eq!(meaning("consent_rejected"), PersonRefusal::Denied.into());
        assert_eq!(meaning("transaction_timeout"), PersonRefusal::TooSlow.into());
        assert_eq!(meaning("IDA-OTA-007"), PersonRefusal::Locked.into());
        assert_eq!(meaning("invalid_acr"), AdapterError::LevelNotMet { got: None });
        assert_eq!(meaning("ekyc_failed"), Unavailable::Upstream.into());
        for code in ["", "<script>", "x\r\ny", "IDA-MLC-999"] {
            assert_eq!(meaning(code), Misconfigured::UnknownErrorCode.into());
        }
        assert!(!meaning("<script>").to_string().contains("script"));
    }
}
