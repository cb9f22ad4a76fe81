//! Texts of others, made fit to be shown.

/// A text without control characters (line breaks become spaces), without what is no character, and
/// without what turns the direction of the text after it; of at most `longest` characters.
pub fn clean(text: &str, longest: usize) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .take(longest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_control_characters_and_keep_the_rest() {
        assert_eq!(clean("a\0b\u{1b}[31m\nc\u{85}", 99), "ab[31m c");
        assert_eq!(
            clean("  ❤\u{fe0f} <b>&\"שלום\u{200f}", 99),
            "  ❤\u{fe0f} <b>&\"שלום\u{200f}"
        );
        assert_eq!(clean("a\u{2028}b\u{ffff}", 99), "a b");
        assert_eq!(clean("gpj.\u{202e}exe\u{2066}", 99), "gpj.exe");
        assert_eq!(clean("äöü", 2), "äö");
    }
}
