//! What can be asked for, and how it is made from one state of the database.

use jiff::ToSpan;
use modstats_store::model::Metric;
use modstats_store::time::day_of;
use modstats_store::{RunPage, Snapshot, StoreError};
use serde::Serialize;

use crate::SourceOutlook;
use crate::api;
use crate::data::{ModData, load_mod, load_modpacks, load_mods, load_versions};
use crate::links::Links;
use crate::pages::{Context, ModPage, ModsPage, Page, RunsPage, growth_since};
use crate::query::{ModQuery, RunsQuery, SeriesQuery};

/// Two periods of 28 days, and room for sources that stand still for a while.
const FIGURE_DAYS: i32 = 120;

/// A page or an API reply. Names are as they came in the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    Mods,
    Mod {
        namespace: String,
        name: String,
        query: ModQuery,
    },
    Runs(RunsQuery),
    ApiMods,
    ApiMod {
        namespace: String,
        name: String,
    },
    ApiSeries {
        namespace: String,
        name: String,
        query: SeriesQuery,
    },
    ApiModpacks {
        namespace: String,
        name: String,
    },
    ApiRuns(RunsQuery),
}

pub enum Content {
    Page(Box<dyn Page>),
    Json(String),
}

impl View {
    /// The one spelling of its URL.
    pub fn url(&self, links: &Links) -> String {
        match self {
            View::Mods => links.mods(),
            View::Mod {
                namespace,
                name,
                query,
            } => links.mod_page(namespace, name, query),
            View::Runs(query) => links.runs(query),
            View::ApiMods => links.api_mods(),
            View::ApiMod { namespace, name } => links.api_mod(namespace, name),
            View::ApiSeries {
                namespace,
                name,
                query,
            } => links.api_series(namespace, name, query),
            View::ApiModpacks { namespace, name } => links.api_modpacks(namespace, name),
            View::ApiRuns(query) => links.api_runs(query),
        }
    }

    /// Whether it says the same to all readers.
    pub fn is_for_programs(&self) -> bool {
        match self {
            View::Mods | View::Mod { .. } | View::Runs(_) => false,
            View::ApiMods
            | View::ApiMod { .. }
            | View::ApiSeries { .. }
            | View::ApiModpacks { .. }
            | View::ApiRuns(_) => true,
        }
    }

    /// None where there is no such mod.
    pub async fn make(
        &self,
        snapshot: &Snapshot,
        generation: i64,
        context: Context<'_>,
    ) -> Result<Option<Content>, StoreError> {
        let Context { outlook, now, .. } = context;
        let today = day_of(now);
        let figures_from = today.saturating_sub(FIGURE_DAYS.days());
        Ok(match self {
            View::Mods => {
                let mods = load_mods(snapshot, figures_from, today, now).await?;
                page(ModsPage::new(&mods, context))
            }
            View::ApiMods => {
                let mods = load_mods(snapshot, figures_from, today, now).await?;
                json(&api::Mods::new(generation, &mods, outlook, now))
            }
            View::Mod {
                namespace,
                name,
                query,
            } => {
                let from = figures_from.min(query.range.first_day(today));
                let key = (namespace.as_str(), name.as_str());
                let data =
                    match load_mod(snapshot, key, Metric::Downloads, from, today, now).await? {
                        Some(data) => data,
                        // Its first run is still to come.
                        None if is_expected(outlook, key) => ModData::nothing(namespace, name),
                        None => return Ok(None),
                    };
                let since = growth_since(&data, now);
                let versions = load_versions(snapshot, &data, since).await?;
                let modpacks = load_modpacks(snapshot, key).await?;
                page(ModPage::new(&data, versions, &modpacks, *query, context))
            }
            View::ApiMod { namespace, name } => {
                let key = (namespace.as_str(), name.as_str());
                let found =
                    load_mod(snapshot, key, Metric::Downloads, figures_from, today, now).await?;
                let Some(data) = found else { return Ok(None) };
                let since = growth_since(&data, now);
                let versions = load_versions(snapshot, &data, since).await?;
                json(&api::Mod::new(
                    generation, &data, &versions, since, outlook, now,
                ))
            }
            View::ApiSeries {
                namespace,
                name,
                query,
            } => {
                let key = (namespace.as_str(), name.as_str());
                let found =
                    load_mod(snapshot, key, query.metric, query.from, query.to, now).await?;
                let Some(data) = found else { return Ok(None) };
                json(&api::Series::new(generation, &data, *query))
            }
            View::ApiModpacks { namespace, name } => {
                let key = (namespace.as_str(), name.as_str());
                if snapshot.tracked_mod(namespace, name, now).await?.is_none() {
                    return Ok(None);
                }
                let modpacks = load_modpacks(snapshot, key).await?;
                json(&api::Modpacks::new(generation, key, modpacks))
            }
            View::Runs(query) => {
                let (runs, more) = runs(snapshot, query, now).await?;
                page(RunsPage::new(&runs, more, query, context))
            }
            View::ApiRuns(query) => {
                let (runs, more) = runs(snapshot, query, now).await?;
                json(&api::Runs::new(generation, &runs, more))
            }
        })
    }
}

/// The runs of a page, and whether older ones exist.
async fn runs(
    snapshot: &Snapshot,
    query: &RunsQuery,
    now: jiff::Timestamp,
) -> Result<(Vec<modstats_store::model::RunView>, bool), StoreError> {
    let limit = u64::from(query.limit);
    let page = RunPage {
        limit: limit + 1,
        before: query.before,
        tracked_mod: query.tracked_mod.clone(),
        source: None,
    };
    let mut runs = snapshot.runs(&page, now).await?;
    let more = u64::try_from(runs.len()).is_ok_and(|found| found > limit);
    if more {
        runs.pop();
    }
    Ok((runs, more))
}

fn is_expected(outlook: &[SourceOutlook], (namespace, name): (&str, &str)) -> bool {
    outlook
        .iter()
        .any(|it| it.namespace == namespace && it.name == name)
}

fn page(page: impl Page + 'static) -> Option<Content> {
    Some(Content::Page(Box::new(page)))
}

#[expect(
    clippy::expect_used,
    reason = "our own structs, whose keys are all strings"
)]
fn json(value: &impl Serialize) -> Option<Content> {
    Some(Content::Json(
        serde_json::to_string(value).expect("a value of plain structs"),
    ))
}
