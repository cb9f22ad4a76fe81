//! A year of the simulator's mods, collected by the real collector as its schedule would have it.

use jiff::{SignedDuration, Timestamp};
use modstats_crds::{Document, Source};
use modstats_simulator::{Catalogue, Clock, Options, Simulator};
use modstats_store::Store;
use serde_json::json;

use crate::collecting::{collect, collector, document};

/// The mod whose pages are looked at: 269 versions on both platforms, three dozen modpacks.
pub const MOD: &str = "quillhaven-gears";
/// One that it is compared with.
pub const OTHER: &str = "lanternmoss-and-loom";
const DAYS: i64 = 365;
/// The other mods are tracked for so many days.
const OTHERS: i64 = 120;
/// Days in which runs come four times a day, as is the default; before, once, which takes less time here.
const DENSE: i64 = 28;

pub async fn collect_into(store: &Store) {
    let now = Timestamp::now();
    let simulator = Simulator::start(Options {
        clock: Clock::at(now),
        ..Options::default()
    })
    .await
    .unwrap();
    let documents = documents(simulator.catalogue(), now);
    let collector = collector(store, &simulator);
    for hours in (0..=DAYS * 4).rev().map(|quarter| 6 * quarter) {
        let at = now - SignedDuration::from_hours(hours);
        simulator.clock().set(at);
        let is_daily = hours % 24 == 0;
        for (document, days) in &documents {
            if hours > 24 * days || !is_daily && hours > 24 * DENSE {
                continue;
            }
            for source in document.sources() {
                if is_daily || source != Source::Modpacks {
                    collect(&collector, document, source, at).await;
                }
            }
        }
    }
    simulator.stop().await;
}

/// With the days for which each is tracked.
fn documents(catalogue: &Catalogue, now: Timestamp) -> Vec<(Document, i64)> {
    let begin = now - SignedDuration::from_hours(24 * DAYS);
    let secret = json!({"name": "curseforge", "key": "api-key"});
    let document = |it: &modstats_simulator::catalogue::Mod| {
        let mut spec = json!({"displayName": it.title});
        if let Some(id) = &it.modrinth {
            spec["modrinth"] = json!({"projects": [id]});
        }
        if let Some(id) = it.curseforge {
            spec["curseforge"] = json!({"projects": [id], "apiKeySecretRef": secret});
        }
        let days = if it.slug == MOD { DAYS } else { OTHERS };
        (document(it.slug, begin, &spec), days)
    };
    catalogue.mods().iter().map(document).collect()
}
