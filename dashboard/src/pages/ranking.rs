//! What is ahead, each with a bar as long as what it has.

use crate::chart::{Ink, Svg, measure};
use crate::figures::leading::leading;

/// So many are named.
const MOST: usize = 10;

#[derive(Clone, Debug)]
pub struct Ranking {
    /// Of the list on its page.
    pub id: &'static str,
    pub heading: String,
    /// What the numbers count, and what a share is of.
    pub counts: String,
    pub rows: Vec<Ranked>,
    /// What is said where nothing is ahead.
    pub none: String,
}

#[derive(Clone, Debug)]
pub struct Ranked {
    pub label: String,
    /// What tells it from others that are called the same.
    pub beside: Option<String>,
    pub href: String,
    pub value: String,
    /// None where the whole isn't known, or nothing that is told.
    pub share: Option<String>,
    pub bar: Svg,
}

/// A row for each of those that are ahead, by its place, what it has, and its bar.
pub(super) fn ranked<T>(
    all: &[T],
    value: impl Fn(&T) -> Option<i64>,
    ink: impl Fn(&T) -> Ink,
    row: impl Fn(usize, i64, Svg) -> Ranked,
) -> Vec<Ranked> {
    let ahead = leading(all, value, MOST);
    let most = ahead.first().map_or(0, |(_, value)| *value);
    let rows = ahead.into_iter().map(|(place, value)| {
        let bar = measure(ink(&all[place]), value, most);
        row(place, value, bar)
    });
    rows.collect()
}
