//! The state of a page is its address: one grammar for all of them, one file for the state of each
//! page. Every state has one canonical spelling, which is the key of the rendered reply.

mod compare;
mod described;
mod figures;
mod grammar;
mod history;
mod keyset;
mod modpacks;
mod overview;
mod platform;
mod portfolio;
mod publishing;
mod runs;
mod series;
mod tab;
mod tags;
mod timed;
mod values;

pub use compare::{CompareNumbersQuery, CompareQuery, Item, VersionPage};
pub use described::{Described, described};
pub use figures::FiguresQuery;
pub use grammar::{Parameters, Query, QueryError, Value};
pub use history::{HistoryNumbersQuery, HistoryQuery, Of};
pub use keyset::{Keyset, Place, Rank, placed};
pub use modpacks::{ModpackChoice, ModpackListQuery, ModpackSort, ModpackState, ModpacksQuery};
pub use overview::OverviewQuery;
pub use platform::{GameVersion, PlatformQuery, Tag, VersionSort};
pub use portfolio::{PortfolioQuery, PortfolioSort, Show};
pub use publishing::PublishingQuery;
pub use runs::RunsQuery;
pub use series::{SeriesQuery, metric_name};
pub use tab::Tab;
pub use tags::TagsQuery;
pub use timed::Timed;
pub use values::{Chart, Grouping, ModKey, Order, Sorting};

#[cfg(test)]
use grammar::Parsed;
#[cfg(test)]
mod tests;
