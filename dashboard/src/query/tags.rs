//! Downloads by game version or by loader, as the API gives them.

use modstats_store::model::{Platform, ProjectKey};

use super::grammar::{Parameters, Query, QueryError};
use super::overview::OverviewQuery;
use super::platform::Tag;
use super::values::visit_period;
use crate::period::Period;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub platform: Option<Platform>,
    pub period: Period,
    pub by: Tag,
}

impl Default for TagsQuery {
    fn default() -> Self {
        TagsQuery {
            project: None,
            platform: None,
            period: Period::Preset(OverviewQuery::PERIOD),
            by: Tag::GameVersion,
        }
    }
}

impl Query for TagsQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        parameters.optional("platform", &mut self.platform)?;
        visit_period(parameters, &mut self.period, OverviewQuery::PERIOD)?;
        parameters.value("by", &mut self.by, Tag::GameVersion)
    }
}
