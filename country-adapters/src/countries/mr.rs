//! Mauritania: the NNI has ten digits and leaves 1 when divided by 97.

use super::{NumberCheck, is_digits};

pub(super) fn check(number: &str) -> NumberCheck {
    // The published validator checks the remainder only; the length is in the register's own texts.
    let remainder = number.parse::<u64>().map(|n| n % 97);
    if is_digits(number, 10) && remainder == Ok(1) { NumberCheck::Ok } else { NumberCheck::Malformed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_that_leave_one_when_divided_by_97() {
        for number in ["1000000064", "1011975393", "1095802502", "1021555598"] {
            assert_eq!(check(number), NumberCheck::Ok, "{number}");
        }
        // 98 leaves 1 too, but is no NNI: the length counts.
        for number in ["1000000065", "98", "100000006", "10000000640", "1000000o64", "", "+100000064"] {
            assert_eq!(check(number), NumberCheck::Malformed, "{number}");
        }
    }
}
