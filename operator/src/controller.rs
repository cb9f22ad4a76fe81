//! When which TrackedMod is reconciled.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DynamicObject, PartialObjectMeta};
use kube::core::DeserializeGuard;
use kube::runtime::controller::{self, Action, Controller};
use kube::runtime::reflector::{self, ObjectRef};
use kube::runtime::utils::Backoff;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use modstats_crds::TrackedMod;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::cluster::{self, Cluster};
use crate::config::Watch;
use crate::memory::Key;
use crate::names::{MANAGED_BY, MANAGER, TRACKED_MOD};
use crate::reconcile::{Context, ReconcileError, reconcile};

type Tracked = DeserializeGuard<TrackedMod>;

/// Children change in quick succession, while a Job starts and ends.
const DEBOUNCE: Duration = Duration::from_millis(300);
const AT_ONCE: usize = 4;
/// Until Clusters are asked for again where CloudNativePG isn't installed.
const CLUSTERS_MISSING: Duration = Duration::from_secs(15);
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// One that fails holds up the others, as kube has one back-off for all of them.
const WATCH_RETRY: Duration = Duration::from_secs(1);
/// Seconds.
const RENEWED: u32 = 20;
/// Of a list with which a watch begins: several at once are the most that is ever held in memory.
const PAGE: u32 = 100;
/// 16 s: what failed for long is still tried soon after it can succeed.
const MOST_DOUBLINGS: u32 = 4;

/// First come, first served: kube's own limit takes any of those that wait, and with many of them it
/// never comes to some.
pub fn turns() -> Semaphore {
    Semaphore::new(AT_ONCE)
}

/// Runs until `shutdown`, and returns when the reconciles under way have ended. Watches use a client
/// of their own; all TrackedMods are looked at with each item of `recoveries`.
pub async fn run(
    context: Arc<Context>,
    client: Client,
    recoveries: impl Stream<Item = ()> + Send + 'static,
    shutdown: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let watch = context.config.watch.clone();
    let ours = watching().labels(&format!("{MANAGED_BY}={MANAGER}"));
    let (known, writer) = reflector::store();
    context.metrics.follow(known.clone());
    let tracked_mods = watcher(watch.api::<Tracked>(&client), watching().any_semantic())
        // Most of what there is to keep, and nothing that anybody asks for here.
        .modify(|tracked_mod| tracked_mod.meta_mut().managed_fields = None)
        .reflect(writer)
        .applied_objects();
    let controller = Controller::for_stream(tracked_mods, known);
    // Metadata alone: a pod's or Job's status changes its version, and is read when it is needed.
    let controller = controller
        .watches(
            watch.api::<PartialObjectMeta<CronJob>>(&client),
            ours.clone(),
            |cron_job| tracked_mods_of(&cron_job),
        )
        .watches(
            watch.api::<PartialObjectMeta<Job>>(&client),
            ours.clone(),
            |job| tracked_mods_of(&job),
        )
        .watches(watch.api::<PartialObjectMeta<Pod>>(&client), ours, |pod| {
            tracked_mods_of(&pod)
        })
        .reconcile_all_on(changed_clusters(&client, &watch))
        .reconcile_all_on(recoveries)
        .trigger_backoff(Every(WATCH_RETRY))
        .with_config(controller::Config::default().debounce(DEBOUNCE));
    let ending = context.clone();
    controller
        .graceful_shutdown_on(async move {
            shutdown.await;
            ending.turns.close();
        })
        .run(attempt, retry, context.clone())
        .for_each(|result| async {
            // Failures of a reconcile are told where they are counted.
            match result {
                Err(controller::Error::ObjectNotFound(gone)) => {
                    let namespace = gone.namespace.clone().unwrap_or_default();
                    context.memory.forget(&(namespace, gone.name.clone()));
                }
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

fn key(tracked_mod: &Tracked) -> Key {
    (
        tracked_mod.namespace().unwrap_or_default(),
        tracked_mod.name_any(),
    )
}

async fn attempt(
    tracked_mod: Arc<Tracked>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    let Ok(_turn) = context.turns.acquire().await else {
        // The operator is to end.
        return Ok(Action::await_change());
    };
    let key = key(&tracked_mod);
    let start = Instant::now();
    let span = tracing::info_span!("reconcile", namespace = key.0, name = key.1);
    // On the heap, as many wait for their turn and need no room for it.
    let reconciled = Box::pin(reconcile(&context, &key));
    let result = reconciled.instrument(span).await;
    context.metrics.reconciled(start.elapsed());
    let action = result?;
    context.memory.of(&key, |it| it.failures = 0);
    Ok(action)
}

fn retry(tracked_mod: Arc<Tracked>, error: &ReconcileError, context: Arc<Context>) -> Action {
    let key = key(&tracked_mod);
    let (step, reason) = (error.step(), error.reason());
    context.metrics.failed(step, reason);
    tracing::warn!(namespace = key.0, name = key.1, %error, "a reconcile failed");
    let failures = context.memory.of(&key, |it| {
        it.failures = it.failures.saturating_add(1);
        it.failures
    });
    // Later and later; the others don't wait for it.
    let doublings = (failures - 1).min(MOST_DOUBLINGS);
    Action::requeue(FIRST_RETRY * 2u32.pow(doublings))
}

/// By its label and by its owner: either may have been taken away.
fn tracked_mods_of(child: &impl ResourceExt) -> Vec<ObjectRef<Tracked>> {
    let namespace = child.namespace().unwrap_or_default();
    let label = child.labels().get(TRACKED_MOD);
    let owners = child.owner_references().iter();
    let owners = owners.filter(|owner| owner.kind == TrackedMod::kind(&()));
    let names = label.into_iter().chain(owners.map(|owner| &owner.name));
    names
        .map(|name| ObjectRef::new(name).within(&namespace))
        .collect()
}

/// Every watch is renewed by and by, so that one whose connection died is noticed soon.
fn watching() -> watcher::Config {
    watcher::Config::default().timeout(RENEWED).page_size(PAGE)
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
    watcher(api, watching())
        .backoff(Every(CLUSTERS_MISSING))
        .filter_map(move |event| {
            let news = match event {
                Ok(watcher::Event::Apply(object) | watcher::Event::InitApply(object)) => {
                    let now = Cluster::read(&object).ok();
                    known.insert(object.uid(), now.clone()) != Some(now)
                }
                Ok(watcher::Event::Delete(object)) => known.remove(&object.uid()).is_some(),
                // A list tells all that is there, and follows one itself.
                Ok(watcher::Event::Init) => {
                    known.clear();
                    false
                }
                Ok(watcher::Event::InitDone) => false,
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
