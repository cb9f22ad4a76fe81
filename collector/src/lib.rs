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
pub mod platform;
mod problem;
pub mod program;
mod report;
mod resolve;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use modstats_crds::{Document, Source};
use modstats_store::Store;
use modstats_store::model::{Outcome, Platform};
use reqwest::Client;
use url::Url;

use http::Http;
use limit::Limiter;
use platform::Stated;
use problem::Problems;

pub use clock::{Clock, SystemClock};
pub use credentials::{ApiKey, ApiKeyError, Credentials};
pub use error::AskError;
pub use http::Timeouts;
pub use limit::{Limit, Limits};
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

    /// What a platform states about projects, by id or slug, in as few requests as it allows.
    /// No run is made, and nothing is stored but the requests' place in the rate limit.
    pub async fn totals(
        &self,
        platform: Platform,
        keys: &[String],
        credentials: &Credentials,
    ) -> Result<BTreeMap<String, Stated>, AskError> {
        let until = clock::instant(&*self.clock) + self.timeouts.run;
        let api = platform::open(self.http(platform, until), platform, credentials)?;
        Ok(api.totals(keys).await)
    }

    /// For requests that are sent before an instant.
    fn http(&self, platform: Platform, until: Timestamp) -> Http<'_> {
        let client = match platform {
            Platform::Modrinth => &self.modrinth,
            Platform::Curseforge => &self.curseforge,
        };
        Http::new(
            client,
            self.endpoints.of(platform),
            Limiter::new(&self.store, platform, self.limits.of(platform)),
            &*self.clock,
            self.timeouts.request,
            until,
        )
    }
}
