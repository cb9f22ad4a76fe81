use super::*;

fn theirs() -> Value {
    json!({"theirs": "kept"})
}

/// JSON patches of what is ours.
fn drifts() -> Vec<(&'static str, Value)> {
    let template = "/spec/jobTemplate/spec/template";
    let pod = format!("{template}/spec");
    let container = format!("{pod}/containers/0");
    let set = |path: &str, value: Value| json!([{"op": "add", "path": path, "value": value}]);
    let take = |path: &str| json!([{"op": "remove", "path": path}]);
    vec![
        ("schedule", set("/spec/schedule", json!("0 0 * * *"))),
        ("time zone", set("/spec/timeZone", json!("Europe/Paris"))),
        ("no time zone", take("/spec/timeZone")),
        ("suspend", set("/spec/suspend", json!(true))),
        (
            "concurrency",
            set("/spec/concurrencyPolicy", json!("Allow")),
        ),
        (
            "no starting deadline",
            take("/spec/startingDeadlineSeconds"),
        ),
        (
            "retries",
            set("/spec/jobTemplate/spec/backoffLimit", json!(6)),
        ),
        (
            "no deadline",
            take("/spec/jobTemplate/spec/activeDeadlineSeconds"),
        ),
        (
            "no failure policy",
            take("/spec/jobTemplate/spec/podFailurePolicy"),
        ),
        (
            "image",
            set(&format!("{container}/image"), json!("elsewhere/miner:1")),
        ),
        (
            "command",
            set(&format!("{container}/command"), json!(["/bin/sh"])),
        ),
        ("no environment", take(&format!("{container}/env"))),
        (
            "another Secret",
            set(
                &format!("{container}/env/0/valueFrom/secretKeyRef/name"),
                json!("theirs"),
            ),
        ),
        (
            "no volumes",
            json!([
                {"op": "remove", "path": format!("{container}/volumeMounts")},
                {"op": "remove", "path": format!("{pod}/volumes")},
            ]),
        ),
        (
            "root",
            set(&format!("{pod}/securityContext"), json!({"runAsUser": 0})),
        ),
        (
            "a token",
            set(&format!("{pod}/automountServiceAccountToken"), json!(true)),
        ),
        (
            "document",
            set(
                &format!("{template}/metadata/annotations/modstats.dev~1document"),
                json!("{}"),
            ),
        ),
        (
            "no document",
            take(&format!(
                "{template}/metadata/annotations/modstats.dev~1document"
            )),
        ),
        (
            "no labels of pods",
            set(&format!("{template}/metadata/labels"), theirs()),
        ),
        ("no labels", set("/metadata/labels", theirs())),
        (
            "no manager",
            take("/metadata/labels/app.kubernetes.io~1managed-by"),
        ),
        (
            "no TrackedMod",
            take("/metadata/labels/modstats.dev~1tracked-mod"),
        ),
        (
            "another TrackedMod",
            set("/metadata/labels/modstats.dev~1tracked-mod", json!("other")),
        ),
        (
            "another source",
            set("/metadata/labels/modstats.dev~1source", json!("curseforge")),
        ),
        ("no name", take("/metadata/labels/app.kubernetes.io~1name")),
        ("no owner", take("/metadata/ownerReferences")),
        (
            "an owner that isn't in control",
            take("/metadata/ownerReferences/0/controller"),
        ),
    ]
}

/// What nobody but somebody else has set.
fn of_others() -> Value {
    json!({
        "metadata": {"labels": theirs(), "annotations": theirs()},
        "spec": {"jobTemplate": {
            "metadata": {"annotations": theirs()},
            "spec": {
                "ttlSecondsAfterFinished": 99,
                "template": {
                    "metadata": {"labels": theirs(), "annotations": theirs()},
                    "spec": {"terminationGracePeriodSeconds": 5, "priority": 0},
                },
            },
        }},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ours_is_put_right_and_what_is_others_is_left_alone() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    // While a run goes on the operator looks by itself from time to time.
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(7), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;
    let name = ground.cron_job(Source::Modrinth).await.name_any();
    ground.patch::<CronJob>(&name, of_others()).await;
    ground.settled_writes().await;
    let api: Api<CronJob> = ground.api();
    let wanted = api.get(&name).await.unwrap();
    for (what, patch) in drifts() {
        // What the last one woke it for is done: this one alone must wake it, whatever it took away.
        if patch[0]["path"].as_str().unwrap().starts_with("/metadata") {
            ground.settled_writes().await;
        }
        let patch: Patch<()> = Patch::Json(serde_json::from_value(patch).unwrap());
        let drifted = api.patch(&name, &PatchParams::default(), &patch).await;
        let drifted = drifted.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_ne!(
            lasting(&drifted),
            lasting(&wanted),
            "{what}: nothing drifted"
        );
        eventually(SOON, &format!("{what} is put right"), async || {
            let now = api.get(&name).await.unwrap();
            match lasting(&now) == lasting(&wanted) {
                true => Ok(()),
                false => Err(format!("{:#}\n{}", lasting(&now), ground.operator.output())),
            }
        })
        .await;
    }
    assert_eq!(api.get(&name).await.unwrap().uid(), wanted.uid());
    ground.settled_writes().await;
    let others = ground.patch::<CronJob>(&name, of_others()).await;
    assert_eq!(
        lasting(&others),
        lasting(&wanted),
        "nothing of others' had gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_is_deleted_is_made_again() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(MODRINTH_ALONE).await;
    let before = ground.cron_job(Source::Modrinth).await;
    let api: Api<CronJob> = ground.api();
    api.delete(&before.name_any(), &DeleteParams::background())
        .await
        .unwrap();
    eventually(SOON, "it is there again", async || {
        match api.get_opt(&before.name_any()).await.unwrap() {
            Some(again) if again.uid() != before.uid() => {
                assert_eq!(lasting(&again), lasting(&before));
                Ok(())
            }
            other => Err(format!("{:?}", other.and_then(|it| it.uid()))),
        }
    })
    .await;
}

/// What doesn't tell when and by whom it was written.
fn lasting(cron_job: &CronJob) -> Value {
    json!({
        "labels": cron_job.labels(),
        "annotations": cron_job.annotations(),
        "owners": cron_job.owner_references(),
        "spec": cron_job.spec,
    })
}
