//! Growth over a period in words: how much, of which days, what it lacks, and against what.

use jiff::civil::Date;

use super::Comparison;
use crate::figures::due::Due;
use crate::figures::period::{Change, PeriodGrowth, Relative};
use crate::language::Words;
use crate::period::Days;

/// Growth, or the sentence that says when it will be known.
pub(super) type PeriodFigure = Result<Grown, String>;

#[derive(Clone, Debug)]
pub(super) struct Grown {
    pub value: String,
    /// `25 Oct to 21 Nov`
    pub days: String,
    /// `incomplete`, `spread over a gap`, `with a correction`
    pub flags: Vec<String>,
    /// What is known of a period that begins before that.
    pub lacking: Option<String>,
    /// Against another period, or when that will be possible.
    pub comparison: Option<Result<Comparison, String>>,
}

/// How growth is said.
pub(super) fn period_figure(growth: &Due<PeriodGrowth>, words: &Words) -> PeriodFigure {
    match growth {
        Due::Known(growth) => Ok(Grown::new(growth, words)),
        Due::From(day) => Err(not_before(Some(*day), words)),
        Due::Never => Err(not_before(None, words)),
    }
}

/// From when on a figure will be known, if ever.
pub(super) fn not_before(day: Option<Date>, words: &Words) -> String {
    match day {
        Some(day) => words.with("period-due", &[("day", words.day(day).into())]),
        None => words.text("period-never"),
    }
}

impl Grown {
    fn new(growth: &PeriodGrowth, words: &Words) -> Grown {
        let flags = [
            (!growth.complete, "common-incomplete"),
            (growth.gap, "common-over-a-gap"),
            (growth.correction, "common-with-correction"),
        ];
        let lacking = growth.lacking.map(|lacking| {
            let since = ("day", words.day(lacking.known_from).into());
            match lacking.whole_on {
                None => words.with("period-known-since", &[since]),
                Some(whole) => words.with(
                    "period-known-since-whole-on",
                    &[since, ("whole", words.day(whole).into())],
                ),
            }
        });
        Grown {
            value: words.change(growth.value),
            days: short_days(growth.days, words),
            flags: flags
                .iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, key)| words.text(key))
                .collect(),
            lacking,
            comparison: match &growth.change {
                Due::Known(change) => Some(Ok(Comparison::of(change, words))),
                Due::From(day) => {
                    let day = words.day(*day);
                    Some(Err(
                        words.with("period-comparison-due", &[("day", day.into())])
                    ))
                }
                Due::Never => None,
            },
        }
    }
}

impl Comparison {
    fn of(change: &Change, words: &Words) -> Comparison {
        let text = match change.relative() {
            Relative::New => words.text("common-new"),
            Relative::By(_) => words.relative_change(change.previous, change.current),
            Relative::Unsaid => words.change(change.absolute()),
        };
        Comparison {
            text,
            against: words.with(
                "period-against",
                &[
                    ("previous", words.change(change.previous).into()),
                    ("days", short_days(change.previous_days, words).into()),
                ],
            ),
            class: match change.absolute() {
                ..0 => "down",
                0 => "level",
                1.. => "up",
            },
        }
    }
}

/// `25 Oct to 21 Nov`; with years where they aren't the same.
pub(super) fn short_days(days: Days, words: &Words) -> String {
    match (days.from == days.to, days.from.year() == days.to.year()) {
        (true, _) => words.day(days.from),
        (false, true) => words.with(
            "common-days",
            &[
                ("from", words.short_day(days.from).into()),
                ("to", words.day(days.to).into()),
            ],
        ),
        (false, false) => words.days(days.from, days.to),
    }
}
