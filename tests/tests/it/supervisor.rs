//! A test process takes everything that it started with it, however it ends.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use modstats_tests::processes::{Entry, processes};
use modstats_tests::{Process, Signal, eventually};

const START: Duration = Duration::from_secs(120);
/// Three times what the supervisor allows itself.
const END: Duration = Duration::from_secs(30);

fn descendants(root: i32) -> Vec<Entry> {
    let all = processes().unwrap();
    let mut family = HashSet::from([root]);
    loop {
        let before = family.len();
        family.extend(
            all.iter()
                .filter(|entry| family.contains(&entry.parent))
                .map(|entry| entry.pid)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            break;
        }
    }
    all.into_iter()
        .filter(|entry| family.contains(&entry.pid))
        .collect()
}

/// Starts a test process with one of everything; gives back all of its processes and its folder.
async fn started(end: &str) -> (Process, Vec<Entry>, String) {
    let mut child = Process::start("modstats-test-child", &["servers", end], &[]);
    let line = child.wait_for_line(START, "folder ").await;
    let family = descendants(child.pid().cast_signed());
    for part in [
        "postgres",
        "chrom",
        "node",
        "modstats-test-s",
        "modstats-test-c",
    ] {
        assert!(
            family.iter().any(|entry| entry.name.contains(part)),
            "{part} is not among {family:?}"
        );
    }
    (child, family, line.replace("folder ", ""))
}

async fn gone(family: &[Entry]) {
    eventually(END, "the processes are gone", async || {
        let alive = processes().unwrap();
        // A process that lost its parent has another one now.
        let left: Vec<_> = family
            .iter()
            .filter(|seen| {
                alive
                    .iter()
                    .any(|now| (now.pid, now.started) == (seen.pid, seen.started))
            })
            .collect();
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    })
    .await;
}

async fn nothing_is_left(family: Vec<Entry>, folder: &str) {
    gone(&family).await;
    eventually(END, "the folder is gone", async || {
        if Path::new(folder).exists() {
            Err(format!("{folder} exists"))
        } else {
            Ok(())
        }
    })
    .await;
}

async fn after_signal(signal: Signal) {
    let (mut child, family, folder) = started("wait").await;
    assert!(Path::new(&folder).is_dir());
    child.signal(signal);
    child.wait(END).await;
    nothing_is_left(family, &folder).await;
}

#[tokio::test]
async fn nothing_is_left_after_sigint() {
    after_signal(Signal::INT).await;
}

#[tokio::test]
async fn nothing_is_left_after_sigkill() {
    after_signal(Signal::KILL).await;
}

#[tokio::test]
async fn nothing_is_left_after_a_panic() {
    let (mut child, family, folder) = started("panic").await;
    child.signal(Signal::TERM);
    let status = child.wait(END).await;
    assert_eq!(status.code(), Some(101), "{}", child.output());
    nothing_is_left(family, &folder).await;
}

#[tokio::test]
async fn a_program_ends_when_the_test_lets_go_of_it() {
    let child = Process::start("modstats-test-child", &["sleep"], &[]);
    let family = descendants(child.pid().cast_signed());
    assert_eq!(family.len(), 1);
    drop(child);
    gone(&family).await;
}
