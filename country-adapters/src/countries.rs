//! What a profile cannot express about a country: checks of its numbers.
//!
//! Unknown is not invalid. A check answers [`NumberCheck::Warning`] where a format is only believed, and
//! [`NumberCheck::Malformed`] only where it is confirmed; nothing but the latter may stop a request.
//!
//! To add a country: 1. a file `xx.rs`, named by its ISO 3166 code, with `fn check(number: &str) -> NumberCheck` and
//! its published examples as tests; 2. one line in [`check_number`]. Most countries need neither.

mod gn;
mod mr;
pub mod verhoeff;

use trust_list::CountryCode;

/// What the form of a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberCheck {
    /// As it should be, as far as anyone knows.
    Ok,
    /// Unusual; perhaps a slip of the pen.
    Warning,
    /// Cannot be a number of that country.
    Malformed,
}

/// What the form of a person's number tells; `None` for countries whose numbers have no confirmed form.
///
/// The number itself is neither kept nor logged, here or by any caller.
pub fn check_number(country: CountryCode, number: &str) -> Option<NumberCheck> {
    match country.as_str() {
        "GN" => Some(gn::check(number)),
        "MR" => Some(mr::check(number)),
        // The population register of Morocco and MOSIP's simulators: ten digits.
        "MA" | "XA" | "XB" | "XC" | "XD" => Some(mosip(number, 10)),
        // ANID of Togo and Fayda of Ethiopia: twelve.
        "TG" | "ET" => Some(mosip(number, 12)),
        _ => None,
    }
}

/// A number of a MOSIP register. The length is known, the check digit only believed: MOSIP's own tests have numbers
/// that fail it.
fn mosip(number: &str, length: usize) -> NumberCheck {
    match (is_digits(number, length), verhoeff::is_valid(number)) {
        (false, _) => NumberCheck::Malformed,
        (true, false) => NumberCheck::Warning,
        (true, true) => NumberCheck::Ok,
    }
}

fn is_digits(number: &str, length: usize) -> bool {
    number.len() == length && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(country: &str, number: &str) -> Option<NumberCheck> {
        check_number(country.parse().unwrap(), number)
    }

    #[test]
    fn the_check_digit_of_a_mosip_number_only_warns() {
        assert_eq!(check("TG", "703928154679"), Some(NumberCheck::Ok));
        assert_eq!(check("TG", "703928154678"), Some(NumberCheck::Warning));
        assert_eq!(check("MA", "5827193643"), Some(NumberCheck::Ok));
        assert_eq!(check("MA", "8267411571"), Some(NumberCheck::Warning));
        for number in ["5827193643", "", "70392815467a", "7039281546790"] {
            assert_eq!(check("TG", number), Some(NumberCheck::Malformed), "{number}");
        }
    }

    #[test]
    fn unknown_is_not_invalid() {
        assert_eq!(check("SN", "anything"), None);
        assert_eq!(check("MR", "1000000064"), Some(NumberCheck::Ok));
        assert_eq!(check("GN", "anything"), Some(NumberCheck::Warning));
    }
}
