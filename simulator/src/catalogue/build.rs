//! From seeds to projects.

use jiff::{SignedDuration, Timestamp};

use crate::catalogue::growth::{Curve, Dent, Release};
use crate::catalogue::hash::{base62, hash, mix};
use crate::catalogue::rhythm::{channel, event, game_versions, mod_number, release_times, weight};
use crate::catalogue::seed::{self, ModSeed, Presence};
use crate::catalogue::{
    Channel, Dependency, DependencyKind, File, Kind, Mod, Name, Platform, Project, Version,
};

/// A mod or modpack as its author thinks of it, before it is put on platforms.
struct Work {
    kind: Kind,
    /// Place among all works.
    index: usize,
    /// Oldest first; the first slug is what ids and chance come from.
    names: Vec<Name>,
    summary: String,
    author: &'static str,
    categories: &'static [&'static str],
    sides: (&'static str, &'static str),
    distributable: bool,
    hidden_from: Option<Timestamp>,
    /// Oldest first.
    builds: Vec<Build>,
    places: Vec<Place>,
}

/// One file of one release.
struct Build {
    published: Timestamp,
    number: String,
    channel: Channel,
    loaders: &'static [&'static str],
    game_versions: Vec<&'static str>,
    weight: f64,
    gone_from: Option<Timestamp>,
    /// Mods by their place among all works.
    contents: Vec<(usize, DependencyKind)>,
}

struct Place {
    platform: Platform,
    presence: Presence,
    dents: Vec<Dent>,
}

/// All projects, and the mods that a demonstration tracks.
pub(super) fn projects(present: Timestamp) -> (Vec<Project>, Vec<Mod>) {
    let seeds: Vec<&ModSeed> = seed::TRACKED.iter().chain(&seed::OTHERS).collect();
    let mods: Vec<Work> = (0..seeds.len())
        .map(|n| mod_work(present, n, &seeds))
        .collect();
    let packs: Vec<Work> = (0..seed::PACK_COUNT)
        .map(|n| pack_work(present, n, &seeds))
        .collect();
    let projects = mods.iter().chain(&packs).flat_map(|work| {
        let places = work.places.iter();
        places.map(|place| project(present, work, place, &mods))
    });
    let tracked = seed::TRACKED.iter().zip(&mods).map(|(seed, work)| Mod {
        title: seed.title,
        slug: seed.slug,
        modrinth: seed.modrinth.map(|_| modrinth_id(work)),
        curseforge: seed.curseforge.map(|_| curseforge_id(work)),
    });
    (projects.collect(), tracked.collect())
}

fn mod_work(present: Timestamp, index: usize, seeds: &[&ModSeed]) -> Work {
    let seed = seeds[index];
    let on = [
        (Platform::Modrinth, seed.modrinth),
        (Platform::Curseforge, seed.curseforge),
    ];
    let places: Vec<Place> = on
        .into_iter()
        .filter_map(|(platform, presence)| {
            let presence = presence?;
            let dents = dents(present, seed, platform, presence.downloads);
            Some(Place {
                platform,
                presence,
                dents,
            })
        })
        .collect();
    let needs = seed.needs.iter().filter_map(|(slug, kind)| {
        let needed = seeds.iter().position(|other| other.slug == *slug)?;
        Some((needed, *kind))
    });
    let needs: Vec<_> = needs.collect();

    let count = places
        .iter()
        .map(|place| place.presence.builds)
        .max()
        .unwrap_or(0);
    let releases = count.div_ceil(seed.loaders.len());
    let newest = 2 * 1440 + (hash(seed.slug) % (4 * 1440)) as i64;
    let times = release_times(present, seed.slug, seed.age, releases, newest);
    let mut builds: Vec<Build> = times
        .iter()
        .enumerate()
        .flat_map(|(release, time)| {
            let needs = &needs;
            let times = &times;
            seed.loaders
                .iter()
                .enumerate()
                .map(move |(nth, loaders)| Build {
                    published: *time + SignedDuration::from_mins(13 * nth as i64),
                    number: mod_number(release, times.len(), loaders),
                    channel: channel(release, times.len()),
                    loaders,
                    game_versions: game_versions(present, *time, release % 2 == 0),
                    weight: weight(seed.slug, release, times.len(), nth),
                    gone_from: None,
                    contents: needs.clone(),
                })
        })
        .collect();
    builds.drain(..builds.len() - count);
    if let Some((from_newest, days)) = seed.vanished {
        let vanishing = count - 1 - from_newest;
        builds[vanishing].gone_from = Some(event(present, days));
    }

    let first = Name {
        since: Timestamp::MIN,
        title: seed.title.to_owned(),
        slug: seed.slug.to_owned(),
    };
    let second = seed.rename.as_ref().map(|rename| Name {
        since: event(present, rename.days),
        title: rename.title.to_owned(),
        slug: rename.slug.to_owned(),
    });
    Work {
        kind: Kind::Mod,
        index,
        names: [first].into_iter().chain(second).collect(),
        summary: seed.summary.to_owned(),
        author: seed.author,
        categories: seed.categories,
        sides: seed.sides,
        distributable: seed.distributable,
        hidden_from: seed.hidden.map(|days| event(present, days)),
        builds,
        places,
    }
}

fn dents(present: Timestamp, seed: &ModSeed, platform: Platform, downloads: i64) -> Vec<Dent> {
    let here = seed.dents.iter().filter(|dent| dent.platform == platform);
    here.map(|dent| {
        let from = event(present, dent.days);
        Dent {
            from,
            until: dent
                .hours
                .map(|hours| from + SignedDuration::from_hours(hours)),
            amount: downloads / 1000 * dent.permille,
        }
    })
    .collect()
}

fn pack_work(present: Timestamp, nth: usize, seeds: &[&ModSeed]) -> Work {
    const LOADERS: [&[&str]; 6] = [
        &["fabric"],
        &["fabric"],
        &["fabric"],
        &["neoforge"],
        &["forge"],
        &["quilt"],
    ];
    const CATEGORIES: [&[&str]; 5] = [
        &["adventure", "multiplayer"],
        &["technology"],
        &["lightweight", "optimization"],
        &["kitchen-sink"],
        &["magic", "quests"],
    ];
    let (title, slug, topic, downloads) = match seed::ODD_PACKS.get(nth) {
        Some((title, slug, modrinth, curseforge)) => {
            let downloads = [*modrinth, *curseforge];
            (title.to_string(), slug.to_string(), "survival", downloads)
        }
        None => ordinary_pack(nth - seed::ODD_PACKS.len()),
    };
    let chance = hash(&slug);
    let pick = |n: u64, of: usize| (mix(chance ^ n) % of as u64) as usize;

    let releases = 1 + pick(1, 8);
    let age = 40 + pick(2, 1400) as i64;
    let newest = (2 * 1440 + pick(3, 118 * 1440)) as i64;
    let times = release_times(present, &slug, age, releases, newest);
    let build = |(release, time): (usize, &Timestamp)| Build {
        published: *time,
        number: format!("{}.{}.0", 1 + release / 4, release % 4),
        channel: channel(release, releases),
        loaders: LOADERS[pick(4, LOADERS.len())],
        game_versions: game_versions(present, *time, false),
        weight: weight(&slug, release, releases, 0),
        gone_from: None,
        contents: contents(nth, &slug, release + 1 == releases, seeds),
    };
    let builds: Vec<Build> = times.iter().enumerate().map(build).collect();

    let on = [Platform::Modrinth, Platform::Curseforge]
        .into_iter()
        .zip(downloads);
    let places = on.filter_map(|(platform, downloads)| {
        let presence = Presence {
            downloads: downloads?,
            builds: builds.len(),
        };
        Some(Place {
            platform,
            presence,
            dents: Vec::new(),
        })
    });
    Work {
        kind: Kind::Modpack,
        index: seeds.len() + nth,
        summary: format!("A pack about {topic}, with a little of everything else."),
        author: seed::AUTHORS[pick(5, seed::AUTHORS.len())],
        categories: CATEGORIES[pick(6, CATEGORIES.len())],
        sides: (
            "required",
            if pick(7, 3) == 0 {
                "unsupported"
            } else {
                "required"
            },
        ),
        distributable: true,
        hidden_from: (nth == seed::HIDDEN_PACK.0).then(|| event(present, seed::HIDDEN_PACK.1)),
        places: places.collect(),
        builds,
        names: vec![Name {
            since: Timestamp::MIN,
            title,
            slug,
        }],
    }
}

fn ordinary_pack(nth: usize) -> (String, String, &'static str, [Option<i64>; 2]) {
    let first = seed::FIRST[nth % seed::FIRST.len()];
    let (second, topic) = seed::SECOND[nth / seed::FIRST.len()];
    let title = format!("{first} {second}");
    let slug = title.to_lowercase().replace(' ', "-");
    let downloads = |platform: &str| {
        let chance = hash(&format!("{platform}/{slug}"));
        let scale = 1 << (1 + chance % 23);
        Some(scale + (mix(chance) % scale as u64) as i64)
    };
    let downloads = match nth % 4 {
        0 | 1 => [downloads("modrinth"), None],
        2 => [None, downloads("curseforge")],
        _ => [downloads("modrinth"), downloads("curseforge")],
    };
    (title, slug, topic, downloads)
}

/// What a release of a modpack contains: with their newest release some packs drop a mod, some add
/// one.
fn contents(
    nth: usize,
    slug: &str,
    newest: bool,
    seeds: &[&ModSeed],
) -> Vec<(usize, DependencyKind)> {
    let chance = |index: &usize| hash(&format!("{slug}/{index}")) % 100;
    let (mut inside, outside): (Vec<usize>, Vec<usize>) =
        (0..seeds.len()).partition(|index| chance(index) < seeds[*index].in_packs);
    match nth % 5 {
        0 if newest && inside.len() > 1 => {
            inside.remove(0);
        }
        1 if newest => inside.extend(outside.first()),
        _ => {}
    }
    let inside = inside.into_iter();
    inside
        .map(|index| (index, DependencyKind::Embedded))
        .collect()
}

fn project(present: Timestamp, work: &Work, place: &Place, mods: &[Work]) -> Project {
    let platform = place.platform;
    let slug = &work.names[0].slug;
    let key = hash(&format!("{platform:?}/{slug}"));
    let skipped = work.builds.len() - place.presence.builds;
    let builds = work.builds.iter().enumerate().skip(skipped);
    let versions: Vec<Version> = builds
        .map(|(nth, build)| version(work, nth, build, platform, mods))
        .collect();
    let releases: Vec<Release> = versions.iter().map(Version::release).collect();
    Project {
        platform,
        kind: work.kind,
        id: match platform {
            Platform::Modrinth => modrinth_id(work),
            Platform::Curseforge => curseforge_id(work).to_string(),
        },
        summary: work.summary.clone(),
        author: work.author,
        categories: work.categories,
        sides: work.sides,
        distributable: work.distributable,
        published: versions
            .first()
            .map_or(present, |version| version.published),
        hidden_from: work.hidden_from,
        dents: place.dents.clone(),
        names: work.names.clone(),
        curve: Curve::new(key, place.presence.downloads, releases, present),
        share: (930 + mix(key) % 130) as f64 / 1000.0,
        versions,
    }
}

fn version(work: &Work, nth: usize, build: &Build, platform: Platform, mods: &[Work]) -> Version {
    let name = work
        .names
        .iter()
        .rev()
        .find(|name| name.since <= build.published);
    let name = name.unwrap_or(&work.names[0]);
    let loader = build.loaders[0];
    let extension = match (work.kind, platform) {
        (Kind::Mod, _) => "jar",
        (Kind::Modpack, Platform::Modrinth) => "mrpack",
        (Kind::Modpack, Platform::Curseforge) => "zip",
    };
    let base = build.number.split('+').next().unwrap_or_default();
    let key = hash(&format!("{platform:?}/{}/{nth}", work.names[0].slug));
    let contents = dependencies(build, platform, mods);
    // CurseForge doesn't know what a modpack contains: that is in the pack's archive.
    let (stated, unstated) = match (work.kind, platform) {
        (Kind::Modpack, Platform::Curseforge) => (Vec::new(), contents),
        _ => (contents, Vec::new()),
    };
    Version {
        id: version_id(work, nth, platform),
        name: format!("{} {base}", name.title),
        number: build.number.clone(),
        published: build.published,
        gone_from: build.gone_from,
        channel: build.channel,
        loaders: build.loaders,
        game_versions: build.game_versions.clone(),
        dependencies: stated,
        unstated,
        file: File::new(format!("{}-{base}-{loader}.{extension}", name.slug), key),
        weight: build.weight,
        key,
    }
}

/// What a build depends on or contains, as far as that is on the platform too.
fn dependencies(build: &Build, on: Platform, mods: &[Work]) -> Vec<Dependency> {
    let contents = build.contents.iter();
    contents
        .filter_map(|(index, kind)| {
            let needed = &mods[*index];
            let place = needed.places.iter().find(|place| place.platform == on)?;
            let skipped = needed.builds.len() - place.presence.builds;
            let builds = needed.builds.iter().enumerate().skip(skipped).rev();
            let out: Vec<_> = builds
                .filter(|(_, b)| b.published <= build.published)
                .collect();
            let fitting = out
                .iter()
                .find(|(_, b)| b.loaders.contains(&build.loaders[0]));
            let (nth, _) = fitting.or(out.first())?;
            Some(Dependency {
                project: match on {
                    Platform::Modrinth => modrinth_id(needed),
                    Platform::Curseforge => curseforge_id(needed).to_string(),
                },
                version: (*kind == DependencyKind::Embedded).then(|| version_id(needed, *nth, on)),
                kind: *kind,
            })
        })
        .collect()
}

fn modrinth_id(work: &Work) -> String {
    base62(hash(&format!("modrinth/{}", work.names[0].slug)))
}

fn curseforge_id(work: &Work) -> i64 {
    910_000 + 37 * work.index as i64
}

fn version_id(work: &Work, nth: usize, platform: Platform) -> String {
    match platform {
        Platform::Modrinth => base62(hash(&format!("modrinth/{}/{nth}", work.names[0].slug))),
        Platform::Curseforge => (5_000_000 + 1000 * work.index + nth).to_string(),
    }
}
