use modstats_tests::kubernetes::{ControlPlane, control_plane};

use k8s_openapi::api::core::v1::ResourceQuota;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_step_towards_a_database_is_named_until_it_is_there() {
    // Of its own: it begins without CloudNativePG's definitions.
    let plane = ControlPlane::start().await;
    let ground = Ground::new(&plane, "").await;
    ground.apply(GEARS).await;
    let message = ground
        .condition("DatabaseReady", "False", "CloudNativePGMissing")
        .await;
    assert!(message.contains("Install its operator"), "{message}");
    ground
        .condition("Reconciling", "True", "CloudNativePGMissing")
        .await;

    install_cluster_crd(ground.plane).await;
    let message = ground
        .condition("DatabaseReady", "False", "ClusterMissing")
        .await;
    assert!(message.contains("no Cluster db in namespace"), "{message}");
    assert!(ground.cron_jobs().await.is_empty());

    ground.cluster(json!({"phase": "Setting up primary"})).await;
    // The Cluster was there for a moment before it had a status.
    eventually(SOON, "CloudNativePG's words are told", async || {
        let message = ground
            .condition("DatabaseReady", "False", "ClusterNotReady")
            .await;
        match message.contains("Setting up primary") {
            true => Ok(()),
            false => Err(message),
        }
    })
    .await;
    assert_eq!(ground.cron_jobs().await.len(), 3, "schedules don't wait");
    assert!(ground.jobs().await.is_empty(), "first runs do");

    ground.ready_cluster().await;
    ground.condition("Ready", "True", "Ready").await;
    ground.pod(Source::Modrinth).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_user_can_change_is_stalled_and_goes_on_when_changed() {
    let ground = Ground::new(control_plane().await, "").await;
    ground.apply(GEARS_ANYWHERE).await;
    let message = ground.condition("Stalled", "True", "NoDatabase").await;
    assert!(message.contains("spec.database.clusterRef"), "{message}");
    ground
        .apply(&format!(
            "{GEARS_ANYWHERE}  database: {{secretRef: {{name: mine}}}}\n"
        ))
        .await;
    ground.condition("Ready", "True", "Ready").await;
    ground.condition("Stalled", "False", "Ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_may_have_no_pod_and_a_pod_that_can_not_start_say_why() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    let quota =
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}, spec: {hard: {pods: 0}}}";
    ground.apply(quota).await;
    ground.apply(MODRINTH_ALONE).await;
    let message = ground
        .condition("CollectionSucceeded", "False", "Refused")
        .await;
    assert!(message.contains("exceeded quota"), "{message}");

    kubectl(
        ground.plane,
        &["delete", "resourcequota", "none", "-n", &ground.namespace],
    )
    .await
    .must_succeed();
    let pod = ground.pod(Source::Modrinth).await.name_any();
    let waiting = json!({"status": {"containerStatuses": [{
        "name": "collector", "image": "", "imageID": "", "ready": false, "restartCount": 0,
        "state": {"waiting": {"reason": "CreateContainerConfigError", "message": "secret \"elsewhere\" not found"}},
    }]}});
    let pods: Api<Pod> = ground.api();
    pods.patch_status(&pod, &PatchParams::default(), &Patch::Merge(waiting))
        .await
        .unwrap();
    let message = ground
        .condition("CollectionSucceeded", "False", "SecretMissing")
        .await;
    assert!(
        message.contains("secret \"elsewhere\" not found"),
        "{message}"
    );

    ground
        .end(Source::Modrinth, Outcome::Complete, Some(1), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;
}

/// What goes makes room for what comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_a_quota_refuses_holds_up_no_removal() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground.condition("Ready", "True", "Ready").await;
    let quota = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: one}, spec: {hard: {count/cronjobs.batch: 1}}}";
    ground.apply(quota).await;
    eventually(SOON, "the quota is in force", async || {
        let quotas: Api<ResourceQuota> = ground.api();
        let status = quotas.get("one").await.unwrap().status;
        let used = status.clone().and_then(|it| it.used);
        used.filter(|it| it.values().any(|count| count.0 == "1"))
            .map(drop)
            .ok_or(format!("{status:?}"))
    })
    .await;
    let other = "
spec:
  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}
";
    let head = MODRINTH_ALONE.split("spec:").next().unwrap();
    ground.apply(&format!("{}{other}", head.trim_end())).await;
    eventually(SOON, "one CronJob took the other's place", async || {
        let cron_jobs = ground.cron_jobs().await;
        let sources: Vec<_> = cron_jobs
            .iter()
            .map(|it| it.labels()["modstats.dev/source"].clone())
            .collect();
        match sources[..] {
            [ref one] if one == "curseforge" => Ok(()),
            _ => Err(format!("{sources:?}\n{}", ground.operator.output())),
        }
    })
    .await;
    ground.condition("Ready", "True", "Ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_until_it_succeeds() {
    let mut ground =
        Ground::new(control_plane().await, "database: {secretRef: {name: mine}}").await;
    ground.may_be_refused = true;
    let role = [
        "delete",
        "role",
        "modstats-operator",
        "-n",
        &ground.namespace,
    ];
    let saved = [
        "get",
        "role",
        "modstats-operator",
        "-n",
        &ground.namespace,
        "-o",
        "yaml",
    ];
    let saved = kubectl(ground.plane, &saved).await.must_succeed();
    kubectl(ground.plane, &role).await.must_succeed();
    ground.apply(GEARS_ANYWHERE).await;
    eventually(SOON, "it was refused four times", async || {
        let requests = ground.requests();
        let refused = requests
            .iter()
            .filter(|it| it.verb == "get" && !it.is_allowed())
            .count();
        if refused >= 4 {
            Ok(())
        } else {
            Err(format!("{refused}: {}", ground.operator.output()))
        }
    })
    .await;
    let lines = saved
        .lines()
        .filter(|line| !line.contains("resourceVersion") && !line.contains("uid:"));
    ground.apply(&lines.collect::<Vec<_>>().join("\n")).await;
    ground.condition("Ready", "True", "Ready").await;
}
