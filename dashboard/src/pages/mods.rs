//! All mods.

use jiff::{Timestamp, ToSpan};

use super::{Choosable, Context, FreshLine, GrowthText, TotalText, accent};
use crate::SourceOutlook;
use crate::chart::{Svg, sparkline};
use crate::data::ModData;
use crate::export::{Exported, TableLinks};
use crate::figures::due::Due;
use crate::figures::period::PeriodGrowth;
use crate::figures::{Figures, daily, last_complete_day};
use crate::freshness::freshness;
use crate::language::Words;
use crate::portfolio::{Standing, chosen};
use crate::query::{Order, PortfolioQuery, PortfolioSort, Show};
use crate::timeline::platform_name;

#[derive(Clone, Debug)]
pub struct ModsPage {
    /// Nothing is tracked at all.
    pub(super) is_empty: bool,
    pub(super) search: String,
    pub(super) show: Vec<Choosable>,
    pub(super) sort: Vec<Choosable>,
    pub(super) order: Vec<Choosable>,
    pub(super) count: String,
    pub(super) cards: Vec<Card>,
    pub(super) exports: TableLinks,
}

#[derive(Clone, Debug)]
pub(super) struct Card {
    pub title: String,
    pub namespace: String,
    pub name: String,
    pub href: String,
    pub total: Option<TotalText>,
    pub growth: Option<GrowthText>,
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

impl ModsPage {
    pub fn new(mods: &[ModData], query: &PortfolioQuery, context: Context<'_>) -> ModsPage {
        let words = context.words;
        let standings = chosen(mods, context.outlook, query, context.now);
        let cards: Vec<Card> = standings.iter().map(|it| Card::new(it, context)).collect();
        let choosable = |value: &str, key: &str, chosen| Choosable {
            value: value.to_owned(),
            label: words.text(key),
            chosen,
        };
        ModsPage {
            is_empty: mods.is_empty() && context.outlook.is_empty(),
            search: query
                .search
                .as_ref()
                .map_or("", |it| it.as_str())
                .to_owned(),
            show: [
                (Show::All, "mods-show-all"),
                (Show::Moving, "mods-show-moving"),
                (Show::Stale, "mods-show-stale"),
            ]
            .map(|(show, key)| choosable(show.as_str(), key, show == query.show))
            .into(),
            sort: [
                (PortfolioSort::Total, "mods-sort-total"),
                (PortfolioSort::Name, "mods-sort-name"),
                (PortfolioSort::Yesterday, "mods-sort-yesterday"),
                (PortfolioSort::Growth, "mods-sort-growth"),
            ]
            .map(|(sort, key)| choosable(sort.as_str(), key, sort == query.sort))
            .into(),
            order: [
                (Order::Descending, "mods-order-desc"),
                (Order::Ascending, "mods-order-asc"),
            ]
            .map(|(order, key)| choosable(order.as_str(), key, order == query.order))
            .into(),
            count: words.with("mods-count", &[("count", cards.len().into())]),
            cards,
            exports: Exported::Mods(query.clone()).links(context.links),
        }
    }
}

impl Card {
    fn new(standing: &Standing<'_>, context: Context<'_>) -> Card {
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
            growth: standing.growth_28d.map(|it| GrowthText::new(&it, words)),
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

/// The last 28 complete days.
fn spark(data: &ModData, now: Timestamp) -> Option<Svg> {
    let to = last_complete_day(data, now)?;
    Some(sparkline(&daily(data, to.saturating_sub(27.days()), to)))
}

impl PlatformTotal {
    fn all(data: &ModData, Context { words, now, .. }: Context<'_>) -> Vec<PlatformTotal> {
        let of = |platform| PlatformTotal {
            label: platform_name(platform),
            accent: accent(Some(platform)),
            total: Figures::new(data, Some(platform), now)
                .downloads
                .map(|it| TotalText::new(&it, words)),
        };
        data.platforms().into_iter().map(of).collect()
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::fixtures::sample_mod;

    let none = Context {
        outlook: &[],
        ..context
    };
    let of = |mods: &[ModData], show, context| {
        let query = PortfolioQuery {
            show,
            ..PortfolioQuery::default()
        };
        Box::new(ModsPage::new(mods, &query, context)) as Box<dyn super::Page>
    };
    vec![
        of(&[sample_mod()], Show::All, context),
        of(&[sample_mod()], Show::Moving, none),
        of(&[], Show::All, none),
    ]
}
