//! The tables of the pages, made of the same data.

use jiff::ToSpan;
use modstats_store::Snapshot;
use modstats_store::model::{Metric, Platform, TrackedModView};
use modstats_store::time::day_of;

use super::timed::only;
use super::{
    FIGURE_DAYS, Unmade, Which, load_compare, load_history, load_runs, load_versions,
    load_versions_over, platform, tracked_mod,
};
use crate::data::{load_modpacks, load_mods};
use crate::export::{self, Exported, PlatformTable, Table};
use crate::figures::portfolio::PortfolioFigures;
use crate::figures::publishing::months;
use crate::figures::tags::TagTable;
use crate::modpacks;
use crate::pages::{Context, chosen_versions};
use crate::portfolio;
use crate::query::PlatformQuery;

pub async fn make(
    snapshot: &Snapshot,
    exported: &Exported,
    context: Context<'_>,
) -> Result<Table, Unmade> {
    let Context {
        words,
        outlook,
        now,
        ..
    } = context;
    let today = day_of(now);
    Ok(match exported {
        Exported::Mods(query) => {
            let from = today.saturating_sub(FIGURE_DAYS.days());
            let mods = load_mods(snapshot, from, today, now).await?;
            let of_all = PortfolioFigures::of(&mods, now);
            export::mods(portfolio::chosen(&mods, outlook, &of_all, query, now))
        }
        Exported::Platform(table, key, on, query) => {
            let whole = tracked_mod(snapshot, key, context).await?;
            of_platform(snapshot, *table, whole, *on, query, context).await?
        }
        Exported::Modpacks(key, query) => {
            let project = query.packs.project.as_ref();
            only(tracked_mod(snapshot, key, context).await?, project)?;
            let names = (key.namespace.as_str(), key.name.as_str());
            let packs = load_modpacks(snapshot, names, project).await?.packs;
            export::modpacks(modpacks::chosen(packs, &query.packs, today), today)
        }
        Exported::History(key, query) => {
            let whole = tracked_mod(snapshot, key, context).await?;
            let found = load_history(snapshot, whole, query, now).await?;
            let lanes = found.lanes(query, words);
            let timeline = found.timeline(&lanes, query, words);
            export::timeline(timeline.as_ref(), query.metric)
        }
        Exported::Compare(query) => {
            let found = load_compare(snapshot, query, now).await?;
            let lanes = found.lanes(words);
            let timeline = found.timeline(&lanes, words);
            export::timeline(timeline.as_ref(), Metric::Downloads)
        }
        Exported::Runs(query) => export::runs(load_runs(snapshot, query, now).await?.0),
    })
}

async fn of_platform(
    snapshot: &Snapshot,
    table: PlatformTable,
    whole: TrackedModView,
    on: Platform,
    query: &PlatformQuery,
    context: Context<'_>,
) -> Result<Table, Unmade> {
    let now = context.now;
    let which = Which::new(Some(on), &query.project);
    Ok(match table {
        PlatformTable::Versions => {
            let found = platform::load(snapshot, whole, on, query, context).await?;
            let versions = chosen_versions(&found.versions.views, query);
            export::versions(versions, &found.data, found.bounds.days)
        }
        PlatformTable::Tags => {
            let found = load_versions_over(snapshot, whole, which, &query.period, now).await?;
            let (versions, bounds) = found;
            export::tags(&TagTable::new(&versions, &bounds, query.by), query.by)
        }
        PlatformTable::Publishing => {
            let versions = load_versions(snapshot, whole, which).await?;
            export::publishing(months(&versions, day_of(now)))
        }
    })
}
