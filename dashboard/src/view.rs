//! What can be asked for, and how it is made from one state of the database.

mod compare;
mod history;
mod modpacks;
mod overview;
mod platform;
mod table;
mod timed;
mod versions;

pub use timed::only;

use jiff::{Timestamp, ToSpan};
use modstats_store::model::TrackedModView;
use modstats_store::time::day_of;
use modstats_store::{RunPage, Snapshot, StoreError};

use crate::SourceOutlook;
use crate::api;
use crate::cache::File;
use crate::data::{ModData, load_mods};
use crate::export::{Exported, Format};
use crate::links::Links;
use crate::pages::{
    ComparePage, Context, HistoryPage, KioskPage, ModsPage, OverviewPage, Page, RunsPage,
};
use crate::query::{
    CompareQuery, ModKey, OverviewQuery, PortfolioQuery, Query, QueryError, RunsQuery, Tab,
};

pub use compare::load as load_compare;
pub use history::load as load_history;
pub use overview::load_overview;
pub use versions::{Which, load as load_versions, load_over as load_versions_over};

/// Two periods of 28 days, and room for sources that stand still for a while.
pub const FIGURE_DAYS: i32 = 120;

/// A page or an API reply. Names are as they came in the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    Mods(PortfolioQuery),
    Mod {
        key: ModKey,
        tab: Tab,
    },
    Kiosk {
        key: ModKey,
        query: OverviewQuery,
    },
    Compare(CompareQuery),
    Runs(RunsQuery),
    /// A table of one of these as a file.
    Table(Exported, Format),
    Api(api::Request),
}

pub enum Content {
    Page(Box<dyn Page>),
    Json(String),
    File(File),
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
            View::Mod { key, tab } => links.mod_page(&key.namespace, &key.name, tab),
            View::Kiosk { key, query } => links.kiosk(&key.namespace, &key.name, query.render()),
            View::Compare(query) => links.compare(query.render()),
            View::Runs(query) => links.runs(query.render()),
            View::Table(exported, format) => exported.address(*format, links),
            View::Api(request) => links.api(request.path()),
        }
    }

    /// Whether it says the same to all readers.
    pub fn is_for_programs(&self) -> bool {
        match self {
            View::Mods(_)
            | View::Mod { .. }
            | View::Kiosk { .. }
            | View::Compare(_)
            | View::Runs(_) => false,
            View::Table(..) | View::Api(_) => true,
        }
    }

    /// The view that is left when what can't be followed is taken out of its query.
    pub fn without(&self, error: &QueryError) -> Option<View> {
        match self {
            View::Mod { key, tab } => Some(View::Mod {
                key: key.clone(),
                tab: tab.without(error),
            }),
            View::Kiosk { key, query } => Some(View::Kiosk {
                key: key.clone(),
                query: query.left(error),
            }),
            View::Compare(query) => Some(View::Compare(query.left(error))),
            View::Table(exported, format) => Some(View::Table(exported.without(error), *format)),
            View::Mods(_) | View::Runs(_) | View::Api(_) => None,
        }
    }

    pub async fn make(
        &self,
        snapshot: &Snapshot,
        generation: i64,
        context: Context<'_>,
    ) -> Result<Content, Unmade> {
        let now = context.now;
        let today = day_of(now);
        let figures_from = today.saturating_sub(FIGURE_DAYS.days());
        Ok(match self {
            View::Mods(query) => {
                let mods = load_mods(snapshot, figures_from, today, now).await?;
                page(ModsPage::new(&mods, query, context))
            }
            View::Mod { key, tab } => {
                let found = tracked_mod(snapshot, key, context).await?;
                match tab {
                    Tab::Overview(query) => {
                        let found = load_overview(snapshot, found, query, now).await?;
                        page(OverviewPage::new(&found, query, context))
                    }
                    Tab::Platform(platform, query) => {
                        page(platform::make(snapshot, found, *platform, query, context).await?)
                    }
                    Tab::Modpacks(query) => {
                        page(modpacks::make(snapshot, found, query, context).await?)
                    }
                    Tab::History(query) => {
                        let found = load_history(snapshot, found, query, now).await?;
                        page(HistoryPage::new(&found, query, context))
                    }
                }
            }
            View::Kiosk { key, query } => {
                let found = tracked_mod(snapshot, key, context).await?;
                let found = load_overview(snapshot, found, query, now).await?;
                page(KioskPage::new(&found, query, context))
            }
            View::Compare(query) => {
                let found = load_compare(snapshot, query, now).await?;
                page(ComparePage::new(&found, context))
            }
            View::Runs(query) => {
                let (runs, more) = load_runs(snapshot, query, now).await?;
                page(RunsPage::new(&runs, more, query, context))
            }
            View::Table(exported, format) => Content::File(File {
                table: table::make(snapshot, exported, context).await?.into(),
                format: *format,
                name: exported.file_name(*format),
            }),
            View::Api(request) => {
                let answer = request.answer(snapshot, generation, context).await?;
                Content::Json(answer)
            }
        })
    }
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

async fn tracked_mod(
    snapshot: &Snapshot,
    ModKey { namespace, name }: &ModKey,
    Context { outlook, now, .. }: Context<'_>,
) -> Result<TrackedModView, Unmade> {
    let is_own = |it: &SourceOutlook| it.namespace == *namespace && it.name == *name;
    match snapshot.tracked_mod(namespace, name, now).await? {
        Some(found) => Ok(found),
        // Its first run is still to come.
        None if outlook.iter().any(is_own) => Ok(ModData::nothing(namespace, name).view),
        None => Err(Unmade::NoSuchMod),
    }
}

fn page(page: impl Page + 'static) -> Content {
    Content::Page(Box::new(page))
}
