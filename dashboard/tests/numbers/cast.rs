//! Who is in the year: four mods, their projects, and the versions of these.

use jiff::civil::{Date, date};

use super::history::{Growing, Membership, Mod, Project, Site, Version, at, day_of};

const NUCLEAR: usize = 0;
const NUCLEAR_FILES: usize = 1;
const ADDON: usize = 2;
const OLD_FILES: usize = 3;
const TRAINS: usize = 4;
const QUARRY_FILES: usize = 5;

pub fn mods() -> Vec<Mod> {
    let member = |project, from: &str, to: Option<&str>| Membership {
        project,
        from: at(from),
        to: to.map(at),
    };
    let start = "2025-11-22T00:00Z";
    vec![
        Mod {
            name: "create-nuclear",
            title: "Create Nuclear",
            members: vec![
                member(NUCLEAR, start, None),
                member(NUCLEAR_FILES, start, None),
                member(ADDON, "2026-04-10T15:00Z", None),
                member(OLD_FILES, start, Some("2026-07-15T10:00Z")),
            ],
        },
        Mod {
            name: "create-rails",
            title: "Create Rails",
            members: vec![
                member(TRAINS, start, None),
                member(NUCLEAR_FILES, start, None),
                member(OLD_FILES, start, None),
            ],
        },
        Mod {
            name: "create-quarry",
            title: "Create Quarry",
            members: vec![member(QUARRY_FILES, start, None)],
        },
        Mod {
            name: "create-new",
            title: "Create Something",
            members: Vec::new(),
        },
    ]
}

/// The day on which a version was published, by its identity.
pub fn published(version: &str) -> Date {
    let id = version.rsplit(':').next().unwrap();
    let projects = projects();
    let mut versions = projects.iter().flat_map(|it| &it.versions);
    day_of(versions.find(|it| it.id == id).unwrap().published_at)
}

pub fn projects() -> Vec<Project> {
    use Site::{Curseforge, Modrinth};
    let (all, fabric, forge): (&[&str], &[&str], &[&str]) = (
        &["fabric", "forge", "neoforge"],
        &["fabric"],
        &["forge", "neoforge"],
    );
    let version =
        |id, number: &'static str, published: &str, per_day, before, loaders, game_versions| {
            Version {
                id,
                number,
                channel: if number.contains("beta") {
                    "beta"
                } else {
                    "release"
                },
                published_at: at(published),
                vanishes_at: None,
                loaders,
                game_versions,
                per_day,
                before,
            }
        };
    let vanishing = Version {
        vanishes_at: Some(at("2026-09-15T13:00Z")),
        ..version("n2", "1.1", "2025-12-20T17:00Z", 90, 0, fabric, &["1.20.1"])
    };
    let nuclear = vec![
        version(
            "n1",
            "1.0",
            "2025-06-01T10:00Z",
            60,
            81_000,
            all,
            &["1.19.2", "1.20"],
        ),
        vanishing,
        version(
            "n3",
            "1.2",
            "2026-03-03T08:15Z",
            150,
            0,
            forge,
            &["1.20.1", "1.20.4"],
        ),
        version(
            "n4",
            "2.0",
            "2026-07-07T19:40Z",
            240,
            0,
            all,
            &["1.21", "1.21.1"],
        ),
        version(
            "n5",
            "2.1-beta",
            "2026-10-01T03:00Z",
            20,
            0,
            fabric,
            &["1.21.1"],
        ),
        version("n6", "2.1", "2026-11-09T12:05Z", 480, 0, all, &["1.21.1"]),
    ];
    let files = vec![
        version(
            "c1",
            "1.0",
            "2025-06-01T11:00Z",
            30,
            22_000,
            forge,
            &["1.20.1"],
        ),
        version("c2", "2.0", "2026-07-07T20:00Z", 75, 0, forge, &["1.21.1"]),
    ];
    let addon = vec![version(
        "a1",
        "0.1",
        "2026-04-09T12:00Z",
        35,
        0,
        fabric,
        &["1.20.1"],
    )];
    let trains = vec![
        version(
            "t1",
            "3.0",
            "2025-02-01T11:00Z",
            12,
            5_500,
            fabric,
            &["1.20.1"],
        ),
        version("t2", "3.1", "2026-11-01T11:00Z", 33, 0, fabric, &["1.21.1"]),
    ];
    let quarry = vec![version(
        "q1",
        "1.0",
        "2025-05-01T11:00Z",
        70,
        8_400,
        fabric,
        &["1.20.1"],
    )];
    let renamed = Some((date(2026, 5, 1), "Create Nuclear Reborn"));
    vec![
        project(
            Modrinth,
            "AAnuclear",
            "Create Nuclear",
            (1_200_000, 900),
            renamed,
            nuclear,
        ),
        project(
            Curseforge,
            "989797",
            "Create: Nuclear",
            (480_000, 350),
            None,
            files,
        ),
        project(
            Modrinth,
            "BBaddon",
            "Nuclear Addon",
            (51_000, 45),
            None,
            addon,
        ),
        project(
            Curseforge,
            "700700",
            "Old Nuclear",
            (33_000, 25),
            None,
            Vec::new(),
        ),
        project(Modrinth, "CCtrains", "Trains", (9_100, 40), None, trains),
        project(Modrinth, "DDquarry", "Quarry", (70_200, 90), None, quarry),
    ]
}

fn project(
    site: Site,
    id: &'static str,
    name: &'static str,
    (downloads, per_day): (i64, i64),
    renamed: Option<(Date, &'static str)>,
    versions: Vec<Version>,
) -> Project {
    let start = at("2025-11-22T00:00Z");
    let growing = |version: &Version| Growing {
        value: version.before,
        at: version.published_at.max(start),
        per_day: version.per_day,
    };
    Project {
        site,
        id,
        name,
        renamed,
        imported: Vec::new(),
        answers: Vec::new(),
        downloads: Growing {
            value: downloads,
            at: start,
            per_day,
        },
        people: downloads / 900,
        version_downloads: versions.iter().map(growing).collect(),
        versions,
    }
}
