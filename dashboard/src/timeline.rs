//! The history of a mod as a chart and its table show it: rows of days or weeks, the counter's
//! line, and what happened on the way.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_store::growth;
use modstats_store::model::{Member, Platform, VersionView};
use modstats_store::time::{day_of, midnight};

use crate::chart::{Mark, MarkKind};
use crate::data::{History, ModData};
use crate::language::Words;

/// Beyond so many days a row is a week: more bars than that are no picture.
const MOST_DAYS: i32 = 190;
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Day,
    /// From Monday to Sunday.
    Week,
}

#[derive(Clone, Debug)]
pub struct Timeline {
    pub step: Step,
    /// The first and the last day.
    pub from: Date,
    pub to: Date,
    /// The columns of the rows: the platforms, and before them all together if there are several.
    pub columns: Vec<Option<Platform>>,
    /// In order.
    pub rows: Vec<Row>,
    /// The counter of the first column, all readings where the rows are days.
    pub line: Vec<(Timestamp, i64)>,
    /// Stretches over which no line is drawn.
    pub breaks: Vec<(Timestamp, Timestamp)>,
    pub marks: Vec<Mark>,
}

/// What is known of some days.
#[derive(Clone, Debug)]
pub struct Row {
    pub from: Date,
    pub to: Date,
    /// Parallel to the columns.
    pub cells: Vec<Cell>,
    pub incomplete: bool,
    pub gap: bool,
    /// What happened, besides.
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The counter at the end of the row, or when it was last read in it.
    pub total: Option<i64>,
    pub growth: Option<i64>,
}

impl Timeline {
    /// None where nothing is known in `first..=today`.
    pub fn new(
        data: &ModData,
        versions: &[VersionView],
        platform: Option<Platform>,
        first: Date,
        today: Date,
        words: &Words,
    ) -> Option<Timeline> {
        let columns = match (platform, data.platforms().as_slice()) {
            (None, several @ [_, _, ..]) => std::iter::once(None)
                .chain(several.iter().copied().map(Some))
                .collect(),
            (None, single) => single.iter().copied().map(Some).collect(),
            (Some(one), _) => vec![Some(one)],
        };
        let from = first.max(day_of(oldest_reading(data, platform)?));
        if day_of(newest_reading(data, platform)?) < from || today < from {
            return None;
        }
        let length = from.until(today).map_or(0, |span| span.get_days());
        let step = if length > MOST_DAYS {
            Step::Week
        } else {
            Step::Day
        };
        let from = match step {
            Step::Day => from,
            Step::Week => {
                from.saturating_sub(i32::from(from.weekday().to_monday_zero_offset()).days())
            }
        };
        let mut timeline = Timeline {
            step,
            from,
            to: today,
            columns,
            rows: Vec::new(),
            line: Vec::new(),
            breaks: breaks(data, platform),
            marks: marks(data, versions, platform, words),
        };
        let (start, end) = timeline.bounds();
        timeline
            .marks
            .retain(|mark| start <= mark.at && mark.at < end);
        timeline.rows = timeline.build_rows(data);
        timeline.line = timeline.build_line(data, platform);
        Some(timeline)
    }

    /// From the first midnight to the last.
    pub fn bounds(&self) -> (Timestamp, Timestamp) {
        (
            midnight(self.from),
            midnight(self.to.saturating_add(1.day())),
        )
    }

    fn build_rows(&self, data: &ModData) -> Vec<Row> {
        let length = match self.step {
            Step::Day => 1,
            Step::Week => 7,
        };
        let daily: Vec<BTreeMap<Date, growth::DayGrowth>> = self
            .columns
            .iter()
            .map(|column| {
                let series = data.members_on(*column).map(|(_, history)| &history.series);
                growth::total(series)
                    .into_iter()
                    .map(|day| (day.day, day))
                    .collect()
            })
            .collect();
        let mut notes: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for mark in &self.marks {
            notes
                .entry(day_of(mark.at))
                .or_default()
                .push(mark.text.clone());
        }
        self.from
            .series(length.days())
            .take_while(|day| *day <= self.to)
            .map(|from| {
                let whole = from.saturating_add((length - 1).days());
                let to = whole.min(self.to);
                let mut row = Row {
                    from,
                    to,
                    cells: Vec::new(),
                    incomplete: to < whole,
                    gap: false,
                    notes: notes
                        .range(from..=to)
                        .flat_map(|(_, notes)| notes.clone())
                        .collect(),
                };
                for (column, daily) in self.columns.iter().zip(&daily) {
                    let days: Vec<_> = daily.range(from..=to).map(|(_, day)| day).collect();
                    row.incomplete |= days.iter().any(|day| !day.complete);
                    row.gap |= days.iter().any(|day| day.gap);
                    let growth = days
                        .iter()
                        .fold(0, |sum: i64, day| sum.saturating_add(day.growth));
                    row.cells.push(Cell {
                        total: total_at_end(data, *column, from, to),
                        growth: (!days.is_empty()).then_some(growth),
                    });
                }
                row
            })
            .collect()
    }

    fn build_line(&self, data: &ModData, platform: Option<Platform>) -> Vec<(Timestamp, i64)> {
        let (start, end) = self.bounds();
        let mut instants: BTreeSet<Timestamp> = self
            .rows
            .iter()
            .flat_map(|row| [midnight(row.from), midnight(row.to.saturating_add(1.day()))])
            .collect();
        for (_, history) in data.members_on(platform) {
            let points = &history.series.points;
            match self.step {
                Step::Day => instants.extend(points.iter().map(|point| point.at)),
                Step::Week => {
                    instants.extend(
                        points
                            .first()
                            .into_iter()
                            .chain(points.last())
                            .map(|it| it.at),
                    );
                    instants.extend(history.breaks.iter().flat_map(|(from, to)| [*from, *to]));
                }
            }
        }
        let newest = newest_reading(data, platform).unwrap_or(start);
        instants
            .into_iter()
            .filter(|at| start <= *at && *at <= end.min(newest))
            .filter_map(|at| Some((at, total_at(data, platform, at)?)))
            .collect()
    }
}

/// The sum of the members' counters at an instant: of each the last known, interpolated between
/// its readings. None inside of a member's gap, and where no member is known yet.
fn total_at(data: &ModData, platform: Option<Platform>, at: Timestamp) -> Option<i64> {
    let mut sum: Option<i64> = None;
    for (member, history) in data.members_on(platform) {
        let (Some(first), Some(last)) =
            (history.series.points.first(), history.series.points.last())
        else {
            continue;
        };
        let left = member.left_at.is_some_and(|left| at > left.max(last.at));
        if at < first.at || left {
            continue;
        }
        if history
            .breaks
            .iter()
            .any(|(from, to)| *from < at && at < *to)
        {
            return None;
        }
        let value = if at > last.at {
            last.value
        } else {
            history.series.value_at(at)?
        };
        sum = Some(sum.unwrap_or(0).saturating_add(value));
    }
    sum
}

/// The total at the last midnight of some days, or at the last reading if that was before it.
fn total_at_end(data: &ModData, column: Option<Platform>, from: Date, to: Date) -> Option<i64> {
    let newest = newest_reading(data, column)?;
    let end = midnight(to.saturating_add(1.day())).min(newest);
    (end >= midnight(from))
        .then(|| total_at(data, column, end))
        .flatten()
}

fn newest_reading(data: &ModData, platform: Option<Platform>) -> Option<Timestamp> {
    let last = |history: &History| history.series.points.last().map(|reading| reading.at);
    data.members_on(platform)
        .filter_map(|(_, history)| last(history))
        .max()
}

fn oldest_reading(data: &ModData, platform: Option<Platform>) -> Option<Timestamp> {
    let first = |history: &History| history.series.points.first().map(|reading| reading.at);
    data.members_on(platform)
        .filter_map(|(_, history)| first(history))
        .min()
}

/// Gaps of any member, and the instants at which the set of counted members changes.
fn breaks(data: &ModData, platform: Option<Platform>) -> Vec<(Timestamp, Timestamp)> {
    let mut breaks = Vec::new();
    for (member, history) in data.members_on(platform) {
        breaks.extend_from_slice(&history.breaks);
        let points = &history.series.points;
        if let Some(first) = points.first() {
            breaks.push((
                first.at.saturating_sub(INSTANT).unwrap_or(first.at),
                first.at,
            ));
        }
        if let (Some(left), Some(last)) = (member.left_at, points.last()) {
            let end = left.max(last.at);
            breaks.push((end, end.saturating_add(INSTANT).unwrap_or(end)));
        }
    }
    breaks
}

/// Releases by day, corrections, and members that came and went.
fn marks(
    data: &ModData,
    versions: &[VersionView],
    platform: Option<Platform>,
    words: &Words,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    let several = data.platforms().len() > 1;
    let mut releases: BTreeMap<Date, (Timestamp, Vec<String>)> = BTreeMap::new();
    let shown = versions
        .iter()
        .filter(|it| platform.is_none_or(|platform| it.platform == platform));
    for version in shown {
        let Some(published) = version.published_at else {
            continue;
        };
        let name = version_name(version);
        let name = match several {
            true => format!("{name} ({})", platform_name(version.platform)),
            false => name,
        };
        let (at, names) = releases
            .entry(day_of(published))
            .or_insert((published, Vec::new()));
        *at = published.min(*at);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for (at, names) in releases.into_values() {
        marks.push(Mark {
            at,
            kind: MarkKind::Release,
            text: words.with("chart-released", &[("names", listed(&names, words).into())]),
        });
    }
    let oldest = oldest_reading(data, platform);
    for (member, history) in data.members_on(platform) {
        let name = project_name(member);
        for it in &history.series.corrections {
            let text = words.with(
                "chart-corrected",
                &[
                    ("name", (&name).into()),
                    ("from", words.count(it.from).into()),
                    ("to", words.count(it.to).into()),
                ],
            );
            marks.push(Mark {
                at: it.at,
                kind: MarkKind::Correction,
                text,
            });
        }
        let mut membership = |at: Timestamp, kind: MarkKind, key: &str| {
            let text = words.with(key, &[("name", (&name).into())]);
            marks.push(Mark { at, kind, text });
        };
        // The first members don't join anything.
        if let Some(first) = history
            .series
            .points
            .first()
            .filter(|it| Some(it.at) != oldest)
        {
            membership(first.at, MarkKind::Joined, "chart-counted-from-here");
        }
        if let Some(left) = member.left_at {
            membership(left, MarkKind::Left, "chart-no-longer-tracked");
        }
        if let Some(vanished) = member.project.invisible_since {
            membership(vanished, MarkKind::Vanished, "chart-no-longer-visible");
        }
    }
    marks.sort_by_key(|mark| mark.at);
    marks
}

pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Modrinth => "Modrinth",
        Platform::Curseforge => "CurseForge",
    }
}

/// A member's name with its platform, in the platform's own words where it is known.
pub fn project_name(member: &Member) -> String {
    let project = &member.project;
    let name = project
        .name
        .as_deref()
        .or(project.slug.as_deref())
        .unwrap_or(&project.key.id);
    format!(
        "{} {}",
        platform_name(project.key.platform),
        shortened(name)
    )
}

/// What people call a version: its number, or its name where it has none.
pub fn version_name(version: &VersionView) -> String {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let name = filled(&version.number).or_else(|| filled(&version.name));
    shortened(&name.unwrap_or_else(|| version.platform_id.clone()))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn listed(names: &[String], words: &Words) -> String {
    const MOST: usize = 6;
    match names.len() {
        0..=MOST => names.join(", "),
        more => words.with(
            "common-and-more",
            &[
                ("first", names[..MOST].join(", ").into()),
                ("count", (more - MOST).into()),
            ],
        ),
    }
}

#[cfg(test)]
mod tests;
