//! Why a platform gave no answer, and whether asking again can help.

use std::time::Duration;

use reqwest::StatusCode;

use crate::problem::Reason;

/// The largest answer, unpacked. A hundred projects with their descriptions are about 1 MiB.
pub(crate) const LARGEST_BODY: usize = 16 << 20;
/// Waits double with every attempt.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// CurseForge throttles by blocking an address for a while.
const FIRST_WAIT_WHEN_BLOCKED: Duration = Duration::from_secs(60);

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
    #[error("the answer has not the documented shape: {0}")]
    Shape(String),
    #[error("the answer is larger than {} MiB", LARGEST_BODY >> 20)]
    TooLarge,
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
            AskError::Throttled { .. } => Reason::Throttled,
            AskError::KeyRefused => Reason::KeyRefused,
            AskError::KeyMissing => Reason::KeyMissing,
            AskError::Retired { .. } => Reason::ApiRetired,
            AskError::Redirected { .. }
            | AskError::NotFound { .. }
            | AskError::TooLong
            | AskError::Refused { .. } => Reason::RequestRefused,
            AskError::NotJson { .. } | AskError::Shape(_) | AskError::TooLarge => {
                Reason::UnreadableAnswer
            }
            AskError::OutOfTime => Reason::OutOfTime,
            AskError::Database(_) => Reason::DatabaseFailed,
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

    /// The wait before the first repetition, if a repetition can help at all.
    pub(crate) fn first_wait(&self) -> Option<Duration> {
        match self {
            AskError::Throttled { status, .. } if *status == StatusCode::FORBIDDEN => {
                Some(FIRST_WAIT_WHEN_BLOCKED)
            }
            AskError::Unreachable { .. }
            | AskError::TimedOut { .. }
            | AskError::BrokenOff { .. }
            | AskError::Server { .. }
            | AskError::Throttled { .. } => Some(FIRST_WAIT),
            _ => None,
        }
    }
}
