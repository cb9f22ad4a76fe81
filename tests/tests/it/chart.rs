//! The Helm chart: what it renders, what it refuses, and what an API server says of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::rbac::v1::PolicyRule;
use kube::api::{Api, ListParams, Patch, PatchParams};
use modstats_tests::kubernetes::{Cluster, Output, control_plane, helm, kubectl};
use modstats_tests::{Process, eventually, run};
use serde::Deserialize;
use serde_json::{Value, json};

const SHORT: std::time::Duration = std::time::Duration::from_secs(60);
/// A database that is there already, and no definition of the cluster's.
const REFERENCE: &str = "crds.enabled=false,database.create=false,database.clusterRef.name=db";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn chart() -> String {
    root().join("charts/modstats").display().to_string()
}

async fn template(chart: &str, more: &[&str]) -> Output {
    let base = ["template", "modstats", chart, "--namespace", "modstats"];
    helm(control_plane().await, &[&base, more].concat()).await
}

fn objects(yaml: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(yaml)
        .map(|document| Value::deserialize(document).unwrap())
        .filter(|object| !object.is_null())
        .collect()
}

async fn rendered(set: &str) -> Vec<Value> {
    let set = if set.is_empty() {
        vec![]
    } else {
        vec!["--set", set]
    };
    objects(&template(&chart(), &set).await.must_succeed())
}

fn names(objects: &[Value]) -> BTreeSet<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    objects
        .iter()
        .map(|object| {
            format!(
                "{} {}",
                word(&object["kind"]),
                word(&object["metadata"]["name"])
            )
        })
        .collect()
}

fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    objects
        .iter()
        .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("{kind} {name} not in {:?}", names(objects)))
}

#[tokio::test]
async fn the_defaults_are_operator_database_and_dashboard_in_one_namespace() {
    let objects = rendered("").await;
    let expected = [
        "Cluster modstats-db",
        "ClusterRole modstats-modstats-trackedmods-edit",
        "ClusterRole modstats-modstats-trackedmods-view",
        "ConfigMap modstats-operator",
        "CustomResourceDefinition trackedmods.modstats.dev",
        "Deployment modstats-dashboard",
        "Deployment modstats-operator",
        "Role modstats-operator",
        "RoleBinding modstats-operator",
        "Service modstats-dashboard",
        "ServiceAccount modstats-operator",
    ];
    assert_eq!(names(&objects), expected.map(str::to_owned).into());
    for object in &objects {
        let kind = object["kind"].as_str().unwrap();
        if !["CustomResourceDefinition", "ClusterRole"].contains(&kind) {
            assert_eq!(object["metadata"]["namespace"], "modstats");
        }
        let hook = &object["metadata"]["annotations"]["helm.sh/hook"];
        assert!(hook.is_null(), "{object}");
    }
    let keep = "helm.sh/resource-policy";
    for (kind, name) in [
        ("Cluster", "modstats-db"),
        ("CustomResourceDefinition", "trackedmods.modstats.dev"),
    ] {
        let annotations = &find(&objects, kind, name)["metadata"]["annotations"];
        assert_eq!(annotations[keep], "keep", "{kind}");
    }
    let cluster = &find(&objects, "Cluster", "modstats-db")["spec"];
    assert_eq!(cluster["enablePDB"], false, "one instance can be drained");
    assert_eq!(
        rendered("").await,
        objects,
        "the same values, the same text"
    );
}

/// A Deployment's selector can't be changed, so no release may change these.
#[tokio::test]
async fn selectors_stay_as_they_are() {
    let objects = rendered("").await;
    for component in ["operator", "dashboard"] {
        let frozen = json!({
            "app.kubernetes.io/name": "modstats",
            "app.kubernetes.io/instance": "modstats",
            "app.kubernetes.io/component": component,
        });
        let deployment = find(&objects, "Deployment", &format!("modstats-{component}"));
        assert_eq!(deployment["spec"]["selector"]["matchLabels"], frozen);
        let labels = &deployment["spec"]["template"]["metadata"]["labels"];
        assert_eq!(*labels, frozen, "a new version alone starts no new pod");
        if component == "dashboard" {
            let service = find(&objects, "Service", "modstats-dashboard");
            assert_eq!(service["spec"]["selector"], frozen);
        }
    }
}

#[tokio::test]
async fn the_definition_is_the_generated_one() {
    let path = root().join("crds/generated/trackedmods.modstats.dev.yaml");
    let generated = objects(&std::fs::read_to_string(path).unwrap());
    let mut definition = find(
        &rendered("").await,
        "CustomResourceDefinition",
        "trackedmods.modstats.dev",
    )
    .clone();
    let metadata = definition["metadata"].as_object_mut().unwrap();
    assert!(metadata.remove("labels").is_some() && metadata.remove("annotations").is_some());
    assert_eq!([definition], *generated);
}

#[tokio::test]
async fn the_operator_may_do_what_it_needs_and_nothing_with_secrets() {
    for (set, role, binding) in [
        (
            "",
            "Role modstats-operator",
            "RoleBinding modstats-operator",
        ),
        (
            "operator.clusterWide=true",
            "ClusterRole modstats-modstats-operator",
            "ClusterRoleBinding modstats-modstats-operator",
        ),
    ] {
        let objects = rendered(set).await;
        let (kind, name) = role.split_once(' ').unwrap();
        let rules = find(&objects, kind, name)["rules"].clone();
        let rules: Vec<PolicyRule> = serde_json::from_value(rules).unwrap();
        for rule in &rules {
            let resources = rule.resources.as_deref().unwrap();
            for word in resources.iter().chain(&rule.verbs) {
                let refused = ["*", "secrets", "configmaps", "nodes", "update"];
                assert!(!refused.contains(&word.as_str()), "{rule:?}");
            }
            let own = resources.contains(&"trackedmods".to_owned());
            let reads = ["get", "list", "watch"].map(str::to_owned);
            assert!(!own || rule.verbs == reads, "{rule:?}");
        }
        let bound: BTreeSet<_> = names(&objects)
            .into_iter()
            .filter(|name| name.contains("Role") && !name.contains("trackedmods"))
            .collect();
        assert_eq!(bound, [role, binding].map(str::to_owned).into());
    }
}

#[tokio::test]
async fn kubernetes_own_roles_know_tracked_mods() {
    let objects = rendered("").await;
    for (role, verb, to) in [
        ("view", "watch", vec!["admin", "edit", "view"]),
        ("edit", "delete", vec!["admin", "edit"]),
    ] {
        let name = format!("modstats-modstats-trackedmods-{role}");
        let role = find(&objects, "ClusterRole", &name);
        let labels = role["metadata"]["labels"].as_object().unwrap();
        let added: Vec<_> = labels
            .keys()
            .filter_map(|key| key.strip_prefix("rbac.authorization.k8s.io/aggregate-to-"))
            .collect();
        assert_eq!(added, to);
        let rules: Vec<PolicyRule> = serde_json::from_value(role["rules"].clone()).unwrap();
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0].resources, Some(vec!["trackedmods".to_owned()]));
        assert!(rules[0].verbs.contains(&verb.to_owned()), "{rules:?}");
    }
    for set in ["rbac.aggregate=false", "crds.enabled=false"] {
        let names = names(&rendered(set).await);
        assert!(
            !names.iter().any(|name| name.contains("ClusterRole")),
            "{names:?}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name() {
    for (set, parts) in [
        ("oeprator.enabled=false", ["oeprator", "not allowed"]),
        ("operator.replicas=2", ["/operator", "replicas"]),
        ("collector.image.tga=1", ["/collector/image", "tga"]),
        ("collector.sampleDays=0", ["/collector/sampleDays", "1"]),
        (
            "collector.proxy.url=http://me:word@proxy",
            ["/collector/proxy/url", "pattern"],
        ),
        (
            "collector.rateLimits.modrinth.perMinute=0",
            ["/collector/rateLimits/modrinth/perMinute", "1"],
        ),
        ("dashboard.environment.PATH=x", ["environment", "PATH"]),
        ("logFormat=xml", ["/logFormat", "json"]),
        ("database.instances=0", ["/database/instances", "1"]),
        (
            "database.clusterRef.name=db",
            ["create: true and clusterRef", "database.create=false"],
        ),
        (
            "database.create=false",
            ["no database", "dashboard.enabled=false"],
        ),
        (
            "dashboard.ingress.enabled=true",
            ["dashboard.ingress.host", "name"],
        ),
        (
            "dashboard.basePath=stats/",
            ["/dashboard/basePath", "pattern"],
        ),
        (
            "dashboard.trustedProxies={ingress}",
            ["/dashboard/trustedProxies", "pattern"],
        ),
        ("dashboard.rateLimit.burst=0", ["/dashboard/rateLimit", "1"]),
    ] {
        let output = template(&chart(), &["--set", set]).await;
        assert!(!output.status.success(), "{set}");
        for part in parts {
            assert!(output.stderr.contains(part), "{set}: {}", output.stderr);
        }
    }
}

#[tokio::test]
async fn it_can_be_part_of_another_chart() {
    let folder = run::run().new_folder("chart");
    let parts = folder.join("charts");
    std::fs::create_dir(&parts).unwrap();
    std::os::unix::fs::symlink(chart(), parts.join("modstats")).unwrap();
    let definition = "apiVersion: v2\nname: parent\nversion: 1.0.0\n\
        dependencies: [{name: modstats, version: '*', condition: modstats.enabled}]\n";
    std::fs::write(folder.join("Chart.yaml"), definition).unwrap();
    let values = "global: {registry: here}\nmodstats: {enabled: true, logFormat: text}\n";
    std::fs::write(folder.join("values.yaml"), values).unwrap();
    let folder = folder.to_str().unwrap();

    let objects = objects(&template(folder, &[]).await.must_succeed());
    find(&objects, "Deployment", "modstats-operator");
    let off = template(folder, &["--set", "modstats.enabled=false"]).await;
    assert_eq!(off.must_succeed().trim(), "");
}

/// With all that a values file may say of the collector; what it has read, it says by the next
/// thing that it lacks.
#[tokio::test]
async fn the_operator_reads_its_configuration() {
    let folder = run::run().new_folder("operator");
    let values = folder.join("values.yaml");
    let text = "
database: {create: false, secretRef: {name: mine}}
collector:
  image: {registry: mirror/, tag: '2', pullPolicy: Always}
  imagePullSecrets: [{name: mirror}]
  resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1.5}}
  deadlineSeconds: 86400
  sampleDays: 3650
  modrinthUrl: http://simulator:1/
  curseforgeUrl: http://simulator:2/
  curseforgeWebsiteUrl: http://simulator:3/
  rateLimits: {modrinth: {perMinute: 60, burst: 5}}
  proxy: {urlSecretRef: {name: way-out, key: url}, noProxy: .svc}
  trustedCa: {configMap: own}
  environment: {OTEL_SDK_DISABLED: true, MODSTATS_LOG: debug}
  podLabels: {team: mods}
  podAnnotations: {sidecar.istio.io/inject: 'false'}
  priorityClassName: low
  nodeSelector: {disk: fast}
  tolerations: [{key: a, operator: Exists, tolerationSeconds: 3}]
  affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
    {topologyKey: host, labelSelector: {matchLabels: {a: b}}}]}}
";
    std::fs::write(&values, text).unwrap();
    let values = ["--values", values.to_str().unwrap()];
    for (namespace, wide) in [("modstats", "false"), ("clusterWide", "true")] {
        let wide = format!("operator.clusterWide={wide}");
        let more = [&values[..], &["--set", &wide]].concat();
        let objects = objects(&template(&chart(), &more).await.must_succeed());
        let data = &find(&objects, "ConfigMap", "modstats-operator")["data"];
        let text = data["operator.yaml"].as_str().unwrap();
        assert!(text.contains(namespace), "{text}");
        assert!(text.contains("image: mirror/collector:2"), "{text}");
        assert!(text.contains("http://simulator:3/"), "{text}");
        let text = text.replace("0.0.0.0:8080", "127.0.0.1:0");
        let path = folder.join("operator.yaml");
        std::fs::write(&path, text).unwrap();
        let arguments = ["--config", path.to_str().unwrap()];
        let no_cluster = [("KUBECONFIG", "/nonexistent")];
        let mut operator = Process::start("modstats-operator", &arguments, &no_cluster);
        let status = operator.wait(SHORT).await;
        let said = operator.output();
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains("how to reach Kubernetes"), "{said}");
    }
}

#[tokio::test]
async fn the_dashboard_gets_its_database_by_names_alone() {
    let variables = |objects: &[Value]| {
        let deployment = find(objects, "Deployment", "modstats-dashboard");
        let pod = deployment["spec"]["template"]["spec"].clone();
        let list = pod["containers"][0]["env"].as_array().unwrap().clone();
        (pod, list)
    };
    let of = |list: &[Value], name: &str| {
        let found = list.iter().find(|variable| variable["name"] == name);
        found.cloned().unwrap_or_default()
    };
    let (pod, cluster) = variables(&rendered(REFERENCE).await);
    assert_eq!(of(&cluster, "MODSTATS_DATABASE_HOST")["value"], "db-rw");
    let password = &of(&cluster, "MODSTATS_DATABASE_PASSWORD")["valueFrom"]["secretKeyRef"];
    assert_eq!(*password, json!({"name": "db-app", "key": "password"}));
    let authority = json!([{"name": "database", "secret": {
        "secretName": "db-ca", "items": [{"key": "ca.crt", "path": "ca.crt"}],
    }}]);
    assert_eq!(pod["volumes"], authority, "and not the authority's key");

    let set = "database.create=false,database.secretRef.name=mine";
    let (pod, own) = variables(&rendered(set).await);
    assert!(pod["volumes"].is_null());
    for (name, key, optional) in [
        ("HOST", "host", Value::Null),
        ("DBNAME", "dbname", Value::Null),
        ("USERNAME", "username", Value::Null),
        ("PASSWORD", "password", Value::Null),
        ("PORT", "port", json!(true)),
        ("CA_PEM", "ca.crt", json!(true)),
    ] {
        let reference =
            &of(&own, &format!("MODSTATS_DATABASE_{name}"))["valueFrom"]["secretKeyRef"];
        assert_eq!(
            (&reference["name"], &reference["key"]),
            (&json!("mine"), &json!(key))
        );
        assert_eq!(reference["optional"], optional, "{key}");
    }
}

/// The values reach the program by its variables; what it says of a wrong one, `dashboard.rs` tests.
#[tokio::test]
async fn the_dashboard_is_told_what_surrounds_it() {
    let container = |objects: &[Value]| {
        let deployment = find(objects, "Deployment", "modstats-dashboard");
        deployment["spec"]["template"]["spec"]["containers"][0].clone()
    };
    let variable = |container: &Value, name: &str| {
        let list = container["env"].as_array().unwrap();
        let found = list.iter().find(|variable| variable["name"] == name);
        found.map(|variable| variable["value"].as_str().unwrap().to_owned())
    };
    let names = [
        "MODSTATS_METRICS_LISTEN",
        "MODSTATS_BASE_PATH",
        "MODSTATS_TRUSTED_PROXIES",
        "MODSTATS_RATE_PER_MINUTE",
        "MODSTATS_RATE_BURST",
    ];
    let plain = container(&rendered(REFERENCE).await);
    assert_eq!(
        names.map(|name| variable(&plain, name)),
        names.map(|_| None)
    );
    assert_eq!(plain["livenessProbe"]["httpGet"]["path"], "/healthz");

    let set = format!(
        "{REFERENCE},dashboard.basePath=/stats,dashboard.metrics.ownPort=true,\
         dashboard.trustedProxies={{10.0.0.0/8,fd00::/8}},dashboard.rateLimit.perMinute=0,\
         dashboard.rateLimit.burst=1000000,dashboard.ingress.enabled=true,\
         dashboard.ingress.host=mods.example.org"
    );
    let objects = rendered(&set).await;
    let full = container(&objects);
    let expected = [
        "0.0.0.0:9090",
        "/stats",
        "10.0.0.0/8,fd00::/8",
        "0",
        "1000000",
    ];
    let expected = expected.map(|value| Some(value.to_owned()));
    assert_eq!(names.map(|name| variable(&full, name)), expected);
    assert_eq!(full["livenessProbe"]["httpGet"]["path"], "/stats/healthz");
    assert_eq!(full["readinessProbe"]["httpGet"]["path"], "/stats/readyz");
    let ports: Vec<_> = full["ports"].as_array().unwrap().iter().collect();
    assert_eq!(*ports[1], json!({"name": "metrics", "containerPort": 9090}));
    let service = find(&objects, "Service", "modstats-dashboard");
    assert_eq!(service["spec"]["ports"].as_array().unwrap().len(), 1);
    let ingress = find(&objects, "Ingress", "modstats-dashboard");
    assert_eq!(
        ingress["spec"]["rules"][0]["http"]["paths"][0]["path"],
        "/stats"
    );
}

#[tokio::test]
async fn a_cluster_without_cloudnativepg_is_told_so() {
    let cluster = control_plane().await;
    let namespace = cluster.namespace("chart").await;
    let arguments = ["install", "modstats", &chart(), "--namespace", &namespace];
    let output = helm(cluster, &arguments).await;
    assert!(!output.status.success());
    for part in ["no CloudNativePG", "Install it first", "database.secretRef"] {
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
}

#[tokio::test]
async fn pods_are_made_under_the_restricted_standard_and_an_upgrade_changes_nothing() {
    let cluster = control_plane().await;
    let client = cluster.client().await;
    let namespace = cluster.namespace("chart").await;
    let enforce =
        json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}});
    Api::<Namespace>::all(client.clone())
        .patch(&namespace, &PatchParams::default(), &Patch::Merge(enforce))
        .await
        .unwrap();
    let chart = chart();
    let release = ["modstats", &chart, "--namespace", &namespace];
    let values = [
        "--set",
        REFERENCE,
        "--set",
        "dashboard.ingress.enabled=true",
    ];
    let host = ["--set", "dashboard.ingress.host=mods.example.org"];
    let with = |verb| [&[verb][..], &release, &values, &host].concat();
    let said = helm(cluster, &with("install")).await.must_succeed();
    assert!(said.contains("kubectl apply"), "{said}");
    assert!(said.contains("http://mods.example.org/"), "{said}");

    let pods: Api<Pod> = Api::namespaced(client, &namespace);
    eventually(SHORT, "both pods are admitted", async || {
        let list = pods.list(&ListParams::default()).await.unwrap();
        let names: Vec<_> = list.items.iter().map(|pod| &pod.metadata.name).collect();
        if names.len() == 2 {
            Ok(())
        } else {
            Err(format!("{names:?}"))
        }
    })
    .await;
    let before = versions(cluster, &namespace).await;
    helm(cluster, &with("upgrade")).await.must_succeed();
    assert_eq!(versions(cluster, &namespace).await, before);
}

/// The state of everything that a release made.
async fn versions(cluster: &Cluster, namespace: &str) -> String {
    let mut versions = String::new();
    for (kinds, version) in [
        ("deployments", "generation"),
        (
            "serviceaccounts,configmaps,services,ingresses,roles,rolebindings",
            "resourceVersion",
        ),
    ] {
        let columns = format!("custom-columns=K:.kind,N:.metadata.name,V:.metadata.{version}");
        let label = "app.kubernetes.io/part-of=modstats";
        let arguments = ["get", kinds, "-n", namespace, "-l", label, "-o", &columns];
        versions += &kubectl(cluster, &arguments).await.must_succeed();
    }
    assert!(versions.contains("modstats-operator"), "{versions}");
    versions
}
