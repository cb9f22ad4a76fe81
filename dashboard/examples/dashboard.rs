//! Serves the dashboard over a database with invented history, to look at it while working on it:
//! `cargo run -p modstats-dashboard --example dashboard [address [days]]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/seed/mod.rs"]
mod seed;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_dashboard::{BasePath, Clients, FRESH_FOR, Settings, SourceOutlook, StoreSlot, serve};
use modstats_store::model::{Outcome, Platform, Source};
use modstats_store::time::midnight;
use modstats_store::{Database, Store};
use seed::{Found, Project, Subject, at, begin, collect, fail, list_modpacks, pack, version};

const NOW: &str = "2026-11-22T15:20:00Z";
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

#[tokio::main]
async fn main() {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let days: i32 = std::env::args()
        .nth(2)
        .map_or(200, |days| days.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("modstats-dashboard-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = Store::open(&Database::Sqlite(folder.join("modstats.db")))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    write(&store, days).await;
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    println!("http://{address}");
    let settings = Settings {
        store: StoreSlot::open(store),
        now: Arc::new(|| at(NOW)),
        fresh_for: FRESH_FOR,
        base_path: BasePath::default(),
        clients: Clients::default(),
        build: env!("CARGO_PKG_VERSION"),
        sample_data: true,
        outlook: Arc::new(outlook),
    };
    serve(listener, settings, async {
        tokio::signal::ctrl_c().await.unwrap()
    })
    .await
    .unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

fn outlook() -> Vec<SourceOutlook> {
    let of = |name: &str, source, next: Option<&str>, note: Option<&str>| SourceOutlook {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        source,
        next_at: next.map(at),
        note: note.map(str::to_owned),
    };
    vec![
        of(
            "create-nuclear",
            Source::Modrinth,
            Some("2026-11-22T18:17Z"),
            None,
        ),
        of(
            "create-nuclear",
            Source::Modpacks,
            Some("2026-11-23T03:43Z"),
            None,
        ),
        of(
            "hostile",
            Source::Curseforge,
            Some("2026-11-22T18:43Z"),
            None,
        ),
        of("waiting", Source::Modrinth, Some("2026-11-22T15:31Z"), None),
    ]
}

async fn write(store: &Store, days: i32) {
    let nuclear = Subject {
        namespace: "default",
        name: "create-nuclear",
        display_name: Some("Create Nuclear"),
        projects: vec![
            Project::new(Platform::Modrinth, "createnuclear", "Create Nuclear"),
            Project::new(Platform::Curseforge, "989797", "Create: Nuclear"),
        ],
        declared: &["356103", "520914"],
    };
    let hostile = Subject {
        namespace: "default",
        name: "hostile",
        display_name: Some("<b>Ore & \"Sons\"</b>  \u{202e}dlrow\u{fe0f}"),
        projects: vec![Project::new(
            Platform::Curseforge,
            "31337",
            "<script>alert('x')</script>",
        )],
        declared: &["666"],
    };
    let young = Subject {
        namespace: "default",
        name: "young",
        display_name: None,
        projects: vec![Project::new(Platform::Modrinth, "young1", "A mod of today")],
        declared: &[],
    };
    let (mut modrinth, mut curseforge, mut big) = (812_345_i64, 341_220_i64, 2_905_000_000_i64);
    for ago in (0..=days).rev() {
        let day = TODAY.saturating_sub(ago.days());
        let weekend = if day.weekday().to_monday_zero_offset() >= 5 {
            3
        } else {
            2
        };
        let noise = i64::from(day.day_of_year()) * 7919 % 613;
        for (hour, half) in [(3, 0), (15, 1)] {
            let now = midnight(day) + SignedDuration::from_mins(hour * 60 + 12);
            if now > at(NOW) {
                continue;
            }
            modrinth += 380 * weekend + noise;
            curseforge += 210 * weekend + noise / 2;
            big += 90_000 + 900 * noise;
            if ago == 24 && half == 0 {
                modrinth -= 9_400;
            }
            // An outage of three days, of one platform.
            if !(40..44).contains(&ago) {
                collect(
                    store,
                    &nuclear,
                    Platform::Curseforge,
                    now,
                    curseforge,
                    versions(day, curseforge, "f"),
                )
                .await;
            }
            collect(
                store,
                &nuclear,
                Platform::Modrinth,
                now,
                modrinth,
                versions(day, modrinth, "v"),
            )
            .await;
            if ago > 1 {
                collect(store, &hostile, Platform::Curseforge, now, big, Vec::new()).await;
            }
        }
    }
    packs(store, &nuclear, &hostile).await;
    fail(
        store,
        &hostile,
        Source::Curseforge,
        at("2026-11-22T12:43Z"),
        "the API key was refused (403): give another one in the Secret curseforge",
    )
    .await;
    let first = at("2026-11-22T14:00Z");
    collect(
        store,
        &young,
        Platform::Modrinth,
        first,
        12,
        vec![version("y1", "0.1.0-beta.1", first, 12)],
    )
    .await;
    begin(store, &young, Source::Modrinth, at("2026-11-22T15:19Z")).await;
}

/// Some hundreds of modpacks, of which a few have dropped the mod, and declared ones.
async fn packs(store: &Store, nuclear: &Subject, hostile: &Subject) {
    let (modrinth, curseforge) = (Platform::Modrinth, Platform::Curseforge);
    for (week, when) in [
        "2026-11-08T03:43Z",
        "2026-11-15T03:43Z",
        "2026-11-22T03:43Z",
    ]
    .into_iter()
    .enumerate()
    {
        let week = i64::try_from(week).unwrap();
        let packs = (0..320 + 20 * week).map(|number| {
            let name = match number % 9 {
                0 => format!(
                    "Better Adventures Number {number}: The Long Road Home [Forge & Fabric]"
                ),
                1 => format!("Pack{number}{}", "Reactor".repeat(12)),
                _ => format!("Reactor Pack {number}"),
            };
            let downloads = (350 - number).pow(3) / 7 + 97 * week * (number % 13);
            let found = match number % 17 {
                3 => Found::NotInside,
                5 if week == 2 => Found::NotInside,
                _ => Found::Inside,
            };
            (
                pack(modrinth, &format!("pk{number:06}"), &name, downloads),
                found,
            )
        });
        let outcome = Outcome::Complete;
        list_modpacks(store, nuclear, modrinth, at(when), outcome, packs.collect()).await;
    }
    let declared = [("356103", 9_876_543), ("520914", 2_310)].map(|(id, downloads)| {
        (
            pack(curseforge, id, &format!("Declared {id}"), downloads),
            Found::Declared,
        )
    });
    let when = at("2026-11-22T03:44Z");
    list_modpacks(
        store,
        nuclear,
        curseforge,
        when,
        Outcome::Failed,
        declared.to_vec(),
    )
    .await;
    let evil = "<b>Packs</b> & \u{202e}sdrawkcab\u{1}";
    let evil = pack(curseforge, "666", evil, 31_337);
    let evil = vec![(evil, Found::Declared)];
    list_modpacks(store, hostile, curseforge, when, Outcome::Partial, evil).await;
}

/// One release in twelve days, the older the more downloads.
fn versions(
    day: jiff::civil::Date,
    total: i64,
    prefix: &str,
) -> Vec<modstats_store::model::VersionObservation> {
    (0..40)
        .filter_map(|number: i32| {
            let published: Timestamp = midnight(TODAY.saturating_sub((480 - number * 12).days()))
                + SignedDuration::from_hours(17);
            let age = day
                .since(modstats_store::time::day_of(published))
                .unwrap()
                .get_days();
            (age >= 1).then(|| {
                let label = format!("{}.{}.{}", 1 + number / 15, number % 15, number % 3);
                let label = if number % 7 == 6 {
                    format!("{label}-beta.1")
                } else {
                    label
                };
                let share = total / 60 * i64::from(age) / i64::from(age + 90);
                version(&format!("{prefix}{number}"), &label, published, share)
            })
        })
        .collect()
}
