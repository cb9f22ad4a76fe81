//! Why a platform gave no answer, and whether asking again can help.

use std::time::Duration;

use reqwest::StatusCode;

use crate::problem::Reason;

/// The largest answer, unpacked. A hundred projects with their descriptions are about 1 MiB.
pub(crate) const LARGEST_BODY: usize = 16 << 20;
/// The longest wait before the first repetition.
const SPREAD: Duration = Duration::from_secs(1);
/// CurseForge throttles by blocking an address for a while: this is the shortest such wait.
const BLOCKED: Duration = Duration::from_secs(60);

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error("{host} cannot be reached: {cause}")]
    Unreachable { host: String, cause: String },
    #[error("{host} did not answer in time")]
    TimedOut { host: String },
    #[error("the answer broke off: {cause}")]
    BrokenOff { cause: String },
    #[error("the platform has trouble of its own ({status}{detail})")]
    Server { status: StatusCode, detail: String },
    #[error("the platform asks for fewer requests ({status}{detail}); the next run tries again")]
    Throttled { status: StatusCode, detail: String },
    #[error(
        "CurseForge refused the API key; check that it is a key of console.curseforge.com and was taken over whole, with its `$` signs"
    )]
    KeyRefused,
    #[error(
        "CurseForge wants an API key of your own; name a Secret with it in spec.curseforge.apiKeySecretRef, or set MODSTATS_CURSEFORGE_API_KEY"
    )]
    KeyMissing,
    #[error("this version of the platform's API is retired ({status}{detail}); update modstats")]
    Retired { status: StatusCode, detail: String },
    #[error(
        "the platform redirects ({status}), which is not followed; check the configured address"
    )]
    Redirected { status: StatusCode },
    #[error("the platform has no such thing ({status})")]
    NotFound { status: StatusCode },
    #[error("the platform says that the request is too long")]
    TooLong,
    #[error("the platform refused the request ({status}{detail})")]
    Refused { status: StatusCode, detail: String },
    #[error("the answer ({status}) is not JSON but begins with {beginning:?}")]
    NotJson {
        status: StatusCode,
        beginning: String,
    },
    #[error("the answer ({status}) calls itself {kind:?}, not JSON")]
    NotCalledJson { status: StatusCode, kind: String },
    #[error("the answer has not the documented shape: {0}")]
    Shape(String),
    #[error("the answer is larger than {} MiB", LARGEST_BODY >> 20)]
    TooLarge,
    #[error(
        "CurseForge's website refuses programs ({0}); it is asked again tomorrow. Packs that you know can be named in spec.modpacks.curseforgeIds"
    )]
    WebsiteRefused(String),
    #[error("the time of the run is over")]
    OutOfTime,
    #[error("the rate limit's reservation failed: {0}")]
    Database(String),
}

impl AskError {
    pub fn reason(&self) -> Reason {
        match self {
            AskError::Unreachable { .. }
            | AskError::TimedOut { .. }
            | AskError::BrokenOff { .. }
            | AskError::Server { .. } => Reason::Unreachable,
            AskError::Throttled { .. } => Reason::RateLimited,
            AskError::KeyRefused => Reason::KeyRefused,
            AskError::KeyMissing => Reason::KeyMissing,
            AskError::Retired { .. } => Reason::ApiRetired,
            AskError::Redirected { .. }
            | AskError::NotFound { .. }
            | AskError::TooLong
            | AskError::Refused { .. } => Reason::RequestRefused,
            AskError::NotJson { .. }
            | AskError::NotCalledJson { .. }
            | AskError::Shape(_)
            | AskError::TooLarge => Reason::UnreadableAnswer,
            AskError::WebsiteRefused(_) => Reason::WebsiteRefused,
            AskError::OutOfTime => Reason::OutOfTime,
            AskError::Database(_) => Reason::DatabaseUnavailable,
        }
    }

    /// Whether every further question of the run would fail as well.
    pub(crate) fn concerns_all(&self) -> bool {
        matches!(
            self,
            AskError::Unreachable { .. }
                | AskError::Throttled { .. }
                | AskError::KeyRefused
                | AskError::Retired { .. }
                | AskError::OutOfTime
                | AskError::Database(_)
        )
    }

    /// How to wait before a repetition, if one can help at all.
    pub(crate) fn backoff(&self) -> Option<Backoff> {
        let blocked =
            matches!(self, AskError::Throttled { status, .. } if *status == StatusCode::FORBIDDEN);
        match self {
            _ if blocked => Some(Backoff {
                at_least: BLOCKED,
                spread: BLOCKED,
            }),
            AskError::Unreachable { .. }
            | AskError::TimedOut { .. }
            | AskError::BrokenOff { .. }
            | AskError::Server { .. }
            | AskError::Throttled { .. } => Some(Backoff {
                at_least: Duration::ZERO,
                spread: SPREAD,
            }),
            _ => None,
        }
    }

    /// Whether fewer items in one question might be answered.
    pub(crate) fn asks_for_less(&self) -> bool {
        matches!(self, AskError::TooLong | AskError::TooLarge)
    }
}

/// Exponential, with full jitter: collectors that were refused together don't come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    at_least: Duration,
    spread: Duration,
}

impl Backoff {
    /// The wait after so many attempts more than one; `chance` is between 0 and 1. What the answer
    /// asks for is kept to, and spread as well.
    pub fn wait(self, attempt: u32, told: Option<Duration>, chance: f64) -> Duration {
        let doubled = 2u32.saturating_pow(attempt);
        let floor = (self.at_least * doubled).max(told.unwrap_or_default());
        floor + (self.spread * doubled).mul_f64(chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_spread_over_their_whole_length_and_keep_to_what_is_asked_for() {
        let server = AskError::Server {
            status: StatusCode::BAD_GATEWAY,
            detail: String::new(),
        };
        let blocked = AskError::Throttled {
            status: StatusCode::FORBIDDEN,
            detail: String::new(),
        };
        let seconds = |error: &AskError, attempt, told: Option<u64>, chance| {
            let told = told.map(Duration::from_secs);
            error
                .backoff()
                .unwrap()
                .wait(attempt, told, chance)
                .as_secs()
        };
        assert_eq!([0, 1, 2].map(|n| seconds(&server, n, None, 1.0)), [1, 2, 4]);
        assert_eq!([0, 1, 2].map(|n| seconds(&server, n, None, 0.0)), [0, 0, 0]);
        assert_eq!(seconds(&server, 0, Some(7), 0.0), 7);
        assert_eq!(seconds(&server, 2, Some(7), 1.0), 11);
        assert_eq!([0, 1].map(|n| seconds(&blocked, n, None, 0.0)), [60, 120]);
        assert_eq!(AskError::KeyRefused.backoff(), None);
    }
}
