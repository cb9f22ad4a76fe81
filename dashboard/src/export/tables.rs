//! What the tables of mods, modpacks and runs say, column by column.

use jiff::civil::Date;
use modstats_store::model::{ModpackView, Platform, RunView};

use super::table::{Cell, Table};
use crate::figures::Total;
use crate::modpacks::{Told, is_new};
use crate::portfolio::Standing;

/// A day counts up to its end: `growth_28d` is of 28 whole days, of which the last is
/// `growth_28d_to`.
pub fn mods(standings: Vec<Standing<'_>>) -> Table {
    Table::new(
        standings,
        &[
            ("namespace", |it| it.namespace.into()),
            ("name", |it| it.name.into()),
            ("title", |it| it.title().into()),
            ("downloads", |it| value(it.total)),
            ("downloads_observed_at", |it| observed(it.total)),
            ("modrinth_downloads", |it| value(on(it, Platform::Modrinth))),
            ("curseforge_downloads", |it| {
                value(on(it, Platform::Curseforge))
            }),
            ("yesterday", |it| {
                it.yesterday.known().map(|it| it.value).into()
            }),
            ("yesterday_complete", |it| {
                it.yesterday.known().map(|it| it.complete).into()
            }),
            ("growth_28d", |it| {
                it.last_28_days.known().map(|it| it.value).into()
            }),
            ("growth_28d_to", |it| {
                it.last_28_days.known().map(|it| it.days.to).into()
            }),
            ("growth_28d_complete", |it| {
                it.last_28_days.known().map(|it| it.complete).into()
            }),
        ],
    )
}

fn on(standing: &Standing<'_>, platform: Platform) -> Option<Total> {
    Total::downloads(standing.data?, Some(platform))
}

fn value(total: Option<Total>) -> Cell {
    total.map(|it| it.value).into()
}

fn observed(total: Option<Total>) -> Cell {
    total.map(|it| it.observed_at).into()
}

pub fn modpacks(packs: Vec<ModpackView>, today: Date) -> Table {
    let rows = packs.into_iter().map(|pack| PackRow {
        told: Told::new(&pack.membership),
        pack,
        today,
    });
    Table::new(
        rows,
        &[
            ("platform", |it| {
                it.pack.modpack.key.platform.as_str().into()
            }),
            ("id", |it| it.pack.modpack.key.id.as_str().into()),
            ("slug", |it| it.pack.modpack.slug.clone().into()),
            ("name", |it| it.pack.modpack.name.clone().into()),
            ("downloads", |it| {
                it.pack.modpack.totals.map(|it| it.downloads).into()
            }),
            ("downloads_observed_at", |it| {
                it.pack.modpack.totals.map(|it| it.observed_at).into()
            }),
            ("downloads_since_added", |it| {
                it.pack.downloads_since_added.into()
            }),
            ("state", |it| it.told.state.into()),
            ("new", |it| is_new(&it.pack.membership, it.today).into()),
            ("since", |it| it.told.since.into()),
            ("known_since", |it| it.told.known_since.into()),
            ("until", |it| it.told.until.into()),
            ("page_url", |it| it.pack.modpack.page_url.clone().into()),
        ],
    )
}

struct PackRow {
    pack: ModpackView,
    told: Told,
    today: Date,
}

pub fn runs(runs: Vec<RunView>) -> Table {
    Table::new(
        runs,
        &[
            ("id", |it| i64::from(it.id.0).into()),
            ("state", |it| it.state.as_str().into()),
            ("namespace", |it| it.namespace.as_str().into()),
            ("name", |it| it.name.as_str().into()),
            ("source", |it| it.source.as_str().into()),
            ("scheduled_at", |it| it.scheduled_at.into()),
            ("started_at", |it| it.started_at.into()),
            ("ended_at", |it| it.ended_at.into()),
            ("requests", |it| it.progress.requests.into()),
            ("retries", |it| it.progress.retries.into()),
            ("bytes", |it| it.progress.bytes.into()),
            ("projects", |it| it.progress.projects.into()),
            ("versions", |it| it.progress.versions.into()),
            ("rows", |it| it.rows.into()),
            ("problems", |it| problems(it).into()),
        ],
    )
}

/// Each as `KeyRefused curseforge: the key was refused`.
fn problems(run: &RunView) -> Vec<String> {
    let problem = run.problems.iter();
    problem
        .map(|it| format!("{} {}: {}", it.reason, it.subject, it.message))
        .collect()
}
