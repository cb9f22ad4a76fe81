//! Several mods, projects or versions beside each other.

use std::borrow::Cow;

use modstats_store::model::{ProjectKey, VersionKey};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{Chart, Grouping, ModKey, visit_period};
use crate::period::{Period, Preset};

/// One of the things that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Mod(ModKey),
    Project(ProjectKey),
    Version(VersionKey),
}

impl Value for Item {
    fn parse(text: &str) -> Option<Item> {
        if let Some(version) = version_of_link(text) {
            return Some(Item::Version(version));
        }
        match text.split_once(':')? {
            ("mod", key) => ModKey::parse(key).map(Item::Mod),
            ("project", key) => ProjectKey::parse(key).map(Item::Project),
            ("version", key) => VersionKey::parse(key).map(Item::Version),
            _ => None,
        }
    }

    fn print(&self) -> Cow<'_, str> {
        match self {
            Item::Mod(key) => format!("mod:{}", key.print()),
            Item::Project(key) => format!("project:{}", key.print()),
            Item::Version(key) => format!("version:{}", key.print()),
        }
        .into()
    }

    fn expected() -> Cow<'static, str> {
        "mod:<namespace>/<name>, project:<platform>:<id>, version:<platform>:<id> or the address of \
         a version on its platform"
            .into()
    }
}

/// The version whose page on its platform that is: a version of Modrinth or a file of CurseForge.
fn version_of_link(text: &str) -> Option<VersionKey> {
    let link = text.strip_prefix("https://")?;
    let link = link.strip_prefix("www.").unwrap_or(link);
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let key = match segments.as_slice() {
        ["modrinth.com", _, _, "version", id] => format!("modrinth:{id}"),
        ["curseforge.com", "minecraft", _, _, "files", id] => format!("curseforge:{id}"),
        _ => return None,
    };
    VersionKey::parse(&key)
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompareQuery {
    /// In the order of their columns; none yet where they are still to be chosen.
    pub items: Vec<Item>,
    pub period: Period,
    pub chart: Chart,
    pub by: Grouping,
}

impl CompareQuery {
    pub const PERIOD: Preset = Preset::Days91;
    pub const MOST_ITEMS: usize = 8;

    /// Where a comparison with a mod begins.
    pub fn of_mod(namespace: &str, name: &str) -> CompareQuery {
        CompareQuery {
            items: vec![Item::Mod(ModKey::new(namespace, name))],
            ..CompareQuery::default()
        }
    }
}

impl Default for CompareQuery {
    fn default() -> Self {
        CompareQuery {
            items: Vec::new(),
            period: Period::Preset(Self::PERIOD),
            chart: Chart::Growth,
            by: Grouping::Day,
        }
    }
}

impl Query for CompareQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.list("item", &mut self.items, Self::MOST_ITEMS)?;
        visit_period(parameters, &mut self.period, Self::PERIOD)?;
        parameters.value("chart", &mut self.chart, Chart::Growth)?;
        self.visit_grouping(parameters)
    }
}

/// The numbers of a comparison, as the API gives them: however they are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompareNumbersQuery(pub CompareQuery);

impl Query for CompareNumbersQuery {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.list("item", &mut self.0.items, CompareQuery::MOST_ITEMS)?;
        visit_period(parameters, &mut self.0.period, CompareQuery::PERIOD)?;
        self.0.visit_grouping(parameters)
    }
}

impl CompareQuery {
    fn visit_grouping(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.value("by", &mut self.by, Grouping::Day)?;
        match self.by {
            // Runs of different mods have no instants in common.
            Grouping::Run => Err(QueryError::value("by", "run", "day, week or month")),
            Grouping::Day | Grouping::Week | Grouping::Month => Ok(()),
        }
    }
}
