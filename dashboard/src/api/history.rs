//! The history of a mod, or of one of its versions or modpacks.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::period::PeriodFigure;
use super::rows::{TimelineRow, rows};
use super::{Value, words};
use crate::figures::due::Due;
use crate::figures::history::Mean;
use crate::figures::trend::Trend;
use crate::history::HistoryData;
use crate::language::Words;
use crate::query::{Chart, HistoryNumbersQuery, Value as _, metric_name};

#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    generation: i64,
    namespace: String,
    name: String,
    /// `all`, `version:<platform>:<id>` or `modpack:<platform>:<id>`
    of: String,
    metric: &'static str,
    /// The sum of the last known values, and when the oldest of them was observed.
    total: Option<Value>,
    growth: PeriodFigure,
    mean: MeanFigure,
    /// The first day with an observation.
    first_day: Option<Date>,
    /// How many days have one.
    days_known: usize,
    trend_of_total: TrendFigure,
    trend_of_growth: TrendFigure,
    /// What a row stands for, which isn't always what was asked for.
    #[schema(schema_with = words::grouping)]
    by: &'static str,
    /// The newest first.
    rows: Vec<TimelineRow>,
}

/// The growth of the period by the time in which it grew.
#[derive(Debug, Serialize, ToSchema)]
struct MeanFigure {
    per_day: Option<f64>,
    /// From this day on there will be a value, where there is none.
    due_on: Option<Date>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// The straight line with the least squares to whole days.
#[derive(Debug, Serialize, ToSchema)]
struct TrendFigure {
    /// How much more each day has than the one before.
    per_day: Option<f64>,
    due_on: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
}

impl History {
    pub fn new(
        generation: i64,
        found: &HistoryData,
        HistoryNumbersQuery(query): &HistoryNumbersQuery,
        words: &Words,
    ) -> History {
        let lanes = found.lanes(query, words);
        let mut timeline = found.timeline(&lanes, query, words);
        let mut trend = |chart| {
            let timeline = timeline.as_mut();
            timeline.map_or(Due::Never, |it| it.add_trend(&lanes, chart))
        };
        let (of_total, of_growth) = (trend(Chart::Total), trend(Chart::Growth));
        let figures = found.figures(&lanes, query);
        History {
            generation,
            namespace: found.whole.namespace.clone(),
            name: found.whole.name.clone(),
            of: query.of.print().into_owned(),
            metric: metric_name(query.metric),
            total: figures.total.map(Value::from),
            growth: PeriodFigure::new(&figures.growth),
            mean: MeanFigure::new(&figures.mean),
            first_day: figures.first_day,
            days_known: figures.days_known,
            trend_of_total: TrendFigure::new(&of_total),
            trend_of_growth: TrendFigure::new(&of_growth),
            by: timeline.as_ref().map_or(query.by, |it| it.by).as_str(),
            rows: rows(timeline.as_ref()),
        }
    }
}

impl MeanFigure {
    fn new(mean: &Due<Mean>) -> MeanFigure {
        let known = mean.known();
        MeanFigure {
            per_day: known.map(|it| it.per_day),
            due_on: mean.due_on(),
            from: known.map(|it| it.from),
            to: known.map(|it| it.to),
        }
    }
}

impl TrendFigure {
    fn new(trend: &Due<Trend>) -> TrendFigure {
        let known = trend.known();
        TrendFigure {
            per_day: known.map(|it| it.per_day),
            due_on: trend.due_on(),
            from: known.map(|it| it.days.from),
            to: known.map(|it| it.days.to),
        }
    }
}
