//! The history of a mod, or of one of its versions or modpacks.

use std::borrow::Cow;

use modstats_store::model::{Metric, Platform, ProjectKey, VersionKey};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::series::MetricName;
use super::timed::Timed;
use super::values::{Chart, Grouping, Yes, visit_period};
use crate::period::{Compare, Period, Preset};

/// Whose history it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// The mod's own projects.
    All,
    Version(VersionKey),
    Modpack(ProjectKey),
}

impl Value for Of {
    fn parse(text: &str) -> Option<Of> {
        match text.split_once(':') {
            None => (text == "all").then_some(Of::All),
            Some(("version", key)) => VersionKey::parse(key).map(Of::Version),
            Some(("modpack", key)) => ProjectKey::parse(key).map(Of::Modpack),
            Some(_) => None,
        }
    }

    fn print(&self) -> Cow<'_, str> {
        match self {
            Of::All => "all".into(),
            Of::Version(key) => format!("version:{}", key.print()).into(),
            Of::Modpack(key) => format!("modpack:{}", key.print()).into(),
        }
    }

    fn expected() -> Cow<'static, str> {
        "all, version:<platform>:<id> or modpack:<platform>:<id>".into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HistoryQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub of: Of,
    pub platform: Option<Platform>,
    pub metric: Metric,
    pub period: Period,
    pub compare: Compare,
    pub by: Grouping,
    pub chart: Chart,
    /// A line through the points tells where they go.
    pub trend: bool,
}

impl HistoryQuery {
    pub const PERIOD: Preset = Preset::Days91;

    /// What the chart of another page shows, on all platforms or on one.
    pub fn of_chart(
        query: &impl Timed,
        project: Option<&ProjectKey>,
        platform: Option<Platform>,
    ) -> HistoryQuery {
        let shown = HistoryQuery {
            project: project.cloned(),
            platform,
            ..HistoryQuery::default()
        };
        shown
            .with_period(query.period().clone())
            .with_compare(query.compare().unwrap_or(Compare::None))
    }
}

impl Default for HistoryQuery {
    fn default() -> Self {
        HistoryQuery {
            project: None,
            of: Of::All,
            platform: None,
            metric: Metric::Downloads,
            period: Period::Preset(Self::PERIOD),
            compare: Compare::None,
            by: Grouping::Day,
            chart: Chart::Total,
            trend: false,
        }
    }
}

impl HistoryQuery {
    fn visit_subject(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        parameters.value("of", &mut self.of, Of::All)?;
        parameters.optional("platform", &mut self.platform)
    }

    fn visit_time(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        visit_period(parameters, &mut self.period, Self::PERIOD)?;
        parameters.value("compare", &mut self.compare, Compare::None)?;
        parameters.value("by", &mut self.by, Grouping::Day)
    }
}

impl Query for HistoryQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        self.visit_subject(parameters)?;
        parameters.value("metric", &mut self.metric, Metric::Downloads)?;
        self.visit_time(parameters)?;
        parameters.value("chart", &mut self.chart, Chart::Total)?;
        parameters.flag::<Yes>("trend", &mut self.trend)
    }
}

/// The numbers of a history, as the API gives them: however they are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryNumbersQuery(pub HistoryQuery);

impl Query for HistoryNumbersQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        self.0.visit_subject(parameters)?;
        let mut metric = MetricName(self.0.metric);
        parameters.value("metric", &mut metric, MetricName(Metric::Downloads))?;
        self.0.metric = metric.0;
        self.0.visit_time(parameters)
    }
}
