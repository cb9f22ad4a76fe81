//! The clock of a time lapse.

use futures::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use modstats_collector::Clock;
use modstats_simulator::Clock as SimulatedClock;
use tokio::sync::watch;

/// The simulated platforms' clock, for the collector and the schedule: while it lapses, waiting
/// takes no time. Once it has reached the present it tells so, and waiting is real.
pub struct LapseClock {
    clock: SimulatedClock,
    reached_present: watch::Sender<bool>,
}

impl LapseClock {
    pub fn new(clock: SimulatedClock) -> (LapseClock, watch::Receiver<bool>) {
        let (reached_present, reached) = watch::channel(false);
        (
            LapseClock {
                clock,
                reached_present,
            },
            reached,
        )
    }
}

impl Clock for LapseClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            if !self.clock.jump_to(at) {
                self.reached_present.send_replace(true);
                let wait = at.duration_since(self.now()).try_into().unwrap_or_default();
                tokio::time::sleep(wait).await;
            }
        }
        .boxed()
    }
}
