//! When versions were published, as the API gives it.

use modstats_store::model::{Platform, ProjectKey};

use super::grammar::{Parameters, Query, QueryError};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishingQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub platform: Option<Platform>,
}

impl Query for PublishingQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        parameters.optional("platform", &mut self.platform)
    }
}
