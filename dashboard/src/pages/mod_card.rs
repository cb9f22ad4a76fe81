//! A mod in the list of all.

use jiff::Timestamp;

use super::period_figure::{PeriodFigure, period_figure};
use super::{Context, FreshLine, TotalText, accent};
use crate::SourceOutlook;
use crate::chart::{Svg, sparkline};
use crate::data::ModData;
use crate::figures::due::Due;
use crate::figures::period::PeriodGrowth;
use crate::figures::{Total, daily};
use crate::freshness::freshness;
use crate::language::Words;
use crate::period::{Known, Period, Preset};
use crate::portfolio::Standing;
use crate::timeline::platform_name;

#[derive(Clone, Debug)]
pub(super) struct Card {
    pub title: String,
    pub namespace: String,
    pub name: String,
    pub href: String,
    pub total: Option<TotalText>,
    /// Of the last 28 days.
    pub growth: Option<PeriodFigure>,
    /// Or from when it is known.
    pub yesterday: String,
    pub spark: Option<Svg>,
    pub platforms: Vec<PlatformTotal>,
    pub freshness: Vec<FreshLine>,
}

#[derive(Clone, Debug)]
pub(super) struct PlatformTotal {
    pub label: &'static str,
    pub accent: &'static str,
    pub total: Option<TotalText>,
}

impl Card {
    pub fn new(standing: &Standing<'_>, context: Context<'_>) -> Card {
        let Context {
            words,
            links,
            outlook,
            now,
        } = context;
        let (namespace, name) = (standing.namespace, standing.name);
        let data = standing.data;
        let own: Vec<&SourceOutlook> = outlook
            .iter()
            .filter(|it| it.namespace == namespace && it.name == name)
            .collect();
        let sources = data.map_or(&[][..], |it| &it.view.sources);
        Card {
            title: standing.title().to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            href: links.mod_page(namespace, name, ""),
            total: standing.total.map(|it| TotalText::new(&it, words)),
            growth: data.map(|_| period_figure(&standing.last_28_days, words)),
            yesterday: yesterday(&standing.yesterday, words),
            spark: data.and_then(|it| spark(it, now)),
            platforms: data.map_or(Vec::new(), |it| PlatformTotal::all(it, context)),
            freshness: freshness(sources, &own, now)
                .iter()
                .map(|it| FreshLine::new(it, words))
                .collect(),
        }
    }
}

fn yesterday(growth: &Due<PeriodGrowth>, words: &Words) -> String {
    match growth {
        Due::Known(it) => {
            let key = match it.complete {
                true => "mods-yesterday",
                false => "mods-yesterday-incomplete",
            };
            words.with(key, &[("growth", words.change(it.value).into())])
        }
        Due::From(day) => words.with("mods-yesterday-from", &[("day", words.day(*day).into())]),
        Due::Never => String::new(),
    }
}

/// The last 28 days.
fn spark(data: &ModData, now: Timestamp) -> Option<Svg> {
    let bounds = Period::Preset(Preset::Days28).bounds(&Known::at(now))?;
    Some(sparkline(&daily(data, bounds.days.from, bounds.days.to)))
}

impl PlatformTotal {
    fn all(data: &ModData, Context { words, .. }: Context<'_>) -> Vec<PlatformTotal> {
        let of = |platform| PlatformTotal {
            label: platform_name(platform),
            accent: accent(Some(platform)),
            total: Total::downloads(data, Some(platform)).map(|it| TotalText::new(&it, words)),
        };
        data.platforms().into_iter().map(of).collect()
    }
}
