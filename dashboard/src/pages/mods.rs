//! All mods.

use std::cmp::{Ordering, Reverse};

use jiff::ToSpan;

use super::{Choosable, Context, FreshLine, GrowthText, TotalText, accent, title};
use crate::SourceOutlook;
use crate::chart::{Svg, sparkline};
use crate::data::ModData;
use crate::figures::due::Due;
use crate::figures::period::{Part, PeriodGrowth};
use crate::figures::portfolio::{Movers, stale};
use crate::figures::{Figures, daily, last_complete_day};
use crate::freshness::freshness;
use crate::period::{Compare, Known, Period, Preset};
use crate::query::{Order, PortfolioQuery, PortfolioSort, Show};
use crate::timeline::platform_name;

/// More of those that move are no news.
const MOST_MOVERS: usize = 10;

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
}

/// What a mod is sorted and chosen by; what isn't known comes last in either order.
#[derive(Clone, Debug)]
struct Standing {
    total: Option<i64>,
    yesterday: Option<i64>,
    growth: Option<i64>,
    moves: bool,
    is_stale: bool,
    /// Where what is looked for may stand, in small letters.
    words: String,
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
        let mut standings = Standing::all(mods, context);
        let mut cards: Vec<(Card, Standing)> = mods
            .iter()
            .zip(standings.drain(..))
            .map(|(data, standing)| (Card::new(data, context), standing))
            .collect();
        // Mods whose first run is still to come are known to the scheduler only.
        for waiting in context.outlook {
            if !cards.iter().any(|(card, _)| card.is_of(waiting)) {
                cards.push((
                    Card::waiting(waiting, context),
                    Standing::of_nothing(waiting),
                ));
            }
        }
        let is_empty = cards.is_empty();
        let looked_for = query.search.as_ref().map(|it| it.as_str().to_lowercase());
        cards.retain(|(card, standing)| {
            let found = looked_for.as_ref().is_none_or(|it| {
                standing.words.contains(it) || card.title.to_lowercase().contains(it)
            });
            found
                && match query.show {
                    Show::All => true,
                    Show::Moving => standing.moves,
                    Show::Stale => standing.is_stale,
                }
        });
        cards.sort_by(|one, other| compare(query, one, other));
        let choosable = |value: &str, key: &str, chosen| Choosable {
            value: value.to_owned(),
            label: words.text(key),
            chosen,
        };
        ModsPage {
            is_empty,
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
            cards: cards.into_iter().map(|(card, _)| card).collect(),
        }
    }
}

fn compare(
    query: &PortfolioQuery,
    (one, standing): &(Card, Standing),
    (other, its): &(Card, Standing),
) -> Ordering {
    let names = |card: &Card| {
        (
            card.title.to_lowercase(),
            card.namespace.clone(),
            card.name.clone(),
        )
    };
    let by = |value: fn(&Standing) -> Option<i64>| match query.order {
        Order::Ascending => {
            let key = |it: &Standing| (value(it).is_none(), value(it));
            key(standing).cmp(&key(its))
        }
        Order::Descending => {
            let key = |it: &Standing| (value(it).is_none(), Reverse(value(it)));
            key(standing).cmp(&key(its))
        }
    };
    match (query.sort, query.order) {
        (PortfolioSort::Name, Order::Descending) => names(other).cmp(&names(one)),
        (PortfolioSort::Name, Order::Ascending) => Ordering::Equal,
        (PortfolioSort::Total, _) => by(|it| it.total),
        (PortfolioSort::Yesterday, _) => by(|it| it.yesterday),
        (PortfolioSort::Growth, _) => by(|it| it.growth),
    }
    .then_with(|| names(one).cmp(&names(other)))
}

impl Standing {
    fn all(mods: &[ModData], context: Context<'_>) -> Vec<Standing> {
        let now = context.now;
        let known = Known {
            now,
            first: None,
            published: None,
        };
        let week = Period::Preset(Preset::Days7);
        let changes: Vec<_> = mods
            .iter()
            .map(|data| {
                let parts = Part::of_members(data.members());
                let growth = PeriodGrowth::of(&parts, &week, Compare::Previous, &known);
                growth.known().and_then(|it| it.change.known().copied())
            })
            .collect();
        let movers = Movers::of(&changes, MOST_MOVERS).absolute;
        let standing = |(index, data): (usize, &ModData)| {
            let figures = Figures::new(data, None, now);
            let view = &data.view;
            let projects = view
                .members
                .iter()
                .filter_map(|it| it.project.name.as_deref());
            let names = [view.namespace.as_str(), "/", view.name.as_str()].concat();
            let words: Vec<&str> = std::iter::once(names.as_str()).chain(projects).collect();
            Standing {
                total: figures.downloads.map(|it| it.value),
                yesterday: yesterday(data, context).known().map(|it| it.value),
                growth: figures.growth_28d.map(|it| it.value),
                moves: movers.contains(&index),
                is_stale: !stale(&view.sources, now).is_empty(),
                words: words.join("\n").to_lowercase(),
            }
        };
        mods.iter().enumerate().map(standing).collect()
    }

    fn of_nothing(waiting: &SourceOutlook) -> Standing {
        Standing {
            total: None,
            yesterday: None,
            growth: None,
            moves: false,
            is_stale: false,
            words: format!("{}/{}", waiting.namespace, waiting.name).to_lowercase(),
        }
    }
}

fn yesterday(data: &ModData, context: Context<'_>) -> Due<PeriodGrowth> {
    PeriodGrowth::yesterday(&Part::of_members(data.members()), context.now)
}

impl Card {
    fn new(data: &ModData, context: Context<'_>) -> Card {
        let Context {
            words,
            links,
            outlook,
            now,
        } = context;
        let view = &data.view;
        let figures = Figures::new(data, None, now);
        let platforms = data.platforms();
        let spark = last_complete_day(data, now)
            .map(|to| sparkline(&daily(data, to.saturating_sub(27.days()), to)));
        let mut card = Card {
            title: title(view.display_name.as_deref(), &view.name),
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            href: links.mod_page(&view.namespace, &view.name, ""),
            total: figures
                .downloads
                .as_ref()
                .map(|it| TotalText::new(it, words)),
            growth: figures
                .growth_28d
                .as_ref()
                .map(|it| GrowthText::new(it, words)),
            yesterday: match yesterday(data, context) {
                Due::Known(it) => {
                    let key = match it.complete {
                        true => "mods-yesterday",
                        false => "mods-yesterday-incomplete",
                    };
                    words.with(key, &[("growth", words.change(it.value).into())])
                }
                Due::From(day) => {
                    words.with("mods-yesterday-from", &[("day", words.day(day).into())])
                }
                Due::Never => String::new(),
            },
            spark,
            platforms: platforms
                .into_iter()
                .map(|platform| PlatformTotal {
                    label: platform_name(platform),
                    accent: accent(Some(platform)),
                    total: Figures::new(data, Some(platform), now)
                        .downloads
                        .as_ref()
                        .map(|it| TotalText::new(it, words)),
                })
                .collect(),
            freshness: Vec::new(),
        };
        let own: Vec<&SourceOutlook> = outlook.iter().filter(|it| card.is_of(it)).collect();
        card.freshness = freshness(&view.sources, &own, now)
            .iter()
            .map(|it| FreshLine::new(it, words))
            .collect();
        card
    }

    fn waiting(of: &SourceOutlook, context: Context<'_>) -> Card {
        let Context {
            words,
            links,
            outlook,
            now,
        } = context;
        let mut card = Card {
            title: of.name.clone(),
            namespace: of.namespace.clone(),
            name: of.name.clone(),
            href: links.mod_page(&of.namespace, &of.name, ""),
            total: None,
            growth: None,
            yesterday: String::new(),
            spark: None,
            platforms: Vec::new(),
            freshness: Vec::new(),
        };
        let own: Vec<&SourceOutlook> = outlook.iter().filter(|it| card.is_of(it)).collect();
        card.freshness = freshness(&[], &own, now)
            .iter()
            .map(|it| FreshLine::new(it, words))
            .collect();
        card
    }

    fn is_of(&self, outlook: &SourceOutlook) -> bool {
        self.namespace == outlook.namespace && self.name == outlook.name
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
