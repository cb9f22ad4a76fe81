//! Texts of others, made fit to be stored and shown.

/// A text without control characters (line breaks become spaces), of at most `longest` characters.
/// What names consist of otherwise stays as it is.
pub fn clean(text: &str, longest: usize) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !c.is_control())
        .take(longest)
        .collect()
}

/// A text that is clean and fit to be one line of a status: without further line breaks, without
/// what turns the direction of the text after it, and without what YAML refuses, as which the API
/// server reads an apply.
pub fn one_line(text: &str, longest: usize) -> String {
    let unbroken = text.replace(['\u{2028}', '\u{2029}'], " ");
    let is_odd = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}');
    clean(&unbroken.replace(is_odd, ""), longest)
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
        assert_eq!(clean("a\u{2028}b\u{202e}", 99), "a\u{2028}b\u{202e}");
        assert_eq!(clean("äöü", 2), "äö");
    }

    #[test]
    fn a_line_of_a_status_is_one_line_in_one_direction() {
        assert_eq!(one_line("a\u{2028}b\u{ffff}", 99), "a b");
        assert_eq!(one_line("gpj.\u{202e}exe\u{2066}", 99), "gpj.exe");
        assert_eq!(one_line("a\0b\nשלום\u{200f}", 99), "ab שלום\u{200f}");
        assert_eq!(one_line("\u{202e}äöü", 2), "äö");
    }
}
