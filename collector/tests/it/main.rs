//! The collector against the simulated platforms, over real HTTP, into SQLite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod curseforge;
mod decoders;
mod faults;
mod hostile;
mod kill;
mod modpacks;
mod names;
mod numbers;
mod program;
mod secrets;
mod shapes;
mod support;
