//! Doubles of Modrinth and CurseForge over real HTTP, with a deterministic catalogue, a clock that
//! may stand, jump or run, and faults.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use modstats_simulator::{Clock, Options, Simulator};
//!
//! let clock = Clock::lapse("2026-01-01T00:00:00Z".parse().map_err(std::io::Error::other)?);
//! let simulator = Simulator::start(Options { clock, ..Options::default() }).await?;
//! println!("{}v2/search", simulator.modrinth_url());
//! simulator.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
pub mod catalogue;
mod clock;
mod curseforge;
mod faults;
mod limit;
mod modrinth;
mod query;
mod server;
pub mod shape;

pub use catalogue::{Bulk, Catalogue, Platform};
pub use clock::Clock;
pub use faults::{Fault, Faults, Gate, Rule};
pub use server::{Options, Served, Simulator};
