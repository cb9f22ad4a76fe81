use modstats_store::Snapshot;
use modstats_store::model::{Metric, TrackedModView};

use super::Unmade;
use super::timed::{Found, find};
use crate::data::load_versions;
use crate::figures::growth_since;
use crate::pages::{Context, OverviewData, OverviewPage};
use crate::query::OverviewQuery;

pub async fn make(
    snapshot: &Snapshot,
    whole: TrackedModView,
    query: &OverviewQuery,
    context: Context<'_>,
) -> Result<OverviewPage, Unmade> {
    let project = query.project.as_ref();
    let view = whole.clone();
    let found = find(snapshot, view, query, project, Metric::Downloads, context).await?;
    let Found {
        known,
        bounds,
        data,
    } = found;
    let versions = load_versions(snapshot, &data, growth_since(&data, context.now)).await?;
    let data = OverviewData {
        whole,
        data,
        versions,
        known,
        bounds,
    };
    Ok(OverviewPage::new(&data, query, context))
}
