//! What something grew by over a period.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::due::Due;
use crate::figures::period::{Change, PeriodGrowth};

/// Growth over whole UTC days. Where `value` is null, too little is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodFigure {
    value: Option<i64>,
    /// From this day on there will be a value, where there is none.
    due_on: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
    complete: bool,
    /// Some of it is spread over a gap without observations.
    gap: bool,
    /// A platform corrected a counter downwards.
    correction: bool,
    /// Where the period begins before what is known: its first known day.
    known_from: Option<Date>,
    /// The day on which the period will be known whole.
    whole_on: Option<Date>,
    compared: Option<Compared>,
    /// From this day on there will be a comparison, where there is none.
    compared_on: Option<Date>,
}

/// The same projects over as many days of another time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    from: Date,
    to: Date,
    previous_from: Date,
    previous_to: Date,
    /// Without the day that is going on.
    value: i64,
    previous: i64,
}

impl Compared {
    pub fn new(change: &Change) -> Compared {
        Compared {
            from: change.days.from,
            to: change.days.to,
            previous_from: change.previous_days.from,
            previous_to: change.previous_days.to,
            value: change.current,
            previous: change.previous,
        }
    }
}

impl PeriodFigure {
    pub fn new(growth: &Due<PeriodGrowth>) -> PeriodFigure {
        let known = growth.known();
        let change = known.map(|it| &it.change);
        let compared = change.and_then(Due::known).map(Compared::new);
        let lacking = known.and_then(|it| it.lacking);
        PeriodFigure {
            value: known.map(|it| it.value),
            due_on: growth.due_on(),
            from: known.map(|it| it.days.from),
            to: known.map(|it| it.days.to),
            complete: known.is_some_and(|it| it.complete),
            gap: known.is_some_and(|it| it.gap),
            correction: known.is_some_and(|it| it.correction),
            known_from: lacking.map(|it| it.known_from),
            whole_on: lacking.and_then(|it| it.whole_on),
            compared,
            compared_on: change.and_then(Due::due_on),
        }
    }
}
