//! The clock of the simulated platforms.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// A clock that all its clones share.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug)]
enum State {
    Real,
    Standing(Timestamp),
    /// Stands in the past, and becomes real once it is moved to the present.
    Lapse(Timestamp),
}

impl Clock {
    /// Real time.
    pub fn system() -> Clock {
        Clock::of(State::Real)
    }

    /// A clock that stands at `t` until [`Clock::set`].
    pub fn at(t: Timestamp) -> Clock {
        Clock::of(State::Standing(micros(t)))
    }

    /// Time lapse: stands at `from`, and each [`Clock::jump_to`] moves it forward. Once a jump
    /// reaches the real present it runs in real time, for good.
    pub fn lapse(from: Timestamp) -> Clock {
        Clock::of(State::Lapse(micros(from)))
    }

    fn of(state: State) -> Clock {
        Clock(Arc::new(Mutex::new(state)))
    }

    /// To the microsecond, which is what a database keeps.
    pub fn now(&self) -> Timestamp {
        match *self.state() {
            State::Real => real(),
            State::Standing(t) | State::Lapse(t) => t,
        }
    }

    /// Makes the clock stand at `t`, whatever it was before.
    pub fn set(&self, t: Timestamp) {
        *self.state() = State::Standing(micros(t));
    }

    /// Moves a time lapse forward. True if the clock now shows `t` or later; false if it doesn't,
    /// because it runs in real time or stands, and the caller has to wait.
    pub fn jump_to(&self, t: Timestamp) -> bool {
        let mut state = self.state();
        if let State::Lapse(now) = *state {
            *state = if t < real() {
                State::Lapse(now.max(micros(t)))
            } else {
                State::Real
            };
        }
        match *state {
            State::Real => real() >= t,
            State::Standing(now) | State::Lapse(now) => now >= micros(t),
        }
    }

    /// The start of the UTC day of the instant that a catalogue shown by this clock leads up to:
    /// where a standing clock stands, and the real present for the others.
    pub fn present(&self) -> Timestamp {
        let present = match *self.state() {
            State::Standing(t) => t,
            State::Real | State::Lapse(_) => real(),
        };
        start_of_day(present)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn real() -> Timestamp {
    micros(Timestamp::now())
}

fn micros(t: Timestamp) -> Timestamp {
    truncated(t, 1)
}

/// Midnight UTC of the day of `t`.
pub(crate) fn start_of_day(t: Timestamp) -> Timestamp {
    truncated(t, DAY)
}

pub(crate) fn start_of_hour(t: Timestamp) -> Timestamp {
    truncated(t, DAY / 24)
}

/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;

fn truncated(t: Timestamp, step: i64) -> Timestamp {
    let micros = t.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(step)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_lapse_moves_forward_and_ends_in_the_present() {
        let start = Timestamp::now() - SignedDuration::from_hours(48);
        let clock = Clock::lapse(start);
        assert_eq!(clock.now(), micros(start));

        let later = start + SignedDuration::from_hours(24);
        assert!(clock.jump_to(later));
        assert_eq!(clock.now(), micros(later));
        assert!(clock.jump_to(start), "a jump back is already reached");
        assert_eq!(clock.now(), micros(later));

        let ahead = Timestamp::now() + SignedDuration::from_hours(1);
        assert!(!clock.jump_to(ahead), "the future has to be waited for");
        let shown = clock.clone().now();
        assert!(shown > later && shown < ahead);
        assert!(!clock.jump_to(ahead));
    }

    #[test]
    fn a_standing_clock_moves_only_when_set() {
        let start: Timestamp = "2026-01-02T03:04:05.123456789Z".parse().unwrap();
        let clock = Clock::at(start);
        assert!(!clock.jump_to(start + SignedDuration::from_hours(1)));
        assert_eq!(clock.now().to_string(), "2026-01-02T03:04:05.123456Z");
        assert_eq!(clock.present().to_string(), "2026-01-02T00:00:00Z");
        clock.set(start + SignedDuration::from_hours(1));
        assert_eq!(clock.now().to_string(), "2026-01-02T04:04:05.123456Z");
    }
}
