//! `modstats`: the whole system in one process on one SQLite file.
//!
//! `serve` tracks the mods of TrackedMod files; `demo` is the same with simulated platforms and a
//! clock that lapses through the days before today. A lane of the `schedule` runs the collector,
//! and the dashboard shows what it stored.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod args;
mod clock;
mod demo;
mod documents;
mod error;
mod lane;
mod outlook;
mod secrets;
mod serve;

use tokio::sync::watch;

pub use args::Arguments;
use args::Command;
pub use error::ProgramError;

/// Runs one command until it ends or `stop` turns true.
pub async fn run(arguments: Arguments, stop: watch::Receiver<bool>) -> Result<(), ProgramError> {
    match arguments.command {
        Command::Demo(arguments) => demo::run(arguments, stop).await,
        Command::Serve(arguments) => serve::run(*arguments, stop).await,
    }
}
