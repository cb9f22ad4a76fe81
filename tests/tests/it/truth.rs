//! Whether what is stored is what the platforms stated: a computation from the simulator's
//! catalogue alone, which knows every counter at every instant.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use modstats_crds::clean;
use modstats_simulator::catalogue::{Kind, Project};
use modstats_simulator::{Catalogue, Platform};
use modstats_store::entity;
use sea_orm::EntityTrait;

use crate::ground::Ground;

/// Every row that says something else than the truth. `stated` gives the simulator's instant at
/// which a question that was asked at an instant was answered.
pub async fn lies(
    ground: &Ground,
    catalogue: &Catalogue,
    stated: impl Fn(Timestamp) -> Timestamp,
) -> Vec<String> {
    let db = &ground.connection;
    let instant =
        |at: DateTime<Utc>| stated(Timestamp::from_microsecond(at.timestamp_micros()).unwrap());
    let mut lies = Vec::new();
    macro_rules! must {
        ($holds:expr, $row:expr, $truth:expr) => {
            if !$holds {
                lies.push(format!("{:?}: the truth is {:?}", $row, $truth));
            }
        };
    }
    macro_rules! all {
        ($table:ident) => {
            entity::$table::Entity::find().all(db).await.unwrap()
        };
    }

    let mut projects: BTreeMap<i32, &Project> = BTreeMap::new();
    for row in all!(project) {
        let platform = platform(&row.platform);
        let Some(project) = catalogue.project(platform, &row.platform_id) else {
            lies.push(format!("{row:?}: there is no such project"));
            continue;
        };
        projects.insert(row.id, project);
        if let Some(at) = row.described_at.map(instant) {
            let truth = [project.title(at), project.slug(at)].map(|text| clean(text, 255));
            let said = [row.name.clone(), row.slug.clone()];
            must!(said == truth.clone().map(Some), row, truth);
            let kind = match project.kind {
                Kind::Mod => "mod",
                Kind::Modpack => "modpack",
            };
            must!(row.kind.as_deref() == Some(kind), row, kind);
        }
        if let Some(at) = row.visibility_at.map(instant) {
            must!(row.visible == project.visible(at), row, project.visible(at));
        }
    }
    let sum = |project: &Project, at: Timestamp| -> (i64, i64) {
        let listed = project.listed(at);
        listed.fold((0, 0), |(sum, count), version| {
            (sum + project.version_downloads(version, at), count + 1)
        })
    };

    for row in all!(daily_stats) {
        let project = projects[&row.project_id];
        for (at, said) in [
            (row.first_at, row.first_downloads),
            (row.last_at, row.last_downloads),
        ] {
            let truth = at.map(|at| project.downloads(instant(at)));
            must!(said == truth, row, truth);
        }
        for (at, said, versions) in [
            (
                row.first_listed_at,
                row.first_versions_downloads,
                row.first_versions,
            ),
            (
                row.last_listed_at,
                row.last_versions_downloads,
                row.last_versions,
            ),
        ] {
            let truth = at.map(|at| sum(project, instant(at)));
            must!(said.zip(versions) == truth, row, truth);
        }
        let ends = [
            row.first_at,
            row.last_at,
            row.first_listed_at,
            row.last_listed_at,
        ];
        let of_the_day = ends.iter().flatten().all(|at| at.date_naive() == row.day);
        must!(of_the_day && row.first_at <= row.last_at, row, row.day);
    }
    for row in all!(sample) {
        let truth = projects[&row.project_id].downloads(instant(row.at));
        must!(row.downloads == truth, row, truth);
    }
    for row in all!(project_latest) {
        let project = projects[&row.project_id];
        let truth = row.observed_at.map(|at| project.downloads(instant(at)));
        must!(row.downloads == truth, row, truth);
        let truth = row.listed_at.map(|at| sum(project, instant(at)));
        must!(
            row.versions_downloads.zip(row.versions) == truth,
            row,
            truth
        );
    }

    let mut versions = BTreeMap::new();
    for row in all!(version) {
        let project = projects[&row.project_id];
        let found = catalogue.version(project.platform, &row.platform_id);
        let Some((owner, version)) = found else {
            lies.push(format!("{row:?}: there is no such version"));
            continue;
        };
        must!(owner.id == project.id, row, owner.id);
        let at = instant(row.presence_at.unwrap());
        must!(row.present == version.visible(at), row, version.visible(at));
        if let Some(gone) = row.gone_at.filter(|_| !row.present).map(instant) {
            must!(!version.visible(gone), row, version.visible(gone));
        }
        must!(
            row.name.as_deref() == Some(version.name.as_str()),
            row,
            version.name
        );
        versions.insert(row.id, (project, version));
    }
    for row in all!(version_stats) {
        let (project, version) = versions[&row.version_id];
        let truth =
            [row.first_at, row.last_at].map(|at| project.version_downloads(version, instant(at)));
        must!(
            [row.first_downloads, row.last_downloads] == truth,
            row,
            truth
        );
        let of_the_day = [row.first_at, row.last_at].map(|at| at.date_naive() == row.day);
        must!(
            of_the_day == [true; 2] && row.first_at <= row.last_at,
            row,
            row.day
        );
    }
    for row in all!(version_latest) {
        let (project, version) = versions[&row.version_id];
        let truth = project.version_downloads(version, instant(row.observed_at));
        must!(row.downloads == truth, row, truth);
    }
    let mut tags: BTreeMap<i32, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for row in all!(version_loader) {
        tags.entry(row.version_id).or_default().0.push(row.loader);
    }
    for row in all!(version_game_version) {
        tags.entry(row.version_id)
            .or_default()
            .1
            .push(row.game_version);
    }
    for (id, (mut loaders, mut games)) in tags {
        let (_, version) = versions[&id];
        loaders.sort();
        games.sort();
        let mut truth = (version.loaders.to_vec(), version.game_versions.clone());
        truth.0.sort_unstable();
        truth.1.sort_unstable();
        let said: (Vec<&str>, Vec<&str>) = (
            loaders.iter().map(String::as_str).collect(),
            games.iter().map(String::as_str).collect(),
        );
        must!(said == truth, (&version.id, &said), truth);
    }

    let contains = |pack: &Project, project: &Project, at: Timestamp| {
        let newest = pack.listed(at).next_back();
        pack.visible(at) && newest.is_some_and(|version| version.needs(&project.id).is_some())
    };
    for row in all!(modpack_edge) {
        let (pack, project) = (projects[&row.modpack_id], projects[&row.project_id]);
        let (opened, heard) = (instant(row.opened_at), instant(row.presence_at));
        must!(
            contains(pack, project, opened),
            row,
            "it did not contain it then"
        );
        let truth = pack.downloads(opened);
        must!(row.baseline_downloads == Some(truth), row, truth);
        match row.closed_at.map(instant) {
            Some(closed) => must!(
                !contains(pack, project, closed),
                row,
                "it contained it then"
            ),
            None if row.absent_at.is_none() => {
                must!(
                    contains(pack, project, heard),
                    row,
                    "it did not contain it any more"
                );
            }
            None => {}
        }
    }
    for row in all!(modpack_check) {
        let (pack, project) = (projects[&row.modpack_id], projects[&row.project_id]);
        let newest = pack.listed(instant(row.asked_at)).next_back().unwrap();
        must!(row.version == newest.id, row, newest.id);
        let truth = newest.needs(&project.id).is_some();
        must!(row.contained == truth, row, truth);
    }
    for row in all!(listing) {
        let (project, at) = (projects[&row.project_id], instant(row.asked_at));
        must!(
            row.complete == (row.outcome.as_deref() == Some("complete")),
            row,
            row.outcome
        );
        if !row.complete {
            continue;
        }
        let truth = if row.subject == "versions" {
            sum(project, at).1
        } else {
            let packs = catalogue.dependents(project.platform, &project.id, at);
            let packs = packs.iter().filter(|it| it.kind == Kind::Modpack);
            i64::try_from(packs.count()).unwrap()
        };
        must!(row.items == truth, row, truth);
    }
    lies
}

/// Nothing that is stored is false.
pub async fn assert_true(
    ground: &Ground,
    catalogue: &Catalogue,
    stated: impl Fn(Timestamp) -> Timestamp,
    what: &str,
) {
    let lies = lies(ground, catalogue, stated).await;
    let some: Vec<_> = lies.iter().take(5).collect();
    assert!(lies.is_empty(), "{what}: {} lies\n{some:#?}", lies.len());
}

fn platform(word: &str) -> Platform {
    match word {
        "modrinth" => Platform::Modrinth,
        "curseforge" => Platform::Curseforge,
        other => panic!("{other} is no platform"),
    }
}
