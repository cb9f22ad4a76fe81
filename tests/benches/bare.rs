//! What an operator leaves in a namespace, written by a client that does nothing else.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::GroupVersionKind;
use kube::{Client, CustomResourceExt, ResourceExt};
use modstats_crds::TrackedMod;

pub const MANAGER: &str = "modstats-operator";
/// As many as the operator reconciles.
pub const AT_ONCE: usize = 4;

/// A request that writes, as the operator makes it.
pub enum Write {
    Apply(DynamicObject),
    Status(DynamicObject),
    Create(DynamicObject),
}

/// One TrackedMod's objects after each other, those of several at once.
pub async fn write(client: &Client, namespace: &str, all: &BTreeMap<String, Vec<Write>>) {
    let api =
        |resource| Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &resource);
    let (tracked_mods, cron_jobs, jobs) = (
        api(TrackedMod::api_resource()),
        api(cron_jobs()),
        api(jobs()),
    );
    let apply = PatchParams::apply(MANAGER).force();
    stream::iter(all)
        .for_each_concurrent(AT_ONCE, async |(name, writes)| {
            for write in writes {
                let written = match write {
                    Write::Apply(it) => {
                        cron_jobs
                            .patch(&it.name_any(), &apply, &Patch::Apply(it))
                            .await
                    }
                    Write::Status(it) => {
                        tracked_mods
                            .patch_status(name, &apply, &Patch::Apply(it))
                            .await
                    }
                    Write::Create(it) => jobs.create(&PostParams::default(), it).await,
                };
                written.unwrap();
            }
        })
        .await;
}

/// Without what the API server and the controllers add.
pub fn as_sent(mut object: DynamicObject) -> DynamicObject {
    object.metadata.uid = None;
    object.metadata.resource_version = None;
    object.metadata.creation_timestamp = None;
    object.metadata.generation = None;
    object.metadata.managed_fields = None;
    let data = object.data.as_object_mut().unwrap();
    match object.types.as_ref().unwrap().kind.as_str() {
        "TrackedMod" => {
            data.remove("spec");
        }
        kind => {
            data.remove("status");
            if kind == "Job" {
                let spec = data["spec"].as_object_mut().unwrap();
                spec.remove("selector");
                let labels = spec["template"]["metadata"]["labels"].as_object_mut();
                let of_controller =
                    |key: &str| key.ends_with("controller-uid") || key.ends_with("job-name");
                labels.unwrap().retain(|key, _| !of_controller(key));
            }
        }
    }
    object
}

pub fn resource(group: &str, kind: &str) -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind))
}

pub fn cron_jobs() -> ApiResource {
    resource("batch", "CronJob")
}

pub fn jobs() -> ApiResource {
    resource("batch", "Job")
}
