//! Several mods, projects or versions beside each other.

use std::borrow::Cow;

use modstats_store::model::{ProjectKey, VersionKey};

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{Chart, Grouping, ModKey, visit_period};
use crate::links::{Segment, decoded};
use crate::period::{Period, Preset};

/// One of the things that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Mod(ModKey),
    Project(ProjectKey),
    Version(VersionKey),
    /// The page of a version on Modrinth, whose address may have the version's number for its id.
    Page(VersionPage),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionPage {
    /// Its slug or its id.
    pub project: String,
    /// Its number or its id.
    pub version: String,
}

impl Value for Item {
    fn parse(text: &str) -> Option<Item> {
        if let Some(link) = text.strip_prefix("https://") {
            return of_link(link);
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
            Item::Page(VersionPage { project, version }) => {
                let (project, version) = (Segment(project), Segment(version));
                format!("https://modrinth.com/mod/{project}/version/{version}")
            }
        }
        .into()
    }

    fn expected() -> Cow<'static, str> {
        "mod:<namespace>/<name>, project:<platform>:<id>, version:<platform>:<id> or the address of \
         a version on its platform"
            .into()
    }
}

/// A version of Modrinth or a file of CurseForge, by the address of its page.
fn of_link(link: &str) -> Option<Item> {
    const LONGEST: usize = 100;
    let link = link.strip_prefix("www.").unwrap_or(link);
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    match segments.as_slice() {
        ["modrinth.com", _, project, "version", version] => {
            let plain = |it: &str| decoded(it).unwrap_or_else(|| it.to_owned());
            let (project, version) = (plain(project), plain(version));
            let is_name = |it: &String| (1..=LONGEST).contains(&it.len());
            let page = VersionPage { project, version };
            (is_name(&page.project) && is_name(&page.version)).then_some(Item::Page(page))
        }
        ["curseforge.com", "minecraft", _, _, "files", id] => {
            VersionKey::parse(&format!("curseforge:{id}")).map(Item::Version)
        }
        _ => None,
    }
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
