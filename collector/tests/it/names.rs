//! Entries, slugs and ids: which project an entry means, and what is said when that is unclear.

use modstats_collector::ExitCode;
use modstats_crds::Source;
use modstats_simulator::Platform;
use modstats_store::model::{Outcome, RunState};
use serde_json::json;

use crate::support::{World, days, document, document_of, present, reasons};

#[tokio::test]
async fn a_slug_that_moves_keeps_its_project_and_is_reported() {
    let world = World::at(present() - days(60)).await;
    let document = document(&["copperwick-semaphores"], &[]);
    let first = world.collect(&document, Source::Modrinth).await;
    assert_eq!(
        (first.record.outcome, reasons(&first)),
        (Outcome::Complete, vec![])
    );
    let id = world.id(Platform::Modrinth, "copperwick-semaphores");

    // Renamed: the old slug leads nowhere.
    world.clock.set(present() - days(35));
    let renamed = world.collect(&document, Source::Modrinth).await;
    assert_eq!(
        (renamed.record.outcome, reasons(&renamed)),
        (Outcome::Complete, vec![])
    );
    let view = world.view().await;
    assert_eq!(view.members.len(), 1);
    assert_eq!(
        view.members[0].project.slug.as_deref(),
        Some("copperwick-signals")
    );

    // Another project takes the slug.
    world.clock.set(present() - days(10));
    let other = world.id(Platform::Modrinth, "semaphore-posts");
    let moved = world.collect(&document, Source::Modrinth).await;
    assert_eq!(
        (moved.record.outcome, reasons(&moved)),
        (Outcome::Complete, vec!["SlugReassigned"])
    );
    let message = &moved.record.problems[0].message;
    assert!(
        message.contains(&id) && message.contains(&other),
        "{message}"
    );
    let stated = world
        .catalogue()
        .downloads(Platform::Modrinth, &id, world.clock.now());
    assert_eq!(moved.message.downloads, stated);
    assert_eq!(moved.message.projects[0].id, id);

    // Writing an id settles it.
    let spec = json!({"modrinth": {"projects": [other]}});
    let settled = world
        .collect(&document_of("uid-1", 2, spec), Source::Modrinth)
        .await;
    assert_eq!(
        (settled.record.outcome, reasons(&settled)),
        (Outcome::Complete, vec![])
    );
    assert_eq!(settled.message.projects[0].id, other);
}

#[tokio::test]
async fn a_pin_ends_with_its_uid() {
    let world = World::at(present() - days(60)).await;
    let spec = json!({"modrinth": {"projects": ["copperwick-semaphores"]}});
    world
        .collect(&document_of("uid-1", 1, spec.clone()), Source::Modrinth)
        .await;
    world.clock.set(present() - days(10));
    let mut anew = document_of("uid-2", 1, spec);
    anew.creation_timestamp = world.clock.now();
    let report = world.collect(&anew, Source::Modrinth).await;
    assert_eq!(
        (report.record.outcome, reasons(&report)),
        (Outcome::Complete, vec![])
    );
    assert_eq!(
        report.message.projects[0].id,
        world.id(Platform::Modrinth, "semaphore-posts")
    );
}

#[tokio::test]
async fn a_project_that_turns_invisible_keeps_its_last_number() {
    let world = World::at(present() - days(60)).await;
    for (platform, source) in [
        (Platform::Modrinth, Source::Modrinth),
        (Platform::Curseforge, Source::Curseforge),
    ] {
        let id = world.id(platform, "glimmerfen-lights");
        let document = match platform {
            Platform::Modrinth => document(&["glimmerfen-lights"], &[]),
            Platform::Curseforge => document(&[], &[&id]),
        };
        world.clock.set(present() - days(60));
        let shown = world.collect(&document, source).await;
        world.clock.set(present() - days(10));
        let hidden = world.collect(&document, source).await;
        assert_eq!(
            (hidden.record.outcome, reasons(&hidden)),
            (Outcome::Complete, vec![])
        );
        assert_eq!(hidden.message.downloads, shown.message.downloads);
        let stale = hidden.message.stale.unwrap();
        assert_eq!((stale.projects, stale.since), (1, present() - days(60)));
        let view = world.view().await;
        let member = view
            .members
            .iter()
            .find(|member| member.project.key.id == id)
            .unwrap();
        assert_eq!(member.project.invisible_since, Some(world.clock.now()));
    }
}

#[tokio::test]
async fn an_unknown_project_leaves_the_others_alone() {
    let world = World::new().await;
    let some = document(&["no-such-mod", "quillhaven-gears"], &[]);
    let some = world.collect(&some, Source::Modrinth).await;
    assert_eq!(
        (some.record.outcome, some.record.exit),
        (Outcome::Partial, ExitCode::Done)
    );
    assert_eq!(reasons(&some), ["ProjectNotFound"]);
    assert_eq!(some.record.problems[0].subject, "no-such-mod");
    assert_eq!(some.record.progress.projects, 1);

    let none = document(&["no-such-mod", "nor-this-one"], &[]);
    let none = world.collect(&none, Source::Modrinth).await;
    assert_eq!(
        (none.record.outcome, none.record.exit),
        (Outcome::Failed, ExitCode::Configuration)
    );
    assert_eq!(none.record.problems[0].subject, "no-such-mod, nor-this-one");
    let runs = world.store.snapshot().await.unwrap();
    let page = modstats_store::RunPage {
        limit: 1,
        ..Default::default()
    };
    let run = &runs.runs(&page, world.clock.now()).await.unwrap()[0];
    assert_eq!(
        (run.state, &run.problems),
        (RunState::Failed, &none.record.problems)
    );
}

#[tokio::test]
async fn entries_that_mean_one_project_are_one_project() {
    let world = World::new().await;
    let id = world.id(Platform::Modrinth, "quillhaven-gears");
    let document = document(&["quillhaven-gears", &id, "QUILLHAVEN-GEARS"], &[]);
    let report = world.collect(&document, Source::Modrinth).await;
    assert_eq!(
        (report.record.outcome, report.record.progress.projects),
        (Outcome::Complete, 1)
    );
    assert_eq!(report.message.projects.len(), 3);
    let stated = world
        .catalogue()
        .downloads(Platform::Modrinth, &id, world.clock.now());
    assert_eq!(report.message.downloads, stated);
    assert_eq!(
        world.simulator.served().total(Platform::Modrinth),
        2,
        "totals and one listing"
    );
}
