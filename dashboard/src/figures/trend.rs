//! Where a figure goes: the straight line with the least squares to what was counted.

use jiff::ToSpan;
use jiff::civil::Date;

use super::due::Due;
use crate::period::Days;

/// Every weekday is in it.
const LEAST: i32 = 7;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// How much more each day has than the one before.
    pub per_day: f64,
    /// On the first day.
    start: f64,
    /// What it was computed from.
    pub days: Days,
}

impl Trend {
    /// Of one value a day, in order; days may be missing.
    pub fn of(values: &[(Date, i64)]) -> Due<Trend> {
        let (Some((first, base)), Some((last, _))) = (values.first(), values.last()) else {
            return Due::Never;
        };
        let days = Days {
            from: *first,
            to: *last,
        };
        if days.count() < LEAST {
            return Due::from_date(first.checked_add(LEAST.days()).ok());
        }
        // Counters are great and their changes small: from the first value on nothing is lost.
        let points = || {
            values.iter().map(|(day, value)| {
                let x = f64::from(since(*first, *day));
                (x, value.saturating_sub(*base) as f64)
            })
        };
        let count = values.len() as f64;
        let mean_x = points().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = points().map(|(_, y)| y).sum::<f64>() / count;
        let covariance: f64 = points().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let variance: f64 = points().map(|(x, _)| (x - mean_x).powi(2)).sum();
        let per_day = covariance / variance;
        Due::Known(Trend {
            per_day,
            start: *base as f64 + mean_y - per_day * mean_x,
            days,
        })
    }

    pub fn on(&self, day: Date) -> f64 {
        self.start + self.per_day * f64::from(since(self.days.from, day))
    }
}

fn since(first: Date, day: Date) -> i32 {
    first.until(day).map_or(0, |span| span.get_days())
}
