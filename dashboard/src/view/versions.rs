//! The versions of a mod's projects, for what is told of nothing else.

use jiff::Timestamp;
use modstats_store::Snapshot;
use modstats_store::model::{Platform, ProjectKey, TrackedModView, VersionView};

use super::Unmade;
use super::timed::{only, without_date};
use crate::data::{Versions, load_known, load_versions_over, project_ids};
use crate::period::{Bounds, Period};
use crate::query::QueryError;

/// Which of a mod's projects; None is all of them.
#[derive(Clone, Copy)]
pub struct Which<'a> {
    platform: Option<Platform>,
    project: Option<&'a ProjectKey>,
}

impl<'a> Which<'a> {
    pub fn new(platform: Option<Platform>, project: &'a Option<ProjectKey>) -> Which<'a> {
        Which {
            platform,
            project: project.as_ref(),
        }
    }

    fn of(self, mut view: TrackedModView) -> Result<TrackedModView, QueryError> {
        view.members.retain(|it| {
            self.platform
                .is_none_or(|platform| it.project.key.platform == platform)
        });
        only(view, self.project)
    }
}

/// With their downloads on the days of a period.
pub async fn load_over(
    snapshot: &Snapshot,
    whole: TrackedModView,
    which: Which<'_>,
    period: &Period,
    now: Timestamp,
) -> Result<(Versions, Bounds), Unmade> {
    let view = which.of(whole)?;
    let known = load_known(snapshot, &project_ids(&view), period, now).await?;
    let bounds = period.bounds(&known);
    let bounds = bounds.ok_or_else(|| without_date(period))?;
    Ok((load_versions_over(snapshot, &view, &bounds).await?, bounds))
}

/// The newest first.
pub async fn load(
    snapshot: &Snapshot,
    whole: TrackedModView,
    which: Which<'_>,
) -> Result<Vec<VersionView>, Unmade> {
    let view = which.of(whole)?;
    Ok(snapshot.versions(&project_ids(&view), None).await?)
}
