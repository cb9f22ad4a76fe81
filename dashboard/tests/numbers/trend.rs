//! Where a figure goes: the straight line from which the squares of the distances are least.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::counted::growth;
use super::history::{day_of, midnight};
use super::periods::Days;
use super::said;
use super::truth::Curve;

/// Every weekday is in it.
const LEAST_DAYS: i32 = 7;

/// By the days that are known wholly; of the total only since the last counter joined or left.
pub fn trend(curves: &[&Curve], drawn: Days, chart: &str) -> String {
    let jumps = curves.iter().flat_map(|it| {
        let begun = it.first().filter(|_| !it.from_zero).map(|it| it.at);
        [begun, it.until]
    });
    let end = midnight(drawn.to + 1.day());
    let steady_from: Option<Timestamp> = jumps.flatten().filter(|it| *it < end).max();
    let value = |day: Date| {
        let known = curves.iter().filter_map(|it| it.is_whole_on(day));
        known.reduce(|one, other| one && other).filter(|it| *it)?;
        let one = Days { from: day, to: day };
        if chart == "growth" {
            return growth(curves, one).map(|it| it.value);
        }
        let at = midnight(day + 1.day());
        let is_known = !curves.iter().any(|it| it.is_interrupted(at));
        let is_steady = steady_from.is_none_or(|it| day_of(it) < day);
        (is_known && is_steady).then(|| curves.iter().filter_map(|it| it.total(at)).sum())
    };
    let values: Vec<(Date, i64)> = drawn
        .iter()
        .filter_map(|it| Some((it, value(it)?)))
        .collect();
    let days = Days {
        from: values[0].0,
        to: values[values.len() - 1].0,
    };
    if days.count() < LEAST_DAYS {
        let due = said::day(days.from + LEAST_DAYS.days());
        return format!("A trend is possible from {due} on.");
    }
    let slope = slope(&values);
    let sign = if slope > 0.0 { "+" } else { "" };
    let (slope, days) = (
        format!("{sign}{}", said::mean(slope)),
        said::long_days(days),
    );
    match chart {
        "growth" => format!(
            "Trend: each day brings {slope} to the growth of the day before, by all whole days of \
             {days}."
        ),
        _ => format!("Trend: {slope} a day, by all whole days of {days}."),
    }
}

/// In whole numbers, and divided last.
fn slope(values: &[(Date, i64)]) -> f64 {
    let first = values[0].0;
    let points = values.iter().map(|(day, value)| {
        let x = first.until(*day).unwrap().get_days();
        (i128::from(x), i128::from(*value))
    });
    let sum = |of: fn((i128, i128)) -> i128| points.clone().map(of).sum::<i128>();
    let (n, x, y) = (values.len() as i128, sum(|it| it.0), sum(|it| it.1));
    let (xx, xy) = (sum(|it| it.0 * it.0), sum(|it| it.0 * it.1));
    (n * xy - x * y) as f64 / (n * xx - x * x) as f64
}
