//! What the harness's own tests start, and end in rude ways.
#![allow(clippy::expect_used, clippy::panic)]

use std::time::Duration;

use modstats_telemetry::{LogFormat, Settings, SpanExt};
use modstats_tests::kubernetes::{control_plane, node};
use modstats_tests::{Process, Window, browser, postgres, run};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["sleep"] => tokio::time::sleep(Duration::MAX).await,
        ["servers", end] => servers(end).await,
        ["node", end] => {
            println!("address {}", node().await.host_address());
            stay(end).await;
        }
        ["telemetry"] => telemetry(),
        _ => panic!(
            "usage: modstats-test-child sleep | servers wait|panic | node wait|panic | telemetry"
        ),
    }
}

/// A test process that has started one of everything but a node.
async fn servers(end: &str) {
    postgres().await.database().await;
    let page = browser().await.page(Window::default()).await;
    control_plane().await;
    let _process = Process::start("modstats-test-child", &["sleep"], &[]);
    stay(end).await;
    drop(page);
}

/// Waits, or panics when it gets SIGTERM.
async fn stay(end: &str) {
    let mut asked = signal(SignalKind::terminate()).expect("signals can be had");
    println!("folder {}", run::run().folder().display());
    match end {
        "panic" => {
            asked.recv().await;
            panic!("as a failed test does");
        }
        _ => tokio::time::sleep(Duration::MAX).await,
    }
}

/// A program that does little and ends at once.
fn telemetry() {
    let telemetry = modstats_telemetry::init(Settings {
        service: "modstats-test-child",
        version: "1.2.3",
        log_format: LogFormat::Text,
        default_filter: "info",
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let outer = tracing::info_span!("outer", mod_name = "Create");
    // Without an exporter there is nothing that could have a parent.
    let _ = outer.set_parent(modstats_telemetry::environment());
    outer.in_scope(|| {
        tracing::info!("inside");
        let mut headers = Default::default();
        modstats_telemetry::inject(&mut headers);
        println!("headers {headers:?}");
        tracing::info_span!("inner").in_scope(|| {
            modstats_telemetry::meter()
                .u64_counter("modstats_test_items")
                .build()
                .add(3, &[]);
        });
    });
    drop(outer);
    telemetry.shutdown();
}
