//! From a TrackedMod's creation to its deletion, whatever is done to what was made for it.

mod changes;
mod deletion;
mod drift;
mod first_runs;
mod taken;

use kube::api::DeleteParams;
use modstats_tests::kubernetes::control_plane;
use serde_json::Value;

use super::*;

impl Ground<'_> {
    /// The CronJob of a source; there is one.
    async fn cron_job(&self, source: Source) -> CronJob {
        let what = format!("{source} has a CronJob");
        let label = format!("modstats.dev/source={source}");
        eventually(SOON, &what, async || {
            let api: Api<CronJob> = self.api();
            let of_source = ListParams::default().labels(&label);
            let mut found = api.list(&of_source).await.unwrap().items;
            match found.len() {
                1 => Ok(found.remove(0)),
                count => Err(format!("{count}\n{}", self.operator.output())),
            }
        })
        .await
    }

    /// The runs outside the schedule.
    async fn runs(&self) -> Vec<Job> {
        let mut jobs = self.jobs().await;
        jobs.retain(|job| {
            let owner = job.owner_references().first();
            owner.is_none_or(|owner| owner.kind == "TrackedMod")
        });
        jobs
    }

    async fn patch<K>(&self, name: &str, patch: Value) -> K
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope>
            + Clone
            + serde::de::DeserializeOwned
            + std::fmt::Debug,
        K::DynamicType: Default,
    {
        let api: Api<K> = self.api();
        api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await
            .unwrap()
    }

    /// Has the operator look at the TrackedMod again, and waits until it has done what it wants.
    async fn looked_at_again(&self) {
        let before = self.requests().len();
        let now = jiff::Timestamp::now().to_string();
        let touch = json!({"metadata": {"annotations": {"somebody": now}}});
        self.patch::<TrackedMod>("gears", touch).await;
        eventually(SOON, "it is looked at again", async || {
            let requests = self.requests();
            let read = requests[before..].iter().any(|it| {
                let of = it.object_ref.clone().unwrap_or_default();
                it.verb == "get" && of.resource == "trackedmods"
            });
            read.then_some(()).ok_or("not yet")
        })
        .await;
        self.settled_writes().await;
    }
}
