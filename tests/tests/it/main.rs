#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assets;
mod browser;
mod chart;
mod collecting;
mod collector;
mod dashboard;
mod database;
mod direction;
mod ground;
mod installed;
mod killed;
mod kiosk;
mod kubernetes;
mod matrix;
mod operator;
mod otlp;
mod platforms;
mod postgres;
mod standalone;
mod store;
mod supervisor;
mod telemetry;
mod truth;
