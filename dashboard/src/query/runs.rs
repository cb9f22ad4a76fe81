//! One page of runs.

use modstats_store::model::{RunId, RunState, Source};

use super::grammar::{Parameters, Query, QueryError};
use super::values::{Limit, ModKey};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunsQuery {
    /// Only the runs of this TrackedMod.
    pub tracked_mod: Option<ModKey>,
    pub source: Option<Source>,
    pub state: Option<RunState>,
    /// Runs older than this one.
    pub before: Option<RunId>,
    pub limit: Limit,
}

impl RunsQuery {
    const LIMIT: Limit = Limit(50);

    /// The newest runs of one mod.
    pub fn of_mod(namespace: &str, name: &str) -> RunsQuery {
        RunsQuery {
            tracked_mod: Some(ModKey::new(namespace, name)),
            ..RunsQuery::default()
        }
    }
}

impl Default for RunsQuery {
    fn default() -> Self {
        RunsQuery {
            tracked_mod: None,
            source: None,
            state: None,
            before: None,
            limit: Self::LIMIT,
        }
    }
}

impl Query for RunsQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("mod", &mut self.tracked_mod)?;
        parameters.optional("source", &mut self.source)?;
        parameters.optional("state", &mut self.state)?;
        parameters.optional("before", &mut self.before)?;
        parameters.value("limit", &mut self.limit, Self::LIMIT)
    }
}
