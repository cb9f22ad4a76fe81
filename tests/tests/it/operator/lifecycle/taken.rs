use k8s_openapi::api::core::v1::ConfigMap;

use super::*;

/// Somebody's own, of a name that the operator needs.
fn foreign(kind: &str, name: &str) -> String {
    let pod = "{spec: {restartPolicy: Never, containers: [{name: theirs, image: theirs}]}}";
    let spec = match kind {
        "CronJob" => format!(
            "{{schedule: '0 0 * * *', suspend: true, jobTemplate: {{spec: {{template: {pod}}}}}}}"
        ),
        _ => format!("{{suspend: true, template: {pod}}}"),
    };
    format!("{{apiVersion: batch/v1, kind: {kind}, metadata: {{name: {name}}}, spec: {spec}}}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_of_that_name_that_is_not_ours_is_a_condition_until_it_goes() {
    let mut ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground.condition("Ready", "True", "Ready").await;
    let name = ground.cron_job(Source::Modrinth).await.name_any();
    ground.settled_writes().await;
    ground.kill_operator().await;
    let api: Api<CronJob> = ground.api();
    let orphans = DeleteParams::background();
    api.delete(&name, &orphans).await.unwrap();
    gone(&api, &name).await;
    ground.apply(&foreign("CronJob", &name)).await;
    let theirs = api.get(&name).await.unwrap();

    ground.start_operator().await;
    let message = ground.condition("Stalled", "True", "NameTaken").await;
    assert!(message.contains(&name), "{message}");
    ground.condition("Ready", "False", "NameTaken").await;
    ground.looked_at_again().await;
    let version = api.get(&name).await.unwrap().resource_version();
    assert_eq!(version, theirs.resource_version(), "it is not touched");

    api.delete(&name, &orphans).await.unwrap();
    ground.condition("Ready", "True", "Ready").await;
    ground.condition("Stalled", "False", "Ready").await;
    let ours = api.get(&name).await.unwrap();
    assert_eq!(ours.owner_references()[0].name, "gears");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_that_name_that_is_not_ours_is_a_condition_until_it_goes() {
    let mut ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground.pod(Source::Modrinth).await;
    let name = ground.runs().await.remove(0).name_any();
    ground.settled_writes().await;
    ground.kill_operator().await;
    let api: Api<Job> = ground.api();
    api.delete(&name, &DeleteParams::background())
        .await
        .unwrap();
    gone(&api, &name).await;
    ground.apply(&foreign("Job", &name)).await;
    let theirs = api.get(&name).await.unwrap().uid();

    ground.start_operator().await;
    ground.condition("Stalled", "True", "NameTaken").await;
    assert_eq!(api.get(&name).await.unwrap().uid(), theirs);
    api.delete(&name, &DeleteParams::background())
        .await
        .unwrap();
    ground.condition("Ready", "True", "Ready").await;
    ground.pod(Source::Modrinth).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_somebody_else_controls_is_not_ours_until_nobody_does() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground
        .apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: theirs}}")
        .await;
    ground.apply(MODRINTH_ALONE).await;
    ground.condition("Ready", "True", "Ready").await;
    let before = ground.cron_job(Source::Modrinth).await;
    let name = before.name_any();
    let theirs = ground.api::<ConfigMap>().get("theirs").await.unwrap();
    let controlled = json!([{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "theirs", "uid": theirs.uid(), "controller": true,
    }]);
    let owners = |it: Value| json!({"metadata": {"ownerReferences": it}});
    let drifted: CronJob = ground.patch(&name, owners(controlled)).await;
    ground.condition("Stalled", "True", "NameTaken").await;
    ground.looked_at_again().await;
    let now = ground.api::<CronJob>().get(&name).await.unwrap();
    assert_eq!(now.resource_version(), drifted.resource_version());

    ground.patch::<CronJob>(&name, owners(Value::Null)).await;
    ground.condition("Ready", "True", "Ready").await;
    let now = ground.api::<CronJob>().get(&name).await.unwrap();
    assert_eq!(now.uid(), before.uid(), "it is adopted again");
    assert_eq!(now.owner_references(), before.owner_references());
}

async fn gone<K>(api: &Api<K>, name: &str)
where
    K: Clone + serde::de::DeserializeOwned + std::fmt::Debug,
{
    eventually(SOON, "it is gone", async || {
        match api.get_opt(name).await.unwrap() {
            None => Ok(()),
            Some(it) => Err(format!("{it:?}")),
        }
    })
    .await;
}
