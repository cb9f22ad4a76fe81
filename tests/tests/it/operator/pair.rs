//! Two operators with the same rights and the same namespace, as after a node that was thought dead:
//! they come to what one comes to, step by step.

use modstats_tests::kubernetes::ControlPlane;
use modstats_tests::soak;

use super::outcome::{Deeds, State};
use super::*;

const CURSEFORGE: &str = "  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}\n";

/// A TrackedMod's whole life: what is wanted, and how many CronJobs and Jobs there are then.
fn life() -> [(&'static str, String, (usize, usize)); 5] {
    let created = SELDOM.to_owned();
    let changed = created.replace("[gears]", "[gears, more]");
    let asked = changed.replace(
        "{name: gears}",
        "{name: gears, annotations: {modstats.dev/collect-now: a}}",
    );
    let suspended = format!("{asked}  suspend: true\n");
    let removed = asked.replace(CURSEFORGE, "");
    [
        ("created", created, (3, 3)),
        ("changed", changed, (3, 5)),
        ("collected now", asked, (3, 8)),
        ("suspended", suspended, (3, 8)),
        ("resumed without a source", removed, (2, 8)),
    ]
}

async fn ground(plane: &ControlPlane) -> Ground<'_> {
    let setup = Setup {
        database: ELSEWHERE,
        through_proxy: true,
        ..Setup::default()
    };
    Ground::set_up(plane, setup).await
}

/// What one operator comes to after each step, and has done until then.
async fn alone(plane: &ControlPlane) -> Vec<(State, Deeds)> {
    let ground = ground(plane).await;
    let mut steps = Vec::new();
    for (what, manifest, made) in life() {
        ground.apply(&manifest).await;
        if what == "suspended" {
            ground.condition("Ready", "True", "Suspended").await;
        }
        ground.has_made(made, what).await;
        steps.push((ground.state().await, ground.deeds()));
    }
    ground.delete().await;
    ground.comes_to(&State::nothing(), "deleted").await;
    assert_eq!(ground.deeds(), steps.last().unwrap().1, "others clean up");
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_at_once_come_to_what_one_comes_to() {
    let plane = ControlPlane::start().await;
    let expected = alone(&plane).await;
    for _ in 0..if soak() { 10 } else { 1 } {
        let ground = ground(&plane).await;
        let other = ground.another_operator().await;
        for ((what, manifest, _), (state, deeds)) in life().iter().zip(&expected) {
            ground.apply(manifest).await;
            ground.comes_to(state, what).await;
            assert_eq!(ground.deeds(), *deeds, "{what}");
        }
        ground.delete().await;
        ground.comes_to(&State::nothing(), "deleted").await;
        assert_eq!(ground.deeds(), expected.last().unwrap().1, "deleted");
        assert!(ground.operator.is_running() && other.is_running());
    }
}
