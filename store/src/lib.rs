//! The database: what is written, what is read, and what the numbers mean.
//!
//! A run opens (`run`), looks up what it needn't ask for (`known`), asks, and ends with everything
//! that it learned (`observe`, `counters`, `tags`, `edges`, `listings`), all or nothing. Pages read
//! one state of the database (`read`, `history`, `versions`, `modpacks`), and `growth` says what a
//! counter's readings mean. Every statement of the product stands in this crate, and
//! works on PostgreSQL and SQLite.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bulk;
mod connect;
mod counters;
mod declared;
mod edges;
pub mod entity;
pub mod environment;
mod error;
pub mod growth;
mod history;
mod import;
mod known;
mod limit;
mod listings;
pub mod model;
mod modpacks;
mod observe;
mod read;
mod run;
mod tags;
pub mod time;
mod versions;

pub use connect::{Authority, Database, Password, PoolUse, PostgresSettings, Store, Tls, Waits};
pub use error::{StoreError, StoreErrorKind};
pub use read::{RunPage, Snapshot};
