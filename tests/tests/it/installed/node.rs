use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::api::{Api, ListParams};
use modstats_crds::{Outcome, Source, TrackedMod};
use modstats_simulator::catalogue::Platform;
use modstats_simulator::{Clock, Options, Simulator};
use modstats_tests::kubernetes::{AuditEvent, Node, helm, image, kubectl, node};
use modstats_tests::{Theme, Window, browser, eventually};
use tokio::net::TcpListener;

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/modstats");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/trackedmod.yaml");
/// Three times what pods and images need on a busy machine.
const SOON: Duration = Duration::from_secs(180);
/// A database from nothing, or a schedule's next minute.
const LATER: Duration = Duration::from_secs(400);

struct Installed {
    node: &'static Node,
    namespace: String,
    simulator: Simulator,
}

impl Installed {
    async fn new() -> Installed {
        let node = node().await;
        node.cnpg().await;
        let namespace = node.namespace("installed").await;
        let label = "pod-security.kubernetes.io/enforce=restricted";
        kubectl(node, &["label", "namespace", &namespace, label])
            .await
            .must_succeed();

        let _ = rustls::crypto::ring::default_provider().install_default();
        let listen = async || TcpListener::bind((node.host_address(), 0)).await.unwrap();
        // Its time stands still, so that every figure is known exactly.
        let clock = Clock::at(Timestamp::now());
        let options = Options {
            clock,
            ..Options::default()
        };
        let (modrinth, curseforge, website) = (listen().await, listen().await, listen().await);
        let simulator = Simulator::with_listeners(options, modrinth, curseforge, website).unwrap();
        for program in [
            "modstats-operator",
            "modstats-collector",
            "modstats-dashboard",
        ] {
            node.program_image(program).await;
        }
        Installed {
            node,
            namespace,
            simulator,
        }
    }

    /// `helm upgrade --install --wait`, with further values.
    async fn install(&self, more: &[&str]) {
        let set = [
            "imageRegistry=registry.test".to_owned(),
            "operator.image.repository=modstats-operator".to_owned(),
            "operator.image.tag=test".to_owned(),
            "collector.image.repository=modstats-collector".to_owned(),
            "collector.image.tag=test".to_owned(),
            "dashboard.image.repository=modstats-dashboard".to_owned(),
            "dashboard.image.tag=test".to_owned(),
            "database.storage.size=1Gi".to_owned(),
            format!(
                "database.imageName={}",
                self.node.operand_image().unwrap_or_default()
            ),
            format!("collector.modrinthUrl={}", self.simulator.modrinth_url()),
            format!(
                "collector.curseforgeUrl={}",
                self.simulator.curseforge_url()
            ),
        ];
        let mut arguments = vec![
            "upgrade",
            "--install",
            "modstats",
            CHART,
            "-n",
            &self.namespace,
        ];
        arguments.extend(["--wait", "--timeout", "6m"]);
        for value in set.iter().map(String::as_str).chain(more.iter().copied()) {
            arguments.extend(["--set", value]);
        }
        let installed = helm(self.node, &arguments).await;
        if !installed.status.success() {
            panic!("{installed:?}\n{}", self.everything().await);
        }
    }

    async fn kubectl(&self, arguments: &[&str]) -> String {
        let of_namespace = ["-n", &self.namespace];
        kubectl(self.node, &[&of_namespace[..], arguments].concat())
            .await
            .must_succeed()
    }

    /// For a failure: what is there, and what happened.
    async fn everything(&self) -> String {
        let mut told = String::new();
        for arguments in [
            &["get", "tm,cronjobs,jobs,pods,clusters", "-o", "wide"][..],
            &["get", "events", "--sort-by=.lastTimestamp"],
            &["logs", "deployment/modstats-operator", "--tail=40"],
            &[
                "logs",
                "-l",
                "app.kubernetes.io/name=modstats-collector",
                "--tail=20",
            ],
        ] {
            let of_namespace = ["-n", &self.namespace];
            let output = kubectl(self.node, &[&of_namespace[..], arguments].concat()).await;
            told.push_str(&format!("{}{}\n", output.stdout, output.stderr));
        }
        told
    }

    async fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.node.client().await, &self.namespace)
    }

    async fn condition(&self, name: &str, type_: &str, status: &str, reason: &str) -> String {
        let tracked_mods: Api<TrackedMod> = self.api().await;
        let what = format!("{name}: {type_} is {status}: {reason}");
        eventually(SOON, &what, async || {
            let found = tracked_mods.get(name).await.unwrap();
            let conditions = found.status.unwrap_or_default().conditions;
            let is =
                |it: &&Condition| it.type_ == type_ && it.status == status && it.reason == reason;
            match conditions.iter().find(is) {
                Some(it) => Ok(it.message.clone()),
                None => Err(format!("{conditions:#?}\n{}", self.everything().await)),
            }
        })
        .await
    }

    /// Waits until a condition's message says something.
    async fn told(&self, name: &str, part: &str) {
        let tracked_mods: Api<TrackedMod> = self.api().await;
        eventually(SOON, &format!("{name}: {part}"), async || {
            let found = tracked_mods.get(name).await.unwrap();
            let conditions = found.status.unwrap_or_default().conditions;
            match conditions.iter().any(|it| it.message.contains(part)) {
                true => Ok(()),
                false => Err(format!("{conditions:#?}\n{}", self.everything().await)),
            }
        })
        .await;
    }

    /// What the simulated platforms state now.
    fn stated(&self, platform: Platform, slug: &str) -> i64 {
        let now = self.simulator.clock().now();
        let project = self
            .simulator
            .catalogue()
            .project_by_slug(platform, slug, now);
        project.unwrap().downloads(now)
    }

    /// What the operator asked the API server for, by its own ServiceAccount.
    fn requests(&self) -> Vec<AuditEvent> {
        self.node
            .control_plane()
            .requests_of(&self.namespace, "modstats-operator")
    }

    fn writes(&self) -> usize {
        self.requests().iter().filter(|it| it.is_write()).count()
    }

    /// A TrackedMod of a simulated mod on both platforms.
    fn gears(&self, schedule: &str) -> String {
        let it = &self.simulator.catalogue().mods()[0];
        let (modrinth, curseforge) = (it.modrinth.as_ref().unwrap(), it.curseforge.unwrap());
        format!(
            "apiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {{name: gears}}\nspec:\n  displayName: Gears\n  schedule: {schedule:?}\n  modrinth: {{projects: [{modrinth}]}}\n  curseforge: {{projects: [{curseforge}], apiKeySecretRef: {{name: curseforge, key: api-key}}}}\n"
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_helm_install_to_the_figures_on_the_page_and_nothing_left_behind() {
    let it = Installed::new().await;
    // The Cluster comes up only meanwhile.
    it.install(&[]).await;

    // The example as it is: its first run comes at once, as a real pod, over TLS.
    it.kubectl(&["apply", "-f", EXAMPLE]).await;
    eventually(LATER, "the database comes up", async || {
        let ready = it.kubectl(&["get", "tm", "create-nuclear"]).await;
        if ready.contains("True") {
            Ok(())
        } else {
            Err(it.everything().await)
        }
    })
    .await;
    it.condition("create-nuclear", "CollectionSucceeded", "True", "Complete")
        .await;
    let printed = it.kubectl(&["get", "tm", "create-nuclear"]).await;
    let downloads = it.stated(Platform::Modrinth, "createnuclear");
    let line: Vec<_> = printed.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(line[2], downloads.to_string(), "{printed}");
    let tracked_mods: Api<TrackedMod> = it.api().await;
    let status = tracked_mods.get("create-nuclear").await.unwrap().status;
    let status = status.unwrap();
    let modpacks = status.modpacks.unwrap();
    assert_eq!(line[3], modpacks.to_string(), "{printed}");
    let collected = &status.sources[1];
    assert_eq!(collected.source, Source::Modpacks);
    assert_eq!(collected.outcome, Some(Outcome::Complete));
    let jobs: Api<Job> = it.api().await;
    let job = jobs.get(collected.job.as_ref().unwrap()).await.unwrap();
    assert_eq!(job.status.unwrap().succeeded, Some(1));

    // A Secret that isn't there, then a key of it, then a key that CurseForge refuses.
    let soon = Timestamp::now() + jiff::SignedDuration::from_secs(100);
    let minute = soon.strftime("%M").to_string().parse::<u8>().unwrap();
    it.node
        .apply(
            &it.namespace,
            &it.gears(&format!("{} * * * *", (minute + 30) % 60)),
        )
        .await;
    let message = it
        .condition("gears", "CollectionSucceeded", "False", "SecretMissing")
        .await;
    assert!(
        message.contains("secret \"curseforge\" not found"),
        "{message}"
    );
    it.kubectl(&[
        "create",
        "secret",
        "generic",
        "curseforge",
        "--from-literal=other=x",
    ])
    .await;
    it.told("gears", "couldn't find key api-key in Secret")
        .await;
    it.node.apply(&it.namespace, "{apiVersion: v1, kind: Secret, metadata: {name: curseforge}, stringData: {api-key: wrong-key-0000}}").await;
    let message = it
        .condition("gears", "CollectionSucceeded", "False", "KeyRefused")
        .await;
    assert!(message.contains("curseforge"), "{message}");
    assert!(!message.contains("wrong-key"), "{message}");
    let key = Options::default().curseforge_key;
    it.node.apply(&it.namespace, &format!("{{apiVersion: v1, kind: Secret, metadata: {{name: curseforge}}, stringData: {{api-key: '{key}'}}}}")).await;

    // Mended by itself: a CronJob's Job runs on its minute.
    let soon = Timestamp::now() + jiff::SignedDuration::from_secs(100);
    let minute = soon.strftime("%M").to_string().parse::<u8>().unwrap();
    it.node
        .apply(&it.namespace, &it.gears(&format!("{minute} * * * *")))
        .await;
    it.condition("gears", "CollectionSucceeded", "True", "Complete")
        .await;
    let status = tracked_mods.get("gears").await.unwrap().status.unwrap();
    let gears = it.simulator.catalogue().mods()[0].slug;
    let expected = it.stated(Platform::Modrinth, gears) + it.stated(Platform::Curseforge, gears);
    assert_eq!(status.downloads, Some(expected));
    let scheduled = status.sources[1].last_schedule_time.as_ref().unwrap().0;
    assert_eq!(
        scheduled.strftime("%M:%S").to_string(),
        format!("{minute:02}:00")
    );

    // An image that isn't there, until it is.
    it.install(&["collector.image.tag=later"]).await;
    it.kubectl(&["annotate", "tm", "gears", "modstats.dev/collect-now=a"])
        .await;
    it.told("gears", "registry.test/modstats-collector:later")
        .await;
    let later = image(
        "modstats-collector",
        "registry.test/modstats-collector:later",
    )
    .await;
    it.node.import_image(&later).await;
    it.condition("gears", "CollectionSucceeded", "True", "Complete")
        .await;

    let shown = dashboard(&it, expected).await;
    forgets_nothing(&it, &shown).await;
}

/// The same figures through the Service, in a browser. Gives back the page's address.
async fn dashboard(it: &Installed, expected: i64) -> String {
    let port = it
        .node
        .forward(&it.namespace, "modstats-dashboard", 80)
        .await;
    let url = format!("http://127.0.0.1:{port}/mods/{}/gears", it.namespace);
    let window = Window {
        width: 1280,
        height: 900,
        theme: Theme::Light,
        javascript: false,
        ..Window::default()
    };
    let page = browser().await.page(window).await;
    eventually(SOON, "the page is there", async || {
        match page.goto(&url).await {
            200 => Ok(()),
            status => Err(format!("{status}")),
        }
    })
    .await;
    let total = page.text(".card:first-child .big").await;
    let digits: String = total.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits.parse::<i64>().unwrap(), expected, "{total}");
    assert_eq!(page.errors().await, Vec::<String>::new());
    url
}

/// The operator asks for no Secret and nothing forbidden, is quiet, and cleans up; the data stays.
async fn forgets_nothing(it: &Installed, page: &str) {
    let before = eventually(SOON, "the operator is idle", async || {
        let before = it.writes();
        tokio::time::sleep(Duration::from_secs(10)).await;
        let after = it.writes();
        if before == after {
            Ok(after)
        } else {
            Err(format!("{before} writes, then {after}"))
        }
    })
    .await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(it.writes(), before, "an idle operator writes nothing");

    it.kubectl(&["delete", "tm", "gears", "create-nuclear"])
        .await;
    eventually(SOON, "nothing of ours is left", async || {
        let ours = ListParams::default().labels("app.kubernetes.io/name=modstats-collector");
        let (cron_jobs, jobs, pods): (Api<CronJob>, Api<Job>, Api<Pod>) =
            (it.api().await, it.api().await, it.api().await);
        let left = [
            cron_jobs.list(&ours).await.unwrap().items.len(),
            jobs.list(&ours).await.unwrap().items.len(),
            pods.list(&ours).await.unwrap().items.len(),
        ];
        if left == [0; 3] {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    })
    .await;
    let shown = reqwest::get(page).await.unwrap();
    assert_eq!(shown.status(), 200, "what was recorded stays");

    for request in it.requests() {
        assert!(request.is_allowed(), "{request:?}");
        let resource = request.object_ref.clone().unwrap_or_default().resource;
        assert_ne!(resource, "secrets", "{request:?}");
    }
}
