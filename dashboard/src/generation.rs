//! The newest state of the database that is known, so that not every request has to ask for it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The generation that was read last.
#[derive(Debug, Default)]
pub struct Generation(Mutex<Option<(i64, Instant)>>);

impl Generation {
    /// None if it was read longer ago.
    pub fn read_within(&self, duration: Duration) -> Option<i64> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(_, at)| at.elapsed() < duration)
            .map(|(generation, _)| generation)
    }

    /// Of a state that was read from this instant on. It may be smaller than one that was read
    /// before: then the database was restored.
    pub fn read(&self, generation: i64, at: Instant) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|(_, known)| known <= at) {
            *last = Some((generation, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_state_that_was_read_last_counts_while_it_is_young() {
        let generation = Generation::default();
        assert_eq!(generation.read_within(HOUR), None);
        let early = Instant::now();
        let late = early + Duration::from_millis(1);
        generation.read(8, late);
        generation.read(9, early);
        assert_eq!(generation.read_within(HOUR), Some(8));
        assert_eq!(generation.read_within(Duration::ZERO), None);
    }
}
