//! Guinea: the NPI has eighteen characters. Its pattern is read from a decree, its check not published: only a warning.

use super::NumberCheck;

/// Sex, year, month, then place and rank of birth, then two digits; born in the country or abroad.
pub(super) fn check(number: &str) -> NumberCheck {
    let fits = begins_with_sex_year_month(number)
        && PATTERNS.iter().any(|pattern| pattern.len() == number.len() && matches(pattern, number));
    if fits { NumberCheck::Ok } else { NumberCheck::Warning }
}

/// `9` stands for a digit, `A` for a letter.
fn matches(pattern: &str, number: &str) -> bool {
    pattern.bytes().zip(number.bytes()).all(|(kind, byte)| match kind {
        b'A' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_digit(),
    })
}

fn begins_with_sex_year_month(number: &str) -> bool {
    let sex = matches!(number.bytes().next(), Some(b'1' | b'2'));
    let month = number.get(3..5).and_then(|month| month.parse::<u8>().ok());
    sex && month.is_some_and(|month| (1..=12).contains(&month))
}

/// The place of birth first, with the country or the prefecture as letters; or a region as digits before them.
const PATTERNS: [&str; 2] = ["99999AAA9999999999", "99999999AAA9999999"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_only_ever_warns() {
        assert_eq!(check("29103CKY0102000742"), NumberCheck::Ok);
        for number in ["", "39103CKY0102000742", "29113CKY0102000742", "29103cky0102000742", "5827193643", "29103é"] {
            assert_eq!(check(number), NumberCheck::Warning, "{number}");
        }
    }
}
