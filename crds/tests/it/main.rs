#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod admission;
mod cron;
mod definition;
mod document;
mod yaml;
