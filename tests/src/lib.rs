//! The harness: real servers, a real browser and our own binaries, for tests and benchmarks.
//!
//! Everything that a test starts joins one process group, and everything that it writes lies in
//! one folder. A supervisor process ends the group and removes the folder when the test process is
//! gone, however it went: see [`run`]. The harness panics with what is wrong and how to mend it,
//! as a test would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod browser;
mod certificate;
mod eventually;
pub mod kubernetes;
mod postgres;
mod process;
pub mod processes;
mod relay;
pub mod run;
pub mod tools;

pub use browser::{Browser, Page, Theme, Violation, Window, browser};
pub use certificate::{Authority, Certificate};
pub use eventually::eventually;
pub use postgres::{Database, Postgres, postgres};
pub use process::{Process, Signal};
pub use relay::{Fault, Relay};

/// Whether `make soak` asks for full counts instead of a seeded sample.
pub fn soak() -> bool {
    std::env::var("MODSTATS_SOAK").is_ok_and(|value| value == "1")
}
