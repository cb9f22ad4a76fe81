//! CurseForge's own ways: the key, its 403s, and lists in pages.

use modstats_collector::{Credentials, ExitCode};
use modstats_crds::Source;
use modstats_simulator::{Fault, Platform};
use modstats_store::model::{Outcome, RunState};
use serde_json::json;

use crate::support::{World, credentials, curseforge, document, present, recorded, shown};

#[tokio::test]
async fn an_answer_of_another_shape_is_named() {
    let world = World::new().await;
    world.fault(
        Platform::Curseforge,
        "/v1/mods",
        1,
        Fault::Replace {
            key: "data",
            with: None,
        },
    );
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (
            Outcome::Failed,
            ExitCode::TryAgain,
            vec!["UnreadableAnswer"]
        )
    );
    assert!(
        report.record.problems[0]
            .message
            .contains("missing field `data`"),
        "{report:?}"
    );
}

#[tokio::test]
async fn the_key_is_asked_for_and_its_refusal_is_told() {
    let world = World::new().await;
    let id = world.id(Platform::Curseforge, "quillhaven-gears");
    let document = document(&[], &[&id]);
    let collect = async |credentials: &Credentials| {
        world
            .collector()
            .collect(
                &document,
                Source::Curseforge,
                world.clock.now(),
                credentials,
            )
            .await
    };
    let missing = collect(&Credentials::default()).await;
    assert_eq!(
        shown(&missing),
        (Outcome::Failed, ExitCode::Configuration, vec!["KeyMissing"])
    );
    assert!(
        missing.record.problems[0]
            .message
            .contains("apiKeySecretRef"),
        "{missing:?}"
    );
    assert_eq!(world.simulator.served().total(Platform::Curseforge), 0);
    assert_eq!(
        recorded(&world).await,
        (RunState::Failed, vec!["KeyMissing".to_owned()])
    );

    let refused = collect(&credentials("$2a$10$another")).await;
    assert_eq!(
        shown(&refused),
        (Outcome::Failed, ExitCode::Configuration, vec!["KeyRefused"])
    );
    assert_eq!(
        world.simulator.served().total(Platform::Curseforge),
        1,
        "never in a loop"
    );
    assert_eq!(
        recorded(&world).await,
        (RunState::Failed, vec!["KeyRefused".to_owned()])
    );
}

#[tokio::test]
async fn a_block_is_waited_out_and_then_accepted() {
    let world = World::new().await;
    let before = world.clock.now();
    world.fault(Platform::Curseforge, "/v1", 1, Fault::Blocked);
    let report = curseforge(&world).await;
    assert_eq!(shown(&report), (Outcome::Complete, ExitCode::Done, vec![]));
    assert!(world.clock.now().duration_since(before).as_secs() >= 60);

    world.fault(Platform::Curseforge, "/v1", 1000, Fault::Blocked);
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Failed, ExitCode::TryAgain, vec!["RateLimited"])
    );
}

#[tokio::test]
async fn an_empty_403_after_answers_is_a_block_not_a_refused_key() {
    let world = World::new().await;
    world.fault(Platform::Curseforge, "index=", 1, Fault::KeyRefused);
    let report = curseforge(&world).await;
    assert_eq!(shown(&report), (Outcome::Complete, ExitCode::Done, vec![]));
    assert!(world.clock.now().duration_since(present()).as_secs() > 9 * 3600);
}

#[tokio::test]
async fn a_missing_page_makes_the_listing_incomplete() {
    for (fault, reason) in [
        (Fault::Forbidden, "RequestRefused"),
        (Fault::NotFoundAs400, "RequestRefused"),
        (Fault::Status(502), "Unreachable"),
    ] {
        let world = World::new().await;
        world.fault(Platform::Curseforge, "index=100", 1000, fault);
        let report = curseforge(&world).await;
        assert_eq!(
            shown(&report),
            (Outcome::Partial, ExitCode::Done, vec![reason])
        );
        assert_eq!(report.record.progress.versions, 100);
        assert_eq!(world.view().await.members[0].project.version_sum, None);
    }
}

#[tokio::test]
async fn a_miscounted_list_is_not_complete() {
    let world = World::new().await;
    // More than there are, on every page; then a count that changes between pages, twice.
    let more = Fault::Replace {
        key: "totalCount",
        with: Some(json!(149)),
    };
    world.fault(Platform::Curseforge, "index=", 3, more);
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["IncompleteListing"])
    );
    assert!(
        report.record.problems[0]
            .message
            .contains("where the platform counts 149"),
        "{report:?}"
    );
    assert_eq!(world.view().await.members[0].project.version_sum, None);

    let changed = Fault::Replace {
        key: "totalCount",
        with: Some(json!(130)),
    };
    world.fault(Platform::Curseforge, "index=100", 1, changed.clone());
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Complete, ExitCode::Done, vec![]),
        "asked once more"
    );

    world.fault(Platform::Curseforge, "index=100", 2, changed);
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["IncompleteListing"])
    );
}

#[tokio::test]
async fn paging_stops_where_the_platform_does() {
    let world = World::new().await;
    let more = Fault::Replace {
        key: "totalCount",
        with: Some(json!(20_000)),
    };
    world.fault(Platform::Curseforge, "index=", 1000, more);
    let report = curseforge(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["IncompleteListing"])
    );
    assert!(
        report.record.problems[0]
            .message
            .contains("20000 versions are more than the 10000")
    );
    assert_eq!(world.simulator.served().curseforge["mods/{id}/files"], 200);
}

#[tokio::test]
async fn trouble_that_concerns_every_question_ends_the_asking() {
    let world = World::new().await;
    let ids = ["quillhaven-gears", "copperwick-semaphores"]
        .map(|slug| world.id(Platform::Curseforge, slug));
    world.fault(Platform::Curseforge, "index=", 1000, Fault::Retired);
    let report = world
        .collect(&document(&[], &[&ids[0], &ids[1]]), Source::Curseforge)
        .await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["ApiRetired"])
    );
    let both: Vec<_> = report.record.problems[0].subject.split(", ").collect();
    assert_eq!(both.len(), 2, "{report:?}");
    assert_eq!(
        world.simulator.served().curseforge["mods/{id}/files"],
        1,
        "the second project isn't asked for"
    );
}
