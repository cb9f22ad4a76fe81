//! How often one client may ask.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::clients::Client;

/// More clients than this are not remembered at once.
const MOST_CLIENTS: usize = 16 * 1024;

/// A page with all that belongs to it is some seven requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_minute: NonZeroU32,
    /// So many at once after a pause.
    pub burst: NonZeroU32,
}

impl Default for Rate {
    fn default() -> Rate {
        const fn count(count: u32) -> NonZeroU32 {
            NonZeroU32::MIN.saturating_add(count - 1)
        }
        Rate {
            per_minute: count(1200),
            burst: count(400),
        }
    }
}

impl Rate {
    /// None where everybody may ask as often as they like.
    pub fn new(per_minute: u32, burst: NonZeroU32) -> Option<Rate> {
        NonZeroU32::new(per_minute).map(|per_minute| Rate { per_minute, burst })
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(60) / self.per_minute.get()
    }

    /// From no request left to all of them.
    pub fn window(&self) -> Duration {
        self.interval() * self.burst.get()
    }
}

/// What a client may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub rate: Rate,
    pub allowed: bool,
    /// Further requests that would be answered at once.
    pub remaining: u32,
    /// Until the next request is answered, and until all are.
    pub next: Duration,
    pub reset: Duration,
}

/// GCRA: of each client one instant is kept, at which all that it has asked for will have been paid
/// for by the time that passed.
pub struct Rates {
    rate: Rate,
    paid_at: Mutex<HashMap<Client, Instant>>,
}

impl Rates {
    pub fn new(rate: Rate) -> Rates {
        Rates {
            rate,
            paid_at: Mutex::default(),
        }
    }

    /// Counts a request, unless it must wait.
    pub fn ask(&self, client: Client, now: Instant) -> Allowance {
        let (interval, window) = (self.rate.interval(), self.rate.window());
        let mut known = self.paid_at.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_CLIENTS && !known.contains_key(&client) {
            known.retain(|_, paid_at| *paid_at > now);
            // A crowd of this size is no one client's doing.
            if known.len() >= MOST_CLIENTS {
                known.clear();
            }
        }
        let paid_at = known.entry(client).or_insert(now);
        let owed = paid_at.saturating_duration_since(now) + interval;
        let allowed = owed <= window;
        if allowed {
            *paid_at = now + owed;
        }
        let reset = paid_at.saturating_duration_since(now);
        let left = window.saturating_sub(reset).as_nanos() / interval.as_nanos().max(1);
        Allowance {
            rate: self.rate,
            allowed,
            remaining: u32::try_from(left).unwrap_or(u32::MAX),
            next: (reset + interval).saturating_sub(window),
            reset,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rates(per_minute: u32, burst: u32) -> Rates {
        Rates::new(Rate {
            per_minute: per_minute.try_into().unwrap(),
            burst: burst.try_into().unwrap(),
        })
    }

    fn client(last: u8) -> Client {
        Client::new(std::net::IpAddr::from([203, 0, 113, last]))
    }

    #[test]
    fn a_burst_is_answered_and_then_one_request_an_interval() {
        let (rates, start) = (rates(60, 3), Instant::now());
        let ask = |seconds: f64| rates.ask(client(1), start + Duration::from_secs_f64(seconds));
        for remaining in [2, 1, 0] {
            let allowance = ask(0.0);
            assert_eq!((allowance.allowed, allowance.remaining), (true, remaining));
        }
        let refused = ask(0.25);
        assert_eq!((refused.allowed, refused.remaining), (false, 0));
        assert_eq!(refused.next, Duration::from_millis(750));
        assert_eq!(refused.reset, Duration::from_millis(2_750));
        assert!(
            !ask(0.5).allowed,
            "a refused request costs nothing, and gains nothing"
        );
        assert!(ask(1.0).allowed);
        assert!(!ask(1.5).allowed);
        let rested = ask(60.0);
        assert_eq!((rested.allowed, rested.remaining), (true, 2));
    }

    #[test]
    fn clients_have_nothing_to_do_with_each_other() {
        let (rates, now) = (rates(60, 1), Instant::now());
        assert!(rates.ask(client(1), now).allowed);
        assert!(!rates.ask(client(1), now).allowed);
        assert!(rates.ask(client(2), now).allowed);
    }

    #[test]
    fn only_so_many_clients_are_remembered() {
        let (rates, now) = (rates(60, 1), Instant::now());
        for number in 0..50_000_u32 {
            let client = Client::new(std::net::IpAddr::from(number.to_be_bytes()));
            assert!(rates.ask(client, now).allowed);
        }
        assert!(rates.paid_at.lock().unwrap().len() <= MOST_CLIENTS);
    }
}
