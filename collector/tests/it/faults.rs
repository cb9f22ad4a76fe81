//! What platforms do wrong, and what becomes of the run.

use std::time::Duration;

use modstats_collector::{Credentials, ExitCode, Limit, Limits, Report};
use modstats_crds::Source;
use modstats_simulator::{Fault, Platform};
use modstats_store::model::{Outcome, RunState};
use serde_json::json;

use crate::support::{World, curseforge, document, reasons, recorded, shown};

const PROJECTS: &str = "/v2/projects";
/// A project's list and a batch of versions.
const VERSIONS: &str = "/version";

async fn modrinth(world: &World) -> Report {
    world
        .collect(
            &document(&["quillhaven-gears", "copperwick-signals"], &[]),
            Source::Modrinth,
        )
        .await
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    for fault in [
        Fault::RateLimited { headers: true },
        Fault::RateLimited { headers: false },
        Fault::Status(500),
        Fault::Html(503),
        Fault::Truncated,
        Fault::Close,
    ] {
        let world = World::new().await;
        let before = world.clock.now();
        world.fault(Platform::Modrinth, PROJECTS, 2, fault.clone());
        world.fault(Platform::Modrinth, VERSIONS, 2, fault.clone());
        let report = modrinth(&world).await;
        assert_eq!(
            shown(&report),
            (Outcome::Complete, ExitCode::Done, vec![]),
            "{fault:?}"
        );
        // Up to a second and then up to two, for each of the two questions.
        let waited = world.clock.now().duration_since(before);
        assert!(
            !waited.is_zero() && waited.as_secs() < 20,
            "{fault:?}: {waited:?}"
        );
        assert_eq!(report.record.progress.retries, 4, "{fault:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_fails_the_run_and_is_recorded() {
    for (fault, reason, exit) in [
        (
            Fault::RateLimited { headers: true },
            "RateLimited",
            ExitCode::TryAgain,
        ),
        (Fault::Status(500), "Unreachable", ExitCode::TryAgain),
        (Fault::Close, "Unreachable", ExitCode::TryAgain),
        (Fault::Truncated, "Unreachable", ExitCode::TryAgain),
        (Fault::Html(200), "UnreadableAnswer", ExitCode::TryAgain),
        (Fault::Empty, "UnreadableAnswer", ExitCode::TryAgain),
        (Fault::Html(403), "RequestRefused", ExitCode::TryAgain),
        (Fault::Status(401), "RequestRefused", ExitCode::TryAgain),
        (Fault::Retired, "ApiRetired", ExitCode::Configuration),
    ] {
        let world = World::new().await;
        let before = world.rows().await;
        world.fault(Platform::Modrinth, "/v2", 1000, fault.clone());
        let report = modrinth(&world).await;
        assert_eq!(
            shown(&report),
            (Outcome::Failed, exit, vec![reason]),
            "{fault:?}: {report:?}"
        );
        assert_eq!(
            recorded(&world).await,
            (RunState::Failed, vec![reason.to_owned()])
        );
        let sent = world.simulator.served().total(Platform::Modrinth);
        assert!(sent <= 4, "{fault:?}: {sent} requests");
        let new: Vec<_> = world
            .rows()
            .await
            .into_iter()
            .filter(|row| !before.contains(row))
            .collect();
        let about_the_mod = |row: &String| row.contains("tracked_");
        assert!(new.iter().all(about_the_mod), "{fault:?} left {new:?}");
    }
}

#[tokio::test]
async fn an_html_page_is_told_from_json() {
    let world = World::new().await;
    world.fault(Platform::Modrinth, PROJECTS, 1, Fault::Html(200));
    let report = modrinth(&world).await;
    assert!(
        report.record.problems[0]
            .message
            .contains("not JSON but begins with \"<!DOCTYPE html>"),
        "{report:?}"
    );
    assert_eq!(
        report.record.problems[0].subject,
        "quillhaven-gears, copperwick-signals"
    );
}

#[tokio::test]
async fn an_unreachable_platform_ends_the_run_at_once() {
    let world = World::new().await;
    let mut endpoints = world.endpoints();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    endpoints.modrinth.set_port(Some(port)).unwrap();
    let collector = world.collector_for(endpoints);
    let document = document(&["quillhaven-gears"], &[]);
    let report = collector
        .collect(
            &document,
            Source::Modrinth,
            world.clock.now(),
            &Credentials::default(),
        )
        .await;
    assert_eq!(
        shown(&report),
        (Outcome::Failed, ExitCode::TryAgain, vec!["Unreachable"])
    );
    assert!(
        report.record.problems[0]
            .message
            .contains("127.0.0.1 cannot be reached: "),
        "{report:?}"
    );
    assert_eq!(
        recorded(&world).await,
        (RunState::Failed, vec!["Unreachable".to_owned()])
    );
    assert_eq!(report.record.progress.requests, 4);
}

#[tokio::test]
async fn one_projects_failure_leaves_the_others() {
    let world = World::new().await;
    let id = world.id(Platform::Modrinth, "quillhaven-gears");
    for path in ["/v2/versions", &format!("{id}/version")] {
        world.fault(Platform::Modrinth, path, 1000, Fault::Status(500));
    }
    let report = modrinth(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["Unreachable"])
    );
    assert_eq!(report.record.problems[0].subject, "quillhaven-gears");
    assert!(
        report.record.problems[0]
            .message
            .starts_with("its versions: "),
        "{report:?}"
    );
    let view = world.view().await;
    let listed: Vec<_> = view
        .members
        .iter()
        .map(|member| {
            assert!(member.project.totals.is_some());
            (
                member.project.key.id == id,
                member.project.version_sum.is_some(),
            )
        })
        .collect();
    assert!(
        listed.contains(&(true, false)) && listed.contains(&(false, true)),
        "{listed:?}"
    );
}

#[tokio::test]
async fn a_number_that_cannot_be_right_costs_its_item_only() {
    for wrong in [
        json!(9_223_372_036_854_775_808u64),
        json!(-5),
        json!(1.5),
        json!("many"),
    ] {
        let world = World::new().await;
        let fault = Fault::Replace {
            key: "downloads",
            with: Some(wrong.clone()),
        };
        world.fault(Platform::Modrinth, PROJECTS, 1, fault);
        let report = modrinth(&world).await;
        assert_eq!(shown(&report).0, Outcome::Failed, "{wrong}");
        assert!(
            reasons(&report)
                .iter()
                .all(|reason| *reason == "UnreadableItem"),
            "{report:?}"
        );
        assert!(
            report.record.problems[0].message.contains("`downloads` is"),
            "{report:?}"
        );
        assert!(world.view().await.members.is_empty());

        // In a page of files: the rest of them stays, but it is no complete listing.
        let fault = Fault::Replace {
            key: "downloadCount",
            with: Some(wrong.clone()),
        };
        world.fault(Platform::Curseforge, "index=50", 1, fault);
        let report = curseforge(&world).await;
        assert_eq!(shown(&report).0, Outcome::Partial, "{wrong}");
        assert!(
            report
                .record
                .problems
                .iter()
                .any(|p| p.message.contains("47 more")),
            "{report:?}"
        );
        let view = world.view().await;
        assert_eq!(
            (view.members.len(), view.members[0].project.version_sum),
            (1, None)
        );
        assert!(
            (50..100).contains(&report.record.progress.versions),
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn missing_keys_cost_what_they_stand_for() {
    let world = World::new().await;
    for (key, outcome) in [
        ("title", Outcome::Complete),
        ("slug", Outcome::Complete),
        ("followers", Outcome::Complete),
        ("published", Outcome::Complete),
        ("downloads", Outcome::Failed),
        ("id", Outcome::Failed),
    ] {
        let id = world.id(Platform::Modrinth, "quillhaven-gears");
        world.fault(
            Platform::Modrinth,
            PROJECTS,
            1,
            Fault::Replace { key, with: None },
        );
        let report = world
            .collect(&document(&[&id], &[]), Source::Modrinth)
            .await;
        assert_eq!(report.record.outcome, outcome, "without {key}: {report:?}");
    }
    // The last one said nothing about which project it was: that is no sign of absence.
    assert_eq!(world.view().await.members[0].project.invisible_since, None);
    let report = {
        let fault = Fault::Replace {
            key: "date_published",
            with: Some(json!("yesterday")),
        };
        world.fault(Platform::Modrinth, VERSIONS, 1, fault);
        world
            .collect(&document(&["copperwick-signals"], &[]), Source::Modrinth)
            .await
    };
    assert_eq!(report.record.outcome, Outcome::Partial);
    assert!(
        report.record.problems[0]
            .message
            .contains("`date_published` is \"yesterday\""),
        "{report:?}"
    );
    let view = world.view().await;
    let member = view
        .members
        .iter()
        .find(|member| member.left_at.is_none())
        .unwrap();
    assert!(
        member.project.version_sum.is_some(),
        "the numbers are all there"
    );
}

#[tokio::test]
async fn a_platform_that_hangs_is_left_in_time() {
    let mut world = World::new().await;
    world.timeouts.read = Duration::from_millis(300);
    world.fault(Platform::Modrinth, VERSIONS, 1000, Fault::Hang);
    let report = modrinth(&world).await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["Unreachable"])
    );
    assert!(
        report.record.problems[0]
            .message
            .contains("did not answer in time"),
        "{report:?}"
    );
}

#[tokio::test]
async fn a_run_that_is_out_of_time_keeps_what_it_has() {
    let world = World::new().await;
    // The second request would be due in an hour.
    let limit = Limit {
        interval: Duration::from_secs(3600),
        burst: 1,
    };
    let limits = Limits {
        modrinth: limit,
        curseforge: limit,
    };
    let collector = world.collector_with(world.endpoints(), limits);
    let document = document(&["quillhaven-gears", "copperwick-signals"], &[]);
    let now = world.clock.now();
    let report = collector
        .collect(&document, Source::Modrinth, now, &Credentials::default())
        .await;
    assert_eq!(
        shown(&report),
        (Outcome::Partial, ExitCode::Done, vec!["OutOfTime"])
    );
    assert_eq!(
        report.record.problems[0].subject,
        "quillhaven-gears, copperwick-signals"
    );
    assert_eq!(
        (
            report.record.progress.projects,
            report.record.progress.versions
        ),
        (2, 0)
    );
    assert_eq!(world.simulator.served().total(Platform::Modrinth), 1);
    assert_eq!(world.clock.now(), now, "a wait in vain is not begun");
}

#[tokio::test]
async fn requests_keep_to_the_rate_that_the_database_gives() {
    let world = World::new().await;
    let limit = Limit {
        interval: Duration::from_secs(60),
        burst: 1,
    };
    let limits = Limits {
        modrinth: limit,
        curseforge: limit,
    };
    let collector = world.collector_with(world.endpoints(), limits);
    let before = world.clock.now();
    let report = collector
        .collect(
            &document(&["copperwick-signals"], &[]),
            Source::Modrinth,
            before,
            &Credentials::default(),
        )
        .await;
    assert_eq!(report.record.outcome, Outcome::Complete);
    let waited = world.clock.now().duration_since(before).as_secs();
    assert!((55..=60).contains(&waited), "{waited} s");
}
