//! The TrackedMod resource. Comments on fields are what `kubectl explain` shows.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{CustomResource, CustomResourceExt, KubeSchema};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::cron;
use crate::words::{Outcome, Source};

/// Characters that Modrinth allows in slugs, and so in ids, without the double quote: that one
/// would have to be escaped in a batch question, which Modrinth then refuses.
const MODRINTH_PROJECT: &str = r"^[A-Za-z0-9!@$()`.+,_-]{3,64}$";
const DNS_LABEL: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
const DNS_SUBDOMAIN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// A key of a Secret that is also a harmless file name.
const SECRET_KEY: &str = "^[-_A-Za-z0-9][-._A-Za-z0-9]*$";
const TIME_ZONE: &str = "^[A-Za-z][-+_A-Za-z0-9]*(/[-+_A-Za-z0-9]+)*$";

/// What is tracked of one mod, and when.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modstats.dev",
    version = "v1alpha1",
    kind = "TrackedMod",
    plural = "trackedmods",
    namespaced,
    status = "TrackedModStatus",
    derive = "PartialEq",
    shortname = "tm",
    category = "modstats",
    doc = "A Minecraft mod whose downloads and modpacks are recorded from now on. One TrackedMod is \
           one mod as its author thinks of it, with any number of projects on Modrinth and \
           CurseForge. History belongs to the projects: deleting a TrackedMod ends collecting and \
           keeps everything that was recorded.",
    validation = Rule::new("self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')")
        .message("metadata.name must be at most 63 of a-z, 0-9 and -, beginning and ending with a letter or digit"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#,
        description = "Whether everything is in place for collecting."),
    printcolumn(name = "Downloads", type_ = "integer", json_path = ".status.downloads",
        description = "Downloads of all projects on all platforms, as last known."),
    printcolumn(name = "Modpacks", type_ = "integer", json_path = ".status.modpacks",
        description = "Modpacks that contain the mod, as last known."),
    printcolumn(name = "Last Collected", type_ = "date", json_path = ".status.lastCollectionTime",
        description = "When numbers were last recorded."),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Schedule", type_ = "string", json_path = ".status.sources[0].schedule", priority = 1,
        description = "The schedule in force for the first source."),
    printcolumn(name = "Reason", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].reason"#, priority = 1,
        description = "Why it is ready or not."),
)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
#[x_kube(
    validation = Rule::new("has(self.modrinth) || has(self.curseforge)")
        .message("names no project: give modrinth.projects or curseforge.projects"),
    validation = Rule::new("!has(self.modpacks) || self.modpacks.curseforge != 'Website' || has(self.curseforge)")
        .field_path(".modpacks.curseforge")
        .message("Website asks for the packs of curseforge.projects, and there are none: give spec.curseforge, or set this to Disabled"),
    validation = Rule::new("!has(self.modpacks) || size(self.modpacks.curseforgeIds) == 0 || has(self.curseforge)")
        .field_path(".modpacks.curseforgeIds")
        .message("packs on CurseForge are read with the key of spec.curseforge, and there is none: give spec.curseforge, or leave this out"),
)]
pub struct TrackedModSpec {
    /// The name shown on pages. Default: the name of the TrackedMod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[^\p{Cc}]+$"))]
    pub display_name: Option<String>,

    /// The mod on Modrinth. Needs no account and no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modrinth: Option<ModrinthSpec>,

    /// The mod on CurseForge. Needs an API key of your own; read CurseForge's API terms first,
    /// they restrict storing what the API returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curseforge: Option<CurseforgeSpec>,

    /// Which modpacks contain the mod. Left out, modpacks on Modrinth are collected once a day,
    /// and none on CurseForge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modpacks: Option<ModpacksSpec>,

    /// When downloads are collected: minute, hour, day of month, month and weekday, as in cron,
    /// at most once an hour ("17 */6 * * *"). Lists, ranges, steps and the English names of months
    /// and weekdays are understood; Sunday is 0. Default: every six hours, in UTC, at a minute of
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    #[x_kube(validation = cron::admission_rule())]
    pub schedule: Option<String>,

    /// The IANA time zone in which the schedules given here are meant ("Europe/Paris"). It moves
    /// neither the default schedules nor the days of the recorded figures: those are UTC.
    #[serde(default = "default_time_zone")]
    #[schemars(length(min = 1, max = 64), regex(pattern = TIME_ZONE))]
    #[x_kube(validation = Rule::new("self.lowerAscii() != 'local'")
        .message("Local means another zone on every machine: name one of the IANA database, like Europe/Paris"))]
    pub time_zone: String,

    /// Stops collecting while true. What was recorded stays and is shown.
    #[serde(default)]
    pub suspend: bool,

    /// The database to record into. Default: the one that the operator is configured with.
    /// Ignored when the file is read by `modstats serve`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseSpec>,
}

/// Projects on Modrinth.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ModrinthSpec {
    /// Ids ("AANobbMI") or slugs ("sodium", the last part of the project's address). Ids are
    /// better: they never change. A slug is resolved once, and its id is kept.
    #[schemars(length(min = 1, max = 50), inner(length(min = 3, max = 64), regex(pattern = MODRINTH_PROJECT)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub projects: Vec<String>,
}

/// Projects on CurseForge.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct CurseforgeSpec {
    /// Project ids: the number under "About Project" on the project's page.
    #[schemars(length(min = 1, max = 50), inner(range(min = 1, max = 2147483647)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub projects: Vec<i64>,

    /// The Secret that holds your CurseForge API key.
    pub api_key_secret_ref: ApiKeySecretRef,
}

/// A key of a Secret in the same namespace. `modstats serve` reads the file <name>/<key> in its
/// secrets directory.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeySecretRef {
    /// The name of the Secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = DNS_SUBDOMAIN))]
    pub name: String,

    /// The key within the Secret.
    #[serde(default = "default_secret_key")]
    #[schemars(length(min = 1, max = 253), regex(pattern = SECRET_KEY))]
    pub key: String,
}

/// What is collected about modpacks.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ModpacksSpec {
    /// Modpacks on Modrinth that contain one of the Modrinth projects: Enabled or Disabled.
    #[serde(default)]
    pub modrinth: ModrinthModpacks,

    /// Modpacks on CurseForge that contain one of the CurseForge projects: Disabled or Website.
    /// The API doesn't tell; Website asks the pages of curseforge.com, which often refuse programs.
    #[serde(default)]
    pub curseforge: CurseforgeModpacks,

    /// Project ids of modpacks on CurseForge that you know to contain the mod. Their downloads are
    /// collected through the API, whatever `curseforge` says.
    #[serde(default)]
    #[schemars(length(max = 1000), inner(range(min = 1, max = 2147483647)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub curseforge_ids: Vec<i64>,

    /// When modpacks are collected, in the form of `spec.schedule`. Default: once a day, in UTC, at
    /// a time of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    #[x_kube(validation = cron::admission_rule())]
    pub schedule: Option<String>,
}

/// Whether modpacks on Modrinth are collected.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModrinthModpacks {
    #[default]
    Enabled,
    Disabled,
}

/// Where the modpacks on CurseForge are learnt from.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurseforgeModpacks {
    #[default]
    Disabled,
    Website,
}

/// A database in the same namespace: exactly one of the two.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.clusterRef) != has(self.secretRef)")
    .message("give exactly one of clusterRef and secretRef"))]
pub struct DatabaseSpec {
    /// A CloudNativePG Cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_ref: Option<ClusterRef>,

    /// A Secret with the keys host, dbname, username and password; optionally port, and ca.crt, the
    /// certificate of the authority that signed the database's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretRef>,
}

/// A CloudNativePG Cluster by its name.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRef {
    /// The name of the Cluster.
    #[schemars(length(min = 1, max = 63), regex(pattern = DNS_LABEL))]
    pub name: String,
}

/// A Secret by its name.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// The name of the Secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = DNS_SUBDOMAIN))]
    pub name: String,
}

/// What became of it; written by the operator.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct TrackedModStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// Ready: the spec is accepted and everything is in place for collecting. DatabaseReady: whether a
    /// run would find its database. CollectionSucceeded: how the last runs ended. Reconciling: the
    /// operator is at work. Stalled: only you can change what is wrong, and the message says what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,

    /// Downloads of all projects on all platforms, as last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloads: Option<i64>,

    /// Modpacks that contain the mod, as last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modpacks: Option<i64>,

    /// When numbers were last recorded, from whichever source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_collection_time: Option<Time>,

    /// The last request by the annotation modstats.dev/collect-now that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_now: Option<CollectNow>,

    /// What is known of each source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 3))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["source".into()]))]
    pub sources: Vec<SourceStatus>,
}

/// An answered request to collect at once.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct CollectNow {
    /// The hash of the annotation's value; another value is another request.
    #[schemars(length(min = 1, max = 64))]
    pub hash: String,

    /// When it was answered.
    pub time: Time,
}

impl TrackedModStatus {
    /// What is known of a source.
    pub fn of(&self, source: Source) -> Option<&SourceStatus> {
        self.sources.iter().find(|it| it.source == source)
    }
}

/// What is known of one source.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SourceStatus {
    /// modrinth, curseforge or modpacks.
    pub source: Source,

    /// The name of its CronJob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 52))]
    pub cron_job: Option<String>,

    /// The schedule in force, given or by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub schedule: Option<String>,

    /// The hash of this TrackedMod, source and set of projects for which a first collection was
    /// started outside the schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub projects_hash: Option<String>,

    /// When a run was last scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_schedule_time: Option<Time>,

    /// When a run last ended complete or partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_time: Option<Time>,

    /// How the last run ended: complete, partial, failed or lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,

    /// Downloads of this source's projects, as last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloads: Option<i64>,

    /// The Job that `message` is about, or that ended last without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub job: Option<String>,

    /// Which id each entry of the spec stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["project".into()]))]
    pub projects: Vec<PinnedProject>,

    /// What went wrong last, in one word that doesn't change, like KeyRefused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub reason: Option<String>,

    /// What went wrong last, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub message: Option<String>,
}

/// An entry of the spec and the id that it was resolved to.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PinnedProject {
    /// The entry as it stands in the spec.
    #[schemars(length(min = 1, max = 64))]
    pub project: String,

    /// The platform's id.
    #[schemars(length(min = 1, max = 64))]
    pub id: String,
}

/// The CustomResourceDefinition as it is committed.
pub fn crd_yaml() -> Result<String, serde_yaml::Error> {
    let definition = serde_yaml::to_string(&TrackedMod::crd())?;
    Ok(format!(
        "# Made by `make generate` from crds/src/tracked_mod.rs.\n{definition}"
    ))
}

fn default_time_zone() -> String {
    cron::DEFAULT_TIME_ZONE.to_owned()
}

fn default_secret_key() -> String {
    "api-key".to_owned()
}

/// Takes `null` out of a schema. The API server then drops a null that a user writes, and no rule
/// has to tell absent from null.
fn absent_instead_of_null(schema: &mut Schema) {
    schemars::transform::transform_subschemas(&mut absent_instead_of_null, schema);
    for keyword in ["type", "enum"] {
        if let Some(values) = schema.get_mut(keyword).and_then(|v| v.as_array_mut()) {
            values.retain(|value| !value.is_null() && value != "null");
        }
    }
    if let Some([only]) = schema
        .get("type")
        .and_then(|v| v.as_array())
        .map(Vec::as_slice)
    {
        let only = only.clone();
        schema.insert("type".to_owned(), only);
    }
    let Some(options) = schema.get("anyOf").and_then(|v| v.as_array()) else {
        return;
    };
    let mut options = options.iter().filter(|option| option["type"] != "null");
    if let (Some(only), None) = (options.next(), options.next()) {
        let only = only.as_object().cloned().unwrap_or_default();
        schema.remove("anyOf");
        for (keyword, value) in only {
            // What the field says of itself comes before what its type says.
            if schema.get(&keyword).is_none() {
                schema.insert(keyword, value);
            }
        }
    }
}
