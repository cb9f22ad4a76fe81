//! Modrinth's rate limit: a generic cell rate algorithm. A burst at once, then one each step.

use jiff::Timestamp;

const MINUTE: i128 = 60_000_000_000;

/// All clients of a loopback server share one address, hence one limit.
#[derive(Debug)]
pub(crate) struct Limit {
    /// Requests at once.
    burst: u32,
    /// Nanoseconds until one more request is allowed.
    step: i128,
    /// When the limit is completely free again, in nanoseconds since the epoch.
    free_at: i128,
}

/// What the headers of an answer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub limit: u32,
    pub remaining: u32,
    /// Whole seconds until the limit is completely free.
    pub reset: i64,
    /// Milliseconds to wait, if this request is refused.
    pub refused: Option<i64>,
}

impl Limit {
    pub fn new(per_minute: u32, burst: u32) -> Limit {
        Limit {
            burst: burst.max(1),
            step: MINUTE / i128::from(per_minute.max(1)),
            free_at: i128::MIN,
        }
    }

    pub fn take(&mut self, now: Timestamp) -> Allowance {
        let now = now.as_nanosecond();
        let most = self.step * i128::from(self.burst);
        // A simulated clock may have been set back: no more than the burst is ever owed.
        let free_at = self.free_at.clamp(now, now + most);
        let wanted = free_at + self.step;
        let refused = wanted - now > most;
        self.free_at = if refused { free_at } else { wanted };
        let owed = self.free_at - now;
        Allowance {
            limit: self.burst,
            remaining: ((most - owed) / self.step) as u32,
            reset: (owed / 1_000_000_000) as i64,
            refused: refused.then(|| ((wanted - now - most) / 1_000_000) as i64 + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_minutes_worth_at_once_then_one_each_step() {
        let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut limit = Limit::new(300, 300);
        let first = limit.take(start);
        assert_eq!((first.limit, first.remaining, first.reset), (300, 299, 0));
        for _ in 1..300 {
            assert_eq!(limit.take(start).refused, None);
        }
        let over = limit.take(start);
        assert_eq!(
            (over.remaining, over.reset, over.refused),
            (0, 60, Some(201))
        );

        let later = start + SignedDuration::from_millis(200);
        assert_eq!(limit.take(later).refused, None);
        assert!(limit.take(later).refused.is_some());

        let before = start - SignedDuration::from_hours(24);
        let set_back = limit.take(before + SignedDuration::from_secs(1));
        assert!(set_back.refused.is_some());
        assert_eq!(
            limit.take(before + SignedDuration::from_secs(2)).refused,
            None
        );
    }
}
