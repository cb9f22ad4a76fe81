//! TrackedMod → CronJobs, Jobs, status, events.
//!
//! A reconcile is five steps, each in a file of its own: [`dereference`] reads what a TrackedMod
//! points at and what was made for it, [`validate`] and [`build`] decide and touch nothing,
//! [`apply`] writes children, [`status`] says what came of it. [`controller`] tells when.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod apply;
mod build;
mod cluster;
mod conditions;
pub mod config;
mod controller;
mod dereference;
mod events;
mod health;
mod memory;
mod metrics;
mod names;
mod overdue;
mod ownership;
pub mod program;
mod pulse;
mod reconcile;
mod run;
mod status;
mod trouble;
mod unreadable;
mod validate;
mod wire;
mod words;
