//! Mods with invented readings, for tests.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use jiff::civil::date;
use modstats_store::model::{
    DayReadings, Member, Membership, ModpackFreshness, ModpackView, Origin, Outcome, Platform,
    Problem, Progress, ProjectKey, ProjectView, Reading, RunId, RunState, RunView, Source,
    SourceView, Totals, TrackedModView, VersionHistory, VersionSum, VersionView,
};
use modstats_store::time::day_of;

use crate::SourceOutlook;
use crate::data::{History, ModData, Modpacks, Schedules, Versions};
use crate::language::Words;
use crate::links::Links;
use crate::pages::Context;
use crate::period::{Bounds, Known, Period, Preset};

pub const NOW: &str = "2026-11-22T15:20:00Z";

pub fn context<'a>(words: &'a Words, links: &'a Links) -> Context<'a> {
    Context {
        words,
        links,
        outlook: &[],
        now: at(NOW),
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A member that was read once on each of the given instants, on different days.
pub fn member(
    platform: Platform,
    id: &str,
    readings: &[(&str, i64)],
) -> (Member, Vec<DayReadings>) {
    let readings: Vec<DayReadings> = readings
        .iter()
        .map(|(when, value)| {
            let reading = Reading {
                at: at(when),
                value: *value,
            };
            let day = day_of(reading.at);
            DayReadings {
                day,
                origin: Origin::Collected,
                first: reading,
                last: reading,
            }
        })
        .collect();
    let totals = readings.last().map(|day| Totals {
        observed_at: day.last.at,
        downloads: day.last.value,
        followers: None,
        thumbs_up: None,
    });
    let project = ProjectView {
        id: 0,
        key: ProjectKey {
            platform,
            id: id.to_owned(),
        },
        kind: None,
        slug: None,
        name: Some(id.to_owned()),
        summary: None,
        page_url: None,
        icon_url: None,
        published_at: None,
        invisible_since: None,
        totals,
        version_sum: None,
    };
    (
        Member {
            project,
            joined_at: at("2026-01-01T00:00Z"),
            left_at: None,
        },
        readings,
    )
}

pub fn data(members: Vec<(Member, Vec<DayReadings>)>) -> ModData {
    let histories = members
        .iter()
        .map(|(member, readings)| History::new(readings.clone(), &[], member.left_at))
        .collect();
    let mut data = ModData::nothing("default", "mod");
    data.view = TrackedModView {
        members: members.into_iter().map(|(member, _)| member).collect(),
        ..data.view
    };
    ModData { histories, ..data }
}

/// One reading at noon of each day, growing by `step`.
pub fn daily(first: jiff::civil::Date, days: i32, start: i64, step: i64) -> Vec<(String, i64)> {
    (0..days)
        .map(|day| {
            let date = first.saturating_add(jiff::ToSpan::days(day));
            (format!("{date}T12:00Z"), start + step * i64::from(day))
        })
        .collect()
}

pub fn borrowed(readings: &[(String, i64)]) -> Vec<(&str, i64)> {
    readings
        .iter()
        .map(|(when, value)| (when.as_str(), *value))
        .collect()
}

/// A mod with all that its pages can tell. Whatever in it is a name begins with `Zz`, so that it can
/// be told from the pages' own words.
pub fn sample_mod() -> ModData {
    let readings = daily(date(2026, 8, 1), 114, 3_000, 1_000);
    let corrected = [("2026-10-01T12:00Z", 9_000), ("2026-10-09T12:00Z", 7_000)];
    let mut first = member(Platform::Modrinth, "Zzfirst", &borrowed(&readings));
    first.0.project.summary = Some("Zz".to_owned());
    first.0.project.page_url = Some("https://zz.example/".to_owned());
    first.0.project.totals = first.0.project.totals.map(|totals| Totals {
        followers: Some(1),
        thumbs_up: Some(2),
        ..totals
    });
    first.0.project.version_sum = Some(VersionSum {
        downloads: 5_000,
        versions: 40,
        listed_at: at(NOW),
    });
    let mut left = member(Platform::Curseforge, "Zzleft", &corrected);
    left.0.left_at = Some(at("2026-11-01T00:00Z"));
    let mut vanished = member(
        Platform::Curseforge,
        "Zzvanished",
        &[("2026-11-02T12:00Z", 5)],
    );
    vanished.0.project.invisible_since = Some(at("2026-11-05T00:00Z"));
    let unknown = member(Platform::Modrinth, "Zzunknown", &[]);
    let mut data = data(vec![first, left, vanished, unknown]);
    data.view.namespace = "zz".to_owned();
    data.view.name = "zz-zz".to_owned();
    let sources = [Source::Modrinth, Source::Curseforge, Source::Modpacks];
    let source = |(source, last_run)| SourceView {
        source,
        last_success_at: Some(at("2026-11-20T03:12Z")),
        last_run,
    };
    data.view.sources = sources.into_iter().zip(sample_runs()).map(source).collect();
    data
}

/// What the last 28 days are resolved with.
pub fn sample_known(now: Timestamp) -> Known {
    Known {
        now,
        first: Some(date(2026, 8, 1)),
        published: None,
    }
}

/// The last 28 days.
pub fn sample_bounds(now: Timestamp) -> Bounds {
    Period::Preset(Preset::Days28)
        .bounds(&sample_known(now))
        .unwrap()
}

/// Of mods whose first run is still to come.
pub fn sample_outlook() -> [SourceOutlook; 2] {
    [Some(at(NOW)), None].map(|next_at| SourceOutlook {
        namespace: "zz".to_owned(),
        name: format!("zz-{}", i32::from(next_at.is_some())),
        source: Source::Modpacks,
        next_at,
        note: Some("Zz".to_owned()),
    })
}

/// A run in each state.
pub fn sample_runs() -> [RunView; 5] {
    [
        RunState::Failed,
        RunState::Complete,
        RunState::Running,
        RunState::Partial,
        RunState::Lost,
    ]
    .map(|state| RunView {
        id: RunId(7),
        namespace: "zz".to_owned(),
        name: "zz-zz".to_owned(),
        source: Source::Modrinth,
        scheduled_at: at("2026-11-22T03:11Z"),
        started_at: at("2026-11-22T03:12Z"),
        deadline_at: at("2026-11-22T04:00Z"),
        ended_at: Some(at("2026-11-22T03:14Z")),
        state,
        interval: jiff::SignedDuration::from_hours(6),
        progress: Progress {
            retries: 2,
            ..Progress::default()
        },
        rows: Some(9),
        problems: vec![
            Problem {
                subject: "Zz".to_owned(),
                reason: "Zz".to_owned(),
                message: "Zz".to_owned(),
            };
            2
        ],
    })
}

/// A version of which nothing else is known.
pub fn release(id: i32, published_at: Option<&str>) -> VersionView {
    VersionView {
        id,
        project_id: 1,
        platform: Platform::Modrinth,
        platform_id: format!("v{id}"),
        name: None,
        number: None,
        channel: None,
        published_at: published_at.map(at),
        gone_at: None,
        loaders: Vec::new(),
        game_versions: Vec::new(),
        latest: None,
        growth: None,
    }
}

pub fn sample_versions() -> Vec<VersionView> {
    ["release", "beta", "alpha", "Zzchannel"]
        .iter()
        .cycle()
        .take(40)
        .map(|channel| VersionView {
            id: 1,
            project_id: 1,
            platform: Platform::Modrinth,
            platform_id: "Zz".to_owned(),
            name: Some("Zzname".to_owned()),
            number: Some("Zz1.0".to_owned()),
            channel: Some((*channel).to_owned()),
            published_at: Some(at("2026-11-01T17:00Z")),
            gone_at: Some(at("2026-11-20T17:00Z")),
            loaders: vec!["Zzloader".to_owned(); 9],
            game_versions: vec!["Zzgame".to_owned(); 9],
            latest: None,
            growth: Some(5),
        })
        .collect()
}

/// The versions with downloads of the last weeks, in more loaders and game versions than are drawn.
pub fn sample_versions_over() -> Versions {
    let known = sample_known(at(NOW));
    let days = Period::Preset(Preset::Days28).bounds(&known).unwrap().days;
    let readings = daily(date(2026, 10, 20), 34, 3_000, 90);
    let readings = member(Platform::Modrinth, "Zz", &borrowed(&readings)).1;
    let tags = |index: i32| (0..=index).map(|tag| format!("Zz{tag}")).collect();
    let views: Vec<VersionView> = (0i32..)
        .zip(sample_versions())
        .map(|(id, view)| VersionView {
            id,
            gone_at: view.gone_at.filter(|_| id % 4 == 3),
            loaders: tags(id % 11),
            game_versions: tags(id % 12),
            latest: readings.last().map(|day| day.last),
            ..view
        })
        .collect();
    let history = |id: i32| {
        let readings = readings.clone();
        let from_zero = None;
        (
            id,
            VersionHistory {
                readings,
                from_zero,
            },
        )
    };
    let histories = views.iter().map(|it| history(it.id)).collect();
    Versions::new(views, &histories, &Schedules::new(), days)
}

/// More packs in each state than a table shows at first.
pub fn sample_modpacks() -> Modpacks {
    let since = at("2026-11-01T00:00Z");
    let states = [
        Membership::Current {
            since,
            known_since: true,
        },
        Membership::Declared { since },
        Membership::Lost {
            since,
            until: at("2026-11-20T00:00Z"),
        },
        Membership::Once,
    ];
    let reading = [("2026-11-20T03:12Z", 9)];
    let pack = |membership: &Membership| ModpackView {
        modpack: member(Platform::Modrinth, "Zzpack", &reading).0.project,
        membership: *membership,
        downloads_since_added: Some(5),
    };
    let asked = |id: &str| ModpackFreshness {
        project: ProjectKey {
            platform: Platform::Modrinth,
            id: id.to_owned(),
        },
        asked_at: at(NOW),
        outcome: Some(Outcome::Complete),
        complete_at: Some(at("2026-11-20T03:12Z")),
    };
    Modpacks {
        packs: states.iter().cycle().take(400).map(pack).collect(),
        freshness: ["Zzfirst", "Zzunknown"].map(asked).into(),
    }
}
