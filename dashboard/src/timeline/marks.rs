//! What happened on the way, each with what was stated and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::model::{ImportId, ImportView, Origin, Platform, VersionView};
use modstats_store::time::day_of;

use super::lane::{Lanes, Part};
use super::names::{listed, platform_name, version_name};
use crate::chart::{Mark, MarkKind};
use crate::language::{Words, isolated};

/// What is known besides the counters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events<'a> {
    /// Released, and vanished, on the way.
    pub versions: &'a [VersionView],
    pub imports: &'a [ImportView],
}

/// In order.
pub(super) fn marks(lanes: &Lanes<'_>, events: Events<'_>, words: &Words) -> Vec<Mark> {
    let mut happened = Happened::default();
    happened.add_versions(events.versions);
    let oldest = lanes.parts().filter_map(|it| Some(it.first()?.at)).min();
    for part in lanes.parts() {
        happened.add_membership(part, oldest, words);
        happened.add_absences(part);
        happened.add_origins(part, events.imports);
    }
    let mut marks = happened.told(words);
    for part in lanes.parts() {
        marks.extend(falls(part, words));
    }
    marks.sort_by_key(|mark| mark.at);
    // Lanes may have counters in common.
    let mut known: Vec<Mark> = Vec::new();
    for mark in marks {
        let same_time = known.iter().rev().take_while(|it| it.at == mark.at);
        if !same_time.into_iter().any(|it| *it == mark) {
            known.push(mark);
        }
    }
    known
}

/// What happened to several things on one day is told together.
#[derive(Default)]
struct Happened(BTreeMap<(Date, &'static str, Option<String>), Together>);

struct Together {
    kind: MarkKind,
    /// The first and the last instant.
    at: Timestamp,
    until: Timestamp,
    names: Vec<String>,
}

impl Happened {
    fn add(&mut self, kind: MarkKind, key: &'static str, at: Timestamp, name: String) {
        self.add_of(kind, key, None, at, name);
    }

    fn add_of(
        &mut self,
        kind: MarkKind,
        key: &'static str,
        source: Option<String>,
        at: Timestamp,
        name: String,
    ) {
        let together = self.0.entry((day_of(at), key, source)).or_insert(Together {
            kind,
            at,
            until: at,
            names: Vec::new(),
        });
        together.at = together.at.min(at);
        together.until = together.until.max(at);
        if !together.names.contains(&name) {
            together.names.push(name);
        }
    }

    fn add_versions(&mut self, versions: &[VersionView]) {
        let on = |platform: Platform| versions.iter().any(|it| it.platform == platform);
        let several = Platform::ALL.iter().filter(|it| on(**it)).count() > 1;
        for version in versions {
            let name = version_name(version);
            let name = match several {
                true => format!("{} ({})", isolated(&name), platform_name(version.platform)),
                false => name,
            };
            if let Some(at) = version.published_at {
                self.add(MarkKind::Release, "chart-released", at, name.clone());
            }
            if let Some(at) = version.gone_at {
                self.add(MarkKind::Vanished, "chart-version-vanished", at, name);
            }
        }
    }

    fn add_membership(&mut self, part: &Part<'_>, oldest: Option<Timestamp>, words: &Words) {
        // What began at 0 began with its release.
        if let Some(first) = part.first().filter(|_| !part.history.from_zero) {
            let name = words.with(
                "chart-stated",
                &[
                    ("name", (&part.name).into()),
                    ("value", words.count(first.value).into()),
                ],
            );
            // The first ones don't join anything.
            match Some(first.at) == oldest {
                true => self.add(MarkKind::Baseline, "chart-first-reading", first.at, name),
                false => self.add(MarkKind::Joined, "chart-counted-from-here", first.at, name),
            }
        }
        if let Some(left) = part.left_at {
            let name = part.name.clone();
            self.add(MarkKind::Left, "chart-no-longer-tracked", left, name);
        }
        if let Some(vanished) = part.vanished_at {
            let name = part.name.clone();
            self.add(
                MarkKind::Vanished,
                "chart-no-longer-visible",
                vanished,
                name,
            );
        }
    }

    fn add_absences(&mut self, part: &Part<'_>) {
        for (gone, back) in part.absences {
            let kind = MarkKind::Vanished;
            self.add(kind, "chart-version-vanished", *gone, part.name.clone());
            self.add(
                kind,
                "chart-version-visible-again",
                *back,
                part.name.clone(),
            );
        }
    }

    fn add_origins(&mut self, part: &Part<'_>, imports: &[ImportView]) {
        let described = |id: ImportId| {
            let found = imports.iter().find(|it| it.id == id);
            found.map_or_else(|| id.0.to_string(), |it| it.description.clone())
        };
        let history = part.history;
        let begun_imported = history
            .readings
            .first()
            .filter(|first| first.origin != Origin::Collected)
            .map(|first| (first.first.at, first.origin));
        let changes = history.origins.iter().map(|it| (it.at, it.origin));
        for (at, origin) in begun_imported.into_iter().chain(changes) {
            let (key, source) = match origin {
                Origin::Collected => ("chart-collected-from-here", None),
                Origin::Import(id) => ("chart-imported-from-here", Some(described(id))),
            };
            self.add_of(MarkKind::Import, key, source, at, part.name.clone());
        }
    }

    fn told(self, words: &Words) -> Vec<Mark> {
        let told = |((day, key, source), it): ((Date, &str, Option<String>), Together)| {
            let at = match it.at == it.until {
                true => words.instant(it.at),
                false => words.day(day),
            };
            let mut arguments = vec![
                ("names", listed(&it.names, words).into()),
                ("at", at.into()),
            ];
            arguments.extend(source.map(|source| ("source", source.into())));
            Mark {
                at: it.at,
                kind: it.kind,
                text: words.with(key, &arguments),
            }
        };
        self.0.into_iter().map(told).collect()
    }
}

/// Corrections and jitter.
fn falls(part: &Part<'_>, words: &Words) -> Vec<Mark> {
    let fell = |key: &str, at: Timestamp, from: i64, to: i64, until: Timestamp| {
        words.with(
            key,
            &[
                ("name", (&part.name).into()),
                ("from", words.count(from).into()),
                ("to", words.count(to).into()),
                ("at", words.instant(at).into()),
                ("until", words.instant(until).into()),
            ],
        )
    };
    let series = &part.history.series;
    let corrections = series.corrections.iter().map(|it| Mark {
        at: it.at,
        kind: MarkKind::Correction,
        text: fell("chart-corrected", it.at, it.from, it.to, it.at),
    });
    let jitter = series.jitter.iter().map(|it| Mark {
        at: it.at,
        kind: MarkKind::Jitter,
        text: fell("chart-recovered", it.at, it.from, it.to, it.until),
    });
    corrections.chain(jitter).collect()
}
