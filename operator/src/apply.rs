//! Step 4: makes the children what they should be, and removes what should not be there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::{Client, Resource, ResourceExt};
use modstats_crds::{Document, Source};
use serde_json::json;

use crate::build::Desired;
use crate::dereference::Children;
use crate::names::{self, MANAGER, SOURCE, hash};
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

/// What was applied last, by namespace and name: an apply that would change nothing isn't made.
#[derive(Debug, Default)]
pub struct Applied(Mutex<HashMap<(String, String), Known>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    desired: String,
    uid: Option<String>,
    /// Grows with every change of the spec, whoever makes it.
    generation: Option<i64>,
}

pub async fn apply(
    client: &Client,
    applied: &Applied,
    document: &Document,
    desired: &Desired,
    children: &Children,
) -> Result<(), ApplyError> {
    let cron_jobs: Api<CronJob> = Api::namespaced(client.clone(), &document.namespace);
    let jobs: Api<Job> = Api::namespaced(client.clone(), &document.namespace);
    for cron_job in desired.cron_jobs.values() {
        apply_cron_job(&cron_jobs, applied, document, cron_job, children).await?;
    }
    let orphans = children.cron_jobs.iter().filter(|cron_job| {
        let wanted = |it: &CronJob| it.metadata.name == cron_job.metadata.name;
        is_ours(cron_job, document) && !desired.cron_jobs.values().any(wanted)
    });
    for orphan in orphans {
        remove(&cron_jobs, orphan).await?;
    }
    // Last: a first run is nothing that the schedule should wait for.
    for job in &desired.jobs {
        create_job(&jobs, document, job, children).await?;
    }
    Ok(())
}

/// While nothing can be built, what the user takes away is taken away all the same.
pub async fn restrict(
    client: &Client,
    document: &Document,
    children: &Children,
) -> Result<(), ApplyError> {
    let api: Api<CronJob> = Api::namespaced(client.clone(), &document.namespace);
    let sources = document.sources();
    let ours = children.cron_jobs.iter().filter(|it| is_ours(it, document));
    for cron_job in ours {
        let source = cron_job.labels().get(SOURCE).and_then(|it| it.parse().ok());
        let is_wanted = source.is_some_and(|source| sources.contains(&source));
        if !is_wanted {
            remove(&api, cron_job).await?;
        } else if document.spec.suspend && !is_suspended(cron_job) {
            suspend(&api, cron_job).await?;
        }
    }
    Ok(())
}

async fn apply_cron_job(
    api: &Api<CronJob>,
    applied: &Applied,
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
    let known = Known {
        desired: wanted.clone(),
        uid: uid.clone(),
        generation,
    };
    let key = (document.namespace.clone(), name.clone());
    if has_metadata && applied.get(&key) == Some(known) {
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
    applied.set(
        key,
        Known {
            desired: wanted,
            uid: now.uid(),
            generation: now.metadata.generation,
        },
    );
    Ok(())
}

/// A CronJob goes when none of its Jobs runs; until then it starts none.
async fn remove(api: &Api<CronJob>, orphan: &CronJob) -> Result<(), ApplyError> {
    if !is_suspended(orphan) {
        // Its own event brings us back.
        return suspend(api, orphan).await;
    }
    let running = orphan.status.as_ref().and_then(|it| it.active.as_ref());
    if running.is_some_and(|running| !running.is_empty()) {
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

fn is_ours(cron_job: &CronJob, document: &Document) -> bool {
    let name = cron_job.name_any();
    let mut named = Source::ALL.iter();
    is_owned(cron_job, document)
        || is_stray(cron_job) && named.any(|it| names::cron_job(document, *it) == name)
}

/// Of a child with a name that only this TrackedMod gives: its UID is in it.
fn is_ours_by_name(child: &impl Resource, document: &Document) -> bool {
    is_owned(child, document) || is_stray(child)
}

/// Owned by this very TrackedMod: one that was deleted and made anew has another UID.
fn is_owned(child: &impl Resource, document: &Document) -> bool {
    controller(child.meta()).is_some_and(|owner| owner.uid == document.uid)
}

/// Made by us, and nobody's since its owner reference was taken away.
fn is_stray(child: &impl Resource) -> bool {
    let metadata = child.meta();
    let mut managers = metadata.managed_fields.iter().flatten();
    controller(metadata).is_none() && managers.any(|it| it.manager.as_deref() == Some(MANAGER))
}

fn controller(metadata: &ObjectMeta) -> Option<&OwnerReference> {
    let mut owners = metadata.owner_references.iter().flatten();
    owners.find(|owner| owner.controller == Some(true))
}

/// Whether everything that is wanted stands there, whatever else does.
fn holds(there: &ObjectMeta, wanted: &ObjectMeta) -> bool {
    let mut owners = wanted.owner_references.iter().flatten();
    let stands = |owner: &OwnerReference| {
        let mut there = there.owner_references.iter().flatten();
        there.any(|it| is_same_owner(it, owner))
    };
    contains(&there.labels, &wanted.labels)
        && contains(&there.annotations, &wanted.annotations)
        && owners.all(stands)
}

type Texts = Option<BTreeMap<String, String>>;

fn contains(there: &Texts, wanted: &Texts) -> bool {
    let value = |key: &String| there.as_ref().and_then(|there| there.get(key));
    let mut wanted = wanted.iter().flatten();
    wanted.all(|(key, wanted)| value(key) == Some(wanted))
}

/// Whether it holds up a deletion is for others to say.
fn is_same_owner(there: &OwnerReference, wanted: &OwnerReference) -> bool {
    let there = OwnerReference {
        block_owner_deletion: wanted.block_owner_deletion,
        ..there.clone()
    };
    there == *wanted
}

impl Applied {
    fn get(&self, key: &(String, String)) -> Option<Known> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    fn set(&self, key: (String, String), known: Known) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::build;
    use crate::build::tests::{config, document, now, validated};

    /// As the API server gives it back.
    fn applied() -> CronJob {
        let desired = build(&validated(), &config(), None, now());
        let mut cron_job = desired.cron_jobs[&Source::Modrinth].clone();
        let ours = json!([{"manager": MANAGER, "operation": "Apply"}]);
        cron_job.metadata.managed_fields = serde_json::from_value(ours).unwrap();
        cron_job
    }

    fn stray() -> CronJob {
        let mut cron_job = applied();
        cron_job.metadata.owner_references = None;
        cron_job
    }

    #[test]
    fn a_cron_job_without_an_owner_is_ours_if_we_made_it_for_this_very_tracked_mod() {
        assert!(is_ours(&applied(), &document()));
        assert!(is_ours(&stray(), &document()));

        let mut made_anew = document();
        made_anew.uid = "another".to_owned();
        assert!(!is_ours(&applied(), &made_anew));
        assert!(!is_ours(&stray(), &made_anew));
    }

    #[test]
    fn a_cron_job_that_somebody_else_made_or_controls_is_not_ours() {
        let mut foreign = stray();
        foreign.metadata.managed_fields = None;
        assert!(!is_ours(&foreign, &document()));

        let mut controlled = applied();
        let owners = controlled.metadata.owner_references.as_mut().unwrap();
        owners[0].uid = "another".to_owned();
        assert!(!is_ours(&controlled, &document()));
        controlled.metadata.owner_references.as_mut().unwrap()[0].controller = None;
        assert!(is_ours(&controlled, &document()), "nobody controls it");
    }

    #[test]
    fn metadata_holds_what_is_wanted_whatever_others_add() {
        let wanted = applied().metadata;
        let mut there = wanted.clone();
        let labels = there.labels.get_or_insert_default();
        labels.insert("theirs".to_owned(), "kept".to_owned());
        there
            .annotations
            .get_or_insert_default()
            .insert("theirs".to_owned(), "kept".to_owned());
        let owners = there.owner_references.get_or_insert_default();
        owners[0].block_owner_deletion = Some(true);
        owners.push(OwnerReference {
            uid: "theirs".to_owned(),
            ..OwnerReference::default()
        });
        assert!(holds(&there, &wanted));

        let without = |take: fn(&mut ObjectMeta)| {
            let mut there = there.clone();
            take(&mut there);
            holds(&there, &wanted)
        };
        assert!(!without(|it| drop(
            it.labels.as_mut().unwrap().remove(SOURCE)
        )));
        assert!(!without(|it| drop(
            it.owner_references.as_mut().unwrap().remove(0)
        )));
        assert!(!without(
            |it| it.owner_references.as_mut().unwrap()[0].controller = None
        ));
    }
}
