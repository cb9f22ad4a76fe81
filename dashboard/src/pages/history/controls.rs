//! What can be chosen: whose history it is by a form, all else by links.

use modstats_store::model::Metric;

use crate::history::{HistoryData, Subject};
use crate::language::Words;
use crate::pages::figure::metric_key;
use crate::pages::{Choice, Choosable};
use crate::query::{Grouping, HistoryQuery, Of, Query, Value};
use crate::timeline::{name_of, platform_name, version_name};

/// So many versions, and so many modpacks, are offered to choose from.
const MOST_OFFERED: usize = 50;

const GROUPINGS: [(Grouping, &str); 4] = [
    (Grouping::Run, "history-by-run"),
    (Grouping::Day, "history-by-day"),
    (Grouping::Week, "history-by-week"),
    (Grouping::Month, "history-by-month"),
];

/// Links that change one thing.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Control {
    pub label: String,
    pub choices: Vec<Choice>,
}

/// A form that leads to the history of something else.
#[derive(Clone, Debug)]
pub(in crate::pages) struct SubjectChoice {
    pub action: String,
    pub all: Choosable,
    pub versions: Vec<Choosable>,
    pub packs: Vec<Choosable>,
    pub kept: Vec<(&'static str, String)>,
}

/// `by` is what a row stands for, which isn't always what was asked for.
pub(super) fn controls(
    found: &HistoryData,
    query: &HistoryQuery,
    by: Grouping,
    to: impl Fn(HistoryQuery) -> String,
    words: &Words,
) -> Vec<Control> {
    let choice = |label: String, chosen: bool, query: HistoryQuery| Choice {
        label,
        shortcut: None,
        href: to(query),
        chosen,
    };
    let query_with = || query.clone();
    let metric = |metric: &Metric| {
        let query = HistoryQuery {
            metric: *metric,
            ..query_with()
        };
        choice(
            words.text(metric_key(*metric)),
            *metric == query_with().metric,
            query,
        )
    };
    let metrics: &[Metric] = match &found.subject {
        Subject::Mod | Subject::Versions(_) => Metric::ALL,
        Subject::Version(..) => &[Metric::Downloads],
        Subject::Modpack(..) => &[Metric::Downloads, Metric::Followers, Metric::ThumbsUp],
    };
    let mut controls = vec![Control {
        label: words.text("history-metric"),
        choices: metrics.iter().map(metric).collect(),
    }];
    let mut platforms: Vec<_> = found
        .whole
        .members
        .iter()
        .map(|it| it.project.key.platform)
        .collect();
    platforms.sort_unstable();
    platforms.dedup();
    if query.of == Of::All && query.project.is_none() && platforms.len() > 1 {
        let all = [None].into_iter();
        let platform = |platform: Option<_>| {
            let label = platform.map_or_else(
                || words.text("mod-all-platforms"),
                |it| platform_name(it).to_owned(),
            );
            let chosen = platform == query.platform;
            choice(
                label,
                chosen,
                HistoryQuery {
                    platform,
                    ..query_with()
                },
            )
        };
        controls.push(Control {
            label: words.text("mod-platform"),
            choices: all
                .chain(platforms.into_iter().map(Some))
                .map(platform)
                .collect(),
        });
    }
    controls.push(Control {
        label: words.text("history-by"),
        choices: GROUPINGS
            .map(|(grouping, key)| {
                let query = HistoryQuery {
                    by: grouping,
                    ..query_with()
                };
                choice(words.text(key), grouping == by, query)
            })
            .into(),
    });
    controls.push(Control {
        label: words.text("history-trend"),
        choices: [
            (false, "history-without-trend"),
            (true, "history-with-trend"),
        ]
        .map(|(trend, key)| {
            let chosen = trend == query.trend;
            choice(
                words.text(key),
                chosen,
                HistoryQuery {
                    trend,
                    ..query_with()
                },
            )
        })
        .into(),
    });
    controls
}

impl SubjectChoice {
    pub(super) fn new(
        found: &HistoryData,
        query: &HistoryQuery,
        address: &str,
        words: &Words,
    ) -> SubjectChoice {
        let option = |of: Of, label: String| Choosable {
            value: of.print().into_owned(),
            chosen: of == query.of,
            label,
        };
        let versions = found.versions.iter().map(|version| {
            let name = version_name(version);
            let label = format!("{} {name}", platform_name(version.platform));
            option(Of::Version(version.key()), label)
        });
        let packs = found.packs.iter().map(|pack| {
            let key = pack.modpack.key.clone();
            option(Of::Modpack(key), name_of(&pack.modpack))
        });
        // Not everything is counted of everything.
        let changed = ["of", "platform", "metric"];
        SubjectChoice {
            action: address.to_owned(),
            all: option(Of::All, words.text("history-of-mod")),
            versions: offered(versions),
            packs: offered(packs),
            kept: query
                .pairs()
                .into_iter()
                .filter(|(name, _)| !changed.contains(name))
                .collect(),
        }
    }
}

/// The first ones; the chosen one is always among them.
fn offered(options: impl Iterator<Item = Choosable>) -> Vec<Choosable> {
    options
        .enumerate()
        .filter(|(index, option)| *index < MOST_OFFERED || option.chosen)
        .map(|(_, option)| option)
        .collect()
}
