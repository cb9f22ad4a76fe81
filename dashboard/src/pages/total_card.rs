//! The card of one platform, or of all together: the total, and what it grew by.

use modstats_store::model::{Platform, ProjectKey, TrackedModView};

use super::period_figure::{PeriodFigure, period_figure};
use super::{Context, TotalText, accent};
use crate::data::ModData;
use crate::figures::Total;
use crate::figures::overview::shares;
use crate::figures::period::{Part, PeriodGrowth};
use crate::language::{Markup, Words};
use crate::period::{Compare, Known};
use crate::query::{PlatformQuery, Tab, Timed, Value};
use crate::timeline::platform_name;

#[derive(Clone, Debug)]
pub(super) struct TotalCard {
    pub label: String,
    pub accent: &'static str,
    /// What the browser remembers its total by.
    pub visit: String,
    /// The platform's own tab.
    pub href: Option<String>,
    pub total: Option<TotalOfCard>,
    /// What the platform has of all.
    pub share: Option<String>,
    pub growth: PeriodFigure,
    pub followers: Option<String>,
    pub thumbs_up: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct TotalOfCard {
    pub count: i64,
    pub value: String,
    /// `downloads, as of …`
    pub told: Markup,
}

impl TotalCard {
    pub fn new(
        data: &ModData,
        platform: Option<Platform>,
        query: &impl Timed,
        project: Option<&ProjectKey>,
        known: &Known,
        context: Context<'_>,
    ) -> TotalCard {
        let Context { words, links, .. } = context;
        let parts = Part::of_members(data.members_on(platform));
        let compare = query.compare().unwrap_or(Compare::None);
        let growth = PeriodGrowth::of(&parts, query.period(), compare, known);
        let share = shares(data).and_then(|shares| {
            let own = shares.iter().find(|(of, _)| Some(*of) == platform)?;
            Some(own.1)
        });
        let people = |key: &str, count: i64| words.with(key, &[("count", count.into())]);
        let view = &data.view;
        let tab = |platform| {
            let query = PlatformQuery {
                period: query.period().clone(),
                compare,
                project: project.cloned(),
                ..PlatformQuery::default()
            };
            let tab = Tab::Platform(platform, query);
            links.mod_page(&view.namespace, &view.name, &tab)
        };
        TotalCard {
            label: platform.map_or_else(
                || words.text("mod-all-platforms"),
                |it| platform_name(it).to_owned(),
            ),
            accent: accent(platform),
            visit: visit(view, platform, project),
            href: platform.map(tab),
            total: Total::downloads(data, platform).map(|it| TotalOfCard::new(&it, words)),
            share: share.map(|it| {
                let share = words.percent(it.into());
                words.with("mod-share", &[("share", share.into())])
            }),
            growth: period_figure(&growth, words),
            followers: Total::of_mod(data, platform, |it| it.followers)
                .map(|it| people("mod-followers", it.value)),
            thumbs_up: Total::of_mod(data, platform, |it| it.thumbs_up)
                .map(|it| people("mod-thumbs-up", it.value)),
        }
    }
}

/// As on the page of all mods, where it is the same total.
fn visit(
    view: &TrackedModView,
    platform: Option<Platform>,
    project: Option<&ProjectKey>,
) -> String {
    let TrackedModView {
        namespace, name, ..
    } = view;
    let accent = accent(platform);
    match project {
        None => format!("{namespace}/{name} {accent}"),
        Some(project) => format!("{namespace}/{name} {accent} {}", project.print()),
    }
}

impl TotalOfCard {
    fn new(total: &Total, words: &Words) -> TotalOfCard {
        let text = TotalText::new(total, words);
        let at = ("at", (&text.observed).into());
        TotalOfCard {
            told: match text.lacks {
                None => words.markup("mod-downloads", &[at]),
                Some(lacks) => {
                    words.markup("mod-downloads-without", &[at, ("lacks", lacks.into())])
                }
            },
            count: text.count,
            value: text.value,
        }
    }
}
