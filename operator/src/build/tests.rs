use k8s_openapi::api::core::v1::EnvVar;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use modstats_crds::{CollectNow, ModpacksSpec, Outcome, SourceStatus};
use serde_json::json;

use super::*;
use crate::validate::{Database, Prospect, Readiness};

pub fn document() -> Document {
    Document::from_json(
        r#"{"namespace": "modstats", "name": "create-nuclear", "uid": "6a0e", "generation": 3,
            "creationTimestamp": "2026-01-05T09:17:00Z",
            "spec": {"modrinth": {"projects": ["createnuclear"]},
                     "curseforge": {"projects": [989797], "apiKeySecretRef": {"name": "curseforge"}},
                     "schedule": "17 */6 * * *", "timeZone": "Europe/Paris"}}"#,
    )
    .unwrap()
}

pub fn validated() -> Validated {
    Validated {
        document: document(),
        database: Database::Cluster {
            host: "modstats-db-rw".to_owned(),
            database: "app".to_owned(),
            secret: "modstats-db-app".to_owned(),
            ca_secret: "modstats-db-ca".to_owned(),
        },
        readiness: Readiness {
            prospect: Prospect::Ready,
            reason: "ClusterReady",
            message: String::new(),
        },
        collect_now: None,
    }
}

pub fn now() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

pub fn config() -> CollectorConfig {
    serde_json::from_value(json!({
        "image": "registry.example.invalid/modstats/collector:1",
        "resources": {"requests": {"cpu": "10m"}, "limits": {"memory": "128Mi"}},
        "environment": {"OTEL_SERVICE_NAME": "a$(MODSTATS_DATABASE_PASSWORD)b"},
    }))
    .unwrap()
}

/// Asked for nothing but its Modrinth projects.
pub fn modrinth_alone() -> Validated {
    let mut validated = validated();
    let spec = &mut validated.document.spec;
    spec.curseforge = None;
    spec.modpacks = modpacks(json!({"modrinth": "Disabled"}));
    validated
}

fn modpacks(given: serde_json::Value) -> Option<ModpacksSpec> {
    Some(serde_json::from_value(given).unwrap())
}

fn environment(validated: &Validated, config: &CollectorConfig, source: Source) -> Vec<EnvVar> {
    let desired = build(validated, config, None, now());
    let job = desired.cron_jobs[&source].spec.clone().unwrap();
    let pod = job.job_template.spec.unwrap().template.spec.unwrap();
    pod.containers[0].env.clone().unwrap()
}

fn known(source: Source, outcome: Option<Outcome>) -> SourceStatus {
    let mut status: SourceStatus = serde_json::from_value(json!({"source": source})).unwrap();
    status.projects_hash = Some(names::projects_hash(&document(), source));
    status.outcome = outcome;
    status
}

fn jobs(validated: &Validated, status: &TrackedModStatus) -> Vec<String> {
    let desired = build(validated, &config(), Some(status), now());
    let sources = desired
        .jobs
        .iter()
        .map(|job| job.metadata.labels.clone().unwrap());
    sources
        .map(|labels| labels[names::SOURCE].clone())
        .collect()
}

#[test]
fn a_cron_job_is_exactly_this() {
    let desired = build(&validated(), &config(), None, now());
    assert_eq!(desired.cron_jobs.len(), 3);
    // Modpacks have a schedule of their own, by default in UTC, and on Modrinth need no key.
    for (source, schedule, zone, has_key) in [
        (Source::Curseforge, "17 */6 * * *", "Europe/Paris", true),
        (Source::Modpacks, "33 21 * * *", "Etc/UTC", false),
    ] {
        let cron_job = json!(desired.cron_jobs[&source]);
        is_exactly(cron_job, source, schedule, zone, has_key);
    }
}

fn is_exactly(
    mut cron_job: serde_json::Value,
    source: Source,
    schedule: &str,
    zone: &str,
    has_key: bool,
) {
    let template = "/spec/jobTemplate/spec/template/metadata/annotations";
    let annotations = cron_job.pointer_mut(template).unwrap().take();
    let carried = annotations[names::DOCUMENT].as_str().unwrap();
    assert_eq!(Document::from_json(carried).unwrap(), document());
    assert_eq!(annotations.as_object().unwrap().len(), 1, "{annotations}");

    let labels = json!({
        "app.kubernetes.io/managed-by": "modstats-operator",
        "app.kubernetes.io/name": "modstats-collector",
        "modstats.dev/tracked-mod": "create-nuclear",
        "modstats.dev/source": source,
    });
    let secret = |name: &str, secret: &str, key: &str| json!({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}});
    let field = |name: &str, path: &str| json!({"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}});
    let mut environment = vec![
        json!({"name": "MODSTATS_DATABASE_HOST", "value": "modstats-db-rw"}),
        json!({"name": "MODSTATS_DATABASE_DBNAME", "value": "app"}),
        secret("MODSTATS_DATABASE_USERNAME", "modstats-db-app", "username"),
        secret("MODSTATS_DATABASE_PASSWORD", "modstats-db-app", "password"),
        json!({"name": "MODSTATS_DATABASE_CA", "value": "/run/modstats/database/ca.crt"}),
        secret("MODSTATS_CURSEFORGE_API_KEY", "curseforge", "api-key"),
        field(
            "MODSTATS_SCHEDULED_AT",
            "metadata.annotations['modstats.dev/scheduled-at']",
        ),
        field(
            "MODSTATS_JOB_NAME",
            "metadata.labels['batch.kubernetes.io/job-name']",
        ),
        json!({"name": "MODSTATS_DEADLINE_SECONDS", "value": "1200"}),
        json!({"name": "OTEL_SERVICE_NAME", "value": "a$$(MODSTATS_DATABASE_PASSWORD)b"}),
    ];
    environment.retain(|it| has_key || it["name"] != "MODSTATS_CURSEFORGE_API_KEY");
    let pod = json!({
        "restartPolicy": "Never",
        "automountServiceAccountToken": false, "enableServiceLinks": false,
        "securityContext": {
            "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            {"name": "document", "downwardAPI": {"items": [{
                "path": "trackedmod.json",
                "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.annotations['modstats.dev/document']"},
            }]}},
            {"name": "database-ca", "secret": {
                "secretName": "modstats-db-ca", "items": [{"key": "ca.crt", "path": "ca.crt"}],
            }},
        ],
        "containers": [{
            "name": "collector", "image": "registry.example.invalid/modstats/collector:1",
            "imagePullPolicy": "IfNotPresent", "terminationMessagePolicy": "File",
            "command": ["/modstats-collector", "--source", source,
                        "--document", "/run/modstats/document/trackedmod.json"],
            "resources": {"requests": {"cpu": "10m"}, "limits": {"memory": "128Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": [
                {"name": "document", "mountPath": "/run/modstats/document", "readOnly": true},
                {"name": "database-ca", "mountPath": "/run/modstats/database", "readOnly": true},
            ],
            "env": environment,
        }],
    });
    let expected = json!({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {
            "name": names::cron_job(&document(), source), "namespace": "modstats", "labels": labels,
            "ownerReferences": [{
                "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod", "name": "create-nuclear",
                "uid": "6a0e", "controller": true,
            }],
        },
        "spec": {
            "schedule": schedule, "timeZone": zone, "suspend": false,
            "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 1800,
            "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 1,
            "jobTemplate": {"metadata": {"labels": labels}, "spec": {
                "backoffLimit": 1, "activeDeadlineSeconds": 3000,
                "podFailurePolicy": {"rules": [
                    {"action": "FailJob", "onExitCodes": {"containerName": "collector", "operator": "In", "values": [78]}},
                    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
                ]},
                "template": {"metadata": {"labels": labels, "annotations": null}, "spec": pod},
            }},
        },
    });
    assert_eq!(cron_job, expected, "{cron_job:#}");
}

#[test]
fn the_key_is_named_only_where_curseforges_api_is_asked() {
    let named = |source, given: Option<ModpacksSpec>| {
        let mut validated = validated();
        validated.document.spec.modpacks = given;
        let environment = environment(&validated, &config(), source);
        let key = environment
            .into_iter()
            .find(|it| it.name == "MODSTATS_CURSEFORGE_API_KEY");
        key.map(|it| it.value_from.unwrap().secret_key_ref.unwrap().name)
    };
    assert_eq!(named(Source::Modrinth, None), None);
    assert!(named(Source::Curseforge, None).is_some());
    for (given, key) in [
        (None, None),
        (modpacks(json!({"schedule": "43 3 * * *"})), None),
        (
            modpacks(json!({"curseforge": "Website"})),
            Some("curseforge"),
        ),
        (
            modpacks(json!({"curseforgeIds": [356103]})),
            Some("curseforge"),
        ),
    ] {
        assert_eq!(
            named(Source::Modpacks, given.clone()).as_deref(),
            key,
            "{given:?}"
        );
    }
}

#[test]
fn other_addresses_and_days_are_told_only_if_they_are_configured() {
    let told = |config: &CollectorConfig| {
        let environment = environment(&validated(), config, Source::Modpacks).into_iter();
        let of_interest = |it: &EnvVar| it.name.ends_with("_URL") || it.name.ends_with("_DAYS");
        let told = environment.filter(of_interest);
        told.map(|it| (it.name, it.value.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&config()), []);
    let config = CollectorConfig {
        modrinth_url: Some("http://a:1/".to_owned()),
        curseforge_url: Some("http://a:2/".to_owned()),
        curseforge_website_url: Some("http://a:3/".to_owned()),
        sample_days: Some(90),
        ..config()
    };
    let expected = [
        ("MODSTATS_MODRINTH_URL", "http://a:1/"),
        ("MODSTATS_CURSEFORGE_URL", "http://a:2/"),
        ("MODSTATS_CURSEFORGE_WEBSITE_URL", "http://a:3/"),
        ("MODSTATS_SAMPLE_DAYS", "90"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(told(&config), expected);
}

#[test]
fn nothing_that_a_user_writes_stands_where_the_kubelet_expands() {
    let mut validated = validated();
    let mark = "$(MODSTATS_DATABASE_PASSWORD)";
    validated.document.spec.display_name = Some(mark.to_owned());
    validated.document.spec.modrinth.as_mut().unwrap().projects = vec![mark.to_owned()];
    let desired = build(&validated, &config(), None, now());
    for cron_job in desired.cron_jobs.into_values() {
        let pod = &json!(cron_job)["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        let containers = pod["containers"].to_string().replace("a$$(MODSTATS", "");
        assert!(!containers.contains("$("), "{containers}");
    }
}

#[test]
fn a_first_run_needs_its_hash_in_the_status_and_ends_with_an_outcome() {
    let status = |sources| TrackedModStatus {
        sources,
        ..TrackedModStatus::default()
    };
    assert!(jobs(&validated(), &status(vec![])).is_empty());
    let waiting = status(vec![
        known(Source::Modrinth, None),
        known(Source::Curseforge, None),
        known(Source::Modpacks, None),
    ]);
    assert_eq!(
        jobs(&validated(), &waiting),
        ["modrinth", "curseforge", "modpacks"]
    );
    let first = json!(build(&validated(), &config(), Some(&waiting), now()).jobs[0]);
    let annotations = &first["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(annotations[SCHEDULED_AT], "2026-03-01T00:00:00Z");
    let failed = status(vec![
        known(Source::Modrinth, Some(Outcome::Failed)),
        known(Source::Curseforge, None),
        known(Source::Modpacks, Some(Outcome::Complete)),
    ]);
    assert_eq!(jobs(&validated(), &failed), ["curseforge"]);

    let mut not_ready = validated();
    not_ready.readiness.prospect = Prospect::Awaited;
    assert!(jobs(&not_ready, &waiting).is_empty());
    let mut suspended = validated();
    suspended.document.spec.suspend = true;
    assert!(jobs(&suspended, &waiting).is_empty());
    let mut other_projects = validated();
    other_projects
        .document
        .spec
        .modrinth
        .as_mut()
        .unwrap()
        .projects
        .push("more".to_owned());
    assert_eq!(
        jobs(&other_projects, &waiting),
        ["curseforge"],
        "the other two are not yet in the status"
    );
}

#[test]
fn collect_now_runs_once_for_what_the_status_holds() {
    let asked_at = Time("2026-02-01T10:00:00Z".parse().unwrap());
    let mut status = TrackedModStatus {
        sources: vec![known(Source::Modrinth, Some(Outcome::Complete))],
        collect_now: Some(CollectNow {
            hash: "5f".to_owned(),
            time: asked_at.clone(),
        }),
        ..TrackedModStatus::default()
    };
    let mut validated = modrinth_alone();
    assert!(jobs(&validated, &status).is_empty(), "nobody asks");
    validated.collect_now = Some("6a".to_owned());
    assert!(
        jobs(&validated, &status).is_empty(),
        "not yet in the status"
    );
    validated.collect_now = Some("5f".to_owned());
    assert_eq!(jobs(&validated, &status), ["modrinth"]);
    let job = &build(&validated, &config(), Some(&status), now()).jobs[0];
    let annotations = json!(job)["spec"]["template"]["metadata"]["annotations"].clone();
    assert_eq!(annotations[SCHEDULED_AT], "2026-02-01T10:00:00Z");
    status.sources[0].last_schedule_time = Some(asked_at);
    assert!(jobs(&validated, &status).is_empty(), "it has run");
}

#[test]
fn what_is_configured_for_pods_is_in_every_pod() {
    let given: CollectorConfig = serde_json::from_value(json!({
        "image": "registry.example.invalid/collector@sha256:0a", "imagePullSecrets": ["pull"],
        "labels": {"team": "mods"}, "annotations": {"sidecar.istio.io/inject": "false"},
        "priorityClassName": "low", "trustedCa": {"configMap": "own", "key": "bundle.pem"},
        "proxy": {"urlSecretRef": {"name": "way-out", "key": "url"}, "noProxy": ".svc"},
        "rateLimits": {"modrinth": {"perMinute": 60}, "curseforge": {"burst": 1}},
        "nodeSelector": {"disk": "ssd"}, "tolerations": [{"operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
    }))
    .unwrap();
    let status = TrackedModStatus {
        sources: vec![known(Source::Modrinth, None)],
        ..TrackedModStatus::default()
    };
    let desired = build(&modrinth_alone(), &given, Some(&status), now());
    let cron_job = desired.cron_jobs[&Source::Modrinth].spec.clone().unwrap();
    let job = desired.jobs[0].spec.clone().unwrap();
    for template in [cron_job.job_template.spec.unwrap().template, job.template] {
        let metadata = template.metadata.unwrap();
        assert_eq!(metadata.labels.unwrap()["team"], "mods");
        let annotations = metadata.annotations.unwrap();
        assert_eq!(annotations["sidecar.istio.io/inject"], "false");
        assert!(annotations.contains_key(names::DOCUMENT));
        let pod = template.spec.unwrap();
        let container = &pod.containers[0];
        assert_eq!(container.image, Some(given.image.clone()));
        assert_eq!(pod.priority_class_name.as_deref(), Some("low"));
        assert_eq!(pod.node_selector, Some(given.node_selector.clone()));
        assert_eq!(pod.tolerations, Some(given.tolerations.clone()));
        assert_eq!(pod.affinity, given.affinity);
        assert_eq!(json!(pod.image_pull_secrets), json!([{"name": "pull"}]));
        let environment = json!(container.env);
        let of = |name: &str| {
            let mut variables = environment.as_array().unwrap().iter();
            variables.find(|it| it["name"] == name).unwrap().clone()
        };
        assert_eq!(of("MODSTATS_MODRINTH_PER_MINUTE")["value"], "60");
        assert_eq!(of("MODSTATS_CURSEFORGE_BURST")["value"], "1");
        assert_eq!(of("NO_PROXY")["value"], ".svc");
        let key = json!({"name": "way-out", "key": "url"});
        assert_eq!(of("HTTPS_PROXY")["valueFrom"]["secretKeyRef"], key);
        let path = of("MODSTATS_TRUSTED_CA")["value"]
            .as_str()
            .unwrap()
            .to_owned();
        let mounts = json!(container.volume_mounts);
        let mount = mounts.as_array().unwrap().last().unwrap();
        assert_eq!(
            path,
            format!("{}/ca.crt", mount["mountPath"].as_str().unwrap())
        );
        let volumes = json!(pod.volumes);
        let volume = volumes.as_array().unwrap().last().unwrap();
        assert_eq!(volume["name"], mount["name"]);
        let items = json!([{"key": "bundle.pem", "path": "ca.crt"}]);
        assert_eq!(volume["configMap"], json!({"name": "own", "items": items}));
    }
}

#[test]
fn a_value_that_comes_again_after_another_one_is_another_request() {
    let mut validated = modrinth_alone();
    validated.collect_now = Some("5f".to_owned());
    let name = |at: &str| {
        let status = json!({"collectNow": {"hash": "5f", "time": at}});
        let status: TrackedModStatus = serde_json::from_value(status).unwrap();
        let desired = build(&validated, &config(), Some(&status), now());
        desired.jobs[0].metadata.name.clone().unwrap()
    };
    let first = name("2026-01-29T10:00:00Z");
    assert_eq!(name("2026-01-29T10:00:00Z"), first);
    assert_ne!(name("2026-01-29T11:00:00Z"), first);
}
