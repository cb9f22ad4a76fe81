//! Step 4: makes the children what they should be, and removes what should not be there.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::{Client, ResourceExt};
use modstats_crds::{Document, TrackedMod};
use serde_json::json;
use tracing::instrument;

use crate::build::Desired;
use crate::dereference::Children;
use crate::memory::{Applied, Memory};
use crate::names::{MANAGER, SOURCE, hash};
use crate::ownership::{controller_uid, holds, is_ours, is_ours_by_name};
use crate::run::is_finished;
use crate::words::words;

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Only a user can mend it.
    #[error("the name {name} is taken by a CronJob or Job that isn't ours: delete or rename it")]
    NameTaken { name: String },
    #[error("cannot {verb} the {kind} {name}: {}", words(source))]
    Write {
        verb: &'static str,
        kind: &'static str,
        name: String,
        source: Box<kube::Error>,
    },
}

impl ApplyError {
    /// Whether the API server said so.
    fn is_answer(&self) -> bool {
        match self {
            ApplyError::NameTaken { .. } => true,
            ApplyError::Write { source, .. } => matches!(source.as_ref(), kube::Error::Api(_)),
        }
    }

    /// Whether no further try mends it by itself.
    pub fn is_lasting(&self) -> bool {
        match self {
            ApplyError::NameTaken { .. } => true,
            ApplyError::Write { source, .. } => matches!(
                source.as_ref(),
                kube::Error::Api(status) if status.is_forbidden() || status.is_invalid()
            ),
        }
    }
}

#[instrument(skip_all)]
pub async fn apply(
    client: &Client,
    memory: &Memory,
    document: &Document,
    desired: &Desired,
    children: &Children,
) -> Result<(), ApplyError> {
    let cron_jobs: Api<CronJob> = Api::namespaced(client.clone(), &document.namespace);
    let jobs: Api<Job> = Api::namespaced(client.clone(), &document.namespace);
    let mut first = None;
    for cron_job in desired.cron_jobs.values() {
        let applied = apply_cron_job(&cron_jobs, memory, document, cron_job, children).await;
        unless_answered(applied, &mut first)?;
    }
    let orphans = children.cron_jobs.iter().filter(|cron_job| {
        let wanted = |it: &CronJob| it.metadata.name == cron_job.metadata.name;
        is_ours(cron_job, document) && !desired.cron_jobs.values().any(wanted)
    });
    for orphan in orphans {
        unless_answered(remove(&cron_jobs, orphan, children).await, &mut first)?;
    }
    // Last: a first run is nothing that the schedule should wait for.
    for job in &desired.jobs {
        let created = create_job(&jobs, document, job, children).await;
        unless_answered(created, &mut first)?;
    }
    first.map_or(Ok(()), Err)
}

/// What is refused for one child holds up no other one, and the first such error is told. Where no
/// answer comes, none will come for the others.
fn unless_answered(
    result: Result<(), ApplyError>,
    first: &mut Option<ApplyError>,
) -> Result<(), ApplyError> {
    match result {
        Err(error) if error.is_answer() => {
            first.get_or_insert(error);
            Ok(())
        }
        result => result,
    }
}

/// While nothing can be built, what the user takes away is taken away all the same.
#[instrument(name = "apply", skip_all)]
pub async fn restrict(
    client: &Client,
    document: &Document,
    children: &Children,
) -> Result<(), ApplyError> {
    let api: Api<CronJob> = Api::namespaced(client.clone(), &document.namespace);
    let sources = document.sources();
    let ours = children.cron_jobs.iter().filter(|it| is_ours(it, document));
    let mut first = None;
    for cron_job in ours {
        let source = cron_job.labels().get(SOURCE).and_then(|it| it.parse().ok());
        let is_wanted = source.is_some_and(|source| sources.contains(&source));
        let restricted = if !is_wanted {
            remove(&api, cron_job, children).await
        } else if document.spec.suspend && !is_suspended(cron_job) {
            suspend(&api, cron_job).await
        } else {
            Ok(())
        };
        unless_answered(restricted, &mut first)?;
    }
    first.map_or(Ok(()), Err)
}

/// Of a spec that can't be used no more is known than that nothing is to be collected.
#[instrument(name = "apply", skip_all)]
pub async fn suspend_all(
    client: &Client,
    tracked_mod: &TrackedMod,
    children: &Children,
) -> Result<(), ApplyError> {
    let namespace = tracked_mod.namespace().unwrap_or_default();
    let api: Api<CronJob> = Api::namespaced(client.clone(), &namespace);
    let uid = tracked_mod.uid();
    let mut first = None;
    let cron_jobs = children.cron_jobs.iter();
    for cron_job in cron_jobs.filter(|it| controller_uid(*it) == uid && !is_suspended(it)) {
        unless_answered(suspend(&api, cron_job).await, &mut first)?;
    }
    first.map_or(Ok(()), Err)
}

async fn apply_cron_job(
    api: &Api<CronJob>,
    memory: &Memory,
    document: &Document,
    desired: &CronJob,
    children: &Children,
) -> Result<(), ApplyError> {
    let name = desired.name_any();
    let listed = children.cron_jobs.iter().find(|it| it.name_any() == name);
    let existing = match listed {
        Some(existing) => Some(existing.clone()),
        // One that lost its labels isn't listed.
        None => api
            .get_opt(&name)
            .await
            .map_err(failed("read", "CronJob", &name))?,
    };
    if existing.as_ref().is_some_and(|it| !is_ours(it, document)) {
        return Err(ApplyError::NameTaken { name });
    }
    let uid = existing.as_ref().and_then(ResourceExt::uid);
    // Its generation doesn't tell of these.
    let has_metadata = existing
        .as_ref()
        .is_some_and(|it| holds(&it.metadata, &desired.metadata));
    let wanted = hash(&[&json!(desired).to_string()]);
    let generation = existing.as_ref().and_then(|it| it.metadata.generation);
    let known = Applied {
        desired: wanted.clone(),
        uid: uid.clone(),
        generation,
    };
    let key = (document.namespace.clone(), document.name.clone());
    let is_known = memory.of(&key, |it| it.applied.get(&name) == Some(&known));
    if has_metadata && is_known {
        return Ok(());
    }
    let mut desired = desired.clone();
    // Another object of that name, made meanwhile, is a conflict.
    desired.metadata.uid = uid;
    // One that somebody makes before the first apply has no UID that we know, and is not forced.
    let mut parameters = PatchParams::apply(MANAGER);
    parameters.force = existing.is_some();
    let now = api
        .patch(&name, &parameters, &Patch::Apply(&desired))
        .await
        .map_err(failed("apply", "CronJob", &name))?;
    let now = Applied {
        desired: wanted,
        uid: now.uid(),
        generation: now.metadata.generation,
    };
    memory.of(&key, |it| it.applied.insert(name, now));
    Ok(())
}

/// A CronJob goes when none of its Jobs runs; until then it starts none.
async fn remove(
    api: &Api<CronJob>,
    orphan: &CronJob,
    children: &Children,
) -> Result<(), ApplyError> {
    if !is_suspended(orphan) {
        // Its own event brings us back.
        return suspend(api, orphan).await;
    }
    // Its own status lags behind what it started.
    let told = orphan.status.as_ref().and_then(|it| it.active.as_ref());
    let mut jobs = children.jobs.iter();
    let runs = |job: &Job| controller_uid(job) == orphan.uid() && !is_finished(job);
    if told.is_some_and(|active| !active.is_empty()) || jobs.any(runs) {
        return Ok(());
    }
    let name = orphan.name_any();
    let parameters = DeleteParams::background().preconditions(Preconditions {
        uid: orphan.uid(),
        resource_version: orphan.resource_version(),
    });
    let deleted = api.delete(&name, &parameters).await.map(drop);
    gone_or(deleted).map_err(failed("delete", "CronJob", &name))
}

fn is_suspended(cron_job: &CronJob) -> bool {
    cron_job.spec.as_ref().and_then(|spec| spec.suspend) == Some(true)
}

async fn suspend(api: &Api<CronJob>, cron_job: &CronJob) -> Result<(), ApplyError> {
    let name = cron_job.name_any();
    let suspended = json!({
        "metadata": {"uid": cron_job.uid(), "resourceVersion": cron_job.resource_version()},
        "spec": {"suspend": true},
    });
    let parameters = PatchParams::default();
    let patched = api
        .patch(&name, &parameters, &Patch::Merge(&suspended))
        .await;
    gone_or(patched.map(drop)).map_err(failed("suspend", "CronJob", &name))
}

/// What is gone needs nothing more, and what has changed meanwhile brings us back by its event.
fn gone_or(result: kube::Result<()>) -> kube::Result<()> {
    match result {
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
        other => other,
    }
}

/// Its name is a hash of what it is for, so a second one of the same name is the same Job.
async fn create_job(
    api: &Api<Job>,
    document: &Document,
    job: &Job,
    children: &Children,
) -> Result<(), ApplyError> {
    let name = job.name_any();
    if children
        .jobs
        .iter()
        .any(|it| it.name_any() == name && is_ours_by_name(it, document))
    {
        return Ok(());
    }
    let parameters = PostParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PostParams::default()
    };
    match api.create(&parameters, job).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_already_exists() => {
            let existing = api
                .get_opt(&name)
                .await
                .map_err(failed("read", "Job", &name))?;
            match existing {
                Some(existing) if !is_ours_by_name(&existing, document) => {
                    Err(ApplyError::NameTaken { name })
                }
                _ => Ok(()),
            }
        }
        Err(error) => Err(failed("create", "Job", &name)(error)),
    }
}

fn failed(
    verb: &'static str,
    kind: &'static str,
    name: &str,
) -> impl FnOnce(kube::Error) -> ApplyError {
    move |source| ApplyError::Write {
        verb,
        kind,
        name: name.to_owned(),
        source: Box::new(source),
    }
}
