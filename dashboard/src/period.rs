//! Which days a view is about, and which ones it compares them with. Pure: what the clock says is
//! a value passed in.
//!
//! Days are UTC days. Presets of whole weeks end with yesterday, because a day that is going on
//! can't be compared with whole ones; it is drawn, told apart, beside them. A comparison goes back
//! by whole weeks, so that every day meets its own weekday.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_store::model::VersionKey;
use modstats_store::time::{day_of, midnight};
use serde::Serialize;

use crate::words::words;

const TWO_DAYS: SignedDuration = SignedDuration::from_hours(48);
/// A year of whole weeks.
const YEAR: i32 = 52 * 7;
/// A period that isn't known within so many days to come never will be.
const SOON: i32 = 3 * 366;

words!(
    /// A period that goes by the clock.
    Preset {
        /// Up to now, by every run instead of by day.
        Hours48 = "48h",
        Days7 = "7d",
        Days28 = "28d",
        Days91 = "91d",
        /// From the first of this month up to now.
        Month = "month",
        /// From the first of January up to now.
        Year = "year",
        LastMonth = "last-month",
        /// The twelve months up to yesterday.
        Months12 = "12mo",
        /// From the first day that is known.
        All = "all",
    }
);

words!(
    /// What a period is compared with.
    Compare {
        /// As many days before it.
        Previous = "previous",
        /// The same days, 52 weeks before.
        Year = "year",
        None = "none",
    }
);

/// What an address says of time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    Preset(Preset),
    Custom(Days),
    /// From the day on which a version was published.
    Since(VersionKey),
}

/// Whole UTC days, both ends included; `from` is never after `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

/// What a period is resolved with.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub now: Timestamp,
    /// The first day of which anything is known, for `all`.
    pub first: Option<Date>,
    /// When the version was published that a period since a version names.
    pub published: Option<Timestamp>,
}

impl Known {
    /// Enough for presets of days.
    pub fn at(now: Timestamp) -> Known {
        Known {
            now,
            first: None,
            published: None,
        }
    }
}

/// A period's days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// What is summed up.
    pub days: Days,
    /// What is drawn: in periods up to now the day that is going on, too.
    pub drawn: Days,
    /// The day that is going on: what falls on it is incomplete.
    pub today: Date,
    /// The instants of a period by the hour; `days` are those that it touches.
    pub hours: Option<(Timestamp, Timestamp)>,
    /// There is nothing before it.
    unbounded: bool,
}

/// The days that a period is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The whole days of the period, and as many of another time. What is going on is in neither.
    pub days: Days,
    pub previous: Days,
    /// A whole number of weeks.
    pub days_back: i32,
}

impl Days {
    /// How many they are.
    pub fn count(self) -> i32 {
        self.from.until(self.to).map_or(0, |span| span.get_days()) + 1
    }

    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    pub fn iter(self) -> impl Iterator<Item = Date> {
        self.from
            .series(1.day())
            .take_while(move |day| *day <= self.to)
    }

    /// As many days, so many days earlier.
    pub fn back(self, days: i32) -> Days {
        Days {
            from: self.from.saturating_sub(days.days()),
            to: self.to.saturating_sub(days.days()),
        }
    }

    /// From the first midnight to the last.
    pub fn midnights(self) -> (Timestamp, Timestamp) {
        (
            midnight(self.from),
            midnight(self.to.saturating_add(1.day())),
        )
    }
}

impl Period {
    /// None where the version of a period since a version has no known date.
    pub fn bounds(&self, known: &Known) -> Option<Bounds> {
        let today = day_of(known.now);
        let yesterday = today.saturating_sub(1.day());
        let up_to = |from, to| Days { from, to };
        // What begins today has no day before it to end with.
        let since = |from: Date| up_to(from.min(today), yesterday.max(from.min(today)));
        let start = known.now.saturating_sub(TWO_DAYS).unwrap_or(known.now);
        let days = match self {
            Period::Preset(Preset::Hours48) => up_to(day_of(start), today),
            Period::Preset(Preset::Days7) => since(today.saturating_sub(7.days())),
            Period::Preset(Preset::Days28) => since(today.saturating_sub(28.days())),
            Period::Preset(Preset::Days91) => since(today.saturating_sub(91.days())),
            Period::Preset(Preset::Month) => up_to(today.first_of_month(), today),
            Period::Preset(Preset::Year) => up_to(today.first_of_year(), today),
            Period::Preset(Preset::LastMonth) => {
                let last = today.first_of_month().saturating_sub(1.day());
                up_to(last.first_of_month(), last)
            }
            Period::Preset(Preset::Months12) => since(
                yesterday
                    .saturating_sub(12.months())
                    .saturating_add(1.day()),
            ),
            Period::Preset(Preset::All) => since(known.first.unwrap_or(today)),
            // Nothing is known of days to come.
            Period::Custom(days) => up_to(days.from, days.to.min(today).max(days.from)),
            Period::Since(_) => since(day_of(known.published?)),
        };
        let is_past = matches!(self, Period::Custom(_) | Period::Preset(Preset::LastMonth));
        Some(Bounds {
            days,
            drawn: up_to(days.from, if is_past { days.to } else { today }),
            today,
            hours: (*self == Period::Preset(Preset::Hours48)).then_some((start, known.now)),
            unbounded: *self == Period::Preset(Preset::All),
        })
    }

    /// The next day, today or later, on which the period, and what it is compared with, lie wholly
    /// in what is known: from `first` on. None where that day will never come.
    pub fn known_from(&self, known: &Known, compare: Compare) -> Option<Date> {
        let first = known.first?;
        let today = day_of(known.now);
        let is_known = |day: &Date| {
            let elapsed = midnight(*day).duration_since(midnight(today));
            let then = Known {
                now: known.now.saturating_add(elapsed).unwrap_or(known.now),
                ..*known
            };
            self.bounds(&then).is_some_and(|bounds| {
                first <= bounds.first_needed(compare)
                    && (compare == Compare::None || bounds.compared(compare).is_some())
            })
        };
        let to = today.saturating_add(SOON.days());
        Days { from: today, to }.iter().find(is_known)
    }
}

impl Bounds {
    /// The days of the period that are over.
    pub fn whole(&self) -> Option<Days> {
        let to = self.days.to.min(self.today.saturating_sub(1.day()));
        (self.days.from <= to).then_some(Days { to, ..self.days })
    }

    /// None where there is nothing to compare with, or nothing yet to be compared.
    pub fn compared(&self, compare: Compare) -> Option<Compared> {
        let days = self.whole().filter(|_| !self.unbounded)?;
        let days_back = match compare {
            Compare::Previous => (days.count() + 6) / 7 * 7,
            Compare::Year => YEAR,
            Compare::None => return None,
        };
        Some(Compared {
            days,
            previous: days.back(days_back),
            days_back,
        })
    }

    /// The first day that has to be known for the sums.
    pub fn first_needed(&self, compare: Compare) -> Date {
        self.compared(compare)
            .map_or(self.days.from, |it| it.previous.from.min(self.days.from))
    }
}

#[cfg(test)]
mod tests;
