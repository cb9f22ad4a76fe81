//! What the API can be asked for, and how it is answered from one state of the database.

use jiff::ToSpan;
use jiff::civil::Date;
use modstats_store::Snapshot;
use modstats_store::model::{Metric, TrackedModView, VersionKey, VersionView};
use modstats_store::time::day_of;
use serde::Serialize;

use super::compare::Comparison;
use super::figures::ModFigures;
use super::history::History;
use super::modpacks::Modpacks;
use super::mods::{Mod, Mods, Versions};
use super::portfolio::Portfolio;
use super::publishing::Publishing;
use super::runs::Runs;
use super::series::Series;
use super::tags::Tags;
use crate::data::{
    load_history, load_modpacks, load_mods, load_version_sum, load_versions, with_histories,
};
use crate::figures::growth_since;
use crate::figures::publishing::months;
use crate::figures::tags::TagTable;
use crate::pages::Context;
use crate::query::{
    CompareNumbersQuery, FiguresQuery, HistoryNumbersQuery, Keyset, ModKey, ModpackListQuery,
    Order, Place, PublishingQuery, Query, QueryError, Rank, RunsQuery, SeriesQuery, TagsQuery,
};
use crate::view::{
    self, FIGURE_DAYS, Unmade, Which, load_overview, load_runs, load_versions_over, only,
};

/// An address of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Portfolio,
    Mods,
    Mod,
    Figures,
    Versions,
    Tags,
    Publishing,
    Series,
    History,
    Modpacks,
    Compare,
    Runs,
}

impl Endpoint {
    pub const ALL: [Endpoint; 12] = [
        Endpoint::Portfolio,
        Endpoint::Mods,
        Endpoint::Mod,
        Endpoint::Figures,
        Endpoint::Versions,
        Endpoint::Tags,
        Endpoint::Publishing,
        Endpoint::Series,
        Endpoint::History,
        Endpoint::Modpacks,
        Endpoint::Compare,
        Endpoint::Runs,
    ];

    /// With the names of what stands in the place of namespace and name.
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::Portfolio => "/api/v1/portfolio",
            Endpoint::Mods => "/api/v1/mods",
            Endpoint::Mod => "/api/v1/mods/{namespace}/{name}",
            Endpoint::Figures => "/api/v1/mods/{namespace}/{name}/figures",
            Endpoint::Versions => "/api/v1/mods/{namespace}/{name}/versions",
            Endpoint::Tags => "/api/v1/mods/{namespace}/{name}/tags",
            Endpoint::Publishing => "/api/v1/mods/{namespace}/{name}/publishing",
            Endpoint::Series => "/api/v1/mods/{namespace}/{name}/series",
            Endpoint::History => "/api/v1/mods/{namespace}/{name}/history",
            Endpoint::Modpacks => "/api/v1/mods/{namespace}/{name}/modpacks",
            Endpoint::Compare => "/api/v1/compare",
            Endpoint::Runs => "/api/v1/runs",
        }
    }

    /// The endpoint of a path, and the mod that it names, if it is about one.
    pub fn of(path: &str) -> Option<(Endpoint, Option<ModKey>)> {
        Endpoint::ALL.into_iter().find_map(|endpoint| {
            let mut given = path.split('/');
            let mut named = Vec::new();
            for expected in endpoint.path().split('/') {
                match given.next()? {
                    segment if expected.starts_with('{') => named.push(segment),
                    segment if segment == expected => {}
                    _ => return None,
                }
            }
            if given.next().is_some() {
                return None;
            }
            match named[..] {
                [namespace, name] => Some((endpoint, Some(ModKey::new(namespace, name)))),
                _ => Some((endpoint, None)),
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Portfolio,
    Mods(Keyset<ModKey>),
    Mod(ModKey),
    Figures(ModKey, FiguresQuery),
    Versions(ModKey, Keyset<VersionKey>),
    Tags(ModKey, TagsQuery),
    Publishing(ModKey, PublishingQuery),
    Series(ModKey, SeriesQuery),
    History(ModKey, HistoryNumbersQuery),
    Modpacks(ModKey, ModpackListQuery),
    Compare(CompareNumbersQuery),
    Runs(RunsQuery),
}

impl Request {
    /// None where nothing is served at the path.
    pub fn parse(path: &str, raw: &str, today: Date) -> Result<Option<Request>, QueryError> {
        let request = match Endpoint::of(path) {
            Some((Endpoint::Portfolio, _)) => {
                Nothing::parse_strictly(raw)?;
                Request::Portfolio
            }
            Some((Endpoint::Mods, _)) => Request::Mods(Keyset::parse_strictly(raw)?),
            Some((Endpoint::Compare, _)) => {
                Request::Compare(CompareNumbersQuery::parse_strictly(raw)?)
            }
            Some((Endpoint::Runs, _)) => Request::Runs(RunsQuery::parse_strictly(raw)?),
            Some((Endpoint::Mod, Some(key))) => {
                Nothing::parse_strictly(raw)?;
                Request::Mod(key)
            }
            Some((Endpoint::Figures, Some(key))) => {
                Request::Figures(key, FiguresQuery::parse_strictly(raw)?)
            }
            Some((Endpoint::Versions, Some(key))) => {
                Request::Versions(key, Keyset::parse_strictly(raw)?)
            }
            Some((Endpoint::Tags, Some(key))) => {
                Request::Tags(key, TagsQuery::parse_strictly(raw)?)
            }
            Some((Endpoint::Publishing, Some(key))) => {
                Request::Publishing(key, PublishingQuery::parse_strictly(raw)?)
            }
            Some((Endpoint::Series, Some(key))) => {
                Request::Series(key, SeriesQuery::parse_strictly(raw, today)?)
            }
            Some((Endpoint::History, Some(key))) => {
                Request::History(key, HistoryNumbersQuery::parse_strictly(raw)?)
            }
            Some((Endpoint::Modpacks, Some(key))) => {
                Request::Modpacks(key, ModpackListQuery::parse_strictly(raw)?)
            }
            _ => return Ok(None),
        };
        Ok(Some(request))
    }

    /// The mod that it is about.
    pub fn tracked_mod(&self) -> Option<&ModKey> {
        match self {
            Request::Portfolio | Request::Mods(_) | Request::Compare(_) | Request::Runs(_) => None,
            Request::Mod(key)
            | Request::Figures(key, _)
            | Request::Versions(key, _)
            | Request::Tags(key, _)
            | Request::Publishing(key, _)
            | Request::Series(key, _)
            | Request::History(key, _)
            | Request::Modpacks(key, _) => Some(key),
        }
    }

    /// The one spelling of its address, without what may stand before it.
    pub fn path(&self) -> String {
        let of = |key: &ModKey| format!("/api/v1/mods/{}/{}", key.namespace, key.name);
        match self {
            Request::Portfolio => "/api/v1/portfolio".to_owned(),
            Request::Mods(query) => format!("/api/v1/mods{}", query.render()),
            Request::Mod(key) => of(key),
            Request::Figures(key, query) => format!("{}/figures{}", of(key), query.render()),
            Request::Versions(key, query) => format!("{}/versions{}", of(key), query.render()),
            Request::Tags(key, query) => format!("{}/tags{}", of(key), query.render()),
            Request::Publishing(key, query) => {
                format!("{}/publishing{}", of(key), query.render())
            }
            Request::Series(key, query) => format!("{}/series{query}", of(key)),
            Request::History(key, query) => format!("{}/history{}", of(key), query.render()),
            Request::Modpacks(key, query) => format!("{}/modpacks{}", of(key), query.render()),
            Request::Compare(query) => format!("/api/v1/compare{}", query.render()),
            Request::Runs(query) => format!("/api/v1/runs{}", query.render()),
        }
    }

    pub async fn answer(
        &self,
        snapshot: &Snapshot,
        generation: i64,
        Context {
            words,
            outlook,
            now,
            ..
        }: Context<'_>,
    ) -> Result<String, Unmade> {
        let today = day_of(now);
        let from = today.saturating_sub(FIGURE_DAYS.days());
        let view = async |key: &ModKey| {
            let found = snapshot.tracked_mod(&key.namespace, &key.name, now).await?;
            found.ok_or(Unmade::NoSuchMod)
        };
        Ok(match self {
            Request::Portfolio => {
                let mods = load_mods(snapshot, from, today, now).await?;
                json(&Portfolio::new(generation, &mods, now))
            }
            Request::Mods(query) => {
                let views = snapshot.tracked_mods(now).await?;
                let place = |it: &TrackedModView| Place {
                    rank: None,
                    key: ModKey::new(&it.namespace, &it.name),
                };
                let (views, next) = query.page(views, Order::Ascending, place);
                let mods = with_histories(snapshot, views, from, today).await?;
                json(&Mods::new(generation, &mods, next.as_ref(), outlook, now))
            }
            Request::Mod(key) => {
                let view = view(key).await?;
                let data = load_history(snapshot, view, Metric::Downloads, from, today).await?;
                json(&Mod::new(generation, &data, outlook, now))
            }
            Request::Figures(key, query) => {
                let (view, overview) = (view(key).await?, query.overview());
                let found = load_overview(snapshot, view, &overview, now).await?;
                json(&ModFigures::new(generation, &found, query, now))
            }
            Request::Versions(key, query) => {
                let view = view(key).await?;
                let data = load_history(snapshot, view, Metric::Downloads, from, today).await?;
                let since = growth_since(now);
                let versions = load_versions(snapshot, &data, Some(since)).await?;
                let place = |it: &VersionView| Place {
                    rank: it.published_at.map(|at| Rank::Number(at.as_microsecond())),
                    key: it.key(),
                };
                let (page, next) = query.page(versions, Order::Descending, place);
                let next = next.as_ref();
                json(&Versions::new(generation, &data, since, &page, next))
            }
            Request::Tags(key, query) => {
                let (view, which) = (view(key).await?, Which::new(query.platform, &query.project));
                let found = load_versions_over(snapshot, view, which, &query.period, now).await?;
                let (versions, bounds) = found;
                let table = TagTable::new(&versions, &bounds, query.by);
                json(&Tags::new(generation, key, &table, bounds.days, query))
            }
            Request::Publishing(key, query) => {
                let (view, which) = (view(key).await?, Which::new(query.platform, &query.project));
                let versions = view::load_versions(snapshot, view, which).await?;
                let months = months(&versions, today);
                json(&Publishing::new(generation, key, &months))
            }
            Request::Series(key, query) => {
                let view = view(key).await?;
                let (metric, from, to) = (query.metric, query.from, query.to);
                let data = load_history(snapshot, view, metric, from, to).await?;
                let sum = match metric {
                    Metric::VersionsDownloads => {
                        let versions = load_versions(snapshot, &data, None).await?;
                        Some(load_version_sum(snapshot, &data, &versions, from, to).await?)
                    }
                    _ => None,
                };
                json(&Series::new(generation, &data, sum.as_ref(), *query))
            }
            Request::History(key, query) => {
                let found = view::load_history(snapshot, view(key).await?, &query.0, now).await?;
                json(&History::new(generation, &found, query, words))
            }
            Request::Compare(query) => {
                let found = view::load_compare(snapshot, &query.0, now).await?;
                json(&Comparison::new(generation, &found, words))
            }
            Request::Modpacks(key, query) => {
                let project = query.packs.project.as_ref();
                only(view(key).await?, project)?;
                let names = (key.namespace.as_str(), key.name.as_str());
                let modpacks = load_modpacks(snapshot, names, project).await?;
                json(&Modpacks::new(generation, key, modpacks, query, today))
            }
            Request::Runs(query) => {
                let (runs, more) = load_runs(snapshot, query, now).await?;
                json(&Runs::new(generation, &runs, more))
            }
        })
    }
}

/// The query of an address that has none.
#[derive(Clone, Default)]
pub struct Nothing;

impl Query for Nothing {
    fn visit(&mut self, _: &mut impl crate::query::Parameters) -> Result<(), QueryError> {
        Ok(())
    }
}

#[expect(
    clippy::expect_used,
    reason = "our own structs, whose keys are all strings"
)]
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a value of plain structs")
}
