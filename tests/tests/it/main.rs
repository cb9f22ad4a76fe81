#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod browser;
mod chart;
mod collector;
mod dashboard;
mod ground;
mod installed;
mod kubernetes;
mod operator;
mod otlp;
mod postgres;
mod standalone;
mod store;
mod supervisor;
mod telemetry;
