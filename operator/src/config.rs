//! The operator's configuration: one typed YAML file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Affinity, Toleration};
use kube::core::NamespaceResourceScope;
use kube::{Api, Client, Resource};
use modstats_crds::DatabaseSpec;
use serde::Deserialize;

use crate::names;

/// A run that takes longer than a day would meet its successor.
const DEADLINE: RangeInclusive<i64> = 10..=86_400;
/// As the collector takes them.
const SAMPLE_DAYS: RangeInclusive<i64> = 1..=3650;
const REQUESTS: RangeInclusive<i64> = 1..=10_000;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    pub watch: Watch,
    /// Where health and metrics are served.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// For TrackedMods that name no database.
    #[serde(default)]
    pub database: Option<DatabaseSpec>,
    pub collector: CollectorConfig,
}

/// Whose TrackedMods are looked after.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WatchForm")]
pub enum Watch {
    Namespace(String),
    Cluster,
}

impl Watch {
    pub fn api<K>(&self, client: &Client) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        match self {
            Watch::Namespace(namespace) => Api::namespaced(client.clone(), namespace),
            Watch::Cluster => Api::all(client.clone()),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WatchForm {
    namespace: Option<String>,
    #[serde(default)]
    cluster_wide: bool,
}

/// The pods that collect.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CollectorConfig {
    pub image: String,
    #[serde(default = "default_pull_policy")]
    pub image_pull_policy: String,
    #[serde(default)]
    pub image_pull_secrets: Vec<String>,
    #[serde(default)]
    pub resources: Resources,
    /// Besides those that the operator needs itself.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub priority_class_name: Option<String>,
    /// Another address than the platform's own, for a mirror or a simulator.
    #[serde(default)]
    pub modrinth_url: Option<String>,
    #[serde(default)]
    pub curseforge_url: Option<String>,
    #[serde(default)]
    pub curseforge_website_url: Option<String>,
    #[serde(default)]
    pub rate_limits: RateLimits,
    /// On the way to the platforms.
    #[serde(default)]
    pub proxy: Option<Proxy>,
    /// Authorities to trust besides those of the image.
    #[serde(default)]
    pub trusted_ca: Option<ConfigMapKey>,
    /// How long the figures of single runs are kept; the collector's own default where left out.
    #[serde(default)]
    pub sample_days: Option<i64>,
    #[serde(default)]
    pub log_format: Option<String>,
    /// `OTEL_*` and `MODSTATS_LOG` alone.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Of one run; its Job gets more, so that the run ends by itself and can say why.
    #[serde(default = "default_deadline")]
    pub deadline_seconds: i64,
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    #[serde(default)]
    pub tolerations: Vec<Toleration>,
    #[serde(default)]
    pub affinity: Option<Affinity>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    #[serde(default)]
    pub requests: BTreeMap<String, String>,
    #[serde(default)]
    pub limits: BTreeMap<String, String>,
}

/// The collector's own defaults where left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimits {
    #[serde(default)]
    pub modrinth: RateLimit,
    #[serde(default)]
    pub curseforge: RateLimit,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    pub per_minute: Option<i64>,
    /// At once, after a pause.
    pub burst: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proxy {
    /// Without credentials: they would stand in every pod for all to read.
    pub url: Option<String>,
    /// In every namespace that has TrackedMods; its value may hold credentials.
    pub url_secret_ref: Option<SecretKey>,
    /// Hosts that are asked directly, separated by commas.
    pub no_proxy: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretKey {
    pub name: String,
    pub key: String,
}

/// In every namespace that has TrackedMods.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigMapKey {
    pub config_map: String,
    #[serde(default = "default_ca_key")]
    pub key: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the configuration {} is not valid: {source}", path.display())]
    Yaml {
        path: PathBuf,
        source: serde_yaml::Error,
    },
    #[error("the configuration {} is not valid: {field}: {problem}", path.display())]
    Value {
        path: PathBuf,
        field: String,
        problem: String,
    },
}

impl Config {
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let config: Config = serde_yaml::from_str(&text).map_err(|source| ConfigError::Yaml {
            path: path.to_owned(),
            source,
        })?;
        match config.flaw() {
            None => Ok(config),
            Some((field, problem)) => Err(ConfigError::Value {
                path: path.to_owned(),
                field,
                problem,
            }),
        }
    }

    /// What its types can't refuse.
    fn flaw(&self) -> Option<(String, String)> {
        if let Some(database) = &self.database
            && database.cluster_ref.is_some() == database.secret_ref.is_some()
        {
            let problem = "give exactly one of clusterRef and secretRef";
            return Some(("database".to_owned(), problem.to_owned()));
        }
        let collector = &self.collector;
        let RateLimits {
            modrinth,
            curseforge,
        } = &collector.rate_limits;
        let numbers = [
            (
                "deadlineSeconds",
                Some(collector.deadline_seconds),
                DEADLINE,
            ),
            ("sampleDays", collector.sample_days, SAMPLE_DAYS),
            (
                "rateLimits.modrinth.perMinute",
                modrinth.per_minute,
                REQUESTS,
            ),
            ("rateLimits.modrinth.burst", modrinth.burst, REQUESTS),
            (
                "rateLimits.curseforge.perMinute",
                curseforge.per_minute,
                REQUESTS,
            ),
            ("rateLimits.curseforge.burst", curseforge.burst, REQUESTS),
        ];
        for (field, number, range) in numbers {
            if let Some(number) = number.filter(|number| !range.contains(number)) {
                let (least, most) = range.into_inner();
                let problem = format!("{number} is not between {least} and {most}");
                return Some((format!("collector.{field}"), problem));
            }
        }
        if let Some(problem) = collector.proxy.as_ref().and_then(Proxy::flaw) {
            return Some(("collector.proxy".to_owned(), problem.to_owned()));
        }
        let keys = [
            ("labels", &collector.labels),
            ("annotations", &collector.annotations),
        ];
        for (field, map) in keys {
            if let Some(key) = map.keys().find(|key| names::is_reserved(key)) {
                let problem = "the operator sets it itself; take another key".to_owned();
                return Some((format!("collector.{field}.{key}"), problem));
            }
        }
        // Everything else the operator tells the pods itself.
        let foreign = |name: &&String| !name.starts_with("OTEL_") && *name != "MODSTATS_LOG";
        let foreign = collector.environment.keys().find(foreign)?;
        Some((
            format!("collector.environment.{foreign}"),
            "only OTEL_* and MODSTATS_LOG can be set here".to_owned(),
        ))
    }
}

impl Proxy {
    fn flaw(&self) -> Option<&'static str> {
        match (&self.url, &self.url_secret_ref) {
            (Some(url), None) if url.contains('@') => Some(
                "url holds credentials, which would stand in every pod; put it into a Secret and name that in urlSecretRef",
            ),
            (Some(url), None) if !(url.starts_with("http://") || url.starts_with("https://")) => {
                Some("url is no address like http://proxy.example:3128")
            }
            (Some(_), None) | (None, Some(_)) => None,
            _ => Some("give exactly one of url and urlSecretRef"),
        }
    }
}

impl TryFrom<WatchForm> for Watch {
    type Error = &'static str;

    fn try_from(form: WatchForm) -> Result<Watch, &'static str> {
        match (form.namespace, form.cluster_wide) {
            (Some(namespace), false) => Ok(Watch::Namespace(namespace)),
            (None, true) => Ok(Watch::Cluster),
            _ => Err("give either namespace or clusterWide: true"),
        }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 8080))
}

fn default_pull_policy() -> String {
    "IfNotPresent".to_owned()
}

fn default_ca_key() -> String {
    "ca.crt".to_owned()
}

fn default_deadline() -> i64 {
    1200
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "
watch: {namespace: modstats}
listen: 127.0.0.1:9090
database: {clusterRef: {name: modstats-db}}
collector:
  image: registry.example.invalid/modstats/collector:0.1.0
  resources: {requests: {cpu: 10m}, limits: {memory: 128Mi}}
  environment: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4317'}
  tolerations: [{key: a, operator: Exists}]
";

    fn read(text: &str) -> Result<Config, String> {
        let folder = std::env::temp_dir().join(format!("operator-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}.yaml", names::hash(&[text])));
        std::fs::write(&path, text).unwrap();
        Config::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_configuration_is_read_and_the_rest_has_defaults() {
        let config = read(WHOLE).unwrap();
        assert_eq!(config.watch, Watch::Namespace("modstats".to_owned()));
        assert_eq!(config.collector.deadline_seconds, 1200);
        assert_eq!(config.collector.image_pull_policy, "IfNotPresent");
        assert_eq!(config.collector.sample_days, None);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let changed = |from: &str, to: &str| read(&WHOLE.replace(from, to)).unwrap_err();
        let unknown = changed("requests: {cpu: 10m}", "request: {cpu: 10m}");
        assert!(unknown.contains("collector.resources"), "{unknown}");
        assert!(unknown.contains("`request`"), "{unknown}");
        let both = changed("namespace: modstats", "namespace: a, clusterWide: true");
        assert!(both.contains("either namespace or clusterWide"), "{both}");
        let foreign = changed("OTEL_EXPORTER_OTLP_ENDPOINT", "PGOPTIONS");
        assert!(
            foreign.contains("collector.environment.PGOPTIONS"),
            "{foreign}"
        );
        let neither = changed("{clusterRef: {name: modstats-db}}", "{}");
        assert!(neither.contains("exactly one of"), "{neither}");
        for (field, wrong) in [
            ("deadlineSeconds", 9),
            ("sampleDays", 0),
            ("sampleDays", 3651),
        ] {
            let wrong = changed(
                "  tolerations",
                &format!("  {field}: {wrong}\n  tolerations"),
            );
            assert!(wrong.contains(&format!("collector.{field}")), "{wrong}");
        }
        for (more, field, said) in [
            (
                "labels: {modstats.dev/source: x}",
                "labels.modstats.dev/source",
                "another key",
            ),
            (
                "annotations: {modstats.dev/document: x}",
                "annotations.modstats.dev/document",
                "another key",
            ),
            (
                "proxy: {url: 'http://me:secret@proxy:3128'}",
                "proxy",
                "urlSecretRef",
            ),
            ("proxy: {noProxy: a}", "proxy", "exactly one of"),
            ("proxy: {url: 'proxy:3128'}", "proxy", "no address"),
            (
                "rateLimits: {modrinth: {perMinute: 0}}",
                "rateLimits.modrinth.perMinute",
                "not between",
            ),
            (
                "rateLimits: {curseforge: {burst: 10001}}",
                "rateLimits.curseforge.burst",
                "not between",
            ),
        ] {
            let wrong = changed("  tolerations", &format!("  {more}\n  tolerations"));
            assert!(wrong.contains(&format!("collector.{field}: ")), "{wrong}");
            assert!(
                wrong.contains(said) && !wrong.contains("secret@"),
                "{wrong}"
            );
        }
        let missing = read("watch: {clusterWide: true}\n").unwrap_err();
        assert!(missing.contains("collector"), "{missing}");
    }
}
