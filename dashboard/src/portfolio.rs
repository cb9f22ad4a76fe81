//! All mods, as the first page and its exports choose and order them.

use std::cmp::Ordering;

use crate::SourceOutlook;
use crate::data::ModData;
use crate::figures::Total;
use crate::figures::due::Due;
use crate::figures::period::{Part, PeriodGrowth};
use crate::figures::portfolio::PortfolioFigures;
use crate::period::{Compare, Known, Period, Preset};
use crate::query::{PortfolioQuery, PortfolioSort, Show};
use crate::timeline;
use jiff::Timestamp;

/// A mod among the others.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    /// None for a mod whose first run is still to come: the scheduler alone knows it.
    pub data: Option<&'a ModData>,
    pub total: Option<Total>,
    pub yesterday: Due<PeriodGrowth>,
    pub last_28_days: Due<PeriodGrowth>,
    moves: bool,
    is_stale: bool,
}

/// The mods that are asked for, in the order that is asked for. `waiting` are those that a
/// scheduler knows of.
pub fn chosen<'a>(
    mods: &'a [ModData],
    waiting: &'a [SourceOutlook],
    of_all: &PortfolioFigures,
    query: &PortfolioQuery,
    now: Timestamp,
) -> Vec<Standing<'a>> {
    let mut standings = standings(mods, waiting, of_all, now);
    let looked_for = query.search.as_ref().map(|it| it.as_str().to_lowercase());
    standings.retain(|it| {
        let found = looked_for.as_ref().is_none_or(|text| it.has(text));
        found
            && match query.show {
                Show::All => true,
                Show::Moving => it.moves,
                Show::Stale => it.is_stale,
            }
    });
    standings.sort_by(|one, other| compare(one, other, query));
    standings
}

/// Every mod, once.
fn standings<'a>(
    mods: &'a [ModData],
    waiting: &'a [SourceOutlook],
    of_all: &PortfolioFigures,
    now: Timestamp,
) -> Vec<Standing<'a>> {
    let known = mods.iter().enumerate();
    let mut standings: Vec<Standing<'a>> = known
        .map(|(index, data)| Standing {
            moves: of_all.movers.absolute.contains(&index),
            is_stale: of_all.stale.contains(&index),
            ..Standing::of(data, now)
        })
        .collect();
    for outlook in waiting {
        if !standings.iter().any(|it| it.is_of(outlook)) {
            standings.push(Standing::of_nothing(outlook));
        }
    }
    standings
}

impl<'a> Standing<'a> {
    fn of(data: &'a ModData, now: Timestamp) -> Standing<'a> {
        let parts = Part::of_members(data.members());
        let days = Period::Preset(Preset::Days28);
        Standing {
            namespace: &data.view.namespace,
            name: &data.view.name,
            data: Some(data),
            total: Total::downloads(data, None),
            yesterday: PeriodGrowth::yesterday(&parts, now),
            last_28_days: PeriodGrowth::of(&parts, &days, Compare::Previous, &Known::at(now)),
            moves: false,
            is_stale: false,
        }
    }

    fn of_nothing(outlook: &'a SourceOutlook) -> Standing<'a> {
        Standing {
            namespace: &outlook.namespace,
            name: &outlook.name,
            data: None,
            total: None,
            yesterday: Due::Never,
            last_28_days: Due::Never,
            moves: false,
            is_stale: false,
        }
    }

    fn is_of(&self, outlook: &SourceOutlook) -> bool {
        self.namespace == outlook.namespace && self.name == outlook.name
    }

    /// What it is called: by its author, else by its resource.
    pub fn title(&self) -> &'a str {
        let displayed = self.data.and_then(|it| it.view.display_name.as_deref());
        timeline::title(displayed, self.name)
    }

    /// Whether a text, in small letters, is part of a name of it or of one of its projects.
    fn has(&self, text: &str) -> bool {
        let members = self.data.iter().flat_map(|it| &it.view.members);
        let projects = members.filter_map(|it| it.project.name.as_deref());
        let key = format!("{}/{}", self.namespace, self.name);
        [key.as_str(), self.title()]
            .into_iter()
            .chain(projects)
            .any(|name| name.to_lowercase().contains(text))
    }
}

/// What isn't known comes last in either order.
fn compare(one: &Standing<'_>, other: &Standing<'_>, query: &PortfolioQuery) -> Ordering {
    let order = query.order;
    let name = |it: &Standing<'_>| {
        (
            it.title().to_lowercase(),
            it.namespace.to_owned(),
            it.name.to_owned(),
        )
    };
    let by =
        |value: fn(&Standing<'_>) -> Option<i64>| order.compare_known(value(one), value(other));
    match query.sort {
        PortfolioSort::Name => order.compare(name(one), name(other)),
        PortfolioSort::Total => by(|it| it.total.map(|it| it.value)),
        PortfolioSort::Yesterday => by(|it| it.yesterday.known().map(|it| it.value)),
        PortfolioSort::Growth => by(|it| it.last_28_days.known().map(|it| it.value)),
    }
    .then_with(|| name(one).cmp(&name(other)))
}
