//! The tables of the pages, made of the same data.

use jiff::ToSpan;
use modstats_store::Snapshot;
use modstats_store::model::Metric;
use modstats_store::time::day_of;

use super::timed::only;
use super::{FIGURE_DAYS, Unmade, load_compare, load_history, load_runs, platform, tracked_mod};
use crate::data::{load_modpacks, load_mods};
use crate::export::{self, Exported, Table};
use crate::figures::portfolio::PortfolioFigures;
use crate::modpacks;
use crate::pages::{Context, chosen_versions};
use crate::portfolio;

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
        Exported::Versions(key, on, query) => {
            let whole = tracked_mod(snapshot, key, context).await?;
            let found = platform::load(snapshot, whole, *on, query, context).await?;
            let versions = chosen_versions(&found.versions.views, query);
            export::versions(versions, &found.data, found.bounds.days)
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
