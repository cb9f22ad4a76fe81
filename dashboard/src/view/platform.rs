use modstats_store::Snapshot;
use modstats_store::model::{Metric, Platform, TrackedModView};

use super::Unmade;
use super::timed::{Found, find};
use crate::data::load_versions;
use crate::figures::growth_since;
use crate::pages::{Context, PlatformData, PlatformPage};
use crate::query::PlatformQuery;

pub async fn make(
    snapshot: &Snapshot,
    whole: TrackedModView,
    platform: Platform,
    query: &PlatformQuery,
    context: Context<'_>,
) -> Result<PlatformPage, Unmade> {
    let data = load(snapshot, whole, platform, query, context).await?;
    Ok(PlatformPage::new(&data, platform, query, context))
}

pub async fn load(
    snapshot: &Snapshot,
    whole: TrackedModView,
    platform: Platform,
    query: &PlatformQuery,
    context: Context<'_>,
) -> Result<PlatformData, Unmade> {
    let project = query.project.as_ref();
    let mut view = whole.clone();
    view.members
        .retain(|it| it.project.key.platform == platform);
    let found = find(snapshot, view, query, project, Metric::Downloads, context).await?;
    let Found {
        known,
        bounds,
        data,
    } = found;
    let versions = load_versions(snapshot, &data, growth_since(&data, context.now)).await?;
    Ok(PlatformData {
        whole,
        data,
        versions,
        known,
        bounds,
    })
}
