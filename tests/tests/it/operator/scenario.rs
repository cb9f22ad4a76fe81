//! What somebody does to a TrackedMod, and what an operator comes to that nothing disturbs.

use modstats_tests::kubernetes::ControlPlane;

use super::outcome::{Deeds, State};
use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    Create,
    CreateOnCluster,
    /// One project more, and one platform less.
    Change,
    Suspend,
    CollectNow,
    Delete,
}

use Scenario::{Change, CollectNow, Create, CreateOnCluster, Delete, Suspend};

impl Scenario {
    pub async fn ground(self, plane: &ControlPlane) -> Ground<'_> {
        let on_cluster = self == CreateOnCluster;
        let database = match on_cluster {
            true => "database: {clusterRef: {name: db}}",
            false => ELSEWHERE,
        };
        let setup = Setup {
            database,
            through_proxy: true,
            ..Setup::default()
        };
        let ground = Ground::set_up(plane, setup).await;
        if on_cluster {
            ground.ready_cluster().await;
        }
        ground
    }

    /// What comes before the writes that matter.
    pub async fn prepare(self, ground: &Ground<'_>) {
        if matches!(self, Change | Suspend | CollectNow) {
            ground.apply(SELDOM).await;
            ground.pod(Source::Modpacks).await;
            ground.quiet().await;
        }
    }

    pub async fn begin(self, ground: &Ground<'_>) {
        match self {
            // Deleted while it is being created.
            Create | CreateOnCluster | Delete => ground.apply(SELDOM).await,
            Change => {
                let without =
                    "  curseforge: {projects: [4711], apiKeySecretRef: {name: curseforge}}\n";
                let changed = SELDOM.replace("[gears]", "[gears, more]");
                ground.apply(&changed.replace(without, "")).await;
            }
            Suspend => ground.apply(&format!("{SELDOM}  suspend: true\n")).await,
            CollectNow => {
                let annotated = SELDOM.replace(
                    "{name: gears}",
                    "{name: gears, annotations: {modstats.dev/collect-now: a}}",
                );
                ground.apply(&annotated).await;
            }
        }
    }

    /// How many CronJobs and Jobs there are then.
    fn made(self) -> (usize, usize) {
        match self {
            Create | CreateOnCluster | Suspend | Delete => (3, 3),
            Change => (2, 5),
            CollectNow => (3, 6),
        }
    }
}

/// A run that nothing disturbs.
pub struct Reference {
    pub scenario: Scenario,
    pub writes: usize,
    /// Before anything is deleted.
    pub made: State,
    pub deeds: Deeds,
}

impl Reference {
    pub async fn of(scenario: Scenario, plane: &ControlPlane) -> Reference {
        let ground = scenario.ground(plane).await;
        scenario.prepare(&ground).await;
        let before = ground.writes_seen();
        scenario.begin(&ground).await;
        if scenario == Suspend {
            ground.condition("Ready", "True", "Suspended").await;
        }
        let what = format!("{scenario:?} is done");
        ground.has_made(scenario.made(), &what).await;
        let reference = Reference {
            scenario,
            writes: ground.writes_seen() - before,
            made: ground.state().await,
            deeds: ground.deeds(),
        };
        if scenario == Delete {
            ground.delete().await;
            ground.comes_to(reference.end(), "all of it is gone").await;
            assert_eq!(ground.deeds(), reference.deeds, "others clean up");
        }
        let Reference { writes, deeds, .. } = &reference;
        println!("{scenario:?}: {writes} writes, {deeds:?}");
        reference
    }

    pub fn end(&self) -> &State {
        static NOTHING: State = State::nothing();
        match self.scenario {
            Delete => &NOTHING,
            _ => &self.made,
        }
    }
}
