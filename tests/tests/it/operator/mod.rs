//! The operator as a process of its own, with the rights that its chart gives it, on a control
//! plane without nodes: the tests say how pods ended, as a kubelet would.

mod clusters;
mod collection;
mod conditions;
mod crash;
mod faults;
mod hostile;
mod idle;
mod lifecycle;
mod outage;
mod outcome;
mod overdue;
mod pair;
mod poison;
mod raw;
mod restricted;
mod rights;
mod scenario;
mod stale;
mod taken;
mod telemetry;

use std::path::{Path, PathBuf};
use std::time::Duration;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::{Client, ResourceExt};
use modstats_crds::message::{DocumentIdentity, Problem};
use modstats_crds::{Document, Outcome, PinnedProject, Source, TerminationMessage, TrackedMod};
use modstats_tests::kubernetes::{AuditEvent, ControlPlane, FaultProxy, finish_pod, helm, kubectl};
use modstats_tests::{Process, Signal, eventually};
use serde_json::json;

use crate::platforms::borrowed;

/// A database of the operator's configuration that is ready, as nobody looks at it.
const ELSEWHERE: &str = "database: {secretRef: {name: elsewhere}}";
/// Three times what the operator and the controllers need on a busy machine.
const SOON: Duration = Duration::from_secs(90);
const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/modstats");
const CRD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crds/generated/trackedmods.modstats.dev.yaml"
);
/// Stands for CloudNativePG where nothing but a Cluster's status matters.
const CLUSTER_CRD: &str = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clusters.postgresql.cnpg.io}
spec:
  group: postgresql.cnpg.io
  scope: Namespaced
  names: {plural: clusters, singular: cluster, kind: Cluster}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"#;

struct Ground<'a> {
    plane: &'a ControlPlane,
    client: Client,
    namespace: String,
    config: PathBuf,
    kubeconfig: PathBuf,
    proxy: Option<FaultProxy>,
    environment: Vec<(&'static str, String)>,
    /// As the chart renders them.
    rights: String,
    /// Whether the test takes some of them away.
    may_be_refused: bool,
    operator: Process,
}

/// What tells one operator from another.
#[derive(Debug, Clone, Copy, Default)]
struct Setup<'t> {
    /// `database: …` of its configuration, or nothing.
    database: &'t str,
    /// What its configuration says of collectors; no more than it must, if it is empty.
    collector: &'t str,
    /// Whether it finds the API server through a [`FaultProxy`] alone.
    through_proxy: bool,
    /// Where it tells of its health; on a port that nobody knows, if it is 0.
    port: u16,
    /// Whether it looks after all namespaces.
    wide: bool,
    environment: &'t [(&'static str, String)],
}

impl<'a> Ground<'a> {
    async fn new(plane: &'a ControlPlane, database: &str) -> Ground<'a> {
        let setup = Setup {
            database,
            ..Setup::default()
        };
        Self::set_up(plane, setup).await
    }

    /// A namespace with the chart's rights, and an operator that uses nothing else.
    async fn set_up(plane: &'a ControlPlane, setup: Setup<'_>) -> Ground<'a> {
        let namespace = plane.namespace("operator").await;
        kubectl(
            plane,
            &["apply", "--server-side", "--force-conflicts", "-f", CRD],
        )
        .await
        .must_succeed();
        let rendered = ["template", "modstats", CHART, "-n", &namespace];
        let wide = format!("operator.clusterWide={}", setup.wide);
        let only = [
            "--api-versions",
            "postgresql.cnpg.io/v1",
            "-s",
            "templates/operator/rbac.yaml",
            "--set",
            &wide,
        ];
        let rights = helm(plane, &[&rendered[..], &only].concat())
            .await
            .must_succeed();
        plane.apply(&namespace, &rights).await;

        let mut kubeconfig = plane.kubeconfig_for(&namespace, "modstats-operator").await;
        let mut proxy = None;
        if setup.through_proxy {
            let started = FaultProxy::start(plane).await;
            kubeconfig = started.kubeconfig(&kubeconfig);
            proxy = Some(started);
        }
        let config = plane.folder().join(format!("{namespace}.yaml"));
        let Setup { database, port, .. } = setup;
        let collector = match setup.collector {
            "" => "{image: registry.test/collector:1}",
            collector => collector,
        };
        let watch = match setup.wide {
            true => "clusterWide: true".to_owned(),
            false => format!("namespace: {namespace}"),
        };
        let text = format!(
            "watch: {{{watch}}}\nlisten: 127.0.0.1:{port}\n{database}\ncollector: {collector}\n"
        );
        std::fs::write(&config, text).unwrap();
        Ground {
            plane,
            client: plane.client().await,
            operator: start_operator(&config, &kubeconfig, setup.environment).await,
            environment: setup.environment.to_vec(),
            rights,
            may_be_refused: false,
            namespace,
            config,
            kubeconfig,
            proxy,
        }
    }

    fn proxy(&self) -> &FaultProxy {
        self.proxy.as_ref().expect("it was set up with one")
    }

    /// Beside the one that it has.
    async fn another_operator(&self) -> Process {
        start_operator(&self.config, &self.kubeconfig, &self.environment).await
    }

    async fn kill_operator(&mut self) {
        self.operator.signal(Signal::KILL);
        self.operator.wait(SOON).await;
    }

    async fn start_operator(&mut self) {
        self.operator = self.another_operator().await;
    }

    async fn restart_operator(&mut self) {
        self.kill_operator().await;
        self.start_operator().await;
    }

    async fn apply(&self, manifest: &str) {
        self.plane.apply(&self.namespace, manifest).await;
    }

    async fn cluster(&self, status: serde_json::Value) {
        self.apply("{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: db}, spec: {instances: 1}}").await;
        let resource = kube::api::ApiResource::from_gvk(&kube::core::GroupVersionKind::gvk(
            "postgresql.cnpg.io",
            "v1",
            "Cluster",
        ));
        let clusters: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), &self.namespace, &resource);
        let patch = Patch::Merge(json!({"status": status}));
        clusters
            .patch_status("db", &PatchParams::default(), &patch)
            .await
            .unwrap();
    }

    async fn ready_cluster(&self) {
        self.cluster(json!({"readyInstances": 1, "currentPrimary": "db-1"}))
            .await;
    }

    fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    async fn delete(&self) {
        let api: Api<TrackedMod> = self.api();
        let deleted = api.delete("gears", &DeleteParams::background()).await;
        deleted.unwrap();
    }

    async fn tracked_mod(&self) -> TrackedMod {
        self.api().get("gears").await.unwrap()
    }

    /// Waits for a condition of the TrackedMod; gives back its message.
    async fn condition(&self, type_: &str, status: &str, reason: &str) -> String {
        let what = format!("{type_} is {status}: {reason}");
        eventually(SOON, &what, async || {
            let conditions = self
                .tracked_mod()
                .await
                .status
                .unwrap_or_default()
                .conditions;
            let is = |it: &&k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition| {
                it.type_ == type_ && it.status == status && it.reason == reason
            };
            let found = conditions.iter().find(is).map(|it| it.message.clone());
            found.ok_or_else(|| format!("{conditions:#?}\n{}", self.operator.output()))
        })
        .await
    }

    async fn cron_jobs(&self) -> Vec<CronJob> {
        self.api().list(&ListParams::default()).await.unwrap().items
    }

    async fn jobs(&self) -> Vec<Job> {
        self.api().list(&ListParams::default()).await.unwrap().items
    }

    /// Waits for the pod of a source's run that goes on.
    async fn pod(&self, source: Source) -> Pod {
        let what = format!("{source} has a pod");
        let label = format!("modstats.dev/source={source}");
        eventually(SOON, &what, async || {
            let pods: Api<Pod> = self.api();
            let pods = pods
                .list(&ListParams::default().labels(&label))
                .await
                .unwrap();
            let open = pods.items.into_iter().find(|pod| {
                let status = pod.status.clone().unwrap_or_default();
                status.phase.as_deref() == Some("Pending")
            });
            open.ok_or_else(|| self.operator.output())
        })
        .await
    }

    /// Ends a source's run as its collector would; the figure is one of downloads, or of modpacks.
    async fn end(
        &self,
        source: Source,
        outcome: Outcome,
        figure: Option<i64>,
        problem: Option<&str>,
    ) {
        let pod = self.pod(source).await;
        self.finish(&pod, source, outcome, figure, problem).await;
    }

    async fn finish(
        &self,
        pod: &Pod,
        source: Source,
        outcome: Outcome,
        figure: Option<i64>,
        problem: Option<&str>,
    ) {
        let carried = Document::from_json(&pod.annotations()["modstats.dev/document"]).unwrap();
        let errors = problem.map(|reason| Problem {
            subject: source.to_string(),
            reason: reason.to_owned(),
            message: "as the test wants it".to_owned(),
        });
        let mut message = TerminationMessage::new(
            source,
            outcome,
            jiff::Timestamp::now(),
            errors.into_iter().collect(),
        );
        message.document = Some(DocumentIdentity::of(&carried));
        match source {
            Source::Modpacks => message.modpacks = figure,
            _ => message.downloads = figure,
        }
        if source == Source::Modrinth && outcome == Outcome::Complete {
            message.projects = vec![PinnedProject {
                project: "gears".to_owned(),
                id: "AANobbMI".to_owned(),
            }];
        }
        let code = match (outcome, problem) {
            (Outcome::Complete | Outcome::Partial, _) => 0,
            (_, Some("KeyRefused")) => 78,
            _ => 75,
        };
        let message = message.to_json();
        finish_pod(
            &self.client,
            &self.namespace,
            &pod.name_any(),
            code,
            &message,
        )
        .await;
    }

    /// Ends the first run of each source, so that nothing but a watch brings the operator back soon.
    async fn end_all(&self) {
        for source in [Source::Modrinth, Source::Curseforge, Source::Modpacks] {
            self.end(source, Outcome::Complete, Some(7), None).await;
        }
        self.condition("CollectionSucceeded", "True", "Complete")
            .await;
    }

    /// What the operator asked the API server for.
    fn requests(&self) -> Vec<AuditEvent> {
        self.plane.requests_of(&self.namespace, "modstats-operator")
    }

    fn writes(&self) -> usize {
        self.requests().iter().filter(|it| it.is_write()).count()
    }

    /// How much the operator has written when it has read again and written nothing more.
    async fn settled_writes(&self) -> usize {
        eventually(SOON, "the operator writes nothing more", async || {
            let before = (self.writes(), self.requests().len());
            tokio::time::sleep(Duration::from_secs(3)).await;
            let after = (self.writes(), self.requests().len());
            if before == after {
                Ok(after.0)
            } else {
                Err(format!("{before:?}, then {after:?}"))
            }
        })
        .await
    }
}

impl Drop for Ground<'_> {
    /// Whatever the test was about: the operator never asks for more than it may.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for request in self.requests() {
            assert!(self.may_be_refused || request.is_allowed(), "{request:?}");
            let resource = request.object_ref.clone().unwrap_or_default().resource;
            assert_ne!(resource, "secrets", "{request:?}");
        }
    }
}

async fn install_cluster_crd(plane: &ControlPlane) {
    plane.apply("default", CLUSTER_CRD).await;
    let wait = [
        "wait",
        "--for=condition=Established",
        "crd/clusters.postgresql.cnpg.io",
    ];
    kubectl(plane, &wait).await.must_succeed();
}

async fn start_operator(
    config: &Path,
    kubeconfig: &Path,
    environment: &[(&'static str, String)],
) -> Process {
    let mut variables = borrowed(environment);
    variables.extend([
        ("KUBECONFIG", kubeconfig.to_str().unwrap()),
        ("MODSTATS_LOG", "info"),
    ]);
    let arguments = ["--config", config.to_str().unwrap()];
    let mut operator = Process::start("modstats-operator", &arguments, &variables);
    operator
        .wait_for_line(SOON, "TrackedMods can be read")
        .await;
    operator
}

/// On the database of the operator's configuration.
const GEARS_ANYWHERE: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}
";

/// Asked for nothing but its downloads on Modrinth.
const MODRINTH_ALONE: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
  modpacks: {modrinth: Disabled}
";

const GEARS: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}
  database: {clusterRef: {name: db}}
";

/// None of its schedules is due while a test runs.
const SELDOM: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}
  modpacks: {schedule: '43 3 29 2 *'}
  schedule: '17 4 29 2 *'
";
