//! All mods.

use std::borrow::Cow;

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{Order, Search, Sorting, one_of, value_of_words, visit_sorting};
use crate::words::words;

words!(
    /// Which mods are shown.
    Show {
        All = "all",
        /// Whose growth changed most.
        Moving = "moving",
        /// Of which nothing new was collected for long.
        Stale = "stale",
    }
);

words!(
    /// What mods are ordered by.
    PortfolioSort {
        Total = "total",
        Name = "name",
        Yesterday = "yesterday",
        /// Of the last 28 days.
        Growth = "growth",
    }
);

value_of_words!(Show, PortfolioSort);

impl Sorting for PortfolioSort {
    fn natural(self) -> Order {
        match self {
            PortfolioSort::Name => Order::Ascending,
            PortfolioSort::Total | PortfolioSort::Yesterday | PortfolioSort::Growth => {
                Order::Descending
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PortfolioQuery {
    pub search: Option<Search>,
    pub show: Show,
    pub sort: PortfolioSort,
    pub order: Order,
}

impl Default for PortfolioQuery {
    fn default() -> Self {
        PortfolioQuery {
            search: None,
            show: Show::All,
            sort: PortfolioSort::Total,
            order: PortfolioSort::Total.natural(),
        }
    }
}

impl Query for PortfolioQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("q", &mut self.search)?;
        parameters.value("show", &mut self.show, Show::All)?;
        let (sort, order) = (&mut self.sort, &mut self.order);
        visit_sorting(parameters, sort, order, PortfolioSort::Total)
    }
}
