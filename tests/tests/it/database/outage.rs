//! No connection can write for a time, new ones included.

use std::sync::Mutex;

use modstats_simulator::{Fault, Gate, Rule};

use super::*;

/// A clock on which sleeps take their time; when enough was slept, the outage ends, and the time
/// that was lost with it is forgotten.
struct Outage {
    clock: ByRequests,
    slept: Mutex<SignedDuration>,
    lasts: SignedDuration,
    superuser: DatabaseConnection,
    end: String,
}

impl Outage {
    fn new(trial: &Trial, lasts: SignedDuration, end: String) -> Outage {
        Outage {
            clock: ByRequests::new(trial),
            slept: Mutex::default(),
            lasts,
            superuser: trial.superuser.clone(),
            end,
        }
    }
}

impl Clock for Outage {
    fn now(&self) -> Timestamp {
        self.clock.now() + *self.slept.lock().unwrap()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            let wait = at.duration_since(self.now()).max(SignedDuration::ZERO);
            let slept = {
                let mut slept = self.slept.lock().unwrap();
                *slept += wait;
                *slept
            };
            if slept >= self.lasts {
                self.superuser.execute_unprepared(&self.end).await.unwrap();
                *self.slept.lock().unwrap() = SignedDuration::ZERO;
            }
        }
        .boxed()
    }
}

/// From the start of a run on for a minute, and from any request on for a quarter of an hour.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlasts_a_read_only_database() {
    let trial = Trial::new().await;
    let expected = trial.expected().await;
    let requests = usize::try_from(trial.simulator.served().total(Platform::Curseforge)).unwrap();
    let owner = trial.settings().username;
    let read_only =
        |state| format!("ALTER ROLE {owner} SET default_transaction_read_only = {state}");
    let leave =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}'");
    for request in 0..=requests {
        trial.empty().await;
        let store = trial.store().await;
        let lasts = SignedDuration::from_secs(if request == 0 { 60 } else { 900 });
        let clock = Outage::new(&trial, lasts, read_only("off"));
        let begin = async || {
            trial.sql(&read_only("on")).await;
            trial.sql(&leave).await;
        };
        let gate = Gate::closed();
        let report = if request == 0 {
            begin().await;
            trial.collect_by(clock, &store).await
        } else {
            let rule = |times, fault| Rule {
                platform: Platform::Curseforge,
                path_contains: "/v1".to_owned(),
                times,
                fault,
            };
            let faults = trial.simulator.faults();
            faults.add(rule(request - 1, Fault::Pass));
            faults.add(rule(1, Fault::Hold(gate.clone())));
            let (report, ()) = tokio::join!(trial.collect_by(clock, &store), async {
                gate.reached().await;
                begin().await;
                gate.open();
            });
            faults.clear();
            report
        };
        let what = format!("an outage from request {request} on");
        trial.assert_stored(&report, &expected, 0, &what).await;
    }
    println!("{} outages", requests + 1);
}
