//! How fast a platform is asked: one rate for all collectors that share a database, and besides
//! it what the platform's own answers say.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use modstats_store::model::Platform;
use modstats_store::{Store, StoreError};
use reqwest::header::HeaderMap;

use crate::clock::{Clock, instant};
use crate::database::patiently;

/// A sustained rate, and how many requests may go out at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Between two requests.
    pub interval: Duration,
    pub burst: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub modrinth: Limit,
    pub curseforge: Limit,
}

impl Limits {
    pub fn of(&self, platform: Platform) -> Limit {
        match platform {
            Platform::Modrinth => self.modrinth,
            Platform::Curseforge => self.curseforge,
        }
    }
}

impl Default for Limits {
    /// Modrinth allows 300 requests a minute per address: 240 and a burst of 50 stay below it in
    /// any minute. CurseForge publishes no figure; 1 a second is what is known to be tolerated.
    fn default() -> Self {
        Limits {
            modrinth: Limit {
                interval: Duration::from_millis(250),
                burst: 50,
            },
            curseforge: Limit {
                interval: Duration::from_secs(1),
                burst: 10,
            },
        }
    }
}

/// With fewer requests left than this, by an answer's headers, requests are held back.
const RESERVE: u64 = 20;
const HOLD: Duration = Duration::from_secs(1);
/// No header makes a run wait longer; it would be over anyway.
const LONGEST_WAIT: u64 = 86_400;

pub(crate) struct Limiter<'a> {
    store: &'a Store,
    platform: Platform,
    limit: Limit,
    /// No request goes out before it; microseconds since 1970.
    not_before: AtomicI64,
}

impl<'a> Limiter<'a> {
    pub fn new(store: &'a Store, platform: Platform, limit: Limit) -> Self {
        Limiter {
            store,
            platform,
            limit,
            not_before: AtomicI64::new(i64::MIN),
        }
    }

    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// Reserves the next request, and says when it may go out.
    pub async fn turn(&self, clock: &dyn Clock, until: Timestamp) -> Result<Timestamp, StoreError> {
        let wait = patiently(clock, until, || {
            self.store
                .reserve(self.platform, self.limit.interval, self.limit.burst)
        })
        .await?;
        let paused = self.not_before.load(Ordering::Relaxed);
        let paused = Timestamp::from_microsecond(paused).unwrap_or(Timestamp::MIN);
        Ok((instant(clock) + wait.min(Duration::from_secs(LONGEST_WAIT))).max(paused))
    }

    pub fn pause(&self, until: Timestamp) {
        self.not_before
            .fetch_max(until.as_microsecond(), Ordering::Relaxed);
    }

    /// Slows down when an answer says that others of this address have used up most of its share.
    pub fn hear(&self, headers: &HeaderMap, now: Timestamp) {
        if seconds(headers, "x-ratelimit-remaining").is_some_and(|left| left < RESERVE) {
            self.pause(now + HOLD);
        }
    }
}

/// How long an answer asks to wait: `Retry-After` in both its forms, else Modrinth's own header.
pub(crate) fn told_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let seconds = seconds(headers, "retry-after")
        .or_else(|| {
            let date = headers.get("retry-after")?.to_str().ok()?;
            let at = Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()?;
            u64::try_from(at.duration_since(now).as_secs()).ok()
        })
        .or_else(|| seconds(headers, "x-ratelimit-reset"))?;
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn waits_are_read_in_every_form() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let told = |pairs: &[(&'static str, &'static str)]| {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            told_to_wait(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(told(&[]), None);
        assert_eq!(
            told(&[("retry-after", "7"), ("x-ratelimit-reset", "60")]),
            Some(7)
        );
        assert_eq!(
            told(&[("retry-after", "Mon, 05 Jan 2026 10:01:30 GMT")]),
            Some(90)
        );
        for old_form in ["Monday, 05-Jan-26 10:01:30 GMT", "Mon Jan  5 10:01:30 2026"] {
            assert_eq!(told(&[("retry-after", old_form)]), Some(90), "{old_form}");
        }
        assert_eq!(
            told(&[("retry-after", "Mon, 05 Jan 2026 09:00:00 GMT")]),
            None
        );
        assert_eq!(
            told(&[("retry-after", "soon"), ("x-ratelimit-reset", "0")]),
            Some(0)
        );
        assert_eq!(told(&[("retry-after", "1000000000")]), Some(LONGEST_WAIT));
        assert_eq!(told(&[("retry-after", "-5")]), None);
    }
}
