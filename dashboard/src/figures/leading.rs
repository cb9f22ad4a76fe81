//! The greatest of many.

use std::cmp::Reverse;

/// The places of those that are ahead, at most `most`, with what they have: those with nothing aren't.
pub fn leading<T>(
    all: &[T],
    measure: impl Fn(&T) -> Option<i64>,
    most: usize,
) -> Vec<(usize, i64)> {
    let values = all.iter().map(measure).enumerate();
    let mut ahead: Vec<(usize, i64)> = values
        .filter_map(|(place, value)| Some((place, value.filter(|it| *it > 0)?)))
        .collect();
    ahead.sort_by_key(|(_, value)| Reverse(*value));
    ahead.truncate(most);
    ahead
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_ahead_have_the_most_and_the_first_of_equals_comes_first() {
        let downloads = [Some(5), None, Some(0), Some(3_000_000_000), Some(5)];
        let of = |most| leading(&downloads, |it| *it, most);
        assert_eq!(of(2), [(3, 3_000_000_000), (0, 5)]);
        assert_eq!(of(10).len(), 3);
    }
}
