//! The five steps for one TrackedMod.

use std::time::Duration;

use jiff::Timestamp;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::runtime::controller::Action;
use kube::runtime::events::Recorder;
use kube::{Client, CustomResourceExt, Resource, ResourceExt};
use modstats_crds::TrackedMod;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tracing::{Instrument, info_span, instrument};

use crate::apply::{ApplyError, apply, restrict, suspend_all};
use crate::build::build;
use crate::config::Config;
use crate::dereference::{DereferenceError, Dereferenced, dereference};
use crate::events;
use crate::memory::{Key, Memory};
use crate::metrics::Metrics;
use crate::names::{COLLECT_NOW, MANAGER, hash};
use crate::overdue::overdue;
use crate::run::{End, Run, runs};
use crate::status::{Seen, Verdict, status, whole_seconds};
use crate::unreadable::{self, Stored};
use crate::validate::{InvalidSpec, Validity, validate};
use crate::words::words;

/// Besides what watches tell; a Job that is lost tells nothing.
const RESYNC: Duration = Duration::from_secs(600);
/// At first, while something is awaited that no watch tells of.
const WAITING: Duration = Duration::from_secs(20);
/// No API server makes a reconcile wait longer.
const LONGEST: Duration = Duration::from_secs(25);
/// How often in a row a step may fail before it is told.
const PATIENCE: u32 = 3;

pub struct Context {
    pub client: Client,
    pub config: Config,
    pub recorder: Recorder,
    pub memory: Memory,
    pub metrics: Metrics,
    /// To reconcile; closed when the operator is to end.
    pub turns: Semaphore,
}

#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error("cannot read the TrackedMod: {}", words(.0))]
    Read(Box<kube::Error>),
    #[error(transparent)]
    Dereference(#[from] DereferenceError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error("cannot write the status: {}", words(.0))]
    Status(Box<kube::Error>),
    #[error("the API server took longer than {} s", LONGEST.as_secs())]
    TimedOut,
}

impl ReconcileError {
    /// For metrics.
    pub fn step(&self) -> &'static str {
        match self {
            ReconcileError::Read(_) => "read",
            ReconcileError::Dereference(_) => "dereference",
            ReconcileError::Apply(_) => "apply",
            ReconcileError::Status(_) => "status",
            ReconcileError::TimedOut => "timed-out",
        }
    }

    /// For metrics.
    pub fn reason(&self) -> &'static str {
        let answer = match self {
            ReconcileError::Read(source) | ReconcileError::Status(source) => source,
            ReconcileError::Dereference(DereferenceError::ClusterShape { .. }) => {
                return "ClusterUnreadable";
            }
            ReconcileError::Dereference(
                DereferenceError::Cluster { source, .. } | DereferenceError::List { source, .. },
            ) => source,
            ReconcileError::Apply(ApplyError::NameTaken { .. }) => return "NameTaken",
            ReconcileError::Apply(ApplyError::Write { source, .. }) => source,
            ReconcileError::TimedOut => return "TimedOut",
        };
        match answer.as_ref() {
            kube::Error::Api(status) if status.is_conflict() => "Conflict",
            kube::Error::Api(status) if status.is_forbidden() => "Forbidden",
            kube::Error::Api(status) if status.code == 429 => "Throttled",
            kube::Error::Api(status) if status.code >= 500 => "ServerError",
            kube::Error::Api(_) => "Refused",
            _ => "Unreachable",
        }
    }
}

pub async fn reconcile(context: &Context, key: &Key) -> Result<Action, ReconcileError> {
    tokio::time::timeout(LONGEST, five_steps(context, key))
        .await
        .unwrap_or(Err(ReconcileError::TimedOut))
}

async fn five_steps(context: &Context, key: &Key) -> Result<Action, ReconcileError> {
    let (namespace, name) = (key.0.as_str(), key.1.as_str());
    // Read anew: what a watch told may be older than what we wrote last.
    let api = Api::namespaced_with(
        context.client.clone(),
        namespace,
        &TrackedMod::api_resource(),
    );
    let found: Option<DynamicObject> = api
        .get_opt(name)
        .instrument(info_span!("read"))
        .await
        .map_err(|error| ReconcileError::Read(Box::new(error)))?;
    let Some(object) = found else {
        return Ok(Action::await_change());
    };
    match unreadable::read(&object) {
        Stored::Readable(it) if it.metadata.deletion_timestamp.is_some() => {
            Ok(Action::await_change())
        }
        Stored::Readable(it) => converge(context, key, &it).await,
        Stored::UnreadableStatus(without) => {
            heal_status(context, &object, without).await?;
            Ok(Action::await_change())
        }
        Stored::Unreadable(what_is_wrong) => {
            let is_told = unreadable::tell(context, &object, &what_is_wrong).await;
            Ok(match is_told {
                true => Action::await_change(),
                false => Action::requeue(WAITING),
            })
        }
    }
}

async fn converge(
    context: &Context,
    key: &Key,
    tracked_mod: &TrackedMod,
) -> Result<Action, ReconcileError> {
    let Context {
        client,
        config,
        memory,
        ..
    } = context;
    let now = whole_seconds(Timestamp::now());
    let named = tracked_mod.spec.database.as_ref();
    let database = named.or(config.database.as_ref());
    let found = dereference(client, &key.0, &key.1, database, now).await;
    let times = memory.of(key, |it| it.failed_reads.after(&found));
    let Dereferenced { database, children } = match found {
        Ok(found) => found,
        Err(error) => {
            // An API server that has just begun refuses what it grants soon.
            if let Some(trouble) = error.trouble()
                && times > PATIENCE
            {
                write_status(context, tracked_mod, &Verdict::Blocked(&trouble), now).await?;
            }
            return Err(error.into());
        }
    };

    let collect_now = tracked_mod.annotations().get(COLLECT_NOW);
    let collect_now = collect_now.map(|value| hash(&[value]));
    let validity = match validate(tracked_mod, &database, collect_now) {
        Ok(validity) => validity,
        Err(InvalidSpec(problem)) => {
            let suspended = match tracked_mod.spec.suspend {
                true => suspend_all(client, tracked_mod, &children).await,
                false => Ok(()),
            };
            write_status(context, tracked_mod, &Verdict::InvalidSpec(&problem), now).await?;
            return Ok(suspended.map(|()| Action::requeue(RESYNC))?);
        }
    };
    let document = validity.document();
    let applied = match &validity {
        Validity::Collectable(validated) => {
            let status = tracked_mod.status.as_ref();
            let desired = build(validated, &config.collector, status, now);
            apply(client, memory, document, &desired, &children).await
        }
        Validity::WithoutDatabase(..) => restrict(client, document, &children).await,
    };
    let times = memory.of(key, |it| it.failed_applies.after(&applied));
    let failure = match applied {
        // What the next try mends is nobody's news.
        Err(error) if !error.is_lasting() && times <= PATIENCE => return Err(error.into()),
        applied => applied.err(),
    };

    let runs = runs(document, &children, now);
    let before = tracked_mod.status.as_ref();
    let overdue = overdue(document, &children, &runs, before, &config.collector, now);
    let seen = Seen {
        runs: &runs,
        overdue: &overdue,
        failure: failure.as_ref(),
    };
    let verdict = Verdict::Valid(&validity, seen);
    write_status(context, tracked_mod, &verdict, now).await?;
    match failure {
        // Whoever has the name is not watched.
        Some(ApplyError::NameTaken { .. }) => Ok(Action::requeue(WAITING)),
        Some(error) => Err(error.into()),
        None => Ok(Action::requeue(next_look(&runs, now))),
    }
}

/// Events aren't watched, and one may tell what holds up a run that goes on: the longer it does, the
/// later one more look will do.
fn next_look(runs: &[Run], now: Timestamp) -> Duration {
    let ages = runs.iter().filter_map(|run| match run.end {
        End::Running { since, .. } => Some(now.duration_since(since)),
        _ => None,
    });
    ages.min().map_or(RESYNC, |age| {
        let age = Duration::try_from(age).unwrap_or_default();
        age.clamp(WAITING, RESYNC)
    })
}

/// Takes out of a status what this version can't read. What is missing then is found out anew.
#[instrument(name = "status", skip_all)]
async fn heal_status(
    context: &Context,
    object: &DynamicObject,
    without: Value,
) -> Result<(), ReconcileError> {
    let namespace = object.namespace().unwrap_or_default();
    let api: Api<DynamicObject> = Api::namespaced_with(
        context.client.clone(),
        &namespace,
        &TrackedMod::api_resource(),
    );
    let name = object.name_any();
    tracing::warn!(
        namespace,
        name,
        "a part of the status can't be read and goes"
    );
    let patch = json!({
        "metadata": {"uid": object.uid(), "resourceVersion": object.resource_version()},
        "status": without,
    });
    api.patch_status(&name, &PatchParams::default(), &Patch::Merge(&patch))
        .await
        .map_err(|error| ReconcileError::Status(Box::new(error)))?;
    Ok(())
}

/// Writes nothing when nothing changed, and tells a change of a condition also as an event.
#[instrument(name = "status", skip_all)]
async fn write_status(
    context: &Context,
    tracked_mod: &TrackedMod,
    verdict: &Verdict<'_>,
    now: Timestamp,
) -> Result<(), ReconcileError> {
    let after = status(tracked_mod, verdict, now);
    if tracked_mod.status.as_ref() == Some(&after) {
        return Ok(());
    }
    let api: Api<TrackedMod> = Api::namespaced(
        context.client.clone(),
        &tracked_mod.namespace().unwrap_or_default(),
    );
    let patch = json!({
        "apiVersion": TrackedMod::api_version(&()),
        "kind": TrackedMod::kind(&()),
        "metadata": {
            "uid": tracked_mod.uid(),
            // What was decided from an older one is decided anew.
            "resourceVersion": tracked_mod.resource_version(),
        },
        "status": after,
    });
    let parameters = PatchParams::apply(MANAGER).force();
    api.patch_status(&tracked_mod.name_any(), &parameters, &Patch::Apply(&patch))
        .await
        .map_err(|error| ReconcileError::Status(Box::new(error)))?;
    events::tell_news(&context.recorder, tracked_mod, &after).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use modstats_crds::Source;

    #[test]
    fn a_run_that_goes_on_is_looked_at_later_and_later() {
        let now = Timestamp::from_second(10_000).unwrap();
        let run = |end| Run {
            job: "a".to_owned(),
            source: Source::Modrinth,
            scheduled_at: now,
            end,
        };
        let open = |second| {
            run(End::Running {
                since: Timestamp::from_second(second).unwrap(),
                trouble: None,
            })
        };
        let next = |runs: &[Run]| next_look(runs, now).as_secs();
        assert_eq!(next(&[open(9_999)]), 20);
        assert_eq!(next(&[open(9_900)]), 100);
        assert_eq!(next(&[open(1)]), 600);
        assert_eq!(next(&[open(10_009)]), 20, "by another clock");
        assert_eq!(next(&[open(1), run(End::Gone), open(9_900)]), 100);
        assert_eq!(next(&[run(End::Gone)]), 600);
        assert_eq!(next(&[]), 600);
    }
}
