//! A fleet that has settled costs reads where somebody else changes something, and no write.

use k8s_openapi::jiff::{Timestamp, ToSpan, tz::TimeZone};
use modstats_tests::kubernetes::ControlPlane;
use modstats_tests::soak;
use serde_json::Value;

use super::raw::create;
use super::*;

const COUNT: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tracked_mods_that_have_settled_cost_no_write_and_a_change_is_still_seen() {
    // Of its own: the audit log is the witness.
    let plane = ControlPlane::start().await;
    let ground = Ground::new(&plane, ELSEWHERE).await;
    for number in 0..COUNT {
        create(&ground, &tracked_mod(number)).await.unwrap();
    }
    eventually(SOON * 4, "all runs have ended and are told", async || {
        end_all(&ground).await;
        let unsettled = unsettled(&ground).await;
        match unsettled.len() {
            0 => Ok(()),
            count => Err(format!("{count}, among them {:?}", unsettled[0])),
        }
    })
    .await;
    let writes = ground.settled_writes().await;
    let reads = ground.requests().len();

    // What others write wakes it, and changes nothing of ours.
    let label = |value: &str| Patch::Merge(json!({"metadata": {"labels": {"somebody": value}}}));
    let (tracked_mods, cron_jobs): (Api<TrackedMod>, Api<CronJob>) = (ground.api(), ground.api());
    let parameters = PatchParams::default();
    for number in 0..COUNT {
        let name = name(number);
        tracked_mods
            .patch(&name, &parameters, &label("else"))
            .await
            .unwrap();
    }
    for cron_job in ground.cron_jobs().await {
        cron_jobs
            .patch(&cron_job.name_any(), &parameters, &label("else"))
            .await
            .unwrap();
    }
    let window = Duration::from_secs(if soak() { 600 } else { 60 });
    tokio::time::sleep(window).await;
    assert!(ground.requests().len() >= reads + COUNT, "it was woken");
    assert_eq!(ground.writes(), writes);

    let changed = name(1);
    let spec = Patch::Merge(json!({"spec": {"displayName": "Changed"}}));
    tracked_mods
        .patch(&changed, &parameters, &spec)
        .await
        .unwrap();
    eventually(SOON, "the change is applied and told", async || {
        let tracked_mod = tracked_mods.get(&changed).await.unwrap();
        let observed = tracked_mod.status.unwrap().observed_generation;
        match observed == tracked_mod.metadata.generation {
            true => Ok(()),
            false => Err(format!("{observed:?}")),
        }
    })
    .await;
    let written = ground
        .requests()
        .into_iter()
        .filter(AuditEvent::is_write)
        .skip(writes);
    let written: Vec<_> = written.filter_map(|it| it.object_ref).collect();
    let of_it = |name: &str| name == changed || name.starts_with(&format!("{changed}-modrinth"));
    assert!(!written.is_empty());
    assert!(written.iter().all(|it| of_it(&it.name)), "{written:#?}");
}

fn name(number: usize) -> String {
    format!("gears-{number:03}")
}

/// Every fourth is suspended, every second asks for modpacks; none is due while the test runs.
fn tracked_mod(number: usize) -> Value {
    let later = Timestamp::now() + 12.hours();
    let hour = later.to_zoned(TimeZone::UTC).hour();
    let schedule = format!("17 {hour} * * *");
    let modpacks = if number.is_multiple_of(2) {
        "Enabled"
    } else {
        "Disabled"
    };
    json!({
        "apiVersion": "modstats.dev/v1alpha1",
        "kind": "TrackedMod",
        "metadata": {"name": name(number)},
        "spec": {
            "modrinth": {"projects": [name(number)]},
            "modpacks": {"modrinth": modpacks, "schedule": schedule},
            "schedule": schedule,
            "suspend": number.is_multiple_of(4),
        },
    })
}

/// Ends every run that goes on, as its collector would.
async fn end_all(ground: &Ground<'_>) {
    let pods: Api<Pod> = ground.api();
    let pending = ListParams::default().fields("status.phase=Pending");
    for pod in pods.list(&pending).await.unwrap() {
        let source = pod.labels()["modstats.dev/source"].parse().unwrap();
        ground
            .finish(&pod, source, Outcome::Complete, Some(7), None)
            .await;
    }
}

async fn unsettled(ground: &Ground<'_>) -> Vec<TrackedMod> {
    let all: Api<TrackedMod> = ground.api();
    let all = all.list(&ListParams::default()).await.unwrap();
    assert_eq!(all.items.len(), COUNT);
    let settled = |it: &TrackedMod| {
        let conditions = it.status.clone().unwrap_or_default().conditions;
        let is = |type_, reason| {
            let mut of_type = conditions.iter().filter(|it| it.type_ == type_);
            of_type.any(|it| it.reason == reason)
        };
        is("CollectionSucceeded", "Complete") || it.spec.suspend && is("Ready", "Suspended")
    };
    all.into_iter().filter(|it| !settled(it)).collect()
}
