//! When which TrackedMod is reconciled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{Stream, StreamExt};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DynamicObject, PartialObjectMeta};
use kube::core::DeserializeGuard;
use kube::runtime::controller::{self, Action, Controller};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::utils::Backoff;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use modstats_crds::TrackedMod;

use crate::cluster::{self, Cluster};
use crate::config::Watch;
use crate::names::{MANAGED_BY, MANAGER, TRACKED_MOD};
use crate::reconcile::{Context, ReconcileError, reconcile};

type Tracked = DeserializeGuard<TrackedMod>;

/// Children change in quick succession, while a Job starts and ends.
const DEBOUNCE: Duration = Duration::from_millis(300);
const AT_ONCE: u16 = 4;
/// Until Clusters are asked for again where CloudNativePG isn't installed.
const CLUSTERS_MISSING: Duration = Duration::from_secs(15);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 8;

/// Runs until `shutdown`, and returns when the reconciles under way have ended.
pub async fn run(
    context: Arc<Context>,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let (client, watch) = (context.client.clone(), context.config.watch.clone());
    let ours = watcher::Config::default().labels(&format!("{MANAGED_BY}={MANAGER}"));
    let controller = Controller::new(
        api::<Tracked>(&client, &watch),
        watcher::Config::default().any_semantic(),
    );
    // Metadata alone: a pod's or Job's status changes its version, and is read when it is needed.
    let controller = controller
        .owns(api::<CronJob>(&client, &watch), ours.clone())
        .watches(
            api::<PartialObjectMeta<Job>>(&client, &watch),
            ours.clone(),
            |job| tracked_mod_of(&job),
        )
        .watches(
            api::<PartialObjectMeta<Pod>>(&client, &watch),
            ours,
            |pod| tracked_mod_of(&pod),
        )
        .reconcile_all_on(changed_clusters(&client, &watch))
        .with_config(
            controller::Config::default()
                .concurrency(AT_ONCE)
                .debounce(DEBOUNCE),
        );
    let attempts = Arc::new(Attempts {
        context,
        failures: Mutex::default(),
    });
    controller
        .graceful_shutdown_on(shutdown)
        .run(attempt, retry, attempts)
        .for_each(|result| async move {
            // Failures of a reconcile are told where they are counted.
            match result {
                Err(controller::Error::QueueError(error)) => {
                    tracing::warn!(%error, "a watch was interrupted");
                }
                Err(controller::Error::RunnerError(error)) => {
                    tracing::warn!(%error, "a watch was interrupted");
                }
                _ => {}
            }
        })
        .await;
}

/// A TrackedMod that fails is tried again later and later; the others don't wait for it.
struct Attempts {
    context: Arc<Context>,
    failures: Mutex<HashMap<(String, String), u32>>,
}

impl Attempts {
    fn failures<T>(&self, change: impl FnOnce(&mut HashMap<(String, String), u32>) -> T) -> T {
        change(&mut self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn key(tracked_mod: &Tracked) -> (String, String) {
    (
        tracked_mod.namespace().unwrap_or_default(),
        tracked_mod.name_any(),
    )
}

async fn attempt(
    tracked_mod: Arc<Tracked>,
    attempts: Arc<Attempts>,
) -> Result<Action, ReconcileError> {
    let key = key(&tracked_mod);
    let action = reconcile(&attempts.context, &key.0, &key.1).await?;
    attempts.context.metrics.reconciled("ok");
    attempts.failures(|failures| failures.remove(&key));
    Ok(action)
}

fn retry(tracked_mod: Arc<Tracked>, error: &ReconcileError, attempts: Arc<Attempts>) -> Action {
    let key = key(&tracked_mod);
    attempts.context.metrics.reconciled(error.step());
    tracing::warn!(namespace = key.0, name = key.1, %error, "a reconcile failed");
    let doublings = attempts.failures(|failures| {
        let count = failures.entry(key).or_default();
        *count += 1;
        (*count - 1).min(MOST_DOUBLINGS)
    });
    Action::requeue(FIRST_RETRY * 2u32.pow(doublings))
}

pub fn api<K>(client: &Client, watch: &Watch) -> Api<K>
where
    K: Resource<Scope = kube::core::NamespaceResourceScope>,
    K::DynamicType: Default,
{
    match watch {
        Watch::Namespace(namespace) => Api::namespaced(client.clone(), namespace),
        Watch::Cluster => Api::all(client.clone()),
    }
}

fn tracked_mod_of(child: &impl ResourceExt) -> Option<ObjectRef<Tracked>> {
    let name = child.labels().get(TRACKED_MOD)?;
    Some(ObjectRef::new(name).within(&child.namespace()?))
}

/// An item for each change of a Cluster that concerns collectors. Where CloudNativePG isn't
/// installed it asks again from time to time.
fn changed_clusters(client: &Client, watch: &Watch) -> impl Stream<Item = ()> + Send + use<> {
    let resource = cluster::resource();
    let api: Api<DynamicObject> = match watch {
        Watch::Namespace(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        Watch::Cluster => Api::all_with(client.clone(), &resource),
    };
    let mut known: HashMap<Option<String>, Option<Cluster>> = HashMap::new();
    watcher(api, watcher::Config::default())
        .backoff(Every(CLUSTERS_MISSING))
        .filter_map(move |event| {
            let news = match event {
                Ok(watcher::Event::Apply(object) | watcher::Event::InitApply(object)) => {
                    let now = Cluster::read(&object).ok();
                    known.insert(object.uid(), now.clone()) != Some(now)
                }
                Ok(watcher::Event::Delete(object)) => known.remove(&object.uid()).is_some(),
                Ok(watcher::Event::Init | watcher::Event::InitDone) => false,
                Err(error) => {
                    tracing::debug!(%error, "no Clusters");
                    false
                }
            };
            std::future::ready(news.then_some(()))
        })
}

/// The default back-off begins anew with every try, as each starts with a success.
struct Every(Duration);

impl Iterator for Every {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(self.0)
    }
}

impl Backoff for Every {
    fn reset(&mut self) {}
}
