//! What a URL asks for. Pages take what they understand and leave the rest; the API names what is
//! wrong. Both know one canonical spelling, which is the key of the rendered reply.

use std::borrow::Cow;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use modstats_store::model::{Metric, Platform, RunId};
use url::form_urlencoded;

/// What the chart of a mod shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chart {
    /// Growth of each day.
    #[default]
    Daily,
    /// The counter itself.
    Total,
}

impl Chart {
    pub const ALL: [Chart; 2] = [Chart::Daily, Chart::Total];

    pub fn as_str(self) -> &'static str {
        match self {
            Chart::Daily => "daily",
            Chart::Total => "total",
        }
    }
}

/// How far back a chart goes from today. Whole weeks, so that weekdays compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    Days28,
    #[default]
    Days91,
    Year,
    All,
}

impl Range {
    pub const ALL: [Range; 4] = [Range::Days28, Range::Days91, Range::Year, Range::All];

    pub fn as_str(self) -> &'static str {
        match self {
            Range::Days28 => "28d",
            Range::Days91 => "91d",
            Range::Year => "12mo",
            Range::All => "all",
        }
    }

    /// The first day: that many complete days before the day that is still going on.
    pub fn first_day(self, today: Date) -> Date {
        match self {
            Range::Days28 => today.saturating_sub(28.days()),
            Range::Days91 => today.saturating_sub(91.days()),
            Range::Year => today.saturating_sub(1.year()),
            Range::All => date(1970, 1, 1),
        }
    }
}

/// The column by which versions are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Published,
    Name,
    Downloads,
    Growth,
}

impl Sort {
    pub const ALL: [Sort; 4] = [Sort::Published, Sort::Name, Sort::Downloads, Sort::Growth];

    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Published => "published",
            Sort::Name => "name",
            Sort::Downloads => "downloads",
            Sort::Growth => "growth",
        }
    }

    /// The order that a first click on the column gives.
    pub fn natural(self) -> Order {
        match self {
            Sort::Name => Order::Ascending,
            Sort::Published | Sort::Downloads | Sort::Growth => Order::Descending,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub const ALL: [Order; 2] = [Order::Ascending, Order::Descending];

    pub fn as_str(self) -> &'static str {
        match self {
            Order::Ascending => "asc",
            Order::Descending => "desc",
        }
    }

    pub fn reversed(self) -> Order {
        match self {
            Order::Ascending => Order::Descending,
            Order::Descending => Order::Ascending,
        }
    }
}

/// The state of a mod's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModQuery {
    /// None is all platforms together.
    pub platform: Option<Platform>,
    pub chart: Chart,
    pub range: Range,
    pub sort: Sort,
    pub order: Order,
    pub every_version: bool,
}

impl Default for ModQuery {
    fn default() -> Self {
        let sort = Sort::default();
        ModQuery {
            platform: None,
            chart: Chart::default(),
            range: Range::default(),
            sort,
            order: sort.natural(),
            every_version: false,
        }
    }
}

impl ModQuery {
    pub fn parse(raw: &str) -> ModQuery {
        let mut query = ModQuery::default();
        let mut order = None;
        for (key, value) in form_urlencoded::parse(raw.as_bytes()) {
            match key.as_ref() {
                "platform" => query.platform = value.parse().ok(),
                "chart" => {
                    query.chart = one_of(&Chart::ALL, Chart::as_str, &value).unwrap_or_default()
                }
                "range" => {
                    query.range = one_of(&Range::ALL, Range::as_str, &value).unwrap_or_default()
                }
                "sort" => query.sort = one_of(&Sort::ALL, Sort::as_str, &value).unwrap_or_default(),
                "order" => order = one_of(&Order::ALL, Order::as_str, &value),
                "versions" => query.every_version = value == "all",
                _ => {}
            }
        }
        query.order = order.unwrap_or(query.sort.natural());
        query
    }
}

/// The canonical query string with its question mark; what is the default is left out.
impl fmt::Display for ModQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = ModQuery::default();
        let mut parts = QueryString::default();
        if let Some(platform) = self.platform {
            parts.add("platform", platform.as_str());
        }
        if self.chart != default.chart {
            parts.add("chart", self.chart.as_str());
        }
        if self.range != default.range {
            parts.add("range", self.range.as_str());
        }
        if self.sort != default.sort {
            parts.add("sort", self.sort.as_str());
        }
        if self.order != self.sort.natural() {
            parts.add("order", self.order.as_str());
        }
        if self.every_version {
            parts.add("versions", "all");
        }
        f.write_str(&parts.finish())
    }
}

/// One page of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsQuery {
    pub limit: u32,
    /// Runs older than this one.
    pub before: Option<RunId>,
    /// Only the runs of this TrackedMod: namespace and name.
    pub tracked_mod: Option<(String, String)>,
}

impl RunsQuery {
    pub const DEFAULT_LIMIT: u32 = 50;
    pub const MAX_LIMIT: u32 = 500;

    /// The newest runs of one mod.
    pub fn of_mod(namespace: &str, name: &str) -> RunsQuery {
        RunsQuery {
            limit: Self::DEFAULT_LIMIT,
            before: None,
            tracked_mod: Some((namespace.to_owned(), name.to_owned())),
        }
    }

    pub fn parse(raw: &str) -> RunsQuery {
        let mut query = RunsQuery {
            limit: Self::DEFAULT_LIMIT,
            before: None,
            tracked_mod: None,
        };
        for (key, value) in form_urlencoded::parse(raw.as_bytes()) {
            match key.as_ref() {
                "before" => query.before = run_id(&value),
                "mod" => query.tracked_mod = namespaced(&value),
                _ => {}
            }
        }
        query
    }

    pub fn parse_strictly(raw: &str) -> Result<RunsQuery, QueryError> {
        let mut query = RunsQuery {
            limit: Self::DEFAULT_LIMIT,
            before: None,
            tracked_mod: None,
        };
        for (key, value) in form_urlencoded::parse(raw.as_bytes()) {
            match key.as_ref() {
                "limit" => {
                    query.limit = value
                        .parse()
                        .ok()
                        .filter(|limit| (1..=Self::MAX_LIMIT).contains(limit))
                        .ok_or_else(|| {
                            QueryError::value("limit", &value, "a number from 1 to 500")
                        })?;
                }
                "before" => {
                    query.before = Some(run_id(&value).ok_or_else(|| {
                        QueryError::value(
                            "before",
                            &value,
                            "the id of a run, as next_before gives it",
                        )
                    })?);
                }
                "mod" => {
                    query.tracked_mod = Some(namespaced(&value).ok_or_else(|| {
                        QueryError::value("mod", &value, "<namespace>/<name> of a TrackedMod")
                    })?);
                }
                _ => return Err(QueryError::key(key, "limit, before, mod")),
            }
        }
        Ok(query)
    }
}

impl fmt::Display for RunsQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = QueryString::default();
        if self.limit != Self::DEFAULT_LIMIT {
            parts.add("limit", &self.limit.to_string());
        }
        if let Some(RunId(id)) = self.before {
            parts.add("before", &id.to_string());
        }
        if let Some((namespace, name)) = &self.tracked_mod {
            parts.add("mod", &format!("{namespace}/{name}"));
        }
        f.write_str(&parts.finish())
    }
}

/// One metric of a mod's projects over days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesQuery {
    pub metric: Metric,
    pub from: Date,
    pub to: Date,
}

const METRICS: [Metric; 4] = [
    Metric::Downloads,
    Metric::Followers,
    Metric::ThumbsUp,
    Metric::VersionsDownloads,
];

pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Downloads => "downloads",
        Metric::Followers => "followers",
        Metric::ThumbsUp => "thumbs_up",
        Metric::VersionsDownloads => "versions_downloads",
    }
}

impl SeriesQuery {
    /// Without dates: the 91 days up to today.
    pub fn parse_strictly(raw: &str, today: Date) -> Result<SeriesQuery, QueryError> {
        let mut metric = Metric::Downloads;
        let (mut from, mut to) = (None, None);
        for (key, value) in form_urlencoded::parse(raw.as_bytes()) {
            match key.as_ref() {
                "metric" => {
                    metric = one_of(&METRICS, metric_name, &value).ok_or_else(|| {
                        QueryError::value(
                            "metric",
                            &value,
                            "downloads, followers, thumbs_up or versions_downloads",
                        )
                    })?;
                }
                "from" => from = Some(day("from", &value)?),
                "to" => to = Some(day("to", &value)?),
                _ => return Err(QueryError::key(key, "metric, from, to")),
            }
        }
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.saturating_sub(90.days()));
        if from > to {
            return Err(QueryError::value(
                "from",
                &from.to_string(),
                &format!("a day up to {to}, the last one"),
            ));
        }
        Ok(SeriesQuery { metric, from, to })
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

/// A query string that the API can't follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("the query parameter {field} can't be {value:?}: give {expected}")]
    Value {
        field: &'static str,
        value: String,
        expected: String,
    },
    #[error("there is no query parameter {field:?}; known are: {known}")]
    Key { field: String, known: &'static str },
}

impl QueryError {
    pub fn value(field: &'static str, value: &str, expected: &str) -> QueryError {
        QueryError::Value {
            field,
            value: value.to_owned(),
            expected: expected.to_owned(),
        }
    }

    fn key(field: Cow<'_, str>, known: &'static str) -> QueryError {
        QueryError::Key {
            field: field.into_owned(),
            known,
        }
    }
}

#[derive(Default)]
struct QueryString(Option<form_urlencoded::Serializer<'static, String>>);

impl QueryString {
    fn add(&mut self, key: &str, value: &str) {
        self.0
            .get_or_insert_with(|| form_urlencoded::Serializer::for_suffix("?".to_owned(), 1))
            .append_pair(key, value);
    }

    fn finish(self) -> String {
        self.0.map(|mut parts| parts.finish()).unwrap_or_default()
    }
}

fn one_of<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, value: &str) -> Option<T> {
    all.iter().copied().find(|one| word(*one) == value)
}

fn run_id(value: &str) -> Option<RunId> {
    value.parse().ok().filter(|id| *id > 0).map(RunId)
}

fn namespaced(value: &str) -> Option<(String, String)> {
    let (namespace, name) = value.split_once('/')?;
    Some((namespace.to_owned(), name.to_owned()))
}

fn day(field: &'static str, value: &str) -> Result<Date, QueryError> {
    value
        .parse::<Date>()
        .ok()
        .filter(|day| day.year() >= 1970 && value.len() == 10)
        .ok_or_else(|| QueryError::value(field, value, "a day like 2026-11-22"))
}

#[cfg(test)]
mod tests;
