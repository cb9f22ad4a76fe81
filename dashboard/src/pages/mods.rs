//! All mods.

use jiff::ToSpan;

use super::{Context, FreshLine, GrowthText, TotalText, accent, title};
use crate::SourceOutlook;
use crate::chart::{Svg, sparkline};
use crate::data::ModData;
use crate::figures::{Figures, daily, last_complete_day};
use crate::freshness::freshness;
use crate::timeline::platform_name;

#[derive(Clone, Debug)]
pub struct ModsPage {
    pub(super) cards: Vec<Card>,
}

#[derive(Clone, Debug)]
pub(super) struct Card {
    pub title: String,
    pub namespace: String,
    pub name: String,
    pub href: String,
    pub total: Option<TotalText>,
    pub growth: Option<GrowthText>,
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
    pub fn new(mods: &[ModData], context: Context<'_>) -> ModsPage {
        let mut cards: Vec<Card> = mods.iter().map(|data| Card::new(data, context)).collect();
        // Mods whose first run is still to come are known to the scheduler only.
        for waiting in context.outlook {
            if !cards.iter().any(|card| card.is_of(waiting)) {
                cards.push(Card::waiting(waiting, context));
            }
        }
        cards.sort_by(|one, other| {
            (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name))
        });
        ModsPage { cards }
    }
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
    vec![
        Box::new(ModsPage::new(&[sample_mod()], context)),
        Box::new(ModsPage::new(&[], none)),
    ]
}
