//! What is said of all mods together.

use super::facts::{Fact, FactValue};
use super::period_figure::period_figure;
use super::{Context, TotalText};
use crate::data::ModData;
use crate::figures::period::{Change, Relative};
use crate::figures::portfolio::PortfolioFigures;
use crate::language::{Markup, Words};
use crate::query::{PortfolioQuery, Query, Show};
use crate::timeline::title;

/// So many mods are named in a figure.
const MOST_NAMES: usize = 3;

/// None of them, where there are no mods.
pub(super) fn facts(
    mods: &[ModData],
    of_all: &PortfolioFigures,
    context: Context<'_>,
) -> Vec<Fact> {
    let Context { words, links, .. } = context;
    if mods.is_empty() {
        return Vec::new();
    }
    let fact = |name, heading: &str, value, lines| Fact {
        name,
        heading: words.markup(heading, &[]),
        value,
        lines,
    };
    let grown = |growth| FactValue::Grown(period_figure(growth, words));
    let link = |index: &usize| link_to(&mods[*index], context);
    let show = |show| {
        let query = PortfolioQuery {
            show,
            ..PortfolioQuery::default()
        };
        format!("{}{}", links.mods(), query.render())
    };
    let all_of = |key: &str, chosen| Markup::link(&show(chosen), &words.markup(key, &[]));
    let mover = |index: &usize| {
        let change = of_all.changes.get(*index).copied().flatten();
        let change = change.map(|it| moved(&it, words)).unwrap_or_default();
        words.markup(
            "portfolio-mover",
            &[("name", (&link(index)).into()), ("change", change.into())],
        )
    };
    let movers = |ranked: &[usize]| match ranked {
        [] => (
            FactValue::Lacking(words.text("portfolio-nothing-moves")),
            Vec::new(),
        ),
        some => {
            let lines = some.iter().take(MOST_NAMES).map(mover);
            (FactValue::None, lines.collect())
        }
    };
    let (by_size, sizes) = movers(&of_all.movers.absolute);
    let (by_share, shares) = movers(&of_all.movers.relative);
    let all_movers = all_of("portfolio-all-movers", Show::Moving);
    let stale = of_all.stale.iter().take(MOST_NAMES).map(link);
    let all_stale = all_of("portfolio-all-stale", Show::Stale);
    let total = of_all.total.as_ref().map(|it| TotalText::new(it, words));
    vec![
        match total {
            None => fact(
                "total",
                "portfolio-total",
                FactValue::Lacking(words.text("common-no-data-yet")),
                Vec::new(),
            ),
            Some(total) => {
                let at = words.markup("portfolio-as-of", &[("at", (&total.observed).into())]);
                let lacks = total.lacks.as_deref().map(Markup::escaped);
                fact(
                    "total",
                    "portfolio-total",
                    FactValue::Plain(total.value),
                    [at].into_iter().chain(lacks).collect(),
                )
            }
        },
        fact(
            "yesterday",
            "portfolio-yesterday",
            grown(&of_all.yesterday),
            Vec::new(),
        ),
        fact(
            "last-28-days",
            "portfolio-last-28-days",
            grown(&of_all.last_28_days),
            Vec::new(),
        ),
        fact(
            "movers-by-size",
            "portfolio-movers-by-size",
            by_size,
            sizes.into_iter().chain([all_movers]).collect(),
        ),
        fact(
            "movers-by-share",
            "portfolio-movers-by-share",
            by_share,
            shares,
        ),
        fact(
            "stale",
            "portfolio-stale",
            FactValue::Plain(words.count(i64::try_from(of_all.stale.len()).unwrap_or(i64::MAX))),
            stale
                .chain((!of_all.stale.is_empty()).then_some(all_stale))
                .collect(),
        ),
    ]
}

fn link_to(data: &ModData, Context { links, .. }: Context<'_>) -> Markup {
    let view = &data.view;
    let title = title(view.display_name.as_deref(), &view.name);
    let href = links.mod_page(&view.namespace, &view.name, "");
    Markup::link(&href, &Markup::isolated(title))
}

/// `+1,234 (+12.3%)`
fn moved(change: &Change, words: &Words) -> String {
    let size = words.change(change.absolute());
    match change.relative() {
        Relative::By(_) => {
            let share = words.relative_change(change.previous, change.current);
            words.with(
                "portfolio-moved",
                &[("size", size.into()), ("share", share.into())],
            )
        }
        Relative::New | Relative::Unsaid => size,
    }
}
