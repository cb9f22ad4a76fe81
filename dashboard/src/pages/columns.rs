//! The heads of a table that its reader puts in order.

use crate::query::{Order, Sorting};

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub label: String,
    pub class: &'static str,
    /// None for a column by which nothing is ordered.
    pub link: Option<SortLink>,
}

#[derive(Clone, Debug)]
pub(super) struct SortLink {
    pub href: String,
    /// The value of `aria-sort`, on the column that orders the table.
    pub sorted: Option<&'static str>,
}

impl Column {
    pub fn plain(label: String, class: &'static str) -> Column {
        Column {
            label,
            class,
            link: None,
        }
    }

    /// A click orders by the column; another one turns the order round.
    pub fn sorting<S: Sorting>(
        label: String,
        class: &'static str,
        sort: S,
        (chosen, order): (S, Order),
        href: impl Fn(S, Order) -> String,
    ) -> Column {
        let is_chosen = sort == chosen;
        let next = if is_chosen {
            order.reversed()
        } else {
            sort.natural()
        };
        let sorted = match order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        };
        let link = SortLink {
            href: href(sort, next),
            sorted: is_chosen.then_some(sorted),
        };
        Column {
            label,
            class,
            link: Some(link),
        }
    }
}
