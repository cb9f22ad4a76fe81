//! Text order in which `1.9` comes before `1.10`.

use std::cmp::Ordering;

pub fn compare(one: &str, other: &str) -> Ordering {
    fn parts(text: &str) -> impl Iterator<Item = (bool, usize, &str)> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let digits = rest.starts_with(|first: char| first.is_ascii_digit());
            let end = rest
                .find(|next: char| next.is_ascii_digit() != digits)
                .unwrap_or(rest.len());
            let (part, tail) = rest.split_at(end);
            rest = tail;
            let number = part.trim_start_matches('0');
            match (part.is_empty(), digits) {
                (true, _) => None,
                // A longer number is a greater one.
                (false, true) => Some((false, number.len(), number)),
                (false, false) => Some((true, 0, part)),
            }
        })
    }
    parts(one).cmp(parts(other))
}
