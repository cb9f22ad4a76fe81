//! Patience with a database that is failing over.

use std::time::Duration;

use jiff::Timestamp;
use modstats_store::{StoreError, StoreErrorKind};

use crate::clock::{Clock, instant};

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Repeats a request while the database is away, until `until`.
pub(crate) async fn patiently<T, F>(
    clock: &dyn Clock,
    until: Timestamp,
    request: impl Fn() -> F,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut wait = FIRST_WAIT;
    loop {
        match request().await {
            Err(error) if error.kind() == StoreErrorKind::Unavailable => {
                let next = instant(clock) + wait;
                if next >= until {
                    return Err(error);
                }
                tracing::warn!(%error, next_try = %next, "the database is away");
                clock.sleep_until(next).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            result => return result,
        }
    }
}
