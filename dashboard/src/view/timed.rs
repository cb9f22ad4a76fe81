//! What the pages about a period begin with: its days, and the history of the projects asked for.

use jiff::{Timestamp, ToSpan};
use modstats_store::Snapshot;
use modstats_store::model::{Metric, ProjectKey, TrackedModView};
use modstats_store::time::day_of;

use super::{FIGURE_DAYS, Unmade};
use crate::data::{ModData, add_runs, load_history, load_known, project_ids};
use crate::period::{Bounds, Compare, Known, Period};
use crate::query::{QueryError, Timed, Value};

pub struct Found {
    pub known: Known,
    pub bounds: Bounds,
    /// Only what the page is about.
    pub data: ModData,
}

/// With at least the days that the figures of today need.
pub async fn find(
    snapshot: &Snapshot,
    view: TrackedModView,
    query: &impl Timed,
    project: Option<&ProjectKey>,
    metric: Metric,
    now: Timestamp,
) -> Result<Found, Unmade> {
    let view = only(view, project)?;
    let known = load_known(snapshot, &project_ids(&view), query.period(), now).await?;
    let bounds = query.period().bounds(&known);
    let bounds = bounds.ok_or_else(|| without_date(query.period()))?;
    let today = day_of(now);
    let compare = query.compare().unwrap_or(Compare::None);
    let from = today
        .saturating_sub(FIGURE_DAYS.days())
        .min(bounds.first_needed(compare));
    let mut data = load_history(snapshot, view, metric, from, today).await?;
    if let Some((start, _)) = bounds.hours {
        add_runs(snapshot, &mut data, metric, start).await?;
    }
    Ok(Found {
        known,
        bounds,
        data,
    })
}

/// The mod as if it had only that one of its projects.
pub fn only(
    mut view: TrackedModView,
    project: Option<&ProjectKey>,
) -> Result<TrackedModView, QueryError> {
    if let Some(project) = project {
        view.members.retain(|it| it.project.key == *project);
        if view.members.is_empty() {
            let expected = "one of the mod’s projects";
            return Err(QueryError::value("project", &project.print(), expected));
        }
    }
    Ok(view)
}

pub fn without_date(period: &Period) -> QueryError {
    let version = match period {
        Period::Since(version) => version.print().into_owned(),
        Period::Preset(_) | Period::Custom(_) => String::new(),
    };
    QueryError::value("version", &version, "a version whose date is known")
}
