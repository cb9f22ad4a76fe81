//! The figures of a mod, as the API gives them.

use modstats_store::model::ProjectKey;

use super::grammar::{Parameters, Query, QueryError};
use super::overview::OverviewQuery;
use super::values::visit_period;
use crate::period::{Compare, Period};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub period: Period,
    pub compare: Compare,
}

impl Default for FiguresQuery {
    fn default() -> Self {
        let overview = OverviewQuery::default();
        FiguresQuery {
            project: overview.project,
            period: overview.period,
            compare: overview.compare,
        }
    }
}

impl FiguresQuery {
    /// The Overview that shows them.
    pub fn overview(&self) -> OverviewQuery {
        OverviewQuery {
            project: self.project.clone(),
            period: self.period.clone(),
            compare: self.compare,
            ..OverviewQuery::default()
        }
    }
}

impl Query for FiguresQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        visit_period(parameters, &mut self.period, OverviewQuery::PERIOD)?;
        parameters.value("compare", &mut self.compare, Compare::Previous)
    }
}
