//! Step 1: reads what a TrackedMod points at, and everything that was made for it.
//!
//! Always from the API server itself, so that no decision rests on a cache that lags behind.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};
use modstats_crds::DatabaseSpec;
use tracing::instrument;

use crate::cluster::{self, Cluster};
use crate::names::selector;
use crate::run::{is_stuck, is_without_pod};
use crate::trouble::Trouble;
use crate::words::words;

#[derive(Debug, thiserror::Error)]
pub enum DereferenceError {
    #[error("cannot read the Cluster {name}: {}", words(source))]
    Cluster {
        name: String,
        source: Box<kube::Error>,
    },
    #[error("the Cluster {name} is not as CloudNativePG makes it: {source}")]
    ClusterShape {
        name: String,
        source: serde_json::Error,
    },
    #[error("cannot list {what}: {}", words(source))]
    List {
        what: &'static str,
        source: Box<kube::Error>,
    },
}

impl DereferenceError {
    /// What no further try mends by itself.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            DereferenceError::ClusterShape { .. } => {
                Some(Trouble::new("ClusterUnreadable", &self.to_string()))
            }
            DereferenceError::Cluster { source, .. } | DereferenceError::List { source, .. } => {
                let refused = matches!(source.as_ref(), kube::Error::Api(it) if it.is_forbidden());
                let message =
                    format!("{self}; does the operator have the rights that its chart gives it?");
                refused.then(|| Trouble::new("Forbidden", &message))
            }
        }
    }
}

/// What the cluster holds for one TrackedMod.
#[derive(Clone, Debug)]
pub struct Dereferenced {
    pub database: ReferencedDatabase,
    pub children: Children,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferencedDatabase {
    /// Neither the TrackedMod nor the configuration names one.
    None,
    Cluster(Cluster),
    ClusterMissing(String),
    /// The API server doesn't know Clusters at all.
    CloudNativePgMissing(String),
    /// It is not looked at: the operator reads no Secrets.
    Secret(String),
}

/// In no particular order; of this TrackedMod by their labels, not yet by their owner.
#[derive(Clone, Debug, Default)]
pub struct Children {
    pub cron_jobs: Vec<CronJob>,
    pub jobs: Vec<Job>,
    pub pods: Vec<Pod>,
    /// Warnings about Jobs that have no pod, and about pods that don't start and don't say why.
    pub events: Vec<Event>,
}

#[instrument(skip_all)]
pub async fn dereference(
    client: &Client,
    namespace: &str,
    name: &str,
    database: Option<&DatabaseSpec>,
    now: Timestamp,
) -> Result<Dereferenced, DereferenceError> {
    let (database, children) = futures::join!(
        referenced_database(client, namespace, database),
        children(client, namespace, name, now),
    );
    // Of several failures it is always the same that is told.
    Ok(Dereferenced {
        database: database?,
        children: children?,
    })
}

async fn referenced_database(
    client: &Client,
    namespace: &str,
    database: Option<&DatabaseSpec>,
) -> Result<ReferencedDatabase, DereferenceError> {
    let Some(database) = database else {
        return Ok(ReferencedDatabase::None);
    };
    if let Some(secret) = &database.secret_ref {
        return Ok(ReferencedDatabase::Secret(secret.name.clone()));
    }
    let Some(reference) = &database.cluster_ref else {
        return Ok(ReferencedDatabase::None);
    };
    let name = reference.name.clone();
    let api: Api<kube::api::DynamicObject> =
        Api::namespaced_with(client.clone(), namespace, &cluster::resource());
    match api.get(&name).await {
        Ok(object) => Cluster::read(&object)
            .map(ReferencedDatabase::Cluster)
            .map_err(|source| DereferenceError::ClusterShape { name, source }),
        // Of an object that is missing the answer tells the name; that to an unknown kind is a plain
        // 404 without details.
        Err(kube::Error::Api(status)) if status.code == 404 => {
            let known_kind = status.details.is_some_and(|details| details.name == name);
            Ok(if known_kind {
                ReferencedDatabase::ClusterMissing(name)
            } else {
                ReferencedDatabase::CloudNativePgMissing(name)
            })
        }
        Err(source) => Err(DereferenceError::Cluster {
            name,
            source: Box::new(source),
        }),
    }
}

async fn children(
    client: &Client,
    namespace: &str,
    name: &str,
    now: Timestamp,
) -> Result<Children, DereferenceError> {
    let ours = ListParams::default().labels(&selector(name));
    let cron_jobs: Api<CronJob> = Api::namespaced(client.clone(), namespace);
    let jobs: Api<Job> = Api::namespaced(client.clone(), namespace);
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let list = |what: &'static str| {
        move |source| DereferenceError::List {
            what,
            source: Box::new(source),
        }
    };
    // Of a Job that has ended, the pods have ended too when they are read after it.
    let jobs_then_pods = async {
        let jobs = jobs.list(&ours).await.map_err(list("Jobs"))?;
        let pods = pods.list(&ours).await.map_err(list("Pods"))?;
        Ok((jobs.items, pods.items))
    };
    let (cron_jobs, jobs_and_pods) = futures::join!(cron_jobs.list(&ours), jobs_then_pods);
    let cron_jobs = cron_jobs.map_err(list("CronJobs"))?.items;
    let (jobs, pods) = jobs_and_pods?;
    let without_pod = jobs
        .iter()
        .filter(|job| is_without_pod(job, now))
        .filter_map(ResourceExt::uid);
    let stuck = pods
        .iter()
        .filter(|pod| is_stuck(pod, now))
        .filter_map(ResourceExt::uid);
    let events = warnings(client, namespace, without_pod.chain(stuck)).await?;
    Ok(Children {
        cron_jobs,
        jobs,
        pods,
        events,
    })
}

/// Why a Job has no pod, or a pod doesn't start: only events tell it all. Each question is dear, as the
/// API server reads all events of the namespace for it.
async fn warnings(
    client: &Client,
    namespace: &str,
    of: impl Iterator<Item = String>,
) -> Result<Vec<Event>, DereferenceError> {
    let api: Api<Event> = Api::namespaced(client.clone(), namespace);
    let mut events = Vec::new();
    for uid in of {
        let of_object = ListParams::default()
            .fields(&format!("involvedObject.uid={uid},type=Warning"))
            .limit(20);
        let found = api
            .list(&of_object)
            .await
            .map_err(|source| DereferenceError::List {
                what: "Events",
                source: Box::new(source),
            })?;
        events.extend(found.items);
    }
    Ok(events)
}
