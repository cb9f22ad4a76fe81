//! A schedule that nobody keeps.

use k8s_openapi::jiff::{Timestamp, ToSpan, tz::TimeZone};
use modstats_tests::kubernetes::control_plane;

use super::*;

/// Makes the operator's last change of a CronJob look as old as given, since no test waits for hours.
async fn age(ground: &Ground<'_>, cron_job: &CronJob, changed: Timestamp) {
    let mut fields = json!(cron_job.metadata.managed_fields);
    let entries = fields.as_array_mut().unwrap();
    let ours = |it: &&mut serde_json::Value| it["manager"] == "modstats-operator";
    entries.iter_mut().find(ours).unwrap()["time"] = json!(changed.to_string());
    // The API server takes times alone for no change.
    let patch = json!({"metadata": {"managedFields": fields, "labels": {"somebody": "else"}}});
    let api: Api<CronJob> = ground.api();
    api.patch(
        &cron_job.name_any(),
        &PatchParams::default(),
        &Patch::Merge(patch),
    )
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_started_in_time_is_told_until_one_starts() {
    let plane = control_plane().await;
    install_cluster_crd(plane).await;
    let ground = Ground::new(plane, "").await;
    // While the database isn't ready, the schedule alone makes runs.
    ground.cluster(json!({"phase": "Setting up primary"})).await;
    let due = Timestamp::now() - 50.minutes();
    let minute = due.to_zoned(TimeZone::UTC).minute();
    let hourly = MODRINTH_ALONE.replace("spec:", &format!("spec:\n  schedule: '{minute} * * * *'"));
    ground
        .apply(&format!(
            "{hourly}  database: {{clusterRef: {{name: db}}}}\n"
        ))
        .await;
    ground
        .condition("DatabaseReady", "False", "ClusterNotReady")
        .await;
    ground
        .condition("CollectionSucceeded", "Unknown", "NotYetCollected")
        .await;

    let cron_job = ground.cron_jobs().await.remove(0);
    age(&ground, &cron_job, due - 1.hours()).await;
    let message = ground
        .condition("CollectionSucceeded", "False", "Overdue")
        .await;
    assert!(message.contains(&cron_job.name_any()), "{message}");

    let started = json!({"status": {"lastScheduleTime": Timestamp::now().to_string()}});
    let api: Api<CronJob> = ground.api();
    api.patch_status(
        &cron_job.name_any(),
        &PatchParams::default(),
        &Patch::Merge(started),
    )
    .await
    .unwrap();
    ground
        .condition("CollectionSucceeded", "Unknown", "NotYetCollected")
        .await;
}
