//! The modpacks of a mod.

use std::borrow::Cow;

use modstats_store::model::{Platform, ProjectKey};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::keyset::Keyset;
use super::values::{All, Order, Search, Sorting, Yes, one_of, value_of_words, visit_sorting};
use crate::words::words;

words!(
    /// Which packs are shown, by what is known of them.
    ModpackState {
        /// They contain the mod today.
        Current = "current",
        /// They have begun to a short time ago.
        New = "new",
        /// They contained it, and don't today.
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
        /// When it became what it is: when it began to contain the mod, or was lost.
        Since = "since",
    }
);

impl ModpackState {
    /// What happened is ordered by when.
    fn sort(self) -> ModpackSort {
        match self {
            ModpackState::New | ModpackState::Lost => ModpackSort::Since,
            ModpackState::Current
            | ModpackState::Once
            | ModpackState::Declared
            | ModpackState::All => ModpackSort::Downloads,
        }
    }
}

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

/// Which packs, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModpackChoice {
    /// Only the packs of this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub platform: Option<Platform>,
    pub state: ModpackState,
    pub search: Option<Search>,
    pub with_downloads: bool,
    pub sort: ModpackSort,
    pub order: Order,
}

impl ModpackChoice {
    pub fn of(state: ModpackState) -> ModpackChoice {
        ModpackChoice {
            project: None,
            platform: None,
            state,
            search: None,
            with_downloads: false,
            sort: state.sort(),
            order: state.sort().natural(),
        }
    }

    /// Those that are shown first, of the same project.
    pub fn unfiltered(&self) -> ModpackChoice {
        ModpackChoice {
            project: self.project.clone(),
            ..ModpackChoice::of(ModpackState::Current)
        }
    }

    /// Those in a state, in the order that fits it, of the same project and platform.
    pub fn in_state(&self, state: ModpackState) -> ModpackChoice {
        ModpackChoice {
            project: self.project.clone(),
            platform: self.platform,
            ..ModpackChoice::of(state)
        }
    }

    fn visit(
        &mut self,
        parameters: &mut impl Parameters,
        state: ModpackState,
    ) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        parameters.optional("platform", &mut self.platform)?;
        parameters.value("state", &mut self.state, state)?;
        parameters.optional("q", &mut self.search)?;
        parameters.flag::<Yes>("with-downloads", &mut self.with_downloads)?;
        let (sort, order) = (&mut self.sort, &mut self.order);
        visit_sorting(parameters, sort, order, self.state.sort())
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModpacksQuery {
    pub packs: ModpackChoice,
    /// The table has all of them, not only the first ones.
    pub every_pack: bool,
}

impl Default for ModpacksQuery {
    fn default() -> Self {
        ModpacksQuery {
            packs: ModpackChoice::of(ModpackState::Current),
            every_pack: false,
        }
    }
}

impl Query for ModpacksQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        self.packs.visit(parameters, ModpackState::Current)?;
        parameters.flag::<All>("packs", &mut self.every_pack)
    }
}

/// The API's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModpackListQuery {
    pub packs: ModpackChoice,
    pub page: Keyset<ProjectKey>,
}

impl Default for ModpackListQuery {
    fn default() -> Self {
        ModpackListQuery {
            packs: ModpackChoice::of(ModpackState::All),
            page: Keyset::default(),
        }
    }
}

impl Query for ModpackListQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        self.packs.visit(parameters, ModpackState::All)?;
        self.page.visit(parameters)
    }
}
