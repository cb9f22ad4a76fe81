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

const SERVERS: &[&str] = &[
    "postgres",
    "chrom",
    "node",
    "etcd",
    "kube-apiserver",
    "kube-controller",
    "modstats-test-s",
    "modstats-test-c",
];

/// Starts a test process that starts `what`; gives back all of its processes, some of which bear
/// the names `parts`, and its folder.
async fn started(what: &str, end: &str, parts: &[&str]) -> (Process, Vec<Entry>, String) {
    let mut child = Process::start("modstats-test-child", &[what, end], &[]);
    let line = child.wait_for_line(START, "folder ").await;
    let family = descendants(child.pid().cast_signed());
    for part in parts {
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
    let (mut child, family, folder) = started("servers", "wait", SERVERS).await;
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
    let (mut child, family, folder) = started("servers", "panic", SERVERS).await;
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

/// These start a node of their own, one after the other: two cores have enough to do with one.
mod node {
    use std::fs;

    use tokio::sync::Mutex;

    use super::*;

    static ONE: Mutex<()> = Mutex::const_new(());

    const NODE: &[&str] = &[
        "etcd",
        "kube-apiserver",
        "kube-scheduler",
        "unshare",
        "containerd",
        "containerd-shim",
        "kubelet",
        "kube-proxy",
        "coredns",
    ];

    /// What the kernel keeps beside processes: the link's index, and the name of the cgroups.
    struct Kept {
        link: String,
        cgroup: String,
    }

    impl Kept {
        fn of(child: &Process, family: &[Entry]) -> Self {
            let output = child.output();
            let address = output
                .lines()
                .find_map(|line| line.strip_prefix("address "));
            let number = address
                .and_then(|address| address.split('.').nth(2))
                .unwrap();
            let link = fs::read_to_string(format!("/sys/class/net/modstats{number}/ifindex"));
            let supervisor = family.iter().find(|entry| entry.name == "modstats-test-s");
            Self {
                link: link.unwrap(),
                cgroup: format!("modstats-test-{}", supervisor.unwrap().pid),
            }
        }

        fn left(&self) -> Vec<String> {
            let mut left = Vec::new();
            for link in fs::read_dir("/sys/class/net").unwrap() {
                let link = link.unwrap().path();
                let index = fs::read_to_string(link.join("ifindex")).unwrap_or_default();
                if index == self.link {
                    left.push(link.display().to_string());
                }
            }
            for hierarchy in fs::read_dir("/sys/fs/cgroup").unwrap() {
                let group = hierarchy.unwrap().path().join(&self.cgroup);
                let top = Path::new("/sys/fs/cgroup").join(&self.cgroup);
                left.extend(
                    [group, top]
                        .iter()
                        .filter(|group| group.exists())
                        .map(|group| group.display().to_string()),
                );
            }
            left
        }
    }

    async fn nothing_is_left_after(end: &str, signal: Signal) {
        let _one = ONE.lock().await;
        let (mut child, family, folder) = started("node", end, NODE).await;
        let kept = Kept::of(&child, &family);
        assert!(kept.left().len() > 1, "{:?}", kept.left());
        child.signal(signal);
        child.wait(END).await;
        nothing_is_left(family, &folder).await;
        eventually(END, "links and cgroups are gone", async || {
            match kept.left() {
                left if left.is_empty() => Ok(()),
                left => Err(left.join(" ")),
            }
        })
        .await;
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(&folder), "{mounts}");
    }

    #[tokio::test]
    async fn nothing_is_left_after_sigint() {
        nothing_is_left_after("wait", Signal::INT).await;
    }

    #[tokio::test]
    async fn nothing_is_left_after_sigkill() {
        nothing_is_left_after("wait", Signal::KILL).await;
    }

    #[tokio::test]
    async fn nothing_is_left_after_a_panic() {
        nothing_is_left_after("panic", Signal::TERM).await;
    }
}
