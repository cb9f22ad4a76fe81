//! All mods.

use std::cmp::{Ordering, Reverse};

use jiff::Timestamp;

use super::facts::Fact;
use super::mod_card::{Card, yesterday};
use super::portfolio::facts;
use super::{Choosable, Context};
use crate::SourceOutlook;
use crate::data::ModData;
use crate::figures::Figures;
use crate::figures::portfolio::PortfolioFigures;
use crate::query::{Order, PortfolioQuery, PortfolioSort, Show};

/// More of those that move are no news.
const MOST_MOVERS: usize = 10;

#[derive(Clone, Debug)]
pub struct ModsPage {
    /// Nothing is tracked at all.
    pub(super) is_empty: bool,
    /// Of all of them together.
    pub(super) facts: Vec<Fact>,
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

impl ModsPage {
    pub fn new(mods: &[ModData], query: &PortfolioQuery, context: Context<'_>) -> ModsPage {
        let Context { words, now, .. } = context;
        let of_all = PortfolioFigures::of(mods, MOST_MOVERS, now);
        let mut standings = Standing::all(mods, &of_all, now);
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
            facts: facts(mods, &of_all, context),
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
    fn all(mods: &[ModData], of_all: &PortfolioFigures, now: Timestamp) -> Vec<Standing> {
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
                yesterday: yesterday(data, now).known().map(|it| it.value),
                growth: figures.growth_28d.map(|it| it.value),
                moves: of_all.movers.absolute.contains(&index),
                is_stale: of_all.stale.contains(&index),
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
