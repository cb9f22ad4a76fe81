use modstats_store::Snapshot;
use modstats_store::model::{Metric, Platform, TrackedModView};
use modstats_store::time::day_of;

use super::Unmade;
use super::timed::{Found, find};
use crate::data::{Versions, load_history, load_versions_over};
use crate::pages::{Context, PlatformData, PlatformPage, people_of};
use crate::query::{GameVersion, PlatformQuery, QueryError, Value};

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
    let found = find(
        snapshot,
        view,
        query,
        project,
        Metric::Downloads,
        context.now,
    )
    .await?;
    let Found {
        known,
        bounds,
        data,
    } = found;
    let from = bounds.first_needed(query.compare);
    let (view, today) = (data.view.clone(), day_of(context.now));
    let people = load_history(snapshot, view, people_of(platform), from, today).await?;
    let versions = load_versions_over(snapshot, &data.view, &bounds).await?;
    is_known(query.game_version.as_ref(), &versions)?;
    Ok(PlatformData {
        whole,
        data,
        people,
        versions,
        known,
        bounds,
    })
}

/// Of a game version that none of the versions is for there is nothing to show.
fn is_known(asked: Option<&GameVersion>, versions: &Versions) -> Result<(), QueryError> {
    match asked {
        Some(asked) if !versions.views.iter().any(|it| asked.is_of(it)) => {
            let expected = GameVersion::expected();
            Err(QueryError::value("game-version", asked.as_str(), expected))
        }
        _ => Ok(()),
    }
}
