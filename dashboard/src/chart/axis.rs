//! Scales and ticks. Values are ticked by plotters, time by the calendar.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::time::{day_of, midnight};
use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

use super::Px;
use crate::language::Words;

/// Maps values to tenths of pixels.
pub(super) struct Scale {
    coordinate: RangedCoordf64,
    limits: (i32, i32),
}

impl Scale {
    /// `low` is drawn at `first`, `high` at `last`.
    pub(super) fn new(low: f64, high: f64, first: i32, last: i32) -> Scale {
        let high = if high > low {
            high
        } else {
            low + 1.0_f64.max(low.abs() * 1e-9)
        };
        Scale {
            coordinate: (low..high).into(),
            limits: (first, last),
        }
    }

    /// The place of a value, brought to the nearer end where it lies outside.
    pub(super) fn map(&self, value: f64) -> Px {
        let (one, other) = self.limits;
        Px(self
            .coordinate
            .map(&value, self.limits)
            .clamp(one.min(other), one.max(other)))
    }

    pub(super) fn first(&self) -> i32 {
        self.limits.0
    }

    pub(super) fn last(&self) -> i32 {
        self.limits.1
    }
}

/// Round whole values between `low` and `high`, at most `most`, with labels that all differ.
pub(super) fn value_ticks(low: f64, high: f64, most: usize, words: &Words) -> Vec<(i64, String)> {
    let mut values: Vec<i64> = RangedCoordf64::from(low..high)
        .key_points(most)
        .into_iter()
        .filter(|value| value.fract() == 0.0 && (low..=high).contains(value))
        .map(|value| value as i64)
        .collect();
    values.dedup();
    let short: Vec<String> = values.iter().map(|value| words.compact(*value)).collect();
    let ambiguous = short.windows(2).any(|pair| pair[0] == pair[1]);
    values
        .into_iter()
        .zip(short)
        .map(|(value, short)| (value, if ambiguous { words.count(value) } else { short }))
        .collect()
}

/// How far apart the ticks of a time axis are.
#[derive(Clone, Copy)]
enum Stride {
    Days(i32),
    Months(i32),
    Years(i32),
}

const STRIDES: [Stride; 12] = [
    Stride::Days(1),
    Stride::Days(2),
    Stride::Days(7),
    Stride::Days(14),
    Stride::Months(1),
    Stride::Months(2),
    Stride::Months(3),
    Stride::Months(6),
    Stride::Years(1),
    Stride::Years(2),
    Stride::Years(5),
    Stride::Years(25),
];

/// Midnights from `from` on and before `to`, at most `most` of them, with short labels.
pub(super) fn time_ticks(
    from: Timestamp,
    to: Timestamp,
    most: usize,
    words: &Words,
) -> Vec<(Timestamp, String)> {
    let (stride, days) = STRIDES
        .into_iter()
        .map(|stride| (stride, stride.days(from, to)))
        .find(|(_, days)| days.len() <= most)
        .unwrap_or((Stride::Days(1), Vec::new()));
    days.iter()
        .enumerate()
        .map(|(index, day)| {
            let before = index.checked_sub(1).and_then(|before| days.get(before));
            let same_year = before.is_some_and(|before| before.year() == day.year());
            let label = match stride {
                Stride::Days(_) if same_year || before.is_none() => words.short_day(*day),
                Stride::Days(_) => words.day(*day),
                Stride::Months(_) if same_year => words.month(*day),
                Stride::Months(_) => words.month_of_year(*day),
                Stride::Years(_) => day.year().to_string(),
            };
            (midnight(*day), label)
        })
        .collect()
}

impl Stride {
    /// Its days in `from..to`; no more than a few hundred, as the caller wants far fewer.
    fn days(self, from: Timestamp, to: Timestamp) -> Vec<Date> {
        let start = day_of(from);
        let (first, step) = match self {
            Stride::Days(1) => (start, 1.day()),
            // Weeks begin on Monday.
            Stride::Days(length) => {
                let since_monday = i32::from(start.weekday().to_monday_zero_offset());
                (start.saturating_sub(since_monday.days()), length.days())
            }
            Stride::Months(length) => {
                let month = i32::from(start.month()) - (i32::from(start.month()) - 1) % length;
                let month = i8::try_from(month).unwrap_or(1);
                (
                    Date::new(start.year(), month, 1).unwrap_or(start),
                    length.months(),
                )
            }
            Stride::Years(length) => {
                let year = i32::from(start.year());
                let year = i16::try_from(year - year.rem_euclid(length)).unwrap_or(start.year());
                (Date::new(year, 1, 1).unwrap_or(start), length.years())
            }
        };
        first
            .series(step)
            .take_while(|day| midnight(*day) < to)
            .filter(|day| midnight(*day) >= from)
            .take(400)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn labels(from: &str, to: &str, most: usize) -> Vec<String> {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        time_ticks(at(from), at(to), most, &Words::english())
            .into_iter()
            .map(|(_, label)| label)
            .collect()
    }

    #[test]
    fn time_is_ticked_by_the_calendar() {
        assert_eq!(
            labels("2026-11-20T00:00Z", "2026-11-24T00:00Z", 10),
            ["20 Nov", "21 Nov", "22 Nov", "23 Nov"]
        );
        assert_eq!(
            labels("2026-10-25T00:00Z", "2026-11-23T00:00Z", 10),
            ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
        );
        assert_eq!(
            labels("2025-11-22T00:00Z", "2026-11-23T00:00Z", 6),
            ["Jan 2026", "Mar", "May", "Jul", "Sept", "Nov"]
        );
        assert_eq!(
            labels("2026-12-22T00:00Z", "2027-01-19T00:00Z", 4),
            ["28 Dec", "4 Jan 2027", "11 Jan", "18 Jan"]
        );
        assert_eq!(
            labels("1996-02-01T00:00Z", "2026-11-23T00:00Z", 10),
            ["2000", "2005", "2010", "2015", "2020", "2025"]
        );
        assert_eq!(
            labels("2026-11-22T03:00Z", "2026-11-22T03:00Z", 4),
            Vec::<String>::new()
        );
    }

    #[test]
    fn value_ticks_are_whole_and_told_apart() {
        let labels = |low, high| -> Vec<String> {
            value_ticks(low, high, 5, &Words::english())
                .into_iter()
                .map(|(_, label)| label)
                .collect()
        };
        assert_eq!(labels(0.0, 3.2), ["0", "1", "2", "3"]);
        assert_eq!(labels(0.0, 43_000.0), ["0", "10k", "20k", "30k", "40k"]);
        assert_eq!(
            labels(1_234_100.0, 1_234_520.0),
            [
                "1,234,100",
                "1,234,200",
                "1,234,300",
                "1,234,400",
                "1,234,500"
            ]
        );
        for (low, high) in [(0.0, 0.5), (-1.0, 1.0), (9.2e18, 9.3e18), (-4e9, 4e9)] {
            assert!(
                value_ticks(low, high, 5, &Words::english()).len() <= 5,
                "{low}..{high}"
            );
        }
    }
}
