//! How fast a total grows, and when it reaches its next milestone.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::growth;
use modstats_store::time::day_of;

use super::due::Due;
use super::period::{Part, first_whole_day};

/// Whole weeks, so that every weekday counts the same.
const WINDOW: i32 = 28;
const LEAST: i32 = 7;
const DAYS_OF_MONTH: f64 = 365.2425 / 12.0;
/// What is farther away is no forecast.
const FARTHEST_DAYS: i64 = 100 * 365;

/// The present velocity of a total: the mean of its daily growth over the last 28 days that are
/// completely known, or over the whole weeks of them that there are. A week is seven times, a
/// month a twelfth of 365.2425 times that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Velocity {
    pub per_day: f64,
    /// The mean's first and last day.
    pub from: Date,
    pub to: Date,
}

impl Velocity {
    pub fn of(parts: &[Part], now: Timestamp) -> Due<Velocity> {
        let today = day_of(now);
        let total = growth::total(parts.iter().map(|part| part.series));
        // The members' newest complete day: one that stands still doesn't stop the others.
        let whole = parts.iter().flat_map(|part| &part.series.days);
        let last = whole
            .filter(|day| day.complete && day.day < today)
            .map(|day| day.day)
            .max();
        let Some((first, last)) = first_whole_day(parts).zip(last) else {
            return Due::Never;
        };
        let known = first.until(last).map_or(0, |span| span.get_days()) + 1;
        let days = known.min(WINDOW) / LEAST * LEAST;
        if days == 0 {
            return Due::from_date(first.checked_add(LEAST.days()).ok());
        }
        let from = last.saturating_sub((days - 1).days());
        match growth::between(&total, from, last) {
            None => Due::Never,
            Some(growth) => Due::Known(Velocity {
                per_day: growth.value as f64 / f64::from(days),
                from,
                to: last,
            }),
        }
    }

    pub fn per_week(&self) -> f64 {
        self.per_day * 7.0
    }

    pub fn per_month(&self) -> f64 {
        self.per_day * DAYS_OF_MONTH
    }
}

/// The next round number that a total reaches: 1, 2 or 5 with noughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    pub value: i64,
    /// At the present velocity.
    pub reached: Reached,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    On(Date),
    /// Before today, though no total says so: newer ones are missing.
    Overdue,
    /// Not within a hundred years.
    Distant,
}

impl Milestone {
    /// None where there is no greater one, or the total doesn't grow.
    pub fn next(
        total: i64,
        stated_at: Timestamp,
        velocity: &Velocity,
        now: Timestamp,
    ) -> Option<Milestone> {
        if velocity.per_day <= 0.0 {
            return None;
        }
        let value = milestones().find(|value| *value > total)?;
        let days = ((value - total) as f64 / velocity.per_day).ceil();
        let reached = if days <= FARTHEST_DAYS as f64 {
            match day_of(stated_at).saturating_add((days as i64).days()) {
                day if day < day_of(now) => Reached::Overdue,
                day => Reached::On(day),
            }
        } else {
            Reached::Distant
        };
        Some(Milestone { value, reached })
    }
}

/// 1, 2, 5, 10, 20, 50, …
fn milestones() -> impl Iterator<Item = i64> {
    let decades = std::iter::successors(Some(1_i64), |decade| decade.checked_mul(10));
    decades.flat_map(|decade| {
        [1, 2, 5]
            .into_iter()
            .filter_map(move |it| decade.checked_mul(it))
    })
}
