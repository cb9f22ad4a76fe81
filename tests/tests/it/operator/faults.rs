//! What an API server in trouble answers, at each write that creates a TrackedMod's children: the
//! operator tries again and ends as if nothing had been. `MODSTATS_SOAK=1` brings every fault to
//! every write, otherwise each to one of them.

use futures::{StreamExt, stream};
use modstats_tests::kubernetes::Failure::{Cut, Later, Status};
use modstats_tests::kubernetes::Moment::{AfterCommitted, BeforeSent};
use modstats_tests::kubernetes::{ApiRequest, ControlPlane, Failure, Moment};
use modstats_tests::soak;

use super::outcome::{Deeds, State};
use super::*;

const AT_ONCE: usize = 3;
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

async fn ground(plane: &ControlPlane) -> Ground<'_> {
    let setup = Setup {
        database: ELSEWHERE,
        through_proxy: true,
        ..Setup::default()
    };
    Ground::set_up(plane, setup).await
}

/// What a run comes to that meets no fault, and how many writes it needs.
async fn undisturbed(plane: &ControlPlane) -> (State, Deeds, usize) {
    let ground = ground(plane).await;
    ground.apply(SELDOM).await;
    ground.has_made((3, 3), "all is made").await;
    (ground.state().await, ground.deeds(), ground.writes_seen())
}

/// Whether the fault was met: how many writes there are differs by chance.
async fn check(
    plane: &ControlPlane,
    nth: usize,
    (moment, failure): (Moment, Failure),
    (state, deeds): (&State, &Deeds),
) -> bool {
    let what = format!("{failure:?} {moment:?} at write {nth}");
    let ground = ground(plane).await;
    let pid = ground.operator.pid();
    ground
        .proxy()
        .fail(nth, ApiRequest::is_write, moment, failure);
    ground.apply(SELDOM).await;
    ground.comes_to(state, &what).await;
    assert_eq!(ground.deeds(), *deeds, "{what}");
    assert!(ground.operator.is_running(), "{what}");
    assert_eq!(ground.operator.pid(), pid);
    let met = ground.proxy().is_through();
    println!("{what}{}", if met { "" } else { ", which didn't come" });
    met
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_write_is_answered_it_is_tried_again_and_done_once() {
    let plane = ControlPlane::start().await;
    let (state, deeds, writes) = undisturbed(&plane).await;
    let mut plans = Vec::new();
    for (index, fault) in FAULTS.into_iter().enumerate() {
        let sampled = 1 + 7 * index % writes;
        let all = (1..=writes).filter(|nth| soak() || *nth == sampled);
        plans.extend(all.map(|nth| (nth, fault)));
    }
    let met: Vec<bool> = stream::iter(&plans)
        .map(|(nth, fault)| check(&plane, *nth, *fault, (&state, &deeds)))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let met = met.into_iter().filter(|met| *met).count();
    println!("{} plans, {met} met their write", plans.len());
    assert!(10 * met >= 8 * plans.len(), "{met} of {}", plans.len());
}
