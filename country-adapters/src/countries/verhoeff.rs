//! The Verhoeff check digit, which MOSIP's numbers end in.

/// Whether the last digit is the right one. `false` for anything but digits.
pub fn is_valid(number: &str) -> bool {
    !number.is_empty() && checksum(number) == Some(0)
}

/// Each digit, from the right, is permuted by its place and multiplied into the group of the pentagon.
fn checksum(number: &str) -> Option<u8> {
    number.bytes().rev().zip(PERMUTATION.iter().cycle()).try_fold(0_u8, |sum, (byte, permutation)| {
        let digit = byte.is_ascii_digit().then(|| usize::from(byte - b'0'))?;
        let permuted = digit_at(permutation, digit)?;
        digit_at(MULTIPLICATION.get(usize::from(sum))?, usize::from(permuted))
    })
}

fn digit_at(row: &[u8; 10], index: usize) -> Option<u8> {
    row.get(index).map(|byte| byte - b'0')
}

const MULTIPLICATION: [&[u8; 10]; 10] = [
    b"0123456789",
    b"1234067895",
    b"2340178956",
    b"3401289567",
    b"4012395678",
    b"5987604321",
    b"6598710432",
    b"7659821043",
    b"8765932104",
    b"9876543210",
];

const PERMUTATION: [&[u8; 10]; 8] = [
    b"0123456789",
    b"1576283094",
    b"5803796142",
    b"8916043527",
    b"9453126870",
    b"4286573901",
    b"2793806415",
    b"7046913258",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_the_right_last_digit_pass() {
        for number in [
            "5827193643",
            "9403851726",
            "7304182594",
            "2649071837",
            "703928154679",
            "481629374503",
            "719350826418",
            "294607183545",
            "3957208461592737",
            "6204819375028464",
            "4819052736409184",
            // MOSIP's own samples.
            "2337511530",
            "4964085042",
            "3918592438",
            "3029384756",
        ] {
            assert!(is_valid(number), "{number}");
        }
    }

    #[test]
    fn a_wrong_digit_or_two_exchanged_ones_are_found() {
        for number in ["5827193644", "8267411571", "5872193643", "", "58271936a3", "٥٨٢٧١٩٣٦٤٣"] {
            assert!(!is_valid(number), "{number}");
        }
    }
}
