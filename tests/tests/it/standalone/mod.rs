//! The program `modstats`, as a person runs it.

mod demo;
mod history;
mod input;
mod pages;
mod scripts;
mod serve;

use std::path::Path;
use std::time::Duration;

use modstats_tests::{Page, Process};
use serde_json::Value;

/// A debug build on a busy machine collects 90 days in well below this.
const COLLECTING: Duration = Duration::from_secs(240);
const SHORT: Duration = Duration::from_secs(60);

/// A running `modstats` and the address of its dashboard.
struct Running {
    process: Process,
    origin: String,
}

impl Running {
    async fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut process = Process::start("modstats", arguments, environment);
        let line = process.wait_for_line(COLLECTING, "open http://").await;
        let start = line.find("http://").unwrap();
        let end = line[start..].find("/ ").unwrap() + start;
        Running {
            origin: line[start..end].to_owned(),
            process,
        }
    }

    async fn json(&self, path: &str) -> Value {
        json(&format!("{}{path}", self.origin)).await
    }
}

async fn json(url: &str) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let text = reqwest::get(url)
        .await
        .unwrap()
        .error_for_status()
        .unwrap()
        .text()
        .await
        .unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{url} answers {text:?}: {error}"))
}

/// By how much a page has moved by itself since it was loaded.
async fn moved(page: &Page<'_>) -> Value {
    page.eval(
        "new Promise(resolve => {
            let moved = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) moved += entry.value;
            }).observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => resolve(moved), 300);
        })",
    )
    .await
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
