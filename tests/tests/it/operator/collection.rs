use modstats_tests::kubernetes::control_plane;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn first_runs_come_at_once_and_their_figures_reach_the_status() {
    let ground = Ground::new(control_plane().await, "").await;
    install_cluster_crd(ground.plane).await;
    ground.ready_cluster().await;
    ground.apply(GEARS).await;
    ground.condition("Ready", "True", "Ready").await;
    ground
        .end(
            Source::Modrinth,
            Outcome::Complete,
            Some(5_000_000_000),
            None,
        )
        .await;
    eventually(SOON, "the first figures are told", async || {
        let status = ground.tracked_mod().await.status.unwrap();
        match status.downloads {
            Some(5_000_000_000) => Ok(()),
            _ => Err(format!("{status:#?}")),
        }
    })
    .await;
    let message = ground
        .condition("CollectionSucceeded", "Unknown", "NotYetCollected")
        .await;
    assert!(message.starts_with("curseforge"), "{message}");
    ground
        .end(Source::Curseforge, Outcome::Complete, Some(70), None)
        .await;
    eventually(SOON, "modpacks are awaited", async || {
        let message = ground
            .condition("CollectionSucceeded", "Unknown", "NotYetCollected")
            .await;
        match message.starts_with("modpacks") {
            true => Ok(()),
            false => Err(message),
        }
    })
    .await;
    ground
        .end(Source::Modpacks, Outcome::Complete, Some(528), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;

    let status = ground.tracked_mod().await.status.unwrap();
    assert_eq!(status.downloads, Some(5_000_000_070));
    assert_eq!(status.modpacks, Some(528));
    assert!(status.last_collection_time.is_some());
    assert_eq!(status.sources[0].projects[0].id, "AANobbMI");
    assert_eq!(status.sources[2].source, Source::Modpacks);
    assert_eq!(status.sources[2].downloads, None);
    let printed = kubectl(
        ground.plane,
        &["get", "tm", "gears", "-n", &ground.namespace],
    )
    .await
    .must_succeed();
    let line: Vec<_> = printed.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(line[..4], ["gears", "True", "5000000070", "528"]);

    let mut cron_jobs: Vec<_> = ground
        .cron_jobs()
        .await
        .iter()
        .map(ResourceExt::name_any)
        .collect();
    let mut stated: Vec<_> = status
        .sources
        .iter()
        .filter_map(|it| it.cron_job.clone())
        .collect();
    cron_jobs.sort();
    stated.sort();
    assert_eq!(cron_jobs, stated);
    assert_eq!(
        ground.jobs().await.len(),
        3,
        "one first run for each source"
    );

    // Idle: nothing is written. A change of a child wakes the operator and changes nothing either.
    let before = ground.settled_writes().await;
    let patch = Patch::Merge(json!({"metadata": {"labels": {"somebody": "else"}}}));
    let jobs: Api<CronJob> = ground.api();
    jobs.patch(&cron_jobs[0], &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert_eq!(ground.settled_writes().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_told_and_a_collection_by_hand_asks_every_source_again() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(GEARS_ANYWHERE).await;
    ground
        .condition("DatabaseReady", "True", "SecretNamed")
        .await;
    ground
        .end(
            Source::Modrinth,
            Outcome::Partial,
            Some(30),
            Some("ProjectNotFound"),
        )
        .await;
    ground
        .end(
            Source::Curseforge,
            Outcome::Failed,
            None,
            Some("KeyRefused"),
        )
        .await;
    let message = ground
        .condition("CollectionSucceeded", "False", "KeyRefused")
        .await;
    assert!(message.contains("curseforge: KeyRefused"), "{message}");
    ground
        .end(Source::Modpacks, Outcome::Complete, Some(5), None)
        .await;
    eventually(SOON, "the modpacks are told", async || {
        match ground.tracked_mod().await.status.unwrap().modpacks {
            Some(5) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    ground.condition("Ready", "True", "Ready").await;
    let failed = ground.jobs().await.len();

    let annotate = [
        "annotate",
        "tm",
        "gears",
        "-n",
        &ground.namespace,
        "modstats.dev/collect-now=a",
    ];
    kubectl(ground.plane, &annotate).await.must_succeed();
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(31), None)
        .await;
    ground
        .end(Source::Curseforge, Outcome::Complete, Some(9), None)
        .await;
    ground
        .end(Source::Modpacks, Outcome::Failed, None, Some("Unreachable"))
        .await;
    // Its second attempt.
    ground
        .end(Source::Modpacks, Outcome::Failed, None, Some("Unreachable"))
        .await;
    let message = ground
        .condition("CollectionSucceeded", "False", "Unreachable")
        .await;
    assert!(message.contains("modpacks: Unreachable"), "{message}");
    let status = ground.tracked_mod().await.status.unwrap();
    assert_eq!(status.downloads, Some(40));
    assert_eq!(status.modpacks, Some(5), "the last value is kept");
    ground.settled_writes().await;
    assert_eq!(
        ground.jobs().await.len(),
        failed + 3,
        "one run more for each source"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_wanted_any_more_goes() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(GEARS_ANYWHERE).await;
    ground.condition("Ready", "True", "Ready").await;
    let running = ground.pod(Source::Curseforge).await;
    ground.apply(MODRINTH_ALONE).await;
    eventually(SOON, "one CronJob is left", async || {
        let names: Vec<_> = ground
            .cron_jobs()
            .await
            .iter()
            .map(ResourceExt::name_any)
            .collect();
        if names.len() == 1 && names[0].contains("modrinth") {
            Ok(())
        } else {
            Err(format!("{names:?}"))
        }
    })
    .await;
    let pods: Api<Pod> = ground.api();
    assert!(
        pods.get_opt(&running.name_any()).await.unwrap().is_some(),
        "a run under way may end"
    );

    kubectl(
        ground.plane,
        &["delete", "tm", "gears", "-n", &ground.namespace],
    )
    .await
    .must_succeed();
    eventually(SOON, "nothing of ours is left", async || {
        let left = (ground.cron_jobs().await.len(), ground.jobs().await.len());
        if left == (0, 0) {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_added_is_collected_at_once_and_only_where_it_is_asked_for() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(GEARS_ANYWHERE).await;
    for source in [Source::Modrinth, Source::Curseforge] {
        ground.end(source, Outcome::Complete, Some(10), None).await;
    }
    ground
        .end(Source::Modpacks, Outcome::Complete, Some(3), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;
    ground
        .apply(&GEARS_ANYWHERE.replace("[gears]", "[gears, more]"))
        .await;
    ground
        .condition("CollectionSucceeded", "Unknown", "NotYetCollected")
        .await;
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(25), None)
        .await;
    ground
        .end(Source::Modpacks, Outcome::Complete, Some(4), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;
    let status = ground.tracked_mod().await.status.unwrap();
    assert_eq!((status.downloads, status.modpacks), (Some(35), Some(4)));
    assert_eq!(ground.jobs().await.len(), 5, "CurseForge isn't asked again");
}
