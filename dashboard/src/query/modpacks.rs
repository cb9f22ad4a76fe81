//! The modpacks of a mod.

use std::borrow::Cow;

use modstats_store::model::{Platform, ProjectKey};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{All, Order, Search, Sorting, Yes, one_of, value_of_words, visit_sorting};
use crate::words::words;

words!(
    /// Which packs are shown, by what is known of them.
    ModpackState {
        /// They contain the mod today.
        Current = "current",
        New = "new",
        Lost = "lost",
        /// An older version of the pack contained it.
        Once = "once",
        /// The document names them, and nobody verifies it.
        Declared = "declared",
        All = "all",
    }
);

words!(
    /// The column by which packs are ordered.
    ModpackSort {
        Downloads = "downloads",
        Name = "name",
        /// Downloads since the pack contains the mod.
        SinceAdded = "since-added",
        /// When it began to.
        Since = "since",
    }
);

value_of_words!(ModpackState, ModpackSort);

impl Sorting for ModpackSort {
    fn natural(self) -> Order {
        match self {
            ModpackSort::Name => Order::Ascending,
            ModpackSort::Downloads | ModpackSort::SinceAdded | ModpackSort::Since => {
                Order::Descending
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModpacksQuery {
    /// Only the packs of this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub platform: Option<Platform>,
    pub state: ModpackState,
    pub search: Option<Search>,
    pub with_downloads: bool,
    pub sort: ModpackSort,
    pub order: Order,
    /// The table has all packs, not only the first ones.
    pub every_pack: bool,
}

impl Default for ModpacksQuery {
    fn default() -> Self {
        ModpacksQuery {
            project: None,
            platform: None,
            state: ModpackState::Current,
            search: None,
            with_downloads: false,
            sort: ModpackSort::Downloads,
            order: ModpackSort::Downloads.natural(),
            every_pack: false,
        }
    }
}

impl Query for ModpacksQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        parameters.optional("platform", &mut self.platform)?;
        parameters.value("state", &mut self.state, ModpackState::Current)?;
        parameters.optional("q", &mut self.search)?;
        parameters.flag::<Yes>("with-downloads", &mut self.with_downloads)?;
        let (sort, order) = (&mut self.sort, &mut self.order);
        visit_sorting(parameters, sort, order, ModpackSort::Downloads)?;
        parameters.flag::<All>("packs", &mut self.every_pack)
    }
}
