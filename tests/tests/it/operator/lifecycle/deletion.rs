use k8s_openapi::api::core::v1::Namespace;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn whenever_it_is_deleted_nothing_is_left_and_nothing_comes_back() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    let api: Api<TrackedMod> = ground.api();
    // Later and later in what the operator does for it.
    for delay in (0..10).map(|it| Duration::from_millis(it * 120)) {
        ground.apply(MODRINTH_ALONE).await;
        tokio::time::sleep(delay).await;
        api.delete("gears", &DeleteParams::background())
            .await
            .unwrap();
    }
    nothing_is_left(&ground).await;
    ground.settled_writes().await;
    nothing_is_left(&ground).await;

    // The last one of that name is another TrackedMod, and gets its own.
    ground.apply(MODRINTH_ALONE).await;
    ground.condition("Ready", "True", "Ready").await;
    let uid = ground.tracked_mod().await.uid().unwrap();
    let cron_job = ground.cron_job(Source::Modrinth).await;
    assert_eq!(cron_job.owner_references()[0].uid, uid);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_operator_owner_references_clean_up_and_the_namespace_goes() {
    let mut ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    ground
        .apply(&MODRINTH_ALONE.replace("name: gears", "name: cogs"))
        .await;
    ground.pod(Source::Modrinth).await;
    ground.settled_writes().await;
    ground.kill_operator().await;
    let api: Api<TrackedMod> = ground.api();
    api.delete("gears", &DeleteParams::background())
        .await
        .unwrap();
    eventually(SOON, "only the other's are left", async || {
        let cron_jobs = ground.cron_jobs().await;
        let jobs = ground.jobs().await;
        let others = cron_jobs
            .iter()
            .all(|it| it.owner_references()[0].name == "cogs");
        if others && (cron_jobs.len(), jobs.len()) == (1, 1) {
            Ok(())
        } else {
            Err(format!("{} and {}", cron_jobs.len(), jobs.len()))
        }
    })
    .await;

    let namespaces: Api<Namespace> = Api::all(ground.client.clone());
    namespaces
        .delete(&ground.namespace, &DeleteParams::background())
        .await
        .unwrap();
    eventually(SOON, "the namespace is gone", async || {
        match namespaces.get_opt(&ground.namespace).await.unwrap() {
            None => Ok(()),
            Some(it) => Err(format!("{:?}", it.status)),
        }
    })
    .await;
}

async fn nothing_is_left(ground: &Ground<'_>) {
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
