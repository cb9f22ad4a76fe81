//! All mods.

use super::facts::Fact;
use super::mod_card::Card;
use super::portfolio::facts;
use super::{Choosable, Context};
use crate::data::ModData;
use crate::export::{Exported, TableLinks};
use crate::figures::portfolio::PortfolioFigures;
use crate::portfolio::chosen;
use crate::query::{Order, PortfolioQuery, PortfolioSort, Show};

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
    pub(super) exports: TableLinks,
}

impl ModsPage {
    pub fn new(mods: &[ModData], query: &PortfolioQuery, context: Context<'_>) -> ModsPage {
        let Context {
            words,
            outlook,
            now,
            ..
        } = context;
        let of_all = PortfolioFigures::of(mods, now);
        let standings = chosen(mods, outlook, &of_all, query, now);
        let cards: Vec<Card> = standings.iter().map(|it| Card::new(it, context)).collect();
        let choosable = |value: &str, key: &str, chosen| Choosable {
            value: value.to_owned(),
            label: words.text(key),
            chosen,
        };
        ModsPage {
            is_empty: mods.is_empty() && outlook.is_empty(),
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
            cards,
            exports: Exported::Mods(query.clone()).links(context.links),
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
