//! The Overview of a mod.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::Snapshot;
use modstats_store::model::{Metric, TrackedModView, VersionView};
use modstats_store::time::day_of;

use super::Unmade;
use super::timed::{Found, find};
use crate::data::{ModData, load_modpacks, load_versions};
use crate::figures::overview::{OverviewData, releases_of};
use crate::figures::recent::last_day_since;
use crate::query::OverviewQuery;

pub async fn load_overview(
    snapshot: &Snapshot,
    whole: TrackedModView,
    query: &OverviewQuery,
    now: Timestamp,
) -> Result<OverviewData, Unmade> {
    let today = day_of(now);
    let project = query.project.as_ref();
    let view = whole.clone();
    let found = find(snapshot, view, query, project, Metric::Downloads, now).await?;
    let Found {
        known,
        bounds,
        data,
    } = found;
    let versions = load_versions(snapshot, &data, None).await?;
    let current = data.members().filter(|it| it.0.left_at.is_none());
    let projects: Vec<i32> = current.map(|(member, _)| member.project.id).collect();
    let samples = snapshot.samples(&projects, last_day_since(now)).await?;
    let (releases, since) = newest_releases(&data, &versions, today);
    let histories = snapshot.version_histories(&releases, since, today).await?;
    let modpacks = load_modpacks(snapshot, (&whole.namespace, &whole.name), project).await?;
    Ok(OverviewData {
        whole,
        data,
        versions,
        histories,
        samples,
        modpacks,
        known,
        bounds,
    })
}

/// The versions of each project's two newest releases, and the day on which the first of them was
/// published.
fn newest_releases(data: &ModData, versions: &[VersionView], today: Date) -> (Vec<i32>, Date) {
    let (mut ids, mut since) = (Vec::new(), today);
    for (member, _) in data.members() {
        for release in releases_of(versions, member).iter().take(2) {
            ids.extend(release.versions.iter().map(|it| it.id));
            since = since.min(day_of(release.published_at));
        }
    }
    (ids, since)
}
