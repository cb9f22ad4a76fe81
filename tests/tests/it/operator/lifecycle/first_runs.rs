use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_that_failed_for_good_is_not_made_again() {
    let mut ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground
        .end(Source::Modrinth, Outcome::Failed, None, Some("KeyRefused"))
        .await;
    ground
        .condition("CollectionSucceeded", "False", "KeyRefused")
        .await;
    ground.looked_at_again().await;
    let runs = ground.runs().await;
    assert_eq!(runs.len(), 1);

    ground.restart_operator().await;
    ground.looked_at_again().await;
    assert_eq!(ground.runs().await.len(), 1);

    let jobs: Api<Job> = ground.api();
    jobs.delete(&runs[0].name_any(), &DeleteParams::background())
        .await
        .unwrap();
    eventually(SOON, "the Job is gone", async || {
        let left = ground.runs().await.len();
        if left == 0 { Ok(()) } else { Err(left) }
    })
    .await;
    ground.looked_at_again().await;
    ground.restart_operator().await;
    ground.looked_at_again().await;
    assert!(ground.runs().await.is_empty());
    ground
        .condition("CollectionSucceeded", "False", "KeyRefused")
        .await;
    assert_eq!(ground.cron_jobs().await.len(), 1, "the schedule goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_that_is_taken_away_before_it_ended_is_made_good() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground.pod(Source::Modrinth).await;
    let first = ground.runs().await.remove(0);
    let jobs: Api<Job> = ground.api();
    jobs.delete(&first.name_any(), &DeleteParams::background())
        .await
        .unwrap();
    eventually(SOON, "it is there again", async || {
        match jobs.get_opt(&first.name_any()).await.unwrap() {
            Some(again) if again.uid() != first.uid() => Ok(()),
            other => Err(format!("{:?}", other.and_then(|it| it.uid()))),
        }
    })
    .await;
    assert_eq!(ground.runs().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_tracked_mod_has_schedules_but_no_run_until_it_is_resumed() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground
        .apply(&format!("{MODRINTH_ALONE}  suspend: true\n"))
        .await;
    ground.condition("Ready", "True", "Suspended").await;
    ground.settled_writes().await;
    let is_suspended = async || {
        let cron_job = ground.cron_job(Source::Modrinth).await;
        cron_job.spec.unwrap().suspend
    };
    assert_eq!(is_suspended().await, Some(true));
    assert!(ground.jobs().await.is_empty());

    ground
        .patch::<TrackedMod>("gears", json!({"spec": {"suspend": false}}))
        .await;
    ground.condition("Ready", "True", "Ready").await;
    ground.pod(Source::Modrinth).await;
    assert_eq!(is_suspended().await, Some(false));
}
