//! `modstats serve` on a disk that is full: a file system of its own, in a mount namespace of its
//! own, which only root may make.

use std::path::{Path, PathBuf};

use modstats_tests::run::run;
use modstats_tests::{Process, Signal, eventually};
use sea_orm::EntityTrait;

use super::*;

/// KiB of the file system.
const SIZE: u32 = 4096;
const FULL: &str = "disk is full";

struct Disk {
    process: Process,
    /// As the process sees it.
    folder: PathBuf,
}

impl Disk {
    /// A disk with so many KiB left, until the ballast is removed.
    async fn start(simulator: &Simulator, left: u32, environment: &[(&str, &str)]) -> Disk {
        let folder = run().new_folder("disk");
        let tracked = &simulator.catalogue().mods()[0];
        let yaml = format!(
            "apiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {{name: gears}}\nspec:\n  schedule: 0 0 1 1 *\n  curseforge: {{projects: [{}], apiKeySecretRef: {{name: a, key: b}}}}\n",
            tracked.curseforge.unwrap()
        );
        let file = run().new_folder("mods").join("mods.yaml");
        std::fs::write(&file, yaml).unwrap();
        let disk = folder.display();
        let ballast = SIZE - left;
        let mount = format!(
            "mount -t tmpfs -o size={SIZE}k none {disk} &&
             head -c {ballast}k /dev/zero > {disk}/ballast && exec \"$@\""
        );
        let db = folder.join("history.db");
        let url = simulator.curseforge_url();
        let key = Options::default().curseforge_key;
        let mut variables = vec![
            ("MODSTATS_CURSEFORGE_URL", url.as_str()),
            ("MODSTATS_CURSEFORGE_API_KEY", &key),
        ];
        variables.extend(environment);
        let process = Process::start_by(
            &["unshare", "--mount", "sh", "-c", &mount, "sh"],
            "modstats",
            &[
                "serve",
                "-f",
                file.to_str().unwrap(),
                "--db",
                db.to_str().unwrap(),
                "--listen",
                "127.0.0.1:0",
            ],
            &variables,
        );
        Disk { process, folder }
    }

    /// A file on the disk, for us.
    fn path(&self, name: &str) -> PathBuf {
        let inside = Path::new("/proc").join(self.process.pid().to_string());
        let folder = self.folder.strip_prefix("/").unwrap();
        inside.join("root").join(folder).join(name)
    }

    fn free(&self) {
        std::fs::remove_file(self.path("ballast")).unwrap();
    }

    /// What the history holds once a run is complete.
    async fn facts(&self) -> Held {
        // SQLite would follow the path into our own namespace.
        eventually(PATIENT, "the numbers are stored", async || {
            let seen = || self.process.output();
            let copy = run().new_folder("copy").join("history.db");
            let url = format!("sqlite:{}", copy.display());
            for end in ["", "-wal"] {
                let (from, to) = (
                    format!("history.db{end}"),
                    format!("{}{end}", copy.display()),
                );
                std::fs::copy(self.path(&from), to).map_err(|_| seen())?;
            }
            let db = sea_orm::Database::connect(&url).await.map_err(|_| seen())?;
            let runs = modstats_store::entity::collection_run::Entity::find();
            let runs = runs.all(&db).await.map_err(|_| seen())?;
            if !runs.iter().any(|run| run.outcome == "complete") {
                return Err(seen());
            }
            let mut counts = Vec::new();
            for table in [
                "project",
                "version",
                "tracked_project",
                "daily_stats",
                "version_stats",
                "sample",
                "project_latest",
                "version_latest",
                "listing",
                "collection_run",
            ] {
                counts.push(number(&db, &format!("SELECT count(*) FROM {table}")).await);
            }
            let downloads = "SELECT downloads FROM project_latest";
            let held = Held {
                counts,
                downloads: number(&db, downloads).await,
            };
            let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
            let check: String = db
                .query_one_raw(check)
                .await
                .unwrap()
                .unwrap()
                .try_get_by_index(0)
                .unwrap();
            assert_eq!(check, "ok");
            db.close().await.unwrap();
            Ok(held)
        })
        .await
    }
}

#[derive(Debug, PartialEq)]
struct Held {
    counts: Vec<i64>,
    downloads: i64,
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

async fn simulator() -> Simulator {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = SimulatedClock::at(NOON.parse().unwrap());
    let options = Options {
        clock,
        ..Options::default()
    };
    Simulator::start(options).await.unwrap()
}

/// From a disk on which not even the file has room to one on which all but the last page has.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_at_every_statement() {
    let simulator = simulator().await;
    let warnings = [("MODSTATS_LOG", "warn")];
    let mut roomy = Disk::start(&simulator, SIZE, &warnings).await;
    let expected = roomy.facts().await;
    assert_eq!(expected.counts.last(), Some(&1), "runs");
    assert!(!roomy.process.output().contains(FULL));
    roomy.process.signal(Signal::TERM);
    roomy.process.wait(PATIENT).await;

    let (mut refused, mut resumed) = (0, Vec::new());
    let step = if soak() { 4 } else { 40 };
    for left in (0..).step_by(step) {
        let mut disk = Disk::start(&simulator, left, &warnings).await;
        let seen = eventually(PATIENT, "it tells how it goes", async || {
            let output = disk.process.output();
            let told = [FULL, "disk I/O error", ": complete"];
            let told = told.into_iter().find(|part| output.contains(part));
            told.ok_or(output)
        })
        .await;
        if seen == ": complete" {
            break;
        }
        if !disk.process.output().contains("open http://") {
            let status = disk.process.wait(PATIENT).await;
            let output = disk.process.output();
            if !output.contains("open http://") {
                assert_eq!(status.code(), Some(75), "{left} KiB: {output}");
                assert!(output.contains("history.db"), "{left} KiB: {output}");
                assert!(!output.contains("panicked"), "{left} KiB: {output}");
                refused += 1;
                continue;
            }
        }
        disk.free();
        assert_eq!(disk.facts().await, expected, "{left} KiB");
        disk.process.signal(Signal::TERM);
        let status = disk.process.wait(PATIENT).await;
        assert!(status.success(), "{left} KiB: {}", disk.process.output());
        resumed.push(left);
    }
    println!("{refused} refused, {} resumed", resumed.len());
    assert!(refused > 0, "the smallest disk has room for everything");

    // Without a word in the environment a person is told once it has lasted for a while.
    let left = *resumed
        .last()
        .expect("one disk is full in the midst of a run");
    let mut disk = Disk::start(&simulator, left, &[]).await;
    disk.process.wait_for_line(PATIENT, FULL).await;
    disk.free();
    assert_eq!(disk.facts().await, expected);
}
