//! Which children are ours, and whether they still say so.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{Resource, ResourceExt};
use modstats_crds::{Document, Source};

use crate::names::{self, MANAGER};

/// Owned by this very TrackedMod, or made for it and left alone since.
pub fn is_ours(cron_job: &CronJob, document: &Document) -> bool {
    let name = cron_job.name_any();
    let mut named = Source::ALL.iter();
    is_owned(cron_job, document)
        || is_stray(cron_job) && named.any(|it| names::cron_job(document, *it) == name)
}

/// Of a child with a name that only this TrackedMod gives: its UID is in it.
pub fn is_ours_by_name(child: &impl Resource, document: &Document) -> bool {
    is_owned(child, document) || is_stray(child)
}

/// Owned by this very TrackedMod: one that was deleted and made anew has another UID.
fn is_owned(child: &impl Resource, document: &Document) -> bool {
    controller_uid(child).is_some_and(|uid| uid == document.uid)
}

/// Made by us, and nobody's since its owner reference was taken away.
fn is_stray(child: &impl Resource) -> bool {
    let mut managers = child.meta().managed_fields.iter().flatten();
    controller_uid(child).is_none() && managers.any(|it| it.manager.as_deref() == Some(MANAGER))
}

/// The UID of whoever made it and looks after it.
pub fn controller_uid(child: &impl Resource) -> Option<String> {
    let mut owners = child.meta().owner_references.iter().flatten();
    let controller = owners.find(|owner| owner.controller == Some(true));
    controller.map(|owner| owner.uid.clone())
}

/// Whether everything that is wanted stands there, whatever else does.
pub fn holds(there: &ObjectMeta, wanted: &ObjectMeta) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::build;
    use crate::build::tests::{config, document, now, validated};
    use crate::names::SOURCE;
    use serde_json::json;

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
