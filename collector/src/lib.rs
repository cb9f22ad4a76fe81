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
mod downloads;
mod error;
pub mod http;
mod limit;
mod modpacks;
pub mod platform;
mod problem;
pub mod program;
mod report;
mod resolve;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use modstats_crds::{Document, Source};
use modstats_store::Store;
use modstats_store::model::Platform;
use reqwest::{Certificate, Client};
use url::Url;

use http::Http;
use limit::Limiter;
use platform::{Api, Stated};

pub use clock::{Clock, SystemClock};
pub use credentials::{ApiKey, ApiKeyError, Credentials};
pub use document::stored;
pub use error::AskError;
pub use http::Timeouts;
pub use limit::{Limit, Limits};
pub use problem::{ExitCode, Reason};
pub use report::{Record, Report};

/// For how long every run's totals are kept, unless something else is asked for.
pub const SAMPLES_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where the platforms are. No request goes to any other host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    pub modrinth: Url,
    pub curseforge: Url,
    /// Of CurseForge: asked only for what a document asks of it by name.
    pub curseforge_website: Url,
}

impl Endpoints {
    pub const MODRINTH: &str = "https://api.modrinth.com/";
    pub const CURSEFORGE: &str = "https://api.curseforge.com/";
    pub const CURSEFORGE_WEBSITE: &str = "https://www.curseforge.com/";
}

#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    #[error("{0} is no address of a platform; give one like https://api.modrinth.com/")]
    Endpoint(Url),
    #[error("cannot set up a client for HTTP: {0}")]
    Client(#[from] reqwest::Error),
    #[error("cannot read the certificates of further authorities in {}: {problem}", path.display())]
    Authorities { path: PathBuf, problem: String },
}

/// Collects into one database, for any number of runs.
pub struct Collector {
    store: Store,
    clock: Arc<dyn Clock>,
    endpoints: Endpoints,
    limits: Limits,
    timeouts: Timeouts,
    samples_kept: SignedDuration,
    modrinth: Client,
    curseforge: Client,
    curseforge_website: Client,
}

impl Collector {
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        endpoints: Endpoints,
        limits: Limits,
        timeouts: Timeouts,
    ) -> Result<Collector, CollectorError> {
        let Endpoints {
            modrinth,
            curseforge,
            curseforge_website,
        } = &endpoints;
        for url in [modrinth, curseforge, curseforge_website] {
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
                return Err(CollectorError::Endpoint(url.clone()));
            }
        }
        Ok(Collector {
            modrinth: http::client(&timeouts, &[])?,
            curseforge: http::client(&timeouts, &[])?,
            curseforge_website: http::client(&timeouts, &[])?,
            samples_kept: SAMPLES_KEPT,
            store,
            clock,
            endpoints,
            limits,
            timeouts,
        })
    }

    /// Keeps every run's totals for so long.
    pub fn keeping_samples(mut self, samples_kept: SignedDuration) -> Self {
        self.samples_kept = samples_kept;
        self
    }

    /// Trusts the authorities of a PEM file besides the system's, as those of a proxy or mirror.
    pub fn trusting(mut self, path: &Path) -> Result<Self, CollectorError> {
        let unreadable = |problem: String| CollectorError::Authorities {
            path: path.to_owned(),
            problem,
        };
        let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let authorities =
            Certificate::from_pem_bundle(&pem).map_err(|error| unreadable(error.to_string()))?;
        if authorities.is_empty() {
            return Err(unreadable("it holds no certificate".to_owned()));
        }
        self.modrinth = http::client(&self.timeouts, &authorities)?;
        self.curseforge = http::client(&self.timeouts, &authorities)?;
        self.curseforge_website = http::client(&self.timeouts, &authorities)?;
        Ok(self)
    }

    /// Makes one run of a source for one document; `scheduled_at` is the time that it was due.
    ///
    /// It never fails as such: what went wrong stands in the report and, where the database could
    /// be reached, in the recorded run.
    pub async fn collect(
        &self,
        document: &Document,
        source: Source,
        scheduled_at: Timestamp,
        credentials: &Credentials,
    ) -> Report {
        run::collect(self, document, source, scheduled_at, credentials).await
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
        let api = self.api(platform, until, credentials)?;
        Ok(platform::totals(&*api, keys).await)
    }

    /// A platform, for requests that are sent before an instant.
    pub(crate) fn api(
        &self,
        platform: Platform,
        until: Timestamp,
        credentials: &Credentials,
    ) -> Result<Box<dyn Api + '_>, AskError> {
        let Endpoints {
            modrinth,
            curseforge,
            curseforge_website,
        } = &self.endpoints;
        let (client, base) = match platform {
            Platform::Modrinth => (&self.modrinth, modrinth),
            Platform::Curseforge => (&self.curseforge, curseforge),
        };
        let http = |client, base| {
            Http::new(
                client,
                base,
                Limiter::new(&self.store, platform, self.limits.of(platform)),
                &*self.clock,
                self.timeouts.request,
                until,
            )
        };
        let website = http(&self.curseforge_website, curseforge_website);
        platform::open(http(client, base), website, platform, credentials)
    }
}
