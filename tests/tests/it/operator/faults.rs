//! What an API server in trouble answers, at each write of an operator: it tries again and ends as
//! if nothing had been. `MODSTATS_SOAK=1` brings every fault to every write, otherwise each to a
//! few of them.

use futures::{StreamExt, stream};
use modstats_tests::kubernetes::Failure::{Cut, Later, Status};
use modstats_tests::kubernetes::Moment::{AfterCommitted, BeforeSent};
use modstats_tests::kubernetes::{ApiRequest, ControlPlane, Failure, Moment, control_plane};
use modstats_tests::soak;

use super::scenario::Reference;
use super::scenario::Scenario::{self, Change, CollectNow, Create, Suspend};
use super::*;

const AT_ONCE: usize = 3;
const SCENARIOS: [Scenario; 4] = [Create, Change, Suspend, CollectNow];
const FAULTS: [(Moment, Failure); 10] = [
    (BeforeSent, Status(409)),
    (BeforeSent, Status(410)),
    (BeforeSent, Later(1)),
    (BeforeSent, Status(500)),
    (BeforeSent, Status(503)),
    (BeforeSent, Status(504)),
    (BeforeSent, Cut),
    (AfterCommitted, Status(500)),
    (AfterCommitted, Status(504)),
    (AfterCommitted, Cut),
];
const LASTING: [(Moment, Failure); 3] = [
    (BeforeSent, Status(503)),
    (BeforeSent, Cut),
    (AfterCommitted, Status(504)),
];

async fn references(plane: &ControlPlane) -> Vec<Reference> {
    stream::iter(SCENARIOS)
        .map(|scenario| Reference::of(scenario, plane))
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// Has come to what it would have come to, by the same process and with no deed more.
async fn is_undisturbed(ground: &Ground<'_>, reference: &Reference, pid: u32, what: &str) {
    ground.comes_to(&reference.made, what).await;
    assert_eq!(ground.deeds(), reference.deeds, "{what}");
    assert!(ground.operator.is_running(), "{what}");
    assert_eq!(ground.operator.pid(), pid);
}

/// Whether the fault was met: how many writes there are differs by chance.
async fn one_write_fails(
    plane: &ControlPlane,
    reference: &Reference,
    nth: usize,
    (moment, failure): (Moment, Failure),
) -> bool {
    let scenario = reference.scenario;
    let what = format!("{scenario:?}: {failure:?} {moment:?} at write {nth}");
    let ground = scenario.ground(plane).await;
    let pid = ground.operator.pid();
    scenario.prepare(&ground).await;
    ground
        .proxy()
        .fail(nth, ApiRequest::is_write, moment, failure);
    scenario.begin(&ground).await;
    is_undisturbed(&ground, reference, pid, &what).await;
    let met = ground.proxy().is_through();
    println!("{what}{}", if met { "" } else { ", which didn't come" });
    met
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_write_is_answered_it_is_tried_again_and_done_once() {
    let plane = ControlPlane::start().await;
    let references = references(&plane).await;
    let mut plans = Vec::new();
    for (row, reference) in references.iter().enumerate() {
        for (column, fault) in FAULTS.into_iter().enumerate() {
            let sampled = (row + column) % 2 == 0;
            let nth = 1 + (7 * column + row) % reference.writes;
            let all = (1..=reference.writes).filter(|it| soak() || sampled && *it == nth);
            plans.extend(all.map(|nth| (reference, nth, fault)));
        }
    }
    let met: Vec<bool> = stream::iter(&plans)
        .map(|(reference, nth, fault)| one_write_fails(&plane, reference, *nth, *fault))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let met = met.into_iter().filter(|met| *met).count();
    println!("{} plans, {met} met their write", plans.len());
    assert!(10 * met >= 8 * plans.len(), "{met} of {}", plans.len());
}

async fn every_write_fails(
    plane: &ControlPlane,
    reference: &Reference,
    (moment, failure): (Moment, Failure),
) {
    let scenario = reference.scenario;
    let what = format!("{scenario:?}: {failure:?} {moment:?} at every write");
    let ground = scenario.ground(plane).await;
    let pid = ground.operator.pid();
    scenario.prepare(&ground).await;
    let (writes, deeds) = (ground.writes_seen(), ground.deeds());
    ground
        .proxy()
        .fail_every(ApiRequest::is_write, moment, failure);
    scenario.begin(&ground).await;
    let trouble = Duration::from_secs(if soak() { 180 } else { 20 });
    tokio::time::sleep(trouble).await;
    let tries = ground.writes_seen() - writes;
    assert!(tries >= 3, "{what}: {tries} writes");
    if moment == BeforeSent {
        assert_eq!(ground.deeds(), deeds, "{what}");
        assert_ne!(ground.state().await, reference.made, "{what}");
    }
    ground.proxy().relent();
    is_undisturbed(&ground, reference, pid, &what).await;
    println!("{what}: {tries} writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_in_which_no_write_succeeds_are_made_up_for_by_the_same_process() {
    let plane = ControlPlane::start().await;
    let references = references(&plane).await;
    let mut plans = Vec::new();
    for (row, reference) in references.iter().enumerate() {
        for (column, fault) in LASTING.into_iter().enumerate() {
            if soak() || (row + column) % 3 == 0 {
                plans.push((reference, fault));
            }
        }
    }
    stream::iter(&plans)
        .for_each_concurrent(AT_ONCE, async |(reference, fault)| {
            every_write_fails(&plane, reference, *fault).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_run_is_made_that_the_status_does_not_know_of() {
    let ground = Create.ground(control_plane().await).await;
    let is_status = |it: &ApiRequest| it.is_write() && it.subresource == "status";
    for (scenario, before, after) in [(Create, 0, 3), (CollectNow, 3, 6)] {
        let written = ground.proxy().requests().len();
        ground
            .proxy()
            .fail_every(is_status, BeforeSent, Status(500));
        scenario.begin(&ground).await;
        eventually(SOON, "the status can't be written", async || {
            let requests = ground.proxy().requests();
            match requests[written..]
                .iter()
                .filter(|it| is_status(it))
                .count()
            {
                3.. => Ok(()),
                tries => Err(format!("{tries} tries\n{}", ground.operator.output())),
            }
        })
        .await;
        assert_eq!(ground.cron_jobs().await.len(), 3);
        assert_eq!(ground.jobs().await.len(), before, "{scenario:?}");
        ground.proxy().relent();
        ground.has_made((3, after), "the runs are made").await;
    }
}
