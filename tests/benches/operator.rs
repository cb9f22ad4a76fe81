//! 1 000 TrackedMods on a real control plane: from the operator's start until everything of theirs is
//! there, and what it costs to look at all of them again.
//!
//! The opponent writes the very objects that the operator left, in another namespace, with as many
//! requests at once, and reads nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bare;
mod measure;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use bare::{MANAGER, Write, as_sent, cron_jobs, jobs, resource, write};
use futures::{StreamExt, stream};
use kube::api::{
    Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams, TypeMeta,
};
use kube::{Client, CustomResourceExt, ResourceExt};
use measure::{Times, report};
use modstats_crds::TrackedMod;
use modstats_tests::kubernetes::{AuditEvent, ControlPlane, client_of, helm, kubectl};
use modstats_tests::run::free_port;
use modstats_tests::{Process, Signal, eventually};
use serde_json::{Value, json};

/// Fewer than elsewhere: each takes minutes.
const ROUNDS: usize = 3;
const COUNT: usize = 1_000;
/// Each has two sources, and so two CronJobs, two Jobs and a status.
const SOURCES: usize = 2;
const OBJECTS: usize = (2 * SOURCES + 1) * COUNT;
const LONGEST: Duration = Duration::from_secs(600);
/// Between two looks at an audit log that is long by then.
const PAUSE: Duration = Duration::from_secs(3);
const CREATED_JOBS: &str =
    r#"modstats_operator_api_calls_total{verb="create",resource="jobs",code="201"}"#;
const WRITTEN_STATUSES: &str =
    r#"modstats_operator_api_calls_total{verb="patch",resource="trackedmods/status",code="200"}"#;
const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/modstats");
const CRD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crds/generated/trackedmods.modstats.dev.yaml"
);

#[tokio::main]
async fn main() {
    let plane = ControlPlane::start().await;
    let crd = ["apply", "--server-side", "-f", CRD];
    kubectl(&plane, &crd).await.must_succeed();
    let mut ours = Times::new("the operator, from its start");
    let mut bare = Times::new("a bare client, the same objects");
    let mut last = None;
    for _ in 0..ROUNDS {
        let fleet = Fleet::new(&plane).await;
        let mut operator = None;
        ours.round(async {
            operator = Some(fleet.start_operator());
            fleet.comes_to(CREATED_JOBS, SOURCES * COUNT).await;
            OBJECTS
        })
        .await;
        // A status is written again when it can tell of the runs.
        fleet.comes_to(WRITTEN_STATUSES, 2 * COUNT).await;
        fleet.has_settled().await;
        let operator = operator.unwrap();
        // It looks at runs that go on again and again.
        operator.signal(Signal::STOP);

        let other = Fleet::new(&plane).await;
        let writes = fleet.made_for(&other).await;
        let client = client_of(&other.kubeconfig).await;
        bare.round(async {
            write(&client, &other.namespace, &writes).await;
            OBJECTS
        })
        .await;
        other.has_settled().await;
        last = Some((fleet, operator));
    }
    report("1 000 TrackedMods", "objects", &ours, &[&bare]);

    let (fleet, operator) = last.unwrap();
    tell_memory(&operator);
    let first = fleet.requests();
    tell_requests(&first);

    println!("\nall of them again, by the same operator");
    operator.signal(Signal::CONT);
    fleet.wake().await;
    tell_requests(&fleet.looks_at_all(first.len()).await);

    println!("\nall of them again, by an operator that was restarted");
    let versions = fleet.versions().await;
    drop(operator);
    let before = fleet.requests().len();
    let operator = fleet.start_operator();
    tell_requests(&fleet.looks_at_all(before).await);
    let now = fleet.versions().await;
    let changed = now.iter().filter(|it| !versions.contains(*it)).count();
    println!("  objects that changed         {changed:>8}");
    tell_memory(&operator);
}

/// A namespace with TrackedMods, and an operator of its own when it is started.
struct Fleet<'a> {
    plane: &'a ControlPlane,
    client: Client,
    namespace: String,
    kubeconfig: PathBuf,
    port: u16,
}

impl<'a> Fleet<'a> {
    async fn new(plane: &'a ControlPlane) -> Fleet<'a> {
        let namespace = plane.namespace("fleet").await;
        let rights = ["template", "modstats", CHART, "-n", &namespace];
        let only = [
            "--api-versions",
            "postgresql.cnpg.io/v1",
            "-s",
            "templates/operator/rbac.yaml",
        ];
        let rights = helm(plane, &[&rights[..], &only].concat()).await;
        plane.apply(&namespace, &rights.must_succeed()).await;
        let fleet = Fleet {
            client: plane.client().await,
            kubeconfig: plane.kubeconfig_for(&namespace, MANAGER).await,
            port: free_port(),
            plane,
            namespace,
        };
        let tracked_mods = fleet.api(&TrackedMod::api_resource());
        stream::iter(0..COUNT)
            .for_each_concurrent(bare::AT_ONCE, async |number| {
                let object = serde_json::from_value(tracked_mod(number)).unwrap();
                let created = tracked_mods.create(&PostParams::default(), &object).await;
                created.unwrap();
            })
            .await;
        fleet
    }

    fn start_operator(&self) -> Process {
        let path = self.plane.folder().join(format!("{}.yaml", self.namespace));
        let (namespace, port) = (&self.namespace, self.port);
        let config = format!(
            "watch: {{namespace: {namespace}}}\nlisten: 127.0.0.1:{port}\n\
             database: {{secretRef: {{name: elsewhere}}}}\n\
             collector: {{image: registry.test/collector:1}}\n"
        );
        std::fs::write(&path, config).unwrap();
        let environment = [("KUBECONFIG", self.kubeconfig.to_str().unwrap())];
        let arguments = ["--config", path.to_str().unwrap()];
        Process::start("modstats-operator", &arguments, &environment)
    }

    async fn counter(&self, name: &str) -> Result<usize, String> {
        let url = format!("http://127.0.0.1:{}/metrics", self.port);
        let answer = reqwest::get(&url).await.map_err(|it| it.to_string())?;
        let text = answer.text().await.map_err(|it| it.to_string())?;
        let line = text.lines().find_map(|it| it.strip_prefix(name));
        Ok(line.map_or(0, |it| it.trim().parse().unwrap()))
    }

    /// Waits until a counter of the operator has come so far.
    async fn comes_to(&self, counter: &str, expected: usize) {
        eventually(LONGEST, counter, async || {
            match self.counter(counter).await? {
                count if count >= expected => Ok(()),
                count => Err(count.to_string()),
            }
        })
        .await;
    }

    /// Changes each TrackedMod as somebody else might, so that it is looked at.
    async fn wake(&self) {
        let tracked_mods = self.api(&TrackedMod::api_resource());
        let label = Patch::Merge(json!({"metadata": {"labels": {"somebody": "else"}}}));
        stream::iter(0..COUNT)
            .for_each_concurrent(bare::AT_ONCE, async |number| {
                let (name, parameters) = (name(number), PatchParams::default());
                let patched = tracked_mods.patch(&name, &parameters, &label);
                patched.await.unwrap();
            })
            .await;
    }

    /// Waits until the operator has read each TrackedMod; gives back all but so many first requests.
    async fn looks_at_all(&self, before: usize) -> Vec<AuditEvent> {
        eventually(LONGEST, "each is read", async || {
            tokio::time::sleep(PAUSE).await;
            let requests = self.requests().split_off(before);
            let read = requests.iter().filter(|it| it.verb == "get");
            let read = read.filter_map(|it| it.object_ref.as_ref());
            let read = read.filter(|it| it.resource == "trackedmods");
            match read.map(|it| &it.name).collect::<BTreeSet<_>>().len() {
                COUNT => Ok(requests),
                count => Err(count),
            }
        })
        .await
    }

    /// Everything is there as it should be, and the controllers have done their part.
    async fn has_settled(&self) {
        let tracked_mods = self.list(&TrackedMod::api_resource()).await;
        let ready = tracked_mods.iter().filter(|it| is_ready(it)).count();
        let objects = ready + self.count(&cron_jobs()).await + self.count(&jobs()).await;
        assert_eq!(objects, OBJECTS);
        eventually(LONGEST, "each Job has its pod", async || {
            let pods = self.count(&resource("", "Pod")).await;
            (pods == SOURCES * COUNT).then_some(()).ok_or(pods)
        })
        .await;
    }

    /// For each TrackedMod of another namespace, what the operator made for the one of its name here.
    async fn made_for(&self, other: &Fleet<'_>) -> BTreeMap<String, Vec<Write>> {
        let mut all = BTreeMap::new();
        let mut uids = BTreeMap::new();
        for theirs in other.list(&TrackedMod::api_resource()).await {
            uids.insert(theirs.name_any(), theirs.uid().unwrap());
        }
        let tracked_mods = self.list(&TrackedMod::api_resource()).await;
        let (cron_jobs, jobs) = (self.list(&cron_jobs()).await, self.list(&jobs()).await);
        for tracked_mod in tracked_mods {
            let (name, uid) = (tracked_mod.name_any(), tracked_mod.uid().unwrap());
            let of_other = |object: &DynamicObject| {
                let text = serde_json::to_string(object).unwrap();
                let text = text.replace(&self.namespace, &other.namespace);
                let object = serde_json::from_str(&text.replace(&uid, &uids[&name])).unwrap();
                as_sent(object)
            };
            let owned = |it: &&DynamicObject| it.owner_references()[0].uid == uid;
            let mut writes = Vec::new();
            writes.extend(
                cron_jobs
                    .iter()
                    .filter(owned)
                    .map(|it| Write::Apply(of_other(it))),
            );
            writes.push(Write::Status(of_other(&tracked_mod)));
            writes.extend(
                jobs.iter()
                    .filter(owned)
                    .map(|it| Write::Create(of_other(it))),
            );
            all.insert(name, writes);
        }
        all
    }

    fn api(&self, resource: &ApiResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, resource)
    }

    async fn list(&self, resource: &ApiResource) -> Vec<DynamicObject> {
        let all = self.api(resource).list(&ListParams::default()).await;
        let mut all = all.unwrap().items;
        for object in &mut all {
            let of_list = TypeMeta {
                api_version: resource.api_version.clone(),
                kind: resource.kind.clone(),
            };
            // The API server leaves them out in lists.
            object.types.get_or_insert(of_list);
        }
        all
    }

    async fn count(&self, resource: &ApiResource) -> usize {
        let one = ListParams::default().limit(1);
        let first = self.api(resource).list_metadata(&one).await.unwrap();
        let more = first.metadata.remaining_item_count.unwrap_or(0);
        first.items.len() + usize::try_from(more).unwrap()
    }

    /// Of everything that the operator writes.
    async fn versions(&self) -> BTreeSet<String> {
        let mut versions = BTreeSet::new();
        for resource in [TrackedMod::api_resource(), cron_jobs(), jobs()] {
            let all = self.list(&resource).await.into_iter();
            versions.extend(all.filter_map(|it| it.resource_version()));
        }
        versions
    }

    /// What the operator asked the API server for.
    fn requests(&self) -> Vec<AuditEvent> {
        let mut requests = self.plane.requests_of(&self.namespace, MANAGER);
        requests.retain(|it| it.verb != "watch");
        requests
    }
}

fn name(number: usize) -> String {
    format!("gears-{number:04}")
}

/// None of its schedules is due while this runs.
fn tracked_mod(number: usize) -> Value {
    let name = name(number);
    json!({
        "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
        "metadata": {"name": name},
        "spec": {
            "modrinth": {"projects": [name]}, "schedule": "17 4 29 2 *",
            "modpacks": {"schedule": "43 3 29 2 *"},
        },
    })
}

fn is_ready(tracked_mod: &DynamicObject) -> bool {
    let status = &tracked_mod.data["status"];
    let conditions = status["conditions"].as_array();
    let is = |it: &Value| it["type"] == "Ready" && it["status"] == "True";
    status["observedGeneration"] == json!(tracked_mod.metadata.generation)
        && conditions.is_some_and(|it| it.iter().any(is))
}

fn tell_memory(operator: &Process) {
    let mebibytes = |kibibytes: Option<u64>| kibibytes.unwrap().div_ceil(1024);
    let (now, peak) = (operator.memory(), operator.peak_memory());
    println!("  memory, MiB                  {:>8}", mebibytes(now));
    println!("  memory at most, MiB          {:>8}", mebibytes(peak));
}

/// How many of which kind there were, and how long the API server took for each.
fn tell_requests(requests: &[AuditEvent]) {
    let writes = requests.iter().filter(|it| it.is_write()).count();
    println!("  requests                     {:>8}", requests.len());
    println!("  of these, writes             {writes:>8}");
    let mut kinds: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for request in requests {
        let object = request.object_ref.clone().unwrap_or_default();
        let kind = format!(
            "{} {} {}",
            request.verb, object.resource, object.subresource
        );
        kinds.entry(kind).or_default().push(request.took());
    }
    for (kind, mut took) in kinds {
        took.sort();
        let median = took[took.len() / 2].as_secs_f64() * 1000.0;
        println!("    {kind:<26} {:>8}  {median:>6.1} ms each", took.len());
    }
}
