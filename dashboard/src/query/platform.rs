//! A mod on one platform: the tabs Modrinth and CurseForge.

use std::borrow::Cow;

use modstats_store::model::{ProjectKey, VersionView};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::overview::OverviewQuery;
use super::values::{
    All, Chart, Order, Sorting, one_of, value_of_words, visit_period, visit_sorting,
};
use crate::period::{Compare, Period};
use crate::words::words;

words!(
    /// What downloads are told apart by. A version counts fully for each of its tags.
    Tag {
        GameVersion = "game-version",
        Loader = "loader",
    }
);

words!(
    /// The column by which versions are ordered.
    VersionSort {
        Published = "published",
        Name = "name",
        Downloads = "downloads",
        Growth = "growth",
    }
);

value_of_words!(Tag, VersionSort);

/// A version of the game, as the platform calls it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GameVersion(String);

impl GameVersion {
    const LONGEST: usize = 100;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a version is for it.
    pub fn is_of(&self, version: &VersionView) -> bool {
        version.game_versions.contains(&self.0)
    }
}

impl Value for GameVersion {
    fn parse(text: &str) -> Option<GameVersion> {
        (1..=GameVersion::LONGEST)
            .contains(&text.chars().count())
            .then(|| GameVersion(text.to_owned()))
    }

    fn print(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn expected() -> Cow<'static, str> {
        "a game version that one of the versions is for".into()
    }
}

impl Sorting for VersionSort {
    fn natural(self) -> Order {
        match self {
            VersionSort::Name => Order::Ascending,
            VersionSort::Published | VersionSort::Downloads | VersionSort::Growth => {
                Order::Descending
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlatformQuery {
    /// Only this one of the mod's projects.
    pub project: Option<ProjectKey>,
    pub period: Period,
    pub compare: Compare,
    pub chart: Chart,
    pub by: Tag,
    /// The table has only the versions for this one.
    pub game_version: Option<GameVersion>,
    pub sort: VersionSort,
    pub order: Order,
    /// The table has all versions, not only the first ones.
    pub every_version: bool,
}

impl Default for PlatformQuery {
    fn default() -> Self {
        let overview = OverviewQuery::default();
        PlatformQuery {
            project: None,
            period: overview.period,
            compare: overview.compare,
            chart: overview.chart,
            by: Tag::GameVersion,
            game_version: None,
            sort: VersionSort::Published,
            order: VersionSort::Published.natural(),
            every_version: false,
        }
    }
}

impl Query for PlatformQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("project", &mut self.project)?;
        visit_period(parameters, &mut self.period, OverviewQuery::PERIOD)?;
        parameters.value("compare", &mut self.compare, Compare::Previous)?;
        parameters.value("chart", &mut self.chart, Chart::Growth)?;
        parameters.value("by", &mut self.by, Tag::GameVersion)?;
        parameters.optional("game-version", &mut self.game_version)?;
        let (sort, order) = (&mut self.sort, &mut self.order);
        visit_sorting(parameters, sort, order, VersionSort::Published)?;
        parameters.flag::<All>("versions", &mut self.every_version)
    }
}
