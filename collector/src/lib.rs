//! One run: ask a platform, turn its answers into observations, commit them.
//!
//! [`Collector::collect`] reads as an explanation; [`platform`] holds what differs between
//! platforms, everything else is the same for all of them.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod clock;
pub mod config;
mod credentials;
mod database;
pub mod decode;
mod document;
mod error;
pub mod http;
mod limit;
pub mod message;
pub mod platform;
mod problem;
pub mod program;
mod report;
mod resolve;
mod run;

use std::sync::Arc;

use jiff::Timestamp;
use modstats_crds::{Document, Source};
use modstats_store::Store;
use modstats_store::model::{Outcome, Platform};
use reqwest::Client;
use url::Url;

use problem::Problems;

pub use clock::{Clock, SystemClock};
pub use credentials::{ApiKey, ApiKeyError, Credentials};
pub use error::AskError;
pub use http::Timeouts;
pub use limit::{Limit, Limits};
pub use message::TerminationMessage;
pub use problem::{ExitCode, Reason};
pub use report::Report;

/// What this version says of the source `modpacks`, for which it makes no run.
pub const MODPACKS_NOT_COLLECTED: &str = "modpacks: not collected by this version";

/// Where the platforms are. No request goes to any other host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    pub modrinth: Url,
    pub curseforge: Url,
}

impl Endpoints {
    pub const MODRINTH: &str = "https://api.modrinth.com/";
    pub const CURSEFORGE: &str = "https://api.curseforge.com/";

    fn of(&self, platform: Platform) -> &Url {
        match platform {
            Platform::Modrinth => &self.modrinth,
            Platform::Curseforge => &self.curseforge,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    #[error("{0} is no address of a platform; give one like https://api.modrinth.com/")]
    Endpoint(Url),
    #[error("cannot set up a client for HTTP: {0}")]
    Client(#[from] reqwest::Error),
}

/// Collects into one database, for any number of runs.
pub struct Collector {
    store: Store,
    clock: Arc<dyn Clock>,
    endpoints: Endpoints,
    limits: Limits,
    timeouts: Timeouts,
    modrinth: Client,
    curseforge: Client,
}

impl Collector {
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        endpoints: Endpoints,
        limits: Limits,
        timeouts: Timeouts,
    ) -> Result<Collector, CollectorError> {
        for url in [&endpoints.modrinth, &endpoints.curseforge] {
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
                return Err(CollectorError::Endpoint(url.clone()));
            }
        }
        let (modrinth, curseforge) = (http::client(&timeouts)?, http::client(&timeouts)?);
        Ok(Collector {
            store,
            clock,
            endpoints,
            limits,
            timeouts,
            modrinth,
            curseforge,
        })
    }

    /// Makes one run of a source for one document; `scheduled_at` is the time that it was due.
    ///
    /// It never fails as such: what went wrong stands in the report and, where the database could
    /// be reached, in the recorded run. The source `modpacks` makes no run yet.
    pub async fn collect(
        &self,
        document: &Document,
        source: Source,
        scheduled_at: Timestamp,
        credentials: &Credentials,
    ) -> Report {
        let platform = match source {
            Source::Modrinth => Platform::Modrinth,
            Source::Curseforge => Platform::Curseforge,
            Source::Modpacks => {
                let now = clock::instant(&*self.clock);
                return Report::new(source, Outcome::Complete, &Problems::default(), now);
            }
        };
        run::collect(self, document, platform, scheduled_at, credentials).await
    }

    fn client(&self, platform: Platform) -> &Client {
        match platform {
            Platform::Modrinth => &self.modrinth,
            Platform::Curseforge => &self.curseforge,
        }
    }
}
