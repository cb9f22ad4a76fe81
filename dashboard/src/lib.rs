//! The dashboard: pages, charts and the API over what the store knows. It only reads.
//!
//! A request is parsed into a [`view::View`] (`routes`, `query`, `period`), which `app` answers from
//! one state of the database (`data`, `slot`): figures and timelines are computed (`figures`,
//! `timeline`, `freshness`, `modpacks`; all pure) and written as a page (`pages`, `chart`), as JSON
//! (`api`) or as a file (`export`).
//! Pages speak the reader's language (`language`, `format`), as the reader chose (`preferences`,
//! `zone`); every address comes from `links`.
//! `server` owns the connections, `cache` the rendered replies, packed by `coding`; `generation` tells
//! whether they still hold.

mod api;
mod app;
mod assets;
mod base_path;
mod cache;
mod chart;
mod coding;
mod compare;
mod data;
mod export;
mod figures;
#[cfg(test)]
mod fixtures;
mod format;
mod freshness;
mod generation;
mod history;
mod language;
mod links;
mod metrics;
mod modpacks;
mod natural;
mod pages;
mod period;
mod portfolio;
mod preferences;
pub mod program;
mod query;
mod reply;
mod routes;
mod server;
mod slot;
mod timeline;
mod trouble;
mod view;
mod words;
mod zone;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use modstats_store::model::Source;

pub use base_path::{BasePath, BasePathError};
pub use server::{
    Clients, Listeners, Rate, ServeError, TrustedProxies, TrustedProxiesError, serve,
};
pub use slot::StoreSlot;

/// Within twice this time a collection shows, however many readers there are.
pub const FRESH_FOR: Duration = Duration::from_secs(1);

/// What a dashboard is made of.
#[derive(Clone)]
pub struct Settings {
    pub store: StoreSlot,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// For how long a reply is taken for fresh before the database is asked again whether anything
    /// has changed.
    pub fresh_for: Duration,
    /// Where it lies on its host: every address of its own begins with it.
    pub base_path: BasePath,
    pub clients: Clients,
    /// The version that the footer and the metrics name.
    pub build: &'static str,
    /// The numbers are simulated, and every page says so.
    pub sample_data: bool,
    pub outlook: Arc<dyn Fn() -> Vec<SourceOutlook> + Send + Sync>,
}

/// What a scheduler in this process knows of a source. In a cluster nobody does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceOutlook {
    pub namespace: String,
    pub name: String,
    pub source: Source,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// For people: `suspended: spec.suspend is true`, `could not reach api.modrinth.com`.
    pub note: Option<String>,
}
