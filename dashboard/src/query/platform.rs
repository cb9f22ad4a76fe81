//! A mod on one platform: the tabs Modrinth and CurseForge.

use std::borrow::Cow;

use modstats_store::model::ProjectKey;

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
        let (sort, order) = (&mut self.sort, &mut self.order);
        visit_sorting(parameters, sort, order, VersionSort::Published)?;
        parameters.flag::<All>("versions", &mut self.every_version)
    }
}
