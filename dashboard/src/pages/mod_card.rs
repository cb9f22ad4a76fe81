//! A mod in the list of all.

use jiff::Timestamp;

use super::period_figure::{PeriodFigure, period_figure};
use super::{Context, FreshLine, TotalText, accent, title};
use crate::SourceOutlook;
use crate::chart::{Svg, sparkline};
use crate::data::ModData;
use crate::figures::due::Due;
use crate::figures::period::{Part, PeriodGrowth};
use crate::figures::{Figures, daily};
use crate::freshness::freshness;
use crate::period::{Compare, Known, Period, Preset};
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

pub(super) fn yesterday(data: &ModData, now: Timestamp) -> Due<PeriodGrowth> {
    PeriodGrowth::yesterday(&Part::of_members(data.members()), now)
}

impl Card {
    pub fn new(data: &ModData, context: Context<'_>) -> Card {
        let Context {
            words,
            links,
            outlook,
            now,
        } = context;
        let view = &data.view;
        let figures = Figures::new(data, None, now);
        let platforms = data.platforms();
        let days = Period::Preset(Preset::Days28);
        let known = Known::at(now);
        let parts = Part::of_members(data.members());
        let last_28_days = PeriodGrowth::of(&parts, &days, Compare::Previous, &known);
        let spark = days.bounds(&known).map(|it| it.days);
        let spark = spark.map(|days| sparkline(&daily(data, days.from, days.to)));
        let mut card = Card {
            title: title(view.display_name.as_deref(), &view.name),
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            href: links.mod_page(&view.namespace, &view.name, ""),
            total: figures
                .downloads
                .as_ref()
                .map(|it| TotalText::new(it, words)),
            growth: Some(period_figure(&last_28_days, words)),
            yesterday: match yesterday(data, now) {
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

    pub fn waiting(of: &SourceOutlook, context: Context<'_>) -> Card {
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

    pub fn is_of(&self, outlook: &SourceOutlook) -> bool {
        self.namespace == outlook.namespace && self.name == outlook.name
    }
}
