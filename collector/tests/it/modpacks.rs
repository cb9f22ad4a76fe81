//! What a run asks for to know a mod's modpacks, and what it doesn't ask for again.

use jiff::SignedDuration;
use modstats_crds::{Document, Source};
use modstats_simulator::Platform;
use modstats_store::model::{Membership, ModpackView, Outcome};
use serde_json::json;

use crate::support::{World, days, document_of, present, reasons};

fn document(world: &World) -> Document {
    let id = |platform| world.id(platform, "quillhaven-gears");
    let number: i64 = id(Platform::Curseforge).parse().unwrap();
    let spec = json!({
        "modrinth": {"projects": [id(Platform::Modrinth)]},
        "curseforge": {"projects": [number], "apiKeySecretRef": {"name": "curseforge"}},
        "modpacks": {"curseforge": "Website"},
    });
    document_of("uid-1", 1, spec)
}

async fn current(world: &World) -> Vec<ModpackView> {
    let snapshot = world.store.snapshot().await.unwrap();
    let packs = snapshot.modpacks("default", "demo").await.unwrap();
    let current = |it: &ModpackView| matches!(it.membership, Membership::Current { .. });
    packs.into_iter().filter(current).collect()
}

#[tokio::test]
async fn a_first_run_takes_few_requests_and_a_later_one_looks_into_changed_packs_only() {
    let world = World::at(present() - days(40)).await;
    let document = document(&world);
    let first = world.collect(&document, Source::Modpacks).await;
    assert_eq!(first.record.outcome, Outcome::Complete, "{first:?}");
    let served = world.simulator.served();
    // The project, three pages, the packs, what they contain.
    assert_eq!(served.total(Platform::Modrinth), 6, "{served:?}");
    assert!(current(&world).await.len() > 300);

    // Nothing is released within the hour.
    world
        .clock
        .set(world.clock.now() + SignedDuration::from_mins(1));
    let second = world.collect(&document, Source::Modpacks).await;
    let again = world.simulator.served();
    assert_eq!(
        again.total(Platform::Modrinth) - served.total(Platform::Modrinth),
        5
    );
    assert_eq!(
        again.modrinth["versions"], 1,
        "no pack is looked into twice"
    );
    assert_eq!(
        again.website, served.website,
        "a website is asked once a day"
    );
    assert_eq!(reasons(&second), ["AskedToday"]);
    assert_eq!(
        second.record.outcome,
        Outcome::Complete,
        "that is no failure"
    );
    for pack in current(&world).await {
        let observed_at = pack.modpack.totals.unwrap().observed_at;
        assert_eq!(
            observed_at,
            world.clock.now(),
            "its downloads are renewed all the same"
        );
    }
}
