//! The tabs of a mod's page: each is a page with a state of its own.

use std::fmt;

use modstats_store::model::{Platform, ProjectKey};

use super::grammar::{Query, QueryError};
use super::history::HistoryQuery;
use super::modpacks::ModpacksQuery;
use super::overview::OverviewQuery;
use super::platform::PlatformQuery;
use super::timed::Timed;
use crate::period::Period;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tab {
    Overview(OverviewQuery),
    Platform(Platform, PlatformQuery),
    Modpacks(ModpacksQuery),
    History(HistoryQuery),
}

impl Tab {
    /// Only this one of the mod's projects.
    pub fn project(&self) -> Option<&ProjectKey> {
        match self {
            Tab::Overview(query) => query.project.as_ref(),
            Tab::Platform(_, query) => query.project.as_ref(),
            Tab::Modpacks(query) => query.packs.project.as_ref(),
            Tab::History(query) => query.project.as_ref(),
        }
    }

    /// The same tab of another choice of projects.
    pub fn with_project(mut self, project: Option<ProjectKey>) -> Tab {
        *match &mut self {
            Tab::Overview(query) => &mut query.project,
            Tab::Platform(_, query) => &mut query.project,
            Tab::Modpacks(query) => &mut query.packs.project,
            Tab::History(query) => &mut query.project,
        } = project;
        self
    }

    /// All tabs with the same choice of projects, and the same period where one was chosen.
    pub fn all(&self) -> [Tab; 5] {
        fn chosen<Q: Timed>(query: &Q) -> Option<Period> {
            Some(query.period().clone()).filter(|it| it != Q::default().period())
        }
        let chosen = match self {
            Tab::Overview(query) => chosen(query),
            Tab::Platform(_, query) => chosen(query),
            Tab::History(query) => chosen(query),
            Tab::Modpacks(_) => None,
        };
        fn timed<Q: Timed>(chosen: &Option<Period>) -> Q {
            let query = Q::default();
            match chosen {
                Some(period) => query.with_period(period.clone()),
                None => query,
            }
        }
        [
            Tab::Overview(timed(&chosen)),
            Tab::Platform(Platform::Modrinth, timed(&chosen)),
            Tab::Platform(Platform::Curseforge, timed(&chosen)),
            Tab::Modpacks(ModpacksQuery::default()),
            Tab::History(timed(&chosen)),
        ]
        .map(|tab| tab.with_project(self.project().cloned()))
    }

    /// What is left when what can't be followed is taken out.
    pub fn without(&self, error: &QueryError) -> Tab {
        match self {
            Tab::Overview(query) => Tab::Overview(query.left(error)),
            Tab::Platform(platform, query) => Tab::Platform(*platform, query.left(error)),
            Tab::Modpacks(query) => Tab::Modpacks(query.left(error)),
            Tab::History(query) => Tab::History(query.left(error)),
        }
    }

    /// What comes after the mod's own address, without the query.
    pub fn path(&self) -> &'static str {
        match self {
            Tab::Overview(_) => "",
            Tab::Platform(Platform::Modrinth, _) => "/modrinth",
            Tab::Platform(Platform::Curseforge, _) => "/curseforge",
            Tab::Modpacks(_) => "/modpacks",
            Tab::History(_) => "/history",
        }
    }
}

impl Default for Tab {
    fn default() -> Self {
        Tab::Overview(OverviewQuery::default())
    }
}

/// What comes after the mod's own address.
impl fmt::Display for Tab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = match self {
            Tab::Overview(query) => query.render(),
            Tab::Platform(_, query) => query.render(),
            Tab::Modpacks(query) => query.render(),
            Tab::History(query) => query.render(),
        };
        write!(f, "{}{query}", self.path())
    }
}
