//! A mod on all its platforms together: the figures of today, and how they came to be.

use modstats_store::model::Platform;

use super::Context;
use super::facts::{Fact, facts};
use super::figure::{Figure, Shown};
use super::mod_frame::ModFrame;
use super::period_control::PeriodControl;
use super::platform::{Project, projects};
use super::total_card::TotalCard;
use crate::export::{Exported, TableLinks};
use crate::figures::overview::{OverviewData, OverviewFigures};
use crate::query::{
    Grouping, HistoryQuery, ModKey, ModpackChoice, ModpackState, ModpacksQuery, OverviewQuery,
    Query, Tab,
};
use crate::timeline::{Events, Lanes, Timeline};

#[derive(Clone, Debug)]
pub struct OverviewPage {
    pub(super) frame: ModFrame,
    pub(super) cards: Vec<TotalCard>,
    pub(super) facts: Vec<Fact>,
    pub(super) period: PeriodControl,
    pub(super) figure: Figure,
    /// Of the table beside the chart.
    pub(super) exports: TableLinks,
    pub(super) projects: Vec<Project>,
}

impl OverviewPage {
    pub fn new(found: &OverviewData, query: &OverviewQuery, context: Context<'_>) -> OverviewPage {
        let Context {
            words, links, now, ..
        } = context;
        let OverviewData { whole, data, .. } = found;
        let (namespace, name) = (whole.namespace.as_str(), whole.name.as_str());
        let tab = Tab::Overview(query.clone());
        let address = links.mod_page(namespace, name, tab.path());
        let project = query.project.as_ref();
        let platforms = data.platforms();
        let scopes: Vec<Option<Platform>> = match platforms.as_slice() {
            several @ [_, _, ..] => [None]
                .into_iter()
                .chain(several.iter().copied().map(Some))
                .collect(),
            few => few.iter().copied().map(Some).collect(),
        };
        let timeline = Timeline::new(
            &Lanes::of_platforms(data, None, words).known(),
            &found.bounds,
            Grouping::Day,
            query.compare,
            Events {
                versions: &found.versions,
                imports: &data.imports,
            },
            words,
        );
        let readings = timeline
            .as_ref()
            .map(|it| links.api_series(namespace, name, it.days.from, it.days.to));
        let chart = |chart| {
            let query = OverviewQuery {
                chart,
                ..query.clone()
            };
            format!("{address}{}", query.render())
        };
        let shown = Shown::downloads(query.chart);
        let figures = OverviewFigures::of(found, now);
        let new_packs = Tab::Modpacks(ModpacksQuery {
            packs: ModpackChoice {
                project: project.cloned(),
                ..ModpackChoice::of(ModpackState::New)
            },
            ..ModpacksQuery::default()
        });
        let new_packs = links.mod_page(namespace, name, &new_packs);
        OverviewPage {
            frame: ModFrame::new(whole, &tab, context),
            facts: facts(&figures, &new_packs, context),
            cards: scopes
                .iter()
                .map(|scope| TotalCard::new(data, *scope, query, project, &found.known, context))
                .collect(),
            period: PeriodControl::new(query, &found.bounds, &address, &found.versions, context),
            figure: Figure::new(timeline.as_ref(), shown, chart, readings, words),
            exports: Exported::History(
                ModKey::new(namespace, name),
                HistoryQuery::of_chart(query, project, None),
            )
            .links(links),
            projects: projects(data, None, words),
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    let page = |page| Box::new(page) as Box<dyn super::Page>;
    sample_pages(context).into_iter().map(page).collect()
}

#[cfg(test)]
pub(super) fn sample_pages(context: Context<'_>) -> Vec<OverviewPage> {
    use std::collections::BTreeMap;

    use crate::data::ModData;
    use crate::fixtures::{
        sample_bounds, sample_known, sample_mod, sample_modpacks, sample_versions,
    };

    let of = |data: ModData, versions, raw| {
        let query = OverviewQuery::parse(raw).map(|it| it.query);
        let found = OverviewData {
            whole: data.view.clone(),
            data,
            versions,
            histories: BTreeMap::new(),
            samples: BTreeMap::new(),
            modpacks: sample_modpacks(),
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
        };
        OverviewPage::new(&found, &query.unwrap_or_default(), context)
    };
    let nothing = ModData::nothing("zz", "zz-zz");
    vec![
        of(sample_mod(), sample_versions(), ""),
        of(sample_mod(), sample_versions(), "chart=total&compare=none"),
        of(nothing, Vec::new(), ""),
    ]
}
