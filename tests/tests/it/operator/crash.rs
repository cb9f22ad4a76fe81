//! The operator, killed at each of its writes: before the API server hears of it, and after it has
//! done it. The next operator comes to the state of an undisturbed one, with no deed more.
//! `MODSTATS_SOAK=1` kills at every write, otherwise at a sample of them.

use futures::{StreamExt, stream};
use modstats_tests::kubernetes::{ApiRequest, ControlPlane, Moment};
use modstats_tests::soak;

use super::scenario::Reference;
use super::scenario::Scenario::{
    self, Change, CollectNow, Create, CreateOnCluster, Delete, Suspend,
};
use super::*;

/// How many namespaces have an operator at the same time.
const AT_ONCE: usize = 3;
const SAMPLE: usize = 9;

const SCENARIOS: [Scenario; 6] = [Create, CreateOnCluster, Change, Suspend, CollectNow, Delete];

/// What happens at one write.
struct Plan<'r> {
    reference: &'r Reference,
    nth: usize,
    moment: Moment,
    killed: bool,
}

impl Plan<'_> {
    fn of(reference: &Reference) -> Vec<Plan<'_>> {
        let mut plans = Vec::new();
        for nth in 1..=reference.writes {
            for moment in [Moment::BeforeSent, Moment::AfterCommitted] {
                for killed in [true, false] {
                    // Without the kill something else must happen.
                    if killed || reference.scenario == Delete {
                        plans.push(Plan {
                            reference,
                            nth,
                            moment,
                            killed,
                        });
                    }
                }
            }
        }
        plans
    }

    /// The write that it met: how many there are differs by chance, so perhaps none.
    async fn run(&self, plane: &ControlPlane) -> Option<ApiRequest> {
        let scenario = self.reference.scenario;
        let mut ground = scenario.ground(plane).await;
        scenario.prepare(&ground).await;
        let mut held = ground
            .proxy()
            .hold(self.nth, ApiRequest::is_write, self.moment);
        scenario.begin(&ground).await;
        let met = tokio::select! {
            met = held.reached() => met,
            () = ground.comes_to(&self.reference.made, "it is done") => return None,
        };
        let what = format!(
            "{scenario:?}, {} at write {}, {} {}/{} {}, {:?}",
            if self.killed { "killed" } else { "slow" },
            self.nth,
            met.verb,
            met.resource,
            met.subresource,
            met.name,
            self.moment
        );
        println!("{what}");
        if scenario == Delete {
            ground.delete().await;
        }
        if self.killed {
            ground.kill_operator().await;
            drop(held);
            let before = ground.steps();
            ground.start_operator().await;
            if scenario != Delete {
                ground.has_asked_since(before).await;
            }
        } else {
            held.let_go();
        }
        ground.comes_to(self.reference.end(), &what).await;
        let (deeds, done) = (&self.reference.deeds, ground.deeds());
        if scenario == Delete {
            // It was deleted before everything was made.
            let known = |(deed, count)| deeds.get(deed) >= Some(count);
            assert!(done.iter().all(known), "{what}: {done:#?}");
        } else {
            assert_eq!(done, *deeds, "{what}");
        }
        Some(met)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_killed_at_any_write_is_followed_by_one_that_ends_as_if_nothing_had_been() {
    let plane = ControlPlane::start().await;
    install_cluster_crd(&plane).await;
    let references: Vec<_> = stream::iter(SCENARIOS)
        .map(|scenario| Reference::of(scenario, &plane))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let plans: Vec<_> = references.iter().flat_map(Plan::of).collect();
    let all = plans.len();
    assert!(all >= 100, "there are only {all} plans");
    // An odd step meets both moments.
    let step = if soak() { 1 } else { (all / SAMPLE) | 1 };
    let met: Vec<_> = stream::iter(plans.iter().skip(step / 2).step_by(step))
        .map(|plan| plan.run(&plane))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let run = met.len();
    let met = met.into_iter().flatten().count();
    println!("{run} of {all} plans, {met} met their write");
    assert!(
        10 * met >= 9 * run - 10,
        "only {met} of {run} met their write"
    );
}
