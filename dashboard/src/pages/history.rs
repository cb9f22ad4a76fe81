//! The history of a mod, or of one of its versions or modpacks: any counter over any time.

mod controls;

use modstats_store::model::Metric;

use self::controls::{Control, SubjectChoice, controls};
use super::Context;
use super::facts::{Fact, FactValue, lacking};
use super::figure::{Figure, Shown, metric_key};
use super::mod_frame::ModFrame;
use super::period_control::PeriodControl;
use super::period_figure::period_figure;
use crate::export::{Exported, TableLinks};
use crate::figures::due::Due;
use crate::figures::history::{HistoryFigures, LastKnown, Mean};
use crate::figures::trend::Trend;
use crate::history::HistoryData;
use crate::language::{Markup, Words};
use crate::query::{Chart, HistoryQuery, ModKey, Of, Query, Tab};

#[derive(Clone, Debug)]
pub struct HistoryPage {
    pub(super) frame: ModFrame,
    pub(super) facts: Vec<Fact>,
    pub(super) period: PeriodControl,
    pub(super) subject: SubjectChoice,
    pub(super) controls: Vec<Control>,
    /// How steep the trend is, where one was asked for.
    pub(super) trend: Option<String>,
    pub(super) figure: Figure,
    pub(super) exports: TableLinks,
}

impl HistoryPage {
    pub fn new(found: &HistoryData, query: &HistoryQuery, context: Context<'_>) -> HistoryPage {
        let Context { words, links, .. } = context;
        let HistoryData { whole, .. } = found;
        let (namespace, name) = (whole.namespace.as_str(), whole.name.as_str());
        let tab = Tab::History(query.clone());
        let address = links.mod_page(namespace, name, tab.path());
        let to = |query: HistoryQuery| format!("{address}{}", query.render());
        let lanes = found.lanes(query, words);
        let mut timeline = found.timeline(&lanes, query, words);
        let trend = timeline
            .as_mut()
            .filter(|_| query.trend)
            .map(|timeline| timeline.add_trend(&lanes, query.chart));
        let is_all = query.project.is_none() && query.metric == Metric::Downloads;
        let readings = timeline
            .as_ref()
            .filter(|_| is_all && query.of == Of::All)
            .map(|it| links.api_series(namespace, name, it.days.from, it.days.to));
        let by = timeline.as_ref().map_or(query.by, |it| it.by);
        let figures = found.figures(&lanes, query);
        let key = ModKey::new(namespace, name);
        HistoryPage {
            exports: Exported::History(key, query.clone()).links(links),
            frame: ModFrame::new(whole, &tab, context),
            facts: facts(&figures, query.metric, words),
            period: PeriodControl::new(query, &found.bounds, &address, &found.versions, context),
            subject: SubjectChoice::new(found, query, &address, words),
            controls: controls(found, query, by, to, words),
            trend: trend.map(|trend| trend_told(&trend, query.chart, words)),
            figure: Figure {
                is_open: true,
                ..Figure::new(
                    timeline.as_ref(),
                    Shown {
                        metric: query.metric,
                        chart: query.chart,
                    },
                    |chart| {
                        to(HistoryQuery {
                            chart,
                            ..query.clone()
                        })
                    },
                    readings,
                    words,
                )
            },
        }
    }
}

fn facts(figures: &HistoryFigures, metric: Metric, words: &Words) -> Vec<Fact> {
    let fact = |name, heading: &str, (value, lines)| Fact {
        name,
        heading: words.markup(heading, &[]),
        value,
        lines,
    };
    let unknown = || FactValue::Lacking(words.text("common-no-data-yet"));
    let total = match figures.total {
        None => (unknown(), Vec::new()),
        Some(LastKnown { value, at }) => {
            let told = words.markup(
                "history-as-of",
                &[
                    ("what", words.text(metric_key(metric)).into()),
                    ("at", (&words.at(at)).into()),
                ],
            );
            (FactValue::Plain(words.count(value)), vec![told])
        }
    };
    let growth = FactValue::Grown(period_figure(&figures.growth, words));
    let known = match figures.first_day {
        None => (unknown(), Vec::new()),
        Some(first) => {
            let days = words.markup(
                "history-days-known",
                &[("count", figures.days_known.into())],
            );
            (FactValue::Plain(words.day(first)), vec![days])
        }
    };
    vec![
        fact("total", "history-total", total),
        fact("growth", "history-growth", (growth, Vec::new())),
        fact("mean", "history-mean", mean(&figures.mean, words)),
        fact("known", "history-first-day", known),
    ]
}

fn mean(mean: &Due<Mean>, words: &Words) -> (FactValue, Vec<Markup>) {
    match mean {
        Due::Known(mean) => {
            let value = words.with(
                "history-per-day",
                &[("number", words.mean(mean.per_day).into())],
            );
            let (from, to) = (words.at(mean.from), words.at(mean.to));
            let elapsed = words.markup(
                "history-elapsed",
                &[("from", (&from).into()), ("to", (&to).into())],
            );
            (FactValue::Plain(value), vec![elapsed])
        }
        Due::From(_) | Due::Never => lacking(mean, words),
    }
}

fn trend_told(trend: &Due<Trend>, chart: Chart, words: &Words) -> String {
    match trend {
        Due::Known(trend) => {
            let sign = if trend.per_day > 0.0 { "+" } else { "" };
            let slope = format!("{sign}{}", words.mean(trend.per_day));
            let key = match chart {
                Chart::Total => "history-trend-of-total",
                Chart::Growth => "history-trend-of-growth",
            };
            words.with(
                key,
                &[
                    ("slope", slope.into()),
                    ("days", words.days(trend.days.from, trend.days.to).into()),
                ],
            )
        }
        Due::From(day) => words.with("history-trend-due", &[("day", words.day(*day).into())]),
        Due::Never => words.text("history-trend-never"),
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::data::ModData;
    use crate::fixtures::{
        sample_bounds, sample_known, sample_mod, sample_modpacks, sample_versions,
    };
    use crate::history::Subject;

    let of = |data: ModData, subject: fn(&ModData) -> Subject, raw| {
        let query = HistoryQuery::parse(raw)
            .map(|it| it.query)
            .unwrap_or_default();
        let found = HistoryData {
            whole: data.view.clone(),
            subject: subject(&data),
            data,
            versions: sample_versions(),
            packs: sample_modpacks().packs,
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
        };
        HistoryPage::new(&found, &query, context)
    };
    let version =
        |data: &ModData| Subject::Version(sample_versions().remove(0), data.histories[0].clone());
    let pack = |data: &ModData| {
        let packs = sample_modpacks().packs;
        Subject::Modpack(packs[0].clone(), data.histories[2].clone())
    };
    vec![
        Box::new(of(
            sample_mod(),
            |_| Subject::Mod,
            "compare=previous&trend=yes",
        )),
        Box::new(of(
            sample_mod(),
            |_| Subject::Mod,
            "by=run&chart=growth&trend=yes",
        )),
        Box::new(of(
            sample_mod(),
            version,
            "of=version:modrinth:Zz&by=month&chart=growth",
        )),
        Box::new(of(
            sample_mod(),
            pack,
            "of=modpack:modrinth:Zzpack&by=week&trend=yes",
        )),
        Box::new(of(
            ModData::nothing("zz", "zz-zz"),
            |_| Subject::Mod,
            "trend=yes",
        )),
    ]
}
