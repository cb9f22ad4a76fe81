//! The table beside a chart: what there was at the end of each row, and what it grew by.

use jiff::{Timestamp, ToSpan};

use super::counted::growth;
use super::history::{Reading, day_of, midnight};
use super::periods::Days;
use super::said;
use super::told::Figure;
use super::truth::Curve;

/// More than these are no picture.
const MOST_DAYS: i32 = 190;

/// A column of the table; the first is the sum of the others, if there are others.
pub struct Column<'a> {
    pub name: &'a str,
    pub curves: Vec<&'a Curve>,
}

pub fn rows(columns: &[Column<'_>], drawn: Days, by: &str) -> Vec<Figure> {
    let curves = columns.iter().flat_map(|it| &it.curves);
    let begun = curves.filter_map(|it| it.first()).map(|it| it.at).min();
    let drawn = Days {
        from: drawn.from.max(day_of(begun.unwrap())),
        ..drawn
    };
    let row = |days: &Days| {
        let mut cells: Vec<String> = columns.iter().map(|it| cell(&it.curves, *days)).collect();
        cells.push(stated(columns, *days));
        (format!("row {}", days.from), cells.join(" | "))
    };
    drawn.rows(by, MOST_DAYS).iter().rev().map(row).collect()
}

fn cell(curves: &[&Curve], days: Days) -> String {
    let end = midnight(days.to + 1.day());
    let newest = curves
        .iter()
        .filter_map(|it| it.last())
        .map(|it| it.at)
        .max();
    let totals: Vec<i64> = curves.iter().filter_map(|it| it.total(end)).collect();
    let is_known = !totals.is_empty()
        && newest >= Some(midnight(days.from))
        && !curves.iter().any(|it| it.is_interrupted(end));
    let total = is_known.then(|| said::count(totals.iter().sum()));
    let grown = growth(curves, days).map(|it| said::change(it.value));
    let told = [total, grown].map(|it| it.unwrap_or_else(|| "–".to_owned()));
    told.join(" ")
}

/// What each column stated last: the sum of what its counters did, when the newest of them did.
fn stated(columns: &[Column<'_>], days: Days) -> String {
    let (from, to) = (midnight(days.from), midnight(days.to + 1.day()));
    let last = |curve: &&Curve| {
        let is_counted = curve.left.is_none_or(|left| days.from <= left);
        let before = curve.readings().filter(|it| it.at < to).last();
        before.copied().filter(|_| is_counted)
    };
    let clock = |at: Timestamp| match days.from == days.to {
        true => said::clock(at),
        false => said::instant(at),
    };
    let own = if columns.len() > 1 {
        &columns[1..]
    } else {
        columns
    };
    let told = own.iter().filter_map(|column| {
        let readings = column.curves.iter().filter_map(last);
        let sum = readings.reduce(|one, other| Reading {
            at: one.at.max(other.at),
            value: one.value + other.value,
        });
        let sum = sum.filter(|it| from <= it.at)?;
        let value = format!("{} ({})", said::count(sum.value), clock(sum.at));
        Some(match own.len() {
            1 => value,
            _ => format!("{} {value}", column.name),
        })
    });
    told.collect::<Vec<_>>().join("; ")
}
