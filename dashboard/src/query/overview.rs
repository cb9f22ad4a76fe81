//! The Overview of a mod.

use modstats_store::model::ProjectKey;

use super::grammar::{Parameters, Query, QueryError};
use super::values::{Chart, visit_period};
use crate::period::{Compare, Period, Preset};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OverviewQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub period: Period,
    pub compare: Compare,
    pub chart: Chart,
}

impl OverviewQuery {
    pub const PERIOD: Preset = Preset::Days28;
}

impl Default for OverviewQuery {
    fn default() -> Self {
        OverviewQuery {
            project: None,
            period: Period::Preset(Self::PERIOD),
            compare: Compare::Previous,
            chart: Chart::Growth,
        }
    }
}

impl Query for OverviewQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        visit_period(parameters, &mut self.period, Self::PERIOD)?;
        parameters.value("compare", &mut self.compare, Compare::Previous)?;
        parameters.value("chart", &mut self.chart, Chart::Growth)
    }
}
