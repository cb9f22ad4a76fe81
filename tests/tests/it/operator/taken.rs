//! Somebody else takes a name between the operator's look at it and its write: what isn't ours stays
//! as it is, and where the operator needs the name, a condition says so.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Resource;
use kube::api::PostParams;
use kube::core::NamespaceResourceScope;
use modstats_tests::kubernetes::{ApiRequest, Moment, control_plane};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;

const WITHOUT_CURSEFORGE: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
  modpacks: {schedule: '43 3 29 2 *'}
  schedule: '17 4 29 2 *'
";

async fn ground() -> Ground<'static> {
    let setup = Setup {
        database: ELSEWHERE,
        through_proxy: true,
        ..Setup::default()
    };
    Ground::set_up(control_plane().await, setup).await
}

async fn created() -> Ground<'static> {
    let ground = ground().await;
    ground.apply(SELDOM).await;
    ground.has_made((3, 3), "all is made").await;
    ground
}

fn to_curseforge(
    verb: &'static str,
    resource: &'static str,
) -> impl Fn(&ApiRequest) -> bool + Send + Sync {
    move |it| it.verb == verb && it.resource == resource && it.name.contains("-curseforge-")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    None,
    /// It exists, so that nobody clears away what it owns.
    Somebody,
}

/// An object that the operator hasn't made.
struct Planted<K> {
    api: Api<K>,
    object: K,
}

impl<K> Planted<K>
where
    K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Serialize,
    K: std::fmt::Debug,
    K::DynamicType: Default,
{
    /// In place of what has the name, if anything has.
    async fn new(
        ground: &Ground<'_>,
        owner: Owner,
        name: &str,
        spec: serde_json::Value,
    ) -> Planted<K> {
        let owners = match owner {
            Owner::None => json!([]),
            Owner::Somebody => json!([somebody(ground).await]),
        };
        let api: Api<K> = ground.api();
        // It may not be there.
        let _ = api.delete(name, &DeleteParams::background()).await;
        let object = json!({
            "metadata": {
                "name": name, "labels": {"whose": "somebody"}, "ownerReferences": owners,
            },
            "spec": spec,
        });
        let object: K = serde_json::from_value(object).unwrap();
        let object = eventually(SOON, "the name is free", async || {
            let created = api.create(&PostParams::default(), &object).await;
            created.map_err(|error| error.to_string())
        })
        .await;
        Planted { api, object }
    }

    /// Waits until the operator has done what it wants, and looks whether this is as it was.
    async fn is_untouched(&self, ground: &Ground<'_>) {
        ground.quiet().await;
        let now = self.api.get(&self.object.name_any()).await.unwrap();
        let (now, then) = (now.meta(), self.object.meta());
        assert_eq!(now.uid, then.uid);
        assert_eq!(now.generation, then.generation);
        assert_eq!(now.labels, then.labels);
        assert_eq!(now.owner_references, then.owner_references);
        assert_eq!(now.deletion_timestamp, None);
        let mut managers = now.managed_fields.iter().flatten();
        let ours = managers.find(|it| it.manager.as_deref() == Some("modstats-operator"));
        assert_eq!(ours, None);
    }

    /// The condition that asks the user to free the name.
    async fn is_named(&self, ground: &Ground<'_>) {
        let message = ground.condition("Stalled", "True", "NameTaken").await;
        assert!(message.contains(&self.object.name_any()), "{message}");
    }
}

/// As an owner that controls.
async fn somebody(ground: &Ground<'_>) -> serde_json::Value {
    let owner = serde_json::from_value(json!({"metadata": {"generateName": "somebody-"}}));
    let owners: Api<ConfigMap> = ground.api();
    let owner = owners
        .create(&PostParams::default(), &owner.unwrap())
        .await
        .unwrap();
    json!({
        "apiVersion": "v1", "kind": "ConfigMap", "controller": true,
        "name": owner.name_any(), "uid": owner.uid(),
    })
}

fn template() -> serde_json::Value {
    let container = json!({"name": "theirs", "image": "theirs"});
    json!({"spec": {"restartPolicy": "Never", "containers": [container]}})
}

async fn planted_cron_job(ground: &Ground<'_>, owner: Owner, name: &str) -> Planted<CronJob> {
    let job = json!({"spec": {"template": template()}});
    let spec = json!({"schedule": "1 1 29 2 *", "jobTemplate": job});
    Planted::new(ground, owner, name, spec).await
}

/// Somebody takes the CronJob's name when the operator is about to apply what is wanted.
async fn takes_before_the_apply(ground: &Ground<'_>, wanted: &str) {
    let is_apply = to_curseforge("patch", "cronjobs");
    let mut held = ground.proxy().hold(1, is_apply, Moment::BeforeSent);
    ground.apply(wanted).await;
    let name = held.reached().await.name;
    let planted = planted_cron_job(ground, Owner::None, &name).await;
    held.let_go();
    planted.is_named(ground).await;
    planted.is_untouched(ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_just_before_the_first_apply_stays_its_takers() {
    takes_before_the_apply(&ground().await, SELDOM).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_is_replaced_just_before_an_apply_is_not_overwritten() {
    let changed = SELDOM.replace("'17 4", "'18 4");
    takes_before_the_apply(&created().await, &changed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_is_replaced_while_no_watch_tells_is_not_overwritten() {
    let ground = created().await;
    ground.proxy().freeze("cronjobs");
    let cron_jobs = ground.cron_jobs().await;
    let planted = planted_cron_job(&ground, Owner::Somebody, &cron_jobs[0].name_any()).await;
    ground.apply(&SELDOM.replace("'17 4", "'18 4")).await;
    planted.is_named(&ground).await;
    ground.proxy().thaw();
    planted.is_untouched(&ground).await;
    planted.is_named(&ground).await;
}

/// Of a source that is wanted no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_cron_job_that_is_replaced_just_before_it_is_suspended_or_deleted_stays() {
    for verb in ["patch", "delete"] {
        let ground = created().await;
        let is_removal = to_curseforge(verb, "cronjobs");
        let mut held = ground.proxy().hold(1, is_removal, Moment::BeforeSent);
        ground.apply(WITHOUT_CURSEFORGE).await;
        let name = held.reached().await.name;
        let planted = planted_cron_job(&ground, Owner::None, &name).await;
        held.let_go();
        planted.is_untouched(&ground).await;
        ground.condition("Ready", "True", "Ready").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_name_is_taken_just_before_it_is_made_is_not_taken_for_ours() {
    let ground = ground().await;
    let is_create = to_curseforge("create", "jobs");
    let mut held = ground.proxy().hold(1, is_create, Moment::BeforeSent);
    ground.apply(SELDOM).await;
    let name = held.reached().await.name;
    let spec = json!({"suspend": true, "template": template()});
    let planted: Planted<Job> = Planted::new(&ground, Owner::None, &name, spec).await;
    held.let_go();
    planted.is_named(&ground).await;
    planted.is_untouched(&ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_is_not_written_to_a_tracked_mod_that_was_made_anew_meanwhile() {
    let ground = created().await;
    let is_status = |it: &ApiRequest| it.subresource == "status";
    let mut held = ground.proxy().hold(1, is_status, Moment::BeforeSent);
    ground.apply(&SELDOM.replace("'17 4", "'18 4")).await;
    held.reached().await;
    ground.delete().await;
    ground.apply(WITHOUT_CURSEFORGE).await;
    let is_next = |it: &ApiRequest| it.subresource == "status";
    let mut next = ground.proxy().hold(1, is_next, Moment::BeforeSent);
    held.let_go();
    next.reached().await;
    assert_eq!(ground.tracked_mod().await.status, None, "of the old one");
    next.let_go();
    ground
        .has_made((2, 2), "only the new one's are there")
        .await;
    ground.condition("Ready", "True", "Ready").await;
}
