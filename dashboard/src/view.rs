//! What can be asked for, and how it is made from one state of the database.

use jiff::{Timestamp, ToSpan};
use modstats_store::model::{Metric, ProjectKey};
use modstats_store::time::day_of;
use modstats_store::{RunPage, Snapshot, StoreError};

use crate::SourceOutlook;
use crate::api;
use crate::data::{ModData, load_history, load_known, load_modpacks, load_mods, load_versions};
use crate::figures::growth_since;
use crate::links::Links;
use crate::pages::{Context, ModPage, ModsPage, Page, RunsPage};
use crate::period::Period;
use crate::query::{ModQuery, PlatformQuery, PortfolioQuery, Query, QueryError, RunsQuery, Value};

/// Two periods of 28 days, and room for sources that stand still for a while.
pub const FIGURE_DAYS: i32 = 120;

/// A page or an API reply. Names are as they came in the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    Mods(PortfolioQuery),
    Mod {
        namespace: String,
        name: String,
        query: ModQuery,
    },
    Runs(RunsQuery),
    Api(api::Request),
}

pub enum Content {
    Page(Box<dyn Page>),
    Json(String),
}

/// Why a view can't be made.
pub enum Unmade {
    NoSuchMod,
    /// The query is about what isn't there.
    Refused(QueryError),
    Database(StoreError),
}

impl From<QueryError> for Unmade {
    fn from(error: QueryError) -> Unmade {
        Unmade::Refused(error)
    }
}

impl From<StoreError> for Unmade {
    fn from(error: StoreError) -> Unmade {
        Unmade::Database(error)
    }
}

impl View {
    /// The one spelling of its URL.
    pub fn url(&self, links: &Links) -> String {
        match self {
            View::Mods(query) => format!("{}{}", links.mods(), query.render()),
            View::Mod {
                namespace,
                name,
                query,
            } => links.mod_page(namespace, name, query),
            View::Runs(query) => links.runs(query.render()),
            View::Api(request) => links.api(request.path()),
        }
    }

    /// Whether it says the same to all readers.
    pub fn is_for_programs(&self) -> bool {
        match self {
            View::Mods(_) | View::Mod { .. } | View::Runs(_) => false,
            View::Api(_) => true,
        }
    }

    /// The view that is left when what can't be followed is taken out of its query.
    pub fn without(&self, error: &QueryError) -> Option<View> {
        let View::Mod {
            namespace,
            name,
            query,
        } = self
        else {
            return None;
        };
        let raw = query.tab.render();
        let tab = PlatformQuery::without(raw.trim_start_matches('?'), error.clone());
        Some(View::Mod {
            namespace: namespace.clone(),
            name: name.clone(),
            query: ModQuery { tab, ..*query },
        })
    }

    pub async fn make(
        &self,
        snapshot: &Snapshot,
        generation: i64,
        context: Context<'_>,
    ) -> Result<Content, Unmade> {
        let Context { outlook, now, .. } = context;
        let today = day_of(now);
        let figures_from = today.saturating_sub(FIGURE_DAYS.days());
        Ok(match self {
            View::Mods(query) => {
                let mods = load_mods(snapshot, figures_from, today, now).await?;
                page(ModsPage::new(&mods, query, context))
            }
            View::Mod {
                namespace,
                name,
                query,
            } => {
                let key = (namespace.as_str(), name.as_str());
                let found = match snapshot.tracked_mod(namespace, name, now).await? {
                    Some(found) => found,
                    // Its first run is still to come.
                    None if is_expected(outlook, key) => ModData::nothing(namespace, name).view,
                    None => return Err(Unmade::NoSuchMod),
                };
                let period = &query.tab.period;
                let known = load_known(snapshot, &found, period, now).await?;
                let bounds = period.bounds(&known);
                let bounds = bounds.ok_or_else(|| without_date(period))?;
                let from = figures_from.min(bounds.first_needed(query.tab.compare));
                let mut data =
                    load_history(snapshot, found, Metric::Downloads, from, today).await?;
                if let Some(project) = &query.tab.project {
                    data = data.only(project).ok_or_else(|| not_of_the_mod(project))?;
                }
                let since = growth_since(&data, now);
                let versions = load_versions(snapshot, &data, since).await?;
                let modpacks = load_modpacks(snapshot, key).await?;
                page(ModPage::new(
                    &data,
                    versions,
                    &modpacks,
                    query,
                    bounds.drawn,
                    context,
                ))
            }
            View::Runs(query) => {
                let (runs, more) = load_runs(snapshot, query, now).await?;
                page(RunsPage::new(&runs, more, query, context))
            }
            View::Api(request) => {
                let answer = request.answer(snapshot, generation, outlook, now).await?;
                Content::Json(answer)
            }
        })
    }
}

fn without_date(period: &Period) -> QueryError {
    let version = match period {
        Period::Since(version) => version.print().into_owned(),
        Period::Preset(_) | Period::Custom(_) => String::new(),
    };
    QueryError::value("version", &version, "a version whose date is known")
}

fn not_of_the_mod(project: &ProjectKey) -> QueryError {
    QueryError::value("project", &project.print(), "one of the mod’s projects")
}

/// The runs of a page, and whether older ones exist.
pub async fn load_runs(
    snapshot: &Snapshot,
    query: &RunsQuery,
    now: Timestamp,
) -> Result<(Vec<modstats_store::model::RunView>, bool), StoreError> {
    let limit = u64::from(query.limit.0);
    let page = RunPage {
        limit: limit + 1,
        before: query.before,
        tracked_mod: query
            .tracked_mod
            .clone()
            .map(|key| (key.namespace, key.name)),
        source: query.source,
        state: query.state,
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

fn page(page: impl Page + 'static) -> Content {
    Content::Page(Box::new(page))
}
