//! A Cluster that comes and goes, as CloudNativePG tells it.

use modstats_tests::kubernetes::control_plane;

use super::*;

impl Ground<'_> {
    async fn hibernation(&self, value: &str) {
        let annotation = format!("cnpg.io/hibernation={value}");
        let arguments = ["annotate", "--overwrite", "cluster", "db", &annotation];
        let of_namespace = ["-n", &self.namespace];
        kubectl(self.plane, &[&arguments[..], &of_namespace].concat())
            .await
            .must_succeed();
    }

    /// Waits until a change of the TrackedMod is observed and all is done that follows.
    async fn is_done(&self) {
        eventually(SOON, "the change is observed", async || {
            let tracked_mod = self.tracked_mod().await;
            let observed = tracked_mod.status.unwrap_or_default().observed_generation;
            match observed == tracked_mod.metadata.generation {
                true => Ok(()),
                false => Err(format!("{observed:?}")),
            }
        })
        .await;
        self.settled_writes().await;
    }

    /// Waits until both conditions that a database makes say so.
    async fn database(&self, ready: &str, reason: &str) {
        self.condition("DatabaseReady", ready, reason).await;
        let reason = if ready == "True" { "Ready" } else { reason };
        self.condition("Ready", ready, reason).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_turn_of_a_cluster_is_told_and_runs_are_made_only_while_it_takes_writes() {
    let plane = control_plane().await;
    install_cluster_crd(plane).await;
    let ground = Ground::new(plane, "").await;
    let pid = ground.operator.pid();
    let primary = |target: &str| json!({"readyInstances": 1, "currentPrimary": "db-1", "targetPrimary": target});
    let wanted = format!("{SELDOM}  database: {{clusterRef: {{name: db}}}}\n");
    ground.cluster(primary("db-1")).await;
    ground.apply(&wanted).await;
    ground.database("True", "ClusterReady").await;
    ground.end_all().await;

    ground.cluster(primary("pending")).await;
    ground.database("False", "ClusterFailingOver").await;
    let wanted = wanted.replace("[gears]", "[gears, more]");
    ground.apply(&wanted).await;
    ground.is_done().await;
    assert_eq!(ground.jobs().await.len(), 3, "a new set of projects waits");
    ground.cluster(primary("db-1")).await;
    ground.database("True", "ClusterReady").await;
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(8), None)
        .await;
    ground
        .end(Source::Modpacks, Outcome::Complete, Some(8), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;

    let delete = ["delete", "cluster", "db", "-n", &ground.namespace];
    kubectl(plane, &delete).await.must_succeed();
    ground.database("False", "ClusterMissing").await;
    let wanted = wanted.replace("[4711]", "[4711, 4712]");
    ground.apply(&wanted).await;
    ground.is_done().await;
    assert_eq!(ground.cron_jobs().await.len(), 3, "schedules stay");
    ground.cluster(json!({"phase": "Setting up primary"})).await;
    ground.database("False", "ClusterNotReady").await;
    assert_eq!(ground.jobs().await.len(), 5);
    ground.cluster(primary("db-1")).await;
    ground.database("True", "ClusterReady").await;
    ground
        .end(Source::Curseforge, Outcome::Complete, Some(9), None)
        .await;
    ground
        .condition("CollectionSucceeded", "True", "Complete")
        .await;

    ground.hibernation("on").await;
    ground.database("False", "ClusterHibernated").await;
    let annotation = "{name: gears, annotations: {modstats.dev/collect-now: a}}";
    ground
        .apply(&wanted.replace("{name: gears}", annotation))
        .await;
    ground.settled_writes().await;
    assert_eq!(
        ground.jobs().await.len(),
        6,
        "a collection by hand waits too"
    );
    ground.hibernation("off").await;
    ground.database("True", "ClusterReady").await;
    for source in [Source::Modrinth, Source::Curseforge, Source::Modpacks] {
        ground.end(source, Outcome::Complete, Some(10), None).await;
    }
    assert_eq!(ground.jobs().await.len(), 9);
    assert_eq!(ground.operator.pid(), pid);
    assert!(ground.operator.is_running());
}
