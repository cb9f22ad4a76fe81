//! Whether a name can turn the direction of the text after it.

/// Whether all that runs from right to left, or says that what follows does, is isolated from the
/// rest of the text.
pub fn is_contained(text: &str) -> bool {
    let mut depth = 0;
    for char in text.chars() {
        match char {
            '\u{2066}'..='\u{2068}' => depth += 1,
            '\u{2069}' if depth == 0 => return false,
            '\u{2069}' => depth -= 1,
            // They end whatever is open, as the end of the text does.
            '\u{2029}' | '\u{85}' | '\u{1c}'..='\u{1e}' if depth > 0 => return false,
            _ if depth == 0 && turns(char) => return false,
            _ => {}
        }
    }
    depth == 0
}

fn turns(char: char) -> bool {
    matches!(char,
        '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}
