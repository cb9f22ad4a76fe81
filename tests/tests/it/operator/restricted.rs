//! Every pod that the operator asks for is one that the strictest of Kubernetes' own policies admits,
//! however the operator is configured.

use http::Request;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use kube::client::Body;
use modstats_tests::kubernetes::control_plane;
use serde_json::Value;

use super::*;

/// A configuration of the operator, but for what it watches.
struct Preset {
    name: &'static str,
    database: &'static str,
    collector: &'static str,
}

const MINIMAL: &str = "";
const EVERYTHING: &str = "
  image: registry.test/collector@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  imagePullPolicy: Always
  imagePullSecrets: [registry]
  resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {cpu: '1', memory: 128Mi}}
  modrinthUrl: https://modrinth.test
  curseforgeUrl: https://curseforge.test
  curseforgeWebsiteUrl: https://website.test
  rateLimits: {modrinth: {perMinute: 60, burst: 5}, curseforge: {perMinute: 30}}
  proxy: {urlSecretRef: {name: way-out, key: url}, noProxy: .svc}
  trustedCa: {configMap: own}
  labels: {team: mods}
  annotations: {sidecar.istio.io/inject: 'false'}
  priorityClassName: system-cluster-critical
  sampleDays: 30
  logFormat: json
  environment: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel.test:4318', MODSTATS_LOG: debug}
  deadlineSeconds: 600
  nodeSelector: {kubernetes.io/os: linux}
  tolerations: [{key: dedicated, operator: Equal, value: mods, effect: NoSchedule}]
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        preference: {matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [arm64]}]}
";

const PRESETS: [Preset; 4] = [
    Preset {
        name: "minimal, with a Secret",
        database: "{secretRef: {name: elsewhere}}",
        collector: MINIMAL,
    },
    Preset {
        name: "minimal, with a Cluster",
        database: "{clusterRef: {name: db}}",
        collector: MINIMAL,
    },
    Preset {
        name: "everything, with a Secret",
        database: "{secretRef: {name: elsewhere}}",
        collector: EVERYTHING,
    },
    Preset {
        name: "everything, with a Cluster",
        database: "{clusterRef: {name: db}}",
        collector: EVERYTHING,
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn every_pod_is_admitted_where_only_restricted_pods_are_and_nothing_is_warned_of() {
    let plane = control_plane().await;
    let strict = plane.namespace("strict").await;
    let policy = |mode: &str| format!("pod-security.kubernetes.io/{mode}=restricted");
    let labels = [policy("enforce"), policy("warn")];
    let label = ["label", "namespace", &strict, &labels[0], &labels[1]];
    kubectl(plane, &label).await.must_succeed();

    for preset in PRESETS {
        let Preset {
            name,
            database,
            collector,
        } = preset;
        let setup = Setup {
            database: &format!("database: {database}"),
            collector,
            ..Setup::default()
        };
        let ground = Ground::set_up(plane, setup).await;
        install_cluster_crd(plane).await;
        ground.ready_cluster().await;
        let gears = GEARS_ANYWHERE.replace(
            "{name: gears}",
            "{name: gears, annotations: {modstats.dev/collect-now: now}}",
        );
        let packs = "  modpacks: {curseforge: Website, curseforgeIds: [12]}\n";
        ground.apply(&format!("{gears}{packs}")).await;
        for template in templates(&ground).await {
            let (code, said, warnings) = submit(&ground.client, &strict, &pod(&template)).await;
            assert_eq!((code, warnings), (201, vec![]), "{name}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_that_test_refuses_and_warns() {
    let plane = control_plane().await;
    let client = plane.client().await;
    let pod: Pod = serde_json::from_value(json!({
        "metadata": {"name": "plain"},
        "spec": {"containers": [{"name": "collector", "image": "registry.test/collector:1"}]},
    }))
    .unwrap();
    for (mode, expected) in [("enforce", 403), ("warn", 201)] {
        let namespace = plane.namespace(mode).await;
        let policy = format!("pod-security.kubernetes.io/{mode}=restricted");
        kubectl(plane, &["label", "namespace", &namespace, &policy])
            .await
            .must_succeed();
        let (code, said, warnings) = submit(&client, &namespace, &pod).await;
        assert_eq!(code, expected, "{said}");
        let told = said + &warnings.concat();
        assert!(told.contains("allowPrivilegeEscalation"), "{mode}: {told}");
    }
}

/// Those of the CronJobs, the first runs and the runs that were asked for.
async fn templates(ground: &Ground<'_>) -> Vec<PodTemplateSpec> {
    eventually(
        SOON,
        "every source has its CronJob and two runs",
        async || {
            let cron_jobs = ground.cron_jobs().await;
            let jobs = ground.jobs().await;
            if (cron_jobs.len(), jobs.len()) != (3, 6) {
                let output = ground.operator.output();
                return Err(format!("{} and {}\n{output}", cron_jobs.len(), jobs.len()));
            }
            let scheduled = cron_jobs
                .into_iter()
                .filter_map(|it| it.spec?.job_template.spec);
            let at_once = jobs.into_iter().filter_map(|it| it.spec);
            Ok(scheduled.chain(at_once).map(|it| it.template).collect())
        },
    )
    .await
}

fn pod(template: &PodTemplateSpec) -> Pod {
    let mut metadata = template.metadata.clone().unwrap();
    metadata.name = Some("collector".to_owned());
    Pod {
        metadata,
        spec: template.spec.clone(),
        status: None,
    }
}

/// The answer to a pod that is to be admitted, but not kept: its code, its words, its warnings.
async fn submit(client: &Client, namespace: &str, pod: &Pod) -> (u16, String, Vec<String>) {
    let path = format!("/api/v1/namespaces/{namespace}/pods?dryRun=All&fieldValidation=Strict");
    let request = Request::post(path)
        .header("Content-Type", "application/json")
        .body(Body::from(serde_json::to_vec(pod).unwrap()))
        .unwrap();
    let answer = client.send(request).await.unwrap();
    let code = answer.status().as_u16();
    let warnings = answer.headers().get_all("Warning").iter();
    let warnings = warnings.map(|it| it.to_str().unwrap().to_owned()).collect();
    let body = answer.into_body().collect_bytes().await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    (code, body["message"].to_string(), warnings)
}
