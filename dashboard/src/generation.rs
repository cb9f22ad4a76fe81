//! The newest state of the database that is known, so that not every request has to ask for it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The generation that was read last.
#[derive(Debug, Default)]
pub struct Generation(Mutex<Option<Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    generation: i64,
    read_at: Instant,
    /// Somebody went to read it anew.
    is_asked: bool,
}

impl Generation {
    /// None if it was read longer ago: the caller has to read it anew. While the first one does, the
    /// others go on with what is known, at most for as long again: then the database may be away.
    pub fn read_within(&self, duration: Duration) -> Option<i64> {
        self.read_before(Instant::now(), duration)
    }

    fn read_before(&self, now: Instant, duration: Duration) -> Option<i64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_mut()?;
        let age = now.saturating_duration_since(known.read_at);
        if age < duration || known.is_asked && age < 2 * duration {
            return Some(known.generation);
        }
        known.is_asked = true;
        None
    }

    /// None if it was read longer ago; nobody is sent to read it anew.
    pub fn if_younger(&self, duration: Duration) -> Option<i64> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.filter(|it| it.read_at.elapsed() < duration);
        known.map(|it| it.generation)
    }

    /// Of a state that was read from this instant on. It may be smaller than one that was read
    /// before: then the database was restored.
    pub fn read(&self, generation: i64, at: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none_or(|it| it.read_at <= at) {
            *known = Some(Known {
                generation,
                read_at: at,
                is_asked: false,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_state_that_was_read_last_counts_while_it_is_young() {
        let generation = Generation::default();
        let start = Instant::now();
        assert_eq!(generation.read_before(start, SECOND), None);
        generation.read(8, start + SECOND);
        generation.read(9, start);
        let within = |millis| {
            let now = start + SECOND + Duration::from_millis(millis);
            generation.read_before(now, SECOND)
        };
        assert_eq!((within(0), within(999)), (Some(8), Some(8)));
        assert_eq!(generation.read_within(Duration::ZERO), None);
    }

    #[test]
    fn while_one_reads_it_anew_the_others_go_on_but_not_for_ever() {
        let generation = Generation::default();
        let start = Instant::now();
        generation.read(8, start);
        let after = |millis| {
            let now = start + Duration::from_millis(millis);
            generation.read_before(now, SECOND)
        };
        assert_eq!((after(1_000), after(1_000)), (None, Some(8)));
        assert_eq!((after(1_999), after(2_000)), (Some(8), None));
        assert_eq!(generation.if_younger(Duration::ZERO), None);
        assert_eq!(generation.if_younger(3600 * SECOND), Some(8));
        generation.read(9, start + 2 * SECOND);
        assert_eq!((after(2_999), after(3_000)), (Some(9), None));
    }
}
