//! The simulator as its users meet it: over HTTP, and as a catalogue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bulk;
mod catalogue;
mod client;
mod curseforge;
mod faults;
mod modrinth;
mod search;
mod server;
mod spoiled;
mod website;
