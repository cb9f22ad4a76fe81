//! Patience with a database that is failing over.

use std::time::Duration;

use jiff::Timestamp;
use modstats_store::{StoreError, StoreErrorKind};

use crate::clock::{Clock, instant};

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Repeats a request while the database is away, until `until`: the last time then, or at once where
/// a single attempt took longer.
pub(crate) async fn patiently<T, F>(
    clock: &dyn Clock,
    until: Timestamp,
    request: impl Fn() -> F,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut wait = FIRST_WAIT;
    let mut last = false;
    loop {
        match request().await {
            Err(error) if error.kind() == StoreErrorKind::Unavailable && !last => {
                let now = instant(clock);
                last = now + wait >= until;
                let next = if last { until.max(now) } else { now + wait };
                if wait < LONGEST_WAIT {
                    tracing::warn!(%error, next_try = %next, "the database is away");
                } else {
                    // No failover takes so long: somebody should look.
                    tracing::error!(%error, next_try = %next, "the database is still away");
                }
                clock.sleep_until(next).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            result => return result,
        }
    }
}
