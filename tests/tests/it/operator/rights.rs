//! The operator's rights, against what it asks for.

use std::collections::BTreeSet;

use k8s_openapi::api::rbac::v1::PolicyRule;
use modstats_tests::kubernetes::ControlPlane;
use serde::Deserialize;

use super::*;

/// As `verb group/resource`.
fn granted(rules: &[PolicyRule]) -> BTreeSet<String> {
    let mut granted = BTreeSet::new();
    for rule in rules {
        for group in rule.api_groups.iter().flatten() {
            for resource in rule.resources.iter().flatten() {
                granted.extend(
                    rule.verbs
                        .iter()
                        .map(|verb| format!("{verb} {group}/{resource}")),
                );
            }
        }
    }
    granted
}

/// Of the one role among the chart's objects.
fn rules(rendered: &str) -> Vec<PolicyRule> {
    let documents = serde_yaml::Deserializer::from_str(rendered);
    let mut objects = documents.map(|it| serde_json::Value::deserialize(it).unwrap());
    let role = objects.find(|it| matches!(it["kind"].as_str(), Some("Role" | "ClusterRole")));
    serde_json::from_value(role.unwrap()["rules"].clone()).unwrap()
}

/// A server-side apply that makes something needs the right to create it as well.
fn used(requests: &[AuditEvent]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for request in requests {
        let Some(object) = &request.object_ref else {
            continue;
        };
        let resource = match object.subresource.as_str() {
            "" => object.resource.clone(),
            subresource => format!("{}/{subresource}", object.resource),
        };
        used.insert(format!("{} {}/{resource}", request.verb, object.api_group));
        if request.verb == "patch" && request.code() == 201 {
            used.insert(format!("create {}/{resource}", object.api_group));
        }
    }
    used
}

/// Everything that it does in the life of a TrackedMod.
async fn whole_life(ground: &Ground<'_>) {
    ground.ready_cluster().await;
    // Why a Job has no pod is told by events alone.
    let quota =
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}, spec: {hard: {pods: 0}}}";
    ground.apply(quota).await;
    ground.apply(GEARS).await;
    let refused = ("CollectionSucceeded", "False", "Refused");
    ground.condition(refused.0, refused.1, refused.2).await;
    let lift = ["delete", "resourcequota", "none", "-n", &ground.namespace];
    kubectl(ground.plane, &lift).await.must_succeed();
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(1), None)
        .await;
    // A Job that isn't found by its labels any more is found by its name.
    let job = ground.pod(Source::Modpacks).await.labels()["batch.kubernetes.io/job-name"].clone();
    let label = [
        "label",
        "job",
        &job,
        "-n",
        &ground.namespace,
        "modstats.dev/tracked-mod-",
    ];
    kubectl(ground.plane, &label).await.must_succeed();
    // The same event once more within minutes is counted in the one that there is.
    for (hibernation, status, reason) in [
        ("on", "False", "ClusterHibernated"),
        ("off", "True", "ClusterReady"),
        ("on", "False", "ClusterHibernated"),
        ("off", "True", "ClusterReady"),
    ] {
        let annotation = format!("cnpg.io/hibernation={hibernation}");
        let annotate = [
            "annotate",
            "--overwrite",
            "cluster.postgresql.cnpg.io",
            "db",
            &annotation,
        ];
        let annotate = [&annotate[..], &["-n", &ground.namespace]].concat();
        kubectl(ground.plane, &annotate).await.must_succeed();
        ground.condition("DatabaseReady", status, reason).await;
    }
    let curseforge = "  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}\n";
    ground.apply(&GEARS.replace(curseforge, "")).await;
    // Its Job may go on.
    ground
        .end(Source::Curseforge, Outcome::Complete, Some(1), None)
        .await;
    eventually(
        SOON,
        "the CronJob that isn't wanted is gone",
        async || match ground.cron_jobs().await.len() {
            2 => Ok(()),
            other => Err(format!("{other} CronJobs")),
        },
    )
    .await;
}

async fn check(plane: &ControlPlane, wide: bool) {
    install_cluster_crd(plane).await;
    let setup = Setup {
        wide,
        ..Setup::default()
    };
    let ground = Ground::set_up(plane, setup).await;
    whole_life(&ground).await;
    let rights = granted(&rules(&ground.rights));
    eventually(SOON, "every right is used", async || {
        let requests = ground.requests();
        let used = used(&requests);
        let idle: Vec<_> = rights.difference(&used).collect();
        assert!(used.is_subset(&rights), "{used:?} beyond {rights:?}");
        match idle.is_empty() {
            true => Ok(()),
            false => Err(format!("{idle:?}")),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_right_in_its_namespace_is_used_and_none_is_missing() {
    check(&ControlPlane::start().await, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_wide_it_looks_after_every_namespace_with_the_same_rights() {
    let plane = ControlPlane::start().await;
    // A namespace of somebody else, with a database of its own.
    let other = plane.namespace("other").await;
    install_cluster_crd(&plane).await;
    kubectl(&plane, &["apply", "--server-side", "-f", CRD])
        .await
        .must_succeed();
    let gears = GEARS.replace("{clusterRef: {name: db}}", "{secretRef: {name: elsewhere}}");
    plane.apply(&other, &gears).await;
    check(&plane, true).await;
    let tracked_mods: Api<TrackedMod> = Api::namespaced(plane.client().await, &other);
    eventually(SOON, "the other namespace's is looked after", async || {
        let status = tracked_mods
            .get("gears")
            .await
            .unwrap()
            .status
            .unwrap_or_default();
        let ready = status.conditions.iter().find(|it| it.type_ == "Ready");
        match ready {
            Some(ready) if ready.status == "True" => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    let jobs: Api<Job> = Api::namespaced(plane.client().await, &other);
    assert_eq!(
        jobs.list(&ListParams::default()).await.unwrap().items.len(),
        3
    );
}
