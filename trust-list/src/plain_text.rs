//! Text of others, to be shown.

/// `text` without control characters and without the marks that turn the direction of what follows
/// (Unicode Technical Report 36 §2.5): a name cannot rearrange the sentence around it.
pub fn plain_text(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !c.is_control() && !turns(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g28_a_name_cannot_turn_the_text_around_it() {
        assert_eq!(plain_text("Bank\u{202e}elpmaxe\u{2066}\u{0}\r\n!"), "Bankelpmaxe!");
        assert_eq!(plain_text("بنك مثال"), "بنك مثال");
    }
}
