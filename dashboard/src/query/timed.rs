//! States that are about a period.

use super::compare::CompareQuery;
use super::grammar::Query;
use super::history::HistoryQuery;
use super::overview::OverviewQuery;
use super::platform::PlatformQuery;
use crate::period::{Compare, Period};

pub trait Timed: Query + Clone {
    fn period(&self) -> &Period;

    fn with_period(&self, period: Period) -> Self;

    /// What the period is compared with; None where the page compares with no other period.
    fn compare(&self) -> Option<Compare>;

    fn with_compare(&self, compare: Compare) -> Self;
}

macro_rules! timed {
    ($($query:ty),+) => {
        $(impl Timed for $query {
            fn period(&self) -> &Period {
                &self.period
            }

            fn with_period(&self, period: Period) -> Self {
                Self { period, ..self.clone() }
            }

            fn compare(&self) -> Option<Compare> {
                Some(self.compare)
            }

            fn with_compare(&self, compare: Compare) -> Self {
                Self { compare, ..self.clone() }
            }
        })+
    };
}

timed!(OverviewQuery, PlatformQuery, HistoryQuery);

impl Timed for CompareQuery {
    fn period(&self) -> &Period {
        &self.period
    }

    fn with_period(&self, period: Period) -> Self {
        CompareQuery {
            period,
            ..self.clone()
        }
    }

    fn compare(&self) -> Option<Compare> {
        None
    }

    fn with_compare(&self, _compare: Compare) -> Self {
        self.clone()
    }
}
