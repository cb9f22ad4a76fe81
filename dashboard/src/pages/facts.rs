//! The figures of an Overview in words: a heading, a value, and what belongs to it.

use jiff::SignedDuration;
use modstats_store::model::ModpackView;

use super::Context;
use super::period_figure::{PeriodFigure, not_before, period_figure};
use crate::figures::due::Due;
use crate::figures::overview::{OverviewFigures, ReleaseFigure};
use crate::figures::recent::LastDay;
use crate::figures::velocity::{Milestone, Reached, Velocity};
use crate::language::{Markup, Words};
use crate::modpacks::pack_name;
use crate::timeline::{platform_name, project_name};

/// So many new packs are named.
const MOST_NAMES: usize = 3;

#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// For tests and styles.
    pub name: &'static str,
    pub heading: Markup,
    /// Growth over a period has a form of its own.
    pub value: FactValue,
    pub lines: Vec<Markup>,
}

#[derive(Clone, Debug)]
pub(super) enum FactValue {
    Grown(PeriodFigure),
    Plain(String),
    /// The lines say it all.
    None,
    /// Why there is none, or from when there will be.
    Lacking(String),
}

/// Those of a page, in its order.
pub(super) fn facts(figures: &OverviewFigures, packs: &str, context: Context<'_>) -> Vec<Fact> {
    let words = context.words;
    let plain = |name, heading: &str, (value, lines)| Fact {
        name,
        heading: words.markup(heading, &[]),
        value,
        lines,
    };
    let mut facts = vec![
        plain(
            "yesterday",
            "overview-yesterday",
            (
                FactValue::Grown(period_figure(&figures.yesterday, words)),
                Vec::new(),
            ),
        ),
        plain(
            "last-24h",
            "overview-last-24h",
            last_24h(&figures.last_24h, words),
        ),
        plain(
            "velocity",
            "overview-velocity",
            velocity(&figures.velocity, words),
        ),
        plain(
            "milestone",
            "overview-milestone",
            milestone(figures.milestone.as_ref(), &figures.velocity, words),
        ),
    ];
    facts.extend(figures.releases.iter().map(|it| release(it, words)));
    facts.push(plain(
        "new-modpacks",
        "overview-new-modpacks",
        new_modpacks(figures.new_modpacks.as_deref(), packs, words),
    ));
    facts
}

/// What stands for a figure that isn't known yet.
pub(super) fn lacking<T>(due: &Due<T>, words: &Words) -> (FactValue, Vec<Markup>) {
    let told = not_before(due.due_on(), words);
    (FactValue::Lacking(told), Vec::new())
}

fn last_24h(last_day: &Due<LastDay>, words: &Words) -> (FactValue, Vec<Markup>) {
    let Some(last) = last_day.known() else {
        return lacking(last_day, words);
    };
    let (from, to) = (words.at(last.from), words.at(last.to));
    let mut lines = vec![words.markup(
        "overview-from-to",
        &[("from", (&from).into()), ("to", (&to).into())],
    )];
    let flags = [
        (!last.complete, "common-incomplete"),
        (last.correction, "common-with-correction"),
    ];
    let flags = flags.iter().filter(|(holds, _)| *holds);
    lines.extend(flags.map(|(_, key)| Markup::flag(&words.text(key))));
    (FactValue::Plain(words.change(last.value)), lines)
}

fn velocity(velocity: &Due<Velocity>, words: &Words) -> (FactValue, Vec<Markup>) {
    let Some(velocity) = velocity.known() else {
        return lacking(velocity, words);
    };
    let per = |key: &str, number: f64| words.with(key, &[("number", words.mean(number).into())]);
    let lines = vec![
        Markup::escaped(&per("overview-per-week", velocity.per_week())),
        Markup::escaped(&per("overview-per-month", velocity.per_month())),
        words.markup(
            "overview-mean-of",
            &[("days", words.days(velocity.from, velocity.to).into())],
        ),
    ];
    let value = per("overview-per-day", velocity.per_day);
    (FactValue::Plain(value), lines)
}

fn milestone(
    milestone: Option<&Milestone>,
    velocity: &Due<Velocity>,
    words: &Words,
) -> (FactValue, Vec<Markup>) {
    let milestone = match (milestone, velocity) {
        (Some(milestone), _) => milestone,
        (None, Due::From(_)) => return lacking(velocity, words),
        (None, _) => {
            let none = words.text("overview-no-milestone");
            return (FactValue::Lacking(none), Vec::new());
        }
    };
    let line = match milestone.reached {
        Reached::On(day) => words.markup("overview-reached-on", &[("day", words.day(day).into())]),
        Reached::Overdue => words.markup("overview-reached-overdue", &[]),
        Reached::Distant => words.markup("overview-reached-late", &[]),
    };
    (FactValue::Plain(words.count(milestone.value)), vec![line])
}

fn release(figure: &ReleaseFigure, words: &Words) -> Fact {
    let newest = Markup::isolated(&figure.newest);
    let project = Markup::isolated(project_name(&figure.member.project));
    let published = words.at(figure.published_at);
    let mut lines = vec![words.markup(
        "overview-released",
        &[
            ("project", (&project).into()),
            (
                "platform",
                platform_name(figure.member.project.key.platform).into(),
            ),
            ("at", (&published).into()),
        ],
    )];
    let previous = figure.previous.as_deref().map(Markup::isolated);
    let value = match figure.at_age {
        None => FactValue::Lacking(words.text("overview-release-unknown")),
        Some(at_age) => {
            let age = age(at_age.age, words);
            let against = match (&previous, at_age.previous) {
                (None, _) => words.markup("overview-after", &[("age", age.into())]),
                (Some(previous), None) => words.markup(
                    "overview-after-previous-unknown",
                    &[("age", age.into()), ("previous", previous.into())],
                ),
                (Some(previous), Some(then)) => words.markup(
                    "overview-after-previous",
                    &[
                        ("age", age.into()),
                        ("previous", previous.into()),
                        ("then", words.count(then).into()),
                        ("change", words.relative_change(then, at_age.newest).into()),
                    ],
                ),
            };
            lines.insert(0, against);
            FactValue::Plain(words.count(at_age.newest))
        }
    };
    Fact {
        name: "release",
        heading: words.markup("overview-release", &[("name", (&newest).into())]),
        value,
        lines,
    }
}

/// `20 days 3 h`
fn age(age: SignedDuration, words: &Words) -> String {
    let hours = age.as_hours();
    words.with(
        "overview-age",
        &[
            ("days", (hours / 24).into()),
            ("hours", (hours % 24).into()),
        ],
    )
}

fn new_modpacks(
    packs: Option<&[&ModpackView]>,
    href: &str,
    words: &Words,
) -> (FactValue, Vec<Markup>) {
    let all = Markup::link(href, &words.markup("overview-all-modpacks", &[]));
    let Some(packs) = packs else {
        let unknown = FactValue::Lacking(words.text("overview-modpacks-unknown"));
        return (unknown, vec![all]);
    };
    let name = |pack: &&ModpackView| Markup::isolated(pack_name(pack));
    let mut lines: Vec<Markup> = packs.iter().take(MOST_NAMES).map(name).collect();
    if packs.len() > MOST_NAMES {
        let more = packs.len() - MOST_NAMES;
        lines.push(words.markup("overview-more-modpacks", &[("count", more.into())]));
    }
    lines.push(all);
    let count = i64::try_from(packs.len()).unwrap_or(i64::MAX);
    (FactValue::Plain(words.count(count)), lines)
}
