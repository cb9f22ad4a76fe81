use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// With every field that can change.
const WHOLE: &str = "
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  displayName: Gears
  modrinth: {projects: [gears]}
  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge, key: api-key}}
  modpacks: {modrinth: Enabled, curseforge: Website, curseforgeIds: [12], schedule: '43 3 * * *'}
  schedule: '17 */6 * * *'
  timeZone: Etc/UTC
  suspend: false
  database: {secretRef: {name: mine}}
";
const SCHEDULE: &str = "/schedule";
const ZONE: &str = "/timeZone";
const SUSPEND: &str = "/suspend";
const SECRET: &str =
    "/jobTemplate/spec/template/spec/containers/*/env/*/valueFrom/secretKeyRef/name";
const KEY: &str = "/jobTemplate/spec/template/spec/containers/*/env/*/valueFrom/secretKeyRef/key";

/// One change of the spec after the other.
struct Change {
    spec: Value,
    /// Where the CronJobs differ then, besides the document; the rest stays as it was.
    modrinth: &'static [&'static str],
    curseforge: &'static [&'static str],
    modpacks: &'static [&'static str],
    /// Whose set of projects is another one.
    runs: usize,
}

fn change(
    spec: Value,
    [modrinth, curseforge, modpacks]: [&'static [&'static str]; 3],
    runs: usize,
) -> Change {
    Change {
        spec,
        modrinth,
        curseforge,
        modpacks,
        runs,
    }
}

fn changes() -> Vec<Change> {
    let key = |it: Value| json!({"curseforge": {"apiKeySecretRef": it}});
    let packs = |it: Value| json!({ "modpacks": it });
    let none: [&[&str]; 3] = [&[], &[], &[]];
    vec![
        change(json!({"displayName": "Cogs"}), none, 0),
        change(
            json!({"modrinth": {"projects": ["gears", "cogs"]}}),
            none,
            2,
        ),
        change(
            json!({"modrinth": {"projects": ["cogs", "gears"]}}),
            none,
            0,
        ),
        change(json!({"curseforge": {"projects": [4711, 815]}}), none, 2),
        change(
            key(json!({"name": "other"})),
            [&[], &[SECRET], &[SECRET]],
            0,
        ),
        change(key(json!({"key": "other"})), [&[], &[KEY], &[KEY]], 0),
        change(packs(json!({"curseforgeIds": [12, 13]})), none, 1),
        change(packs(json!({"modrinth": "Disabled"})), none, 1),
        change(packs(json!({"curseforge": "Disabled"})), none, 1),
        change(
            packs(json!({"schedule": "44 4 * * *"})),
            [&[], &[], &[SCHEDULE]],
            0,
        ),
        change(
            json!({"schedule": "18 */4 * * *"}),
            [&[SCHEDULE], &[SCHEDULE], &[]],
            0,
        ),
        change(
            json!({"timeZone": "Europe/Paris"}),
            [&[ZONE], &[ZONE], &[ZONE]],
            0,
        ),
        change(
            json!({"database": {"secretRef": {"name": "other"}}}),
            [&[SECRET], &[SECRET], &[SECRET]],
            0,
        ),
        // The operator's default.
        change(
            json!({"database": null}),
            [&[SECRET], &[SECRET], &[SECRET]],
            0,
        ),
        change(
            json!({"suspend": true}),
            [&[SUSPEND], &[SUSPEND], &[SUSPEND]],
            0,
        ),
        change(
            json!({"suspend": false}),
            [&[SUSPEND], &[SUSPEND], &[SUSPEND]],
            0,
        ),
        // The default schedule is meant in UTC.
        change(
            json!({"schedule": null}),
            [&[SCHEDULE, ZONE], &[SCHEDULE, ZONE], &[]],
            0,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_of_the_spec_changes_in_the_cron_jobs_what_it_means_and_nothing_else() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    ground.apply(WHOLE).await;
    let mut runs = 3;
    let mut before = applied(&ground, runs).await;
    for change in changes() {
        let asked = change.spec.to_string();
        ground
            .patch::<TrackedMod>("gears", json!({"spec": change.spec}))
            .await;
        runs += change.runs;
        let after = applied(&ground, runs).await;
        let expected = [change.modrinth, change.curseforge, change.modpacks];
        for (source, expected) in Source::ALL.iter().zip(expected) {
            let mut found = BTreeSet::new();
            differences("", &before[source].0, &after[source].0, &mut found);
            let expected: BTreeSet<String> = expected.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(found, expected, "{source} after {asked}");
            assert_eq!(
                before[source].1, after[source].1,
                "{asked}: it is the same CronJob"
            );
        }
        before = after;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_goes_waits_for_its_run_and_comes_back_as_it_was() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    let both = format!("{GEARS_ANYWHERE}  modpacks: {{modrinth: Disabled}}\n");
    ground.apply(&both).await;
    let cron_job = ground.cron_job(Source::Curseforge).await;
    let pod = scheduled_run(&ground, &cron_job).await;

    ground.apply(MODRINTH_ALONE).await;
    let api: Api<CronJob> = ground.api();
    let name = cron_job.name_any();
    eventually(SOON, "it starts no more runs", async || {
        let suspend = api.get(&name).await.unwrap().spec.unwrap().suspend;
        if suspend == Some(true) {
            Ok(())
        } else {
            Err(format!("{suspend:?}"))
        }
    })
    .await;
    ground.settled_writes().await;
    assert_eq!(
        api.get(&name).await.unwrap().uid(),
        cron_job.uid(),
        "a run goes on"
    );

    ground
        .finish(&pod, Source::Curseforge, Outcome::Complete, Some(9), None)
        .await;
    eventually(SOON, "it is gone", async || {
        match api.get_opt(&name).await.unwrap() {
            None => Ok(()),
            Some(it) => Err(format!("{:?}", it.status)),
        }
    })
    .await;
    ground.apply(&both).await;
    let again = ground.cron_job(Source::Curseforge).await;
    assert_eq!(
        (again.name_any(), &again.spec.unwrap().suspend),
        (name, &Some(false))
    );
}

/// A run of the CronJob's own, as its controller makes one when the time has come.
async fn scheduled_run(ground: &Ground<'_>, cron_job: &CronJob) -> Pod {
    let name = cron_job.name_any();
    let from = format!("--from=cronjob/{name}");
    let create = ["create", "job", "scheduled", &from, "-n", &ground.namespace];
    kubectl(ground.plane, &create).await.must_succeed();
    let jobs: Api<Job> = ground.api();
    let job = jobs.get("scheduled").await.unwrap();
    let active = json!({"status": {"active": [{
        "apiVersion": "batch/v1", "kind": "Job", "name": "scheduled",
        "namespace": ground.namespace, "uid": job.uid(),
    }]}});
    let api: Api<CronJob> = ground.api();
    api.patch_status(&name, &PatchParams::default(), &Patch::Merge(active))
        .await
        .unwrap();
    eventually(SOON, "the run has a pod", async || {
        let pods: Api<Pod> = ground.api();
        let of_it = ListParams::default().labels("batch.kubernetes.io/job-name=scheduled");
        pods.list(&of_it).await.unwrap().items.pop().ok_or("none")
    })
    .await
}

/// The CronJobs' specs but for the document, and their UIDs, once the present spec is applied and
/// so many runs were made outside the schedule.
async fn applied(ground: &Ground<'_>, runs: usize) -> BTreeMap<Source, (Value, Option<String>)> {
    eventually(SOON, "the spec is applied", async || {
        let tracked_mod = ground.tracked_mod().await;
        let observed = tracked_mod.status.unwrap_or_default().observed_generation;
        let made = ground.runs().await.len();
        if (observed, made) == (tracked_mod.metadata.generation, runs) {
            Ok(())
        } else {
            Err(format!(
                "{observed:?}, {made} runs\n{}",
                ground.operator.output()
            ))
        }
    })
    .await;
    let mut found = BTreeMap::new();
    for source in Source::ALL {
        let cron_job = ground.cron_job(*source).await;
        let mut spec = json!(cron_job.spec);
        let document = spec.pointer_mut(DOCUMENT).unwrap().take();
        let document = Document::from_json(document.as_str().unwrap()).unwrap();
        assert_eq!(document.spec, ground.tracked_mod().await.spec);
        found.insert(*source, (spec, cron_job.uid()));
    }
    found
}

const DOCUMENT: &str = "/jobTemplate/spec/template/metadata/annotations/modstats.dev~1document";

/// Where two values differ; places in lists are not told apart.
fn differences(at: &str, before: &Value, after: &Value, found: &mut BTreeSet<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let at = format!("{at}/{name}");
                let part = |of: &serde_json::Map<String, Value>| of.get(name).cloned();
                let (before, after) = (part(before), part(after));
                differences(&at, &json!(before), &json!(after), found);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (before, after) in before.iter().zip(after) {
                differences(&format!("{at}/*"), before, after, found);
            }
        }
        _ if before != after => drop(found.insert(at.to_owned())),
        _ => {}
    }
}
