//! All mods.

use jiff::{Timestamp, ToSpan};

use super::{FreshLine, GrowthText, TotalText, accent, mod_href, title};
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
    pub fn new(mods: &[ModData], outlook: &[SourceOutlook], now: Timestamp) -> ModsPage {
        let mut cards: Vec<Card> = mods
            .iter()
            .map(|data| Card::new(data, outlook, now))
            .collect();
        // Mods whose first run is still to come are known to the scheduler only.
        for waiting in outlook {
            if !cards.iter().any(|card| card.is_of(waiting)) {
                cards.push(Card::waiting(waiting, outlook, now));
            }
        }
        cards.sort_by(|one, other| {
            (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name))
        });
        ModsPage { cards }
    }
}

impl Card {
    fn new(data: &ModData, outlook: &[SourceOutlook], now: Timestamp) -> Card {
        let view = &data.view;
        let figures = Figures::new(data, None, now);
        let platforms = data.platforms();
        let spark = last_complete_day(data, now)
            .map(|to| sparkline(&daily(data, to.saturating_sub(27.days()), to)));
        let mut card = Card {
            title: title(view.display_name.as_deref(), &view.name),
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            href: mod_href(&view.namespace, &view.name),
            total: figures.downloads.as_ref().map(TotalText::new),
            growth: figures.growth_28d.as_ref().map(GrowthText::new),
            spark,
            platforms: platforms
                .into_iter()
                .map(|platform| PlatformTotal {
                    label: platform_name(platform),
                    accent: accent(Some(platform)),
                    total: Figures::new(data, Some(platform), now)
                        .downloads
                        .as_ref()
                        .map(TotalText::new),
                })
                .collect(),
            freshness: Vec::new(),
        };
        let own: Vec<&SourceOutlook> = outlook.iter().filter(|it| card.is_of(it)).collect();
        card.freshness = freshness(&view.sources, &own, now)
            .iter()
            .map(FreshLine::new)
            .collect();
        card
    }

    fn waiting(of: &SourceOutlook, outlook: &[SourceOutlook], now: Timestamp) -> Card {
        let mut card = Card {
            title: of.name.clone(),
            namespace: of.namespace.clone(),
            name: of.name.clone(),
            href: mod_href(&of.namespace, &of.name),
            total: None,
            growth: None,
            spark: None,
            platforms: Vec::new(),
            freshness: Vec::new(),
        };
        let own: Vec<&SourceOutlook> = outlook.iter().filter(|it| card.is_of(it)).collect();
        card.freshness = freshness(&[], &own, now)
            .iter()
            .map(FreshLine::new)
            .collect();
        card
    }

    fn is_of(&self, outlook: &SourceOutlook) -> bool {
        self.namespace == outlook.namespace && self.name == outlook.name
    }
}
