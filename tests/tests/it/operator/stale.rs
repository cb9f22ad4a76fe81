//! Watches that tell nothing while a TrackedMod changes and changes back, goes, or is made anew under
//! its name: afterwards everything is as if they had told all of it. `MODSTATS_SOAK=1` freezes
//! each of them in each case, otherwise a sample.

use futures::{StreamExt, stream};
use modstats_tests::kubernetes::{ApiRequest, ControlPlane, Failure, Moment};
use modstats_tests::soak;

use super::outcome::{Deeds, State};
use super::*;

const AT_ONCE: usize = 3;
const FROZEN: [&[&str]; 4] = [
    &["trackedmods"],
    &["cronjobs"],
    &["jobs", "pods"],
    &["trackedmods", "cronjobs", "jobs", "pods"],
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    ChangedAndBack,
    /// Its CronJobs, not by the operator.
    ChildrenDeleted,
    Deleted,
    MadeAnew,
}

use Event::{ChangedAndBack, ChildrenDeleted, Deleted, MadeAnew};

const EVENTS: [Event; 4] = [ChangedAndBack, ChildrenDeleted, Deleted, MadeAnew];

impl Event {
    /// Happens without the operator's knowledge, or under its eyes.
    async fn happen(self, ground: &Ground<'_>) {
        match self {
            ChangedAndBack => {
                let changed = SELDOM.replace("'17 4 29 2 *'", "'18 4 29 2 *'");
                ground.apply(&format!("{changed}  suspend: true\n")).await;
                ground.apply(SELDOM).await;
            }
            ChildrenDeleted => {
                let cron_jobs: Api<CronJob> = ground.api();
                let (background, all) = (DeleteParams::background(), ListParams::default());
                let deleted = cron_jobs.delete_collection(&background, &all).await;
                deleted.unwrap();
            }
            Deleted => ground.delete().await,
            MadeAnew => {
                ground.delete().await;
                ground.apply(SELDOM).await;
            }
        }
    }
}

/// How the watches tell again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Thawed,
    Cut,
    /// The API server doesn't remember where they were.
    Expired,
}

const ENDINGS: [Ending; 3] = [Ending::Thawed, Ending::Cut, Ending::Expired];

async fn created(plane: &ControlPlane) -> Ground<'_> {
    let setup = Setup {
        database: ELSEWHERE,
        through_proxy: true,
        ..Setup::default()
    };
    let ground = Ground::set_up(plane, setup).await;
    ground.apply(SELDOM).await;
    ground.end_all().await;
    ground.quiet().await;
    ground
}

/// An event under the operator's eyes.
struct Seen {
    event: Event,
    state: State,
    deeds: Deeds,
}

async fn seen(plane: &ControlPlane, event: Event) -> Seen {
    let ground = created(plane).await;
    let before = ground.tracked_mod().await;
    event.happen(&ground).await;
    match event {
        ChangedAndBack => {
            eventually(SOON, "the change is observed", async || {
                let status = ground.tracked_mod().await.status.unwrap_or_default();
                match status.observed_generation {
                    Some(3) => Ok(()),
                    other => Err(format!("{other:?}")),
                }
            })
            .await;
            ground.quiet().await;
        }
        ChildrenDeleted => ground.has_made((3, 3), "they are back").await,
        Deleted => ground.comes_to(&State::nothing(), "it is gone").await,
        MadeAnew => {
            eventually(SOON, "the old one's children are gone", async || {
                let jobs = ground.jobs().await;
                let old = |job: &&Job| job.owner_references()[0].uid == before.uid().unwrap();
                match jobs.iter().filter(old).count() {
                    0 => Ok(()),
                    left => Err(format!("{left} Jobs")),
                }
            })
            .await;
            ground.has_made((3, 3), "the new one's are there").await;
        }
    }
    Seen {
        event,
        state: ground.state().await,
        deeds: ground.deeds(),
    }
}

async fn unseen(plane: &ControlPlane, seen: &Seen, frozen: &'static [&str], ending: Ending) {
    let what = format!(
        "{:?} while {frozen:?} are frozen, then {ending:?}",
        seen.event
    );
    let ground = created(plane).await;
    for resource in frozen {
        ground.proxy().freeze(resource);
    }
    seen.event.happen(&ground).await;
    ground.quiet().await;
    if ending == Ending::Thawed {
        ground.proxy().thaw();
    } else {
        if ending == Ending::Expired {
            for resource in frozen {
                let is_watch =
                    move |it: &ApiRequest| it.verb == "watch" && it.resource == *resource;
                let gone = Failure::Status(410);
                let proxy = ground.proxy();
                proxy.fail(1, is_watch, Moment::BeforeSent, gone);
            }
        }
        ground.proxy().cut_watches();
    }
    ground.comes_to(&seen.state, &what).await;
    assert_eq!(ground.deeds(), seen.deeds, "{what}");
    println!("{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_watches_did_not_tell_is_made_up_for_when_they_tell_again() {
    let plane = ControlPlane::start().await;
    let events: Vec<Seen> = stream::iter(EVENTS)
        .map(|event| seen(&plane, event))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut plans = Vec::new();
    for (row, seen) in events.iter().enumerate() {
        for (column, frozen) in FROZEN.into_iter().enumerate() {
            for (third, ending) in ENDINGS.into_iter().enumerate() {
                if soak() || (3 * column + third + 2 * row) % 5 == 2 {
                    plans.push((seen, frozen, ending));
                }
            }
        }
    }
    stream::iter(&plans)
        .for_each_concurrent(AT_ONCE, async |(seen, frozen, ending)| {
            unseen(&plane, seen, frozen, *ending).await;
        })
        .await;
    println!("{} plans", plans.len());
}
