//! Days put together to weeks and months.

use jiff::ToSpan;
use jiff::civil::Date;
use modstats_store::growth::DayGrowth;

use crate::period::Days;
use crate::query::Grouping;

/// More bars than these are no picture: then a bar stands for the next longer stretch.
const MOST_BARS: i32 = 190;
/// Samples of runs are kept for about as long.
const MOST_DAYS_OF_RUNS: i32 = 31;

/// Some days of a period, put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub days: Days,
    /// The period begins or ends within the week or month.
    pub cut: bool,
}

/// What is known of a bucket's days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketGrowth {
    pub value: i64,
    /// All of its days are known and complete.
    pub complete: bool,
    pub gap: bool,
    pub correction: bool,
}

impl Grouping {
    /// By day where every run would be too much, and by week or month where there are too many
    /// days.
    pub fn fitting(self, days: Days) -> Grouping {
        let bars = |length| days.count() / length;
        match self {
            Grouping::Run if bars(1) <= MOST_DAYS_OF_RUNS => Grouping::Run,
            Grouping::Run | Grouping::Day if bars(1) <= MOST_BARS => Grouping::Day,
            Grouping::Run | Grouping::Day | Grouping::Week if bars(7) <= MOST_BARS => {
                Grouping::Week
            }
            _ => Grouping::Month,
        }
    }
}

/// The buckets of a period in order; together they are exactly its days.
pub fn buckets(days: Days, by: Grouping) -> Vec<Bucket> {
    let mut buckets = Vec::new();
    let mut from = days.from;
    while from <= days.to {
        let whole = around(from, by);
        let to = whole.to.min(days.to);
        buckets.push(Bucket {
            days: Days { from, to },
            cut: whole.from < from || to < whole.to,
        });
        match to.tomorrow() {
            Ok(next) => from = next,
            Err(_) => break,
        }
    }
    buckets
}

/// The whole day, week or month that a day is in.
fn around(day: Date, by: Grouping) -> Days {
    match by {
        Grouping::Run | Grouping::Day => Days { from: day, to: day },
        Grouping::Week => {
            let since_monday = i32::from(day.weekday().to_monday_zero_offset());
            let monday = day.saturating_sub(since_monday.days());
            Days {
                from: monday,
                to: monday.saturating_add(6.days()),
            }
        }
        Grouping::Month => Days {
            from: day.first_of_month(),
            to: day.last_of_month(),
        },
    }
}

impl Bucket {
    /// None where nothing is known of any of its days. `days` are in order.
    pub fn growth(&self, days: &[DayGrowth]) -> Option<BucketGrowth> {
        let from = days.partition_point(|it| it.day < self.days.from);
        let to = days.partition_point(|it| it.day <= self.days.to);
        let known = days.get(from..to).filter(|known| !known.is_empty())?;
        Some(BucketGrowth {
            value: known
                .iter()
                .fold(0, |sum: i64, day| sum.saturating_add(day.growth)),
            complete: i32::try_from(known.len()) == Ok(self.days.count())
                && known.iter().all(|day| day.complete),
            gap: known.iter().any(|day| day.gap),
            correction: known.iter().any(|day| day.correction),
        })
    }
}
