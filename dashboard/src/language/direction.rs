//! Names from elsewhere in sentences of ours: none turns the direction of the text around it.

use std::borrow::Cow;

use unicode_bidi::BidiClass::{AL, B, FSI, LRE, LRI, LRO, PDF, PDI, R, RLE, RLI, RLO};
use unicode_bidi::bidi_class;

const ISOLATE: char = '\u{2068}';
const END: char = '\u{2069}';

/// A name as a part of a sentence. One that runs to the right alone, as most do, stays as it is;
/// others are set apart, with an end for whatever they begin and a beginning for whatever they end.
pub fn isolated(name: &str) -> Cow<'_, str> {
    let turns = |char| {
        matches!(
            bidi_class(char),
            R | AL | RLE | LRE | RLO | LRO | PDF | RLI | LRI | FSI | PDI
        )
    };
    if !name.chars().any(turns) {
        return name.into();
    }
    let (mut ended, mut open) = (0, 0);
    let mut text = String::new();
    for char in name.chars() {
        match bidi_class(char) {
            RLI | LRI | FSI => open += 1,
            PDI if open == 0 => ended += 1,
            PDI => open -= 1,
            // What is set apart ends with its line.
            B => {
                text.push(' ');
                continue;
            }
            _ => {}
        }
        text.push(char);
    }
    let times = |char: char, count: usize| char.to_string().repeat(count);
    format!(
        "{}{text}{}",
        times(ISOLATE, ended + 1),
        times(END, open + 1)
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_to_the_right_stays_as_it_is() {
        for name in [
            "",
            "Create: Nuclear",
            "Énergie ☢\u{fe0f}",
            "a\nb",
            "核 2.0 (beta)",
        ] {
            assert_eq!(isolated(name), name);
        }
    }

    #[test]
    fn what_turns_is_set_apart_and_so_is_what_would_leave_that() {
        for (name, set_apart) in [
            ("שלום", "\u{2068}שלום\u{2069}"),
            ("\u{202e}a", "\u{2068}\u{202e}a\u{2069}"),
            ("a\u{200f}", "\u{2068}a\u{200f}\u{2069}"),
            (
                "a\u{2069}\u{202e}b",
                "\u{2068}\u{2068}a\u{2069}\u{202e}b\u{2069}",
            ),
            (
                "\u{2067}\u{2066}a",
                "\u{2068}\u{2067}\u{2066}a\u{2069}\u{2069}\u{2069}",
            ),
            ("\u{2067}a\u{2069}", "\u{2068}\u{2067}a\u{2069}\u{2069}"),
            ("a\u{2029}\u{202e}b\n", "\u{2068}a \u{202e}b \u{2069}"),
        ] {
            assert_eq!(isolated(name), set_apart);
        }
    }
}
