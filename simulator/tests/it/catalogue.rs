use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use modstats_simulator::catalogue::{Kind, Project, Version};
use modstats_simulator::{Catalogue, Platform};

use crate::client::{days_ago, noon, present};

fn catalogue() -> Catalogue {
    Catalogue::new(present())
}

fn of(catalogue: &Catalogue, on: Platform, slug: &str) -> Project {
    let mods = catalogue.mods();
    let tracked = mods.iter().find(|m| m.slug == slug).unwrap();
    let id = match on {
        Platform::Modrinth => tracked.modrinth.clone(),
        Platform::Curseforge => tracked.curseforge.map(|id| id.to_string()),
    };
    catalogue.project(on, &id.unwrap()).unwrap().clone()
}

#[test]
fn one_present_makes_one_catalogue() {
    assert_eq!(Catalogue::new(noon()), catalogue());
    let other = Catalogue::new(noon() + SignedDuration::from_hours(24));
    assert_ne!(other, catalogue());
    let ids = |catalogue: &Catalogue| -> Vec<String> {
        catalogue
            .projects()
            .iter()
            .map(|project| project.id.clone())
            .collect()
    };
    assert_eq!(ids(&other), ids(&catalogue()), "ids stay from day to day");
}

#[test]
fn counters_only_fall_where_it_is_marked() {
    let catalogue = catalogue();
    let mut falls = Vec::new();
    for project in catalogue.projects() {
        let mut before = i64::MIN;
        for step in 0..110 * 4 {
            let at = days_ago(100) + SignedDuration::from_hours(6 * step);
            let now = project.downloads(at);
            assert!(now >= 0 || at < project.published, "{} at {at}", project.id);
            if now < before {
                falls.push((project.id.clone(), at));
                let marked = project
                    .dents
                    .iter()
                    .any(|dent| dent.from <= at && at < dent.from + SignedDuration::from_hours(6));
                assert!(
                    marked,
                    "{} falls at {at} from {before} to {now}",
                    project.id
                );
            }
            before = now;
        }
    }
    assert_eq!(falls.len(), 2, "a correction and a jitter: {falls:?}");
}

#[test]
fn a_jitter_recovers_within_a_day_and_a_correction_stays() {
    let catalogue = catalogue();
    let jitter = of(&catalogue, Platform::Curseforge, "quillhaven-gears");
    let dent = &jitter.dents[0];
    let until = dent.until.unwrap();
    assert!(until.duration_since(dent.from) < SignedDuration::from_hours(24));
    let day = SignedDuration::from_hours(24);
    assert!(jitter.downloads(dent.from) < jitter.downloads(dent.from - day));
    assert!(jitter.downloads(until) > jitter.downloads(dent.from - day));

    let correction = of(&catalogue, Platform::Modrinth, "lanternmoss-and-loom");
    let dent = &correction.dents[0];
    assert_eq!(dent.until, None);
    assert!(correction.downloads(dent.from + day) < correction.downloads(dent.from - day));
}

#[test]
fn versions_start_from_zero_never_fall_and_add_up_to_about_the_total() {
    let catalogue = catalogue();
    let mut shares = Vec::new();
    for project in catalogue.projects().iter().filter(|p| p.kind == Kind::Mod) {
        let mut sum = 0;
        for version in &project.versions {
            assert_eq!(project.version_downloads(version, version.published), 0);
            let counts = (0..200).map(|step| {
                let at = days_ago(50) + SignedDuration::from_hours(6 * step);
                project.version_downloads(version, at)
            });
            assert!(counts.is_sorted(), "{} {}", project.id, version.number);
            sum += project.version_downloads(version, noon());
        }
        let total = project.downloads(noon());
        assert_ne!(sum, total);
        let share = sum as f64 / total as f64;
        assert!(
            (0.9..1.1).contains(&share),
            "{}: {sum} of {total}",
            project.id
        );
        shares.push(share);
    }
    // As upstream: some sums exceed the total by percents, some fall short of it.
    assert!(shares.iter().any(|share| *share > 1.02), "{shares:?}");
    assert!(shares.iter().any(|share| *share < 0.98), "{shares:?}");
}

#[test]
fn it_holds_what_software_gets_wrong() {
    let catalogue = catalogue();
    let projects = catalogue.projects();
    let on = |platform, kind| {
        let there = projects
            .iter()
            .filter(move |p| p.platform == platform && p.kind == kind);
        there.collect::<Vec<_>>()
    };
    let packs = on(Platform::Modrinth, Kind::Modpack);
    assert!(packs.len() > 600 && on(Platform::Curseforge, Kind::Modpack).len() > 400);

    let tracked = catalogue.mods();
    assert_eq!(tracked.len(), 6);
    let both = tracked
        .iter()
        .filter(|m| m.modrinth.is_some() && m.curseforge.is_some());
    assert!(both.count() >= 3);
    assert!(tracked.iter().any(|m| m.modrinth.is_none()));
    assert!(tracked.iter().any(|m| m.curseforge.is_none()));

    let slug = "quillhaven-gears";
    let gears = of(&catalogue, Platform::Modrinth, slug);
    assert_eq!(gears.versions.len(), 132);
    assert_eq!(
        of(&catalogue, Platform::Curseforge, slug).versions.len(),
        137
    );
    let names: HashSet<_> = gears.versions.iter().map(|version| &version.name).collect();
    assert_eq!(names.len(), 44, "three loaders share a name");
    let numbers: HashSet<_> = gears
        .versions
        .iter()
        .map(|version| &version.number)
        .collect();
    assert!(numbers.len() < 132, "numbers repeat too");
    let recent = gears
        .versions
        .iter()
        .filter(|version| version.published > days_ago(90));
    assert!(recent.count() >= 9);
    assert!(gears.versions.last().unwrap().published < present());
    let game = |version: &Version| *version.game_versions.last().unwrap();
    assert_eq!(game(gears.versions.last().unwrap()), "26.2");
    assert_eq!(game(&gears.versions[0]), "1.19.2");

    let downloads = |project: &Project| project.downloads(present());
    let beyond = |project: &&Project| downloads(project) > 1 << 31;
    assert!(packs.iter().any(|p| downloads(p) == 2));
    assert_eq!(packs.iter().copied().filter(beyond).count(), 1);
    assert!(
        packs.iter().all(|p| downloads(p) < 1 << 32),
        "Modrinth counts in 32 bits"
    );
    let passing = projects
        .iter()
        .filter(|p| downloads(p) > 1 << 31 && p.downloads(days_ago(90)) < 1 << 31);
    assert_eq!(passing.count(), 1);

    let titles: String = projects.iter().map(|p| p.title(noon())).collect();
    for odd in [
        '<', '&', '"', '\'', ',', '\u{fe0f}', 'م', 'ת', '\\', '=', ';', '\t',
    ] {
        assert!(titles.contains(odd), "{odd:?}");
    }
    assert!(projects.iter().any(|p| p.title(noon()).starts_with("  ")));
    assert!(projects.iter().any(|p| p.title(noon()).ends_with("  ")));
}

#[test]
fn ids_and_slugs_are_unique() {
    let catalogue = catalogue();
    let mut ids = HashSet::new();
    let mut slugs = HashSet::new();
    let mut versions = HashSet::new();
    for project in catalogue.projects() {
        assert!(ids.insert((project.platform, &project.id)));
        for at in [days_ago(90), days_ago(35), noon()] {
            assert!(slugs.insert((project.platform, project.slug(at), at)));
        }
        for version in &project.versions {
            assert!(versions.insert((project.platform, &version.id)));
        }
        assert!(
            project
                .versions
                .is_sorted_by_key(|version| version.published)
        );
    }
}

#[test]
fn things_happen_to_projects() {
    let catalogue = catalogue();
    let of_slug = |slug: &str, at: Timestamp| {
        let found = catalogue.project_by_slug(Platform::Modrinth, slug, at);
        found.map(|project| project.title(at))
    };
    let old = "copperwick-semaphores";
    assert_eq!(of_slug(old, days_ago(45)), Some("Copperwick Semaphores"));
    assert_eq!(of_slug(old, days_ago(35)), None);
    assert_eq!(
        of_slug(old, days_ago(25)),
        Some("Copperwick Semaphores Continued")
    );
    assert_eq!(
        of_slug("Copperwick-Signals", days_ago(25)),
        Some("Copperwick Signals")
    );

    let hidden: Vec<_> = catalogue
        .projects()
        .iter()
        .filter(|p| p.hidden_from.is_some())
        .collect();
    assert!(hidden.iter().any(|p| p.kind == Kind::Mod));
    assert!(hidden.iter().any(|p| p.kind == Kind::Modpack));
    for project in hidden {
        assert!(project.visible(days_ago(30)) && !project.visible(days_ago(10)));
    }

    let gears = of(&catalogue, Platform::Modrinth, "quillhaven-gears");
    let gone: Vec<_> = gears
        .versions
        .iter()
        .filter(|v| v.gone_from.is_some())
        .collect();
    assert_eq!(gone.len(), 1);
    assert!(gone[0].visible(days_ago(40)) && !gone[0].visible(days_ago(30)));
    assert_eq!(gears.listed(noon()).count(), 131);
}

#[test]
fn modpacks_change_what_they_contain() {
    let catalogue = catalogue();
    let gears = of(&catalogue, Platform::Modrinth, "quillhaven-gears").id;
    let mut containing = 0;
    let (mut adding, mut dropping) = (0, 0);
    for pack in catalogue
        .projects()
        .iter()
        .filter(|p| p.kind == Kind::Modpack)
    {
        let mods = |nth_last: usize| -> Option<HashSet<&str>> {
            let version = pack.versions.iter().rev().nth(nth_last)?;
            Some(
                version
                    .dependencies
                    .iter()
                    .map(|d| d.project.as_str())
                    .collect(),
            )
        };
        let newest = mods(0).unwrap();
        containing += usize::from(newest.contains(gears.as_str()));
        let dependencies = pack
            .versions
            .iter()
            .flat_map(|version| &version.dependencies);
        for dependency in dependencies {
            let needed = catalogue
                .project(Platform::Modrinth, &dependency.project)
                .unwrap();
            let version = dependency.version.as_deref().unwrap();
            assert!(needed.versions.iter().any(|v| v.id == version));
        }
        if let Some(before) = mods(1) {
            let recent = pack.versions.last().unwrap().published > days_ago(90);
            let then = pack.versions[pack.versions.len() - 2].published;
            // A mod that the pack could have had before.
            let mut added = newest.difference(&before).filter(|id| {
                let added = catalogue.project(Platform::Modrinth, id).unwrap();
                added.published < then
            });
            adding += usize::from(recent && added.next().is_some());
            dropping += usize::from(recent && before.difference(&newest).next().is_some());
        }
    }
    assert!(
        (150..400).contains(&containing),
        "{containing} packs contain the mod"
    );
    assert!(adding > 5 && dropping > 5, "{adding} add, {dropping} drop");
}
