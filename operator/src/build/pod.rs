//! The pod of one run.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapVolumeSource, Container, DownwardAPIVolumeFile, DownwardAPIVolumeSource,
    EnvVar, EnvVarSource, KeyToPath, LocalObjectReference, ObjectFieldSelector, PodSecurityContext,
    PodSpec, PodTemplateSpec, ResourceRequirements, SeccompProfile, SecretKeySelector,
    SecretVolumeSource, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use modstats_crds::{Document, Source};

use crate::config::{CollectorConfig, ConfigMapKey, Proxy, RateLimits};
use crate::names::{self, CONTAINER, DOCUMENT, JOB_NAME, SCHEDULED_AT};
use crate::validate::{Database, Validated};

/// Of nobody in particular.
const USER: i64 = 65_532;
const PROGRAM: &str = "/modstats-collector";
const DOCUMENT_FOLDER: &str = "/run/modstats/document";
const DOCUMENT_FILE: &str = "trackedmod.json";
const CA_FOLDER: &str = "/run/modstats/database";
const CA_FILE: &str = "ca.crt";
const TRUSTED_FOLDER: &str = "/run/modstats/trusted";

pub fn template(
    validated: &Validated,
    config: &CollectorConfig,
    source: Source,
) -> PodTemplateSpec {
    let document = &validated.document;
    let mut labels = config.labels.clone();
    labels.extend(names::labels(document, source));
    let mut annotations = config.annotations.clone();
    annotations.insert(DOCUMENT.to_owned(), json(document));
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        }),
        spec: Some(pod(validated, config, source)),
    }
}

/// An apply is read as YAML, which refuses some characters and folds lines at others: in an escape
/// of JSON's all of them arrive.
#[expect(clippy::expect_used, reason = "a document came from JSON")]
fn json(document: &Document) -> String {
    let json = serde_json::to_string(document).expect("a document is JSON");
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => text.push(c),
        }
    }
    text
}

fn pod(validated: &Validated, config: &CollectorConfig, source: Source) -> PodSpec {
    let pull_secrets = config
        .image_pull_secrets
        .iter()
        .map(|name| LocalObjectReference { name: name.clone() });
    let mut volumes = vec![document_volume()];
    let mut mounts = vec![mount("document", DOCUMENT_FOLDER)];
    if let Database::Cluster { ca_secret, .. } = &validated.database {
        volumes.push(ca_volume(ca_secret));
        mounts.push(mount("database-ca", CA_FOLDER));
    }
    if let Some(trusted) = &config.trusted_ca {
        volumes.push(trusted_volume(trusted));
        mounts.push(mount("trusted-ca", TRUSTED_FOLDER));
    }
    PodSpec {
        restart_policy: Some("Never".to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                localhost_profile: None,
            }),
            ..PodSecurityContext::default()
        }),
        image_pull_secrets: some(pull_secrets.collect()),
        priority_class_name: config.priority_class_name.clone(),
        node_selector: Some(config.node_selector.clone()).filter(|it| !it.is_empty()),
        tolerations: some(config.tolerations.clone()),
        affinity: config.affinity.clone(),
        volumes: Some(volumes),
        containers: vec![container(validated, config, source, mounts)],
        ..PodSpec::default()
    }
}

fn container(
    validated: &Validated,
    config: &CollectorConfig,
    source: Source,
    mounts: Vec<VolumeMount>,
) -> Container {
    // Nothing that a user writes stands here: the kubelet would expand `$(…)` in it.
    let command = [
        PROGRAM,
        "--source",
        source.as_str(),
        "--document",
        &format!("{DOCUMENT_FOLDER}/{DOCUMENT_FILE}"),
    ];
    Container {
        name: CONTAINER.to_owned(),
        image: Some(config.image.clone()),
        image_pull_policy: Some(config.image_pull_policy.clone()),
        command: Some(command.map(str::to_owned).to_vec()),
        env: Some(environment(validated, config, source)),
        resources: Some(ResourceRequirements {
            requests: quantities(&config.resources.requests),
            limits: quantities(&config.resources.limits),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: None,
            }),
            ..SecurityContext::default()
        }),
        termination_message_policy: Some("File".to_owned()),
        volume_mounts: Some(mounts),
        ..Container::default()
    }
}

fn environment(validated: &Validated, config: &CollectorConfig, source: Source) -> Vec<EnvVar> {
    let mut environment = match &validated.database {
        Database::Cluster {
            host,
            database,
            secret,
            ..
        } => vec![
            value("MODSTATS_DATABASE_HOST", host),
            value("MODSTATS_DATABASE_DBNAME", database),
            secret_key("MODSTATS_DATABASE_USERNAME", secret, "username", false),
            secret_key("MODSTATS_DATABASE_PASSWORD", secret, "password", false),
            value("MODSTATS_DATABASE_CA", &format!("{CA_FOLDER}/{CA_FILE}")),
        ],
        Database::Secret(secret) => vec![
            secret_key("MODSTATS_DATABASE_HOST", secret, "host", false),
            secret_key("MODSTATS_DATABASE_PORT", secret, "port", true),
            secret_key("MODSTATS_DATABASE_DBNAME", secret, "dbname", false),
            secret_key("MODSTATS_DATABASE_USERNAME", secret, "username", false),
            secret_key("MODSTATS_DATABASE_PASSWORD", secret, "password", false),
            secret_key("MODSTATS_DATABASE_CA_PEM", secret, CA_FILE, true),
        ],
    };
    let spec = &validated.document.spec;
    // A Secret that isn't there holds up nothing that doesn't need it.
    let needs_key = match source {
        Source::Modrinth => false,
        Source::Curseforge => true,
        Source::Modpacks => spec.asks_curseforge_for_modpacks(),
    };
    if needs_key && let Some(curseforge) = &spec.curseforge {
        let reference = &curseforge.api_key_secret_ref;
        let name = "MODSTATS_CURSEFORGE_API_KEY";
        environment.push(secret_key(name, &reference.name, &reference.key, false));
    }
    environment.extend([
        field(
            "MODSTATS_SCHEDULED_AT",
            &format!("metadata.annotations['{SCHEDULED_AT}']"),
        ),
        field(
            "MODSTATS_JOB_NAME",
            &format!("metadata.labels['{JOB_NAME}']"),
        ),
        value(
            "MODSTATS_DEADLINE_SECONDS",
            &config.deadline_seconds.to_string(),
        ),
    ]);
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let RateLimits {
        modrinth,
        curseforge,
    } = &config.rate_limits;
    let trusted = config.trusted_ca.as_ref();
    let optional = [
        ("MODSTATS_MODRINTH_URL", config.modrinth_url.clone()),
        ("MODSTATS_CURSEFORGE_URL", config.curseforge_url.clone()),
        (
            "MODSTATS_CURSEFORGE_WEBSITE_URL",
            config.curseforge_website_url.clone(),
        ),
        ("MODSTATS_MODRINTH_PER_MINUTE", number(modrinth.per_minute)),
        ("MODSTATS_MODRINTH_BURST", number(modrinth.burst)),
        (
            "MODSTATS_CURSEFORGE_PER_MINUTE",
            number(curseforge.per_minute),
        ),
        ("MODSTATS_CURSEFORGE_BURST", number(curseforge.burst)),
        (
            "MODSTATS_TRUSTED_CA",
            trusted.map(|_| format!("{TRUSTED_FOLDER}/{CA_FILE}")),
        ),
        ("MODSTATS_SAMPLE_DAYS", number(config.sample_days)),
        ("MODSTATS_LOG_FORMAT", config.log_format.clone()),
    ];
    let given = |(name, it): (&str, Option<String>)| it.map(|it| value(name, &it));
    environment.extend(optional.into_iter().filter_map(given));
    environment.extend(config.proxy.iter().flat_map(proxy));
    environment.extend(config.environment.iter().map(|(name, it)| value(name, it)));
    environment
}

/// As reqwest reads it.
fn proxy(proxy: &Proxy) -> Vec<EnvVar> {
    let of_proxy = |name: &str| match (&proxy.url, &proxy.url_secret_ref) {
        (Some(url), _) => Some(value(name, url)),
        (None, Some(secret)) => Some(secret_key(name, &secret.name, &secret.key, false)),
        (None, None) => None,
    };
    let no_proxy = proxy.no_proxy.as_ref();
    let variables = [
        of_proxy("HTTPS_PROXY"),
        of_proxy("HTTP_PROXY"),
        no_proxy.map(|hosts| value("NO_PROXY", hosts)),
    ];
    variables.into_iter().flatten().collect()
}

/// A value of the operator's configuration or of a Cluster's status; a dollar sign means itself.
fn value(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.replace('$', "$$")),
        value_from: None,
    }
}

fn secret_key(name: &str, secret: &str, key: &str, optional: bool) -> EnvVar {
    let selector = SecretKeySelector {
        name: secret.to_owned(),
        key: key.to_owned(),
        optional: optional.then_some(true),
    };
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(selector),
            ..EnvVarSource::default()
        }),
    }
}

fn field(name: &str, path: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            field_ref: Some(of_pod(path)),
            ..EnvVarSource::default()
        }),
    }
}

fn of_pod(path: &str) -> ObjectFieldSelector {
    ObjectFieldSelector {
        api_version: Some("v1".to_owned()),
        field_path: path.to_owned(),
    }
}

/// Each pod carries exactly the document that its Job was made from.
fn document_volume() -> Volume {
    Volume {
        name: "document".to_owned(),
        downward_api: Some(DownwardAPIVolumeSource {
            items: Some(vec![DownwardAPIVolumeFile {
                path: DOCUMENT_FILE.to_owned(),
                field_ref: Some(of_pod(&format!("metadata.annotations['{DOCUMENT}']"))),
                ..DownwardAPIVolumeFile::default()
            }]),
            ..DownwardAPIVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// The authority's certificate alone: the same Secret holds its key.
fn ca_volume(secret: &str) -> Volume {
    Volume {
        name: "database-ca".to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret.to_owned()),
            items: Some(vec![KeyToPath {
                key: CA_FILE.to_owned(),
                path: CA_FILE.to_owned(),
                mode: None,
            }]),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    }
}

fn trusted_volume(trusted: &ConfigMapKey) -> Volume {
    Volume {
        name: "trusted-ca".to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: trusted.config_map.clone(),
            items: Some(vec![KeyToPath {
                key: trusted.key.clone(),
                path: CA_FILE.to_owned(),
                mode: None,
            }]),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    }
}

fn mount(volume: &str, folder: &str) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: folder.to_owned(),
        read_only: Some(true),
        ..VolumeMount::default()
    }
}

fn quantities(given: &BTreeMap<String, String>) -> Option<BTreeMap<String, Quantity>> {
    let quantities = given
        .iter()
        .map(|(name, it)| (name.clone(), Quantity(it.clone())));
    Some(quantities.collect()).filter(|it: &BTreeMap<_, _>| !it.is_empty())
}

fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}
