//! One metric of a mod's projects over days, as the API gives it.

use std::borrow::Cow;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use modstats_store::model::Metric;
use utoipa::openapi::schema::Schema;

use super::described::{Described, described};
use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{one_of, ordered, words_schema};

/// Days with both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesQuery {
    pub metric: Metric,
    pub from: Date,
    pub to: Date,
}

/// The API's own word for a metric: a name of JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MetricName(pub Metric);

pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Downloads => "downloads",
        Metric::Followers => "followers",
        Metric::ThumbsUp => "thumbs_up",
        Metric::VersionsDownloads => "versions_downloads",
        Metric::Versions => "versions",
    }
}

impl Value for MetricName {
    fn parse(text: &str) -> Option<MetricName> {
        let mut metrics = Metric::ALL.iter().copied();
        metrics.find(|it| metric_name(*it) == text).map(MetricName)
    }

    fn print(&self) -> Cow<'_, str> {
        metric_name(self.0).into()
    }

    fn expected() -> Cow<'static, str> {
        let names: Vec<&str> = Metric::ALL.iter().copied().map(metric_name).collect();
        one_of(&names).into()
    }

    fn schema() -> Schema {
        words_schema(Metric::ALL.iter().copied().map(metric_name))
    }
}

/// What was given of it.
#[derive(Default)]
struct Given {
    metric: Option<MetricName>,
    from: Option<Date>,
    to: Option<Date>,
}

impl Query for Given {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("metric", &mut self.metric)?;
        parameters.optional("from", &mut self.from)?;
        parameters.optional("to", &mut self.to)
    }
}

impl SeriesQuery {
    pub fn described() -> Vec<Described> {
        described::<Given>()
    }

    /// Without dates: the 91 days up to today.
    pub fn parse_strictly(raw: &str, today: Date) -> Result<SeriesQuery, QueryError> {
        let given = Given::parse_strictly(raw)?;
        let to = given.to.unwrap_or(today);
        let from = given.from.unwrap_or_else(|| to.saturating_sub(90.days()));
        let days = ordered(from, to)?;
        Ok(SeriesQuery {
            metric: given.metric.map_or(Metric::Downloads, |it| it.0),
            from: days.from,
            to: days.to,
        })
    }
}

impl fmt::Display for SeriesQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "?metric={}&from={}&to={}",
            metric_name(self.metric),
            self.from,
            self.to
        )
    }
}
