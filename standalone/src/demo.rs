//! `modstats demo`: simulated platforms, and a clock that lapses through the days before today.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Clock, Collector, Endpoints, Limit, Limits, Timeouts};
use modstats_simulator::catalogue::{Catalogue, Platform};
use modstats_simulator::{Clock as SimulatedClock, Options, Simulator};
use tokio::sync::watch;

use crate::args::DemoArguments;
use crate::clock::LapseClock;
use crate::documents;
use crate::error::ProgramError;
use crate::lane::{self, Workshop};
use crate::outlook::Outlook;
use crate::secrets::Secrets;
use crate::serve::{close, listen, open, show};

pub async fn run(
    arguments: DemoArguments,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ProgramError> {
    let started = Instant::now();
    let listener = listen(&arguments.listen).await?;
    let scratch = tempfile::tempdir().map_err(|source| ProgramError::File {
        path: std::env::temp_dir(),
        source,
    })?;
    let path = sample_file(arguments.db, &scratch)?;
    let store = open(&path).await?;

    let begin = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(arguments.days));
    let simulated = SimulatedClock::lapse(begin);
    let options = Options {
        clock: simulated.clone(),
        ..Options::default()
    };
    let key = options.curseforge_key.clone();
    let simulator = Simulator::start(options)
        .await
        .map_err(ProgramError::Simulator)?;
    let (clock, reached_present) = LapseClock::new(simulated);
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let endpoints = Endpoints {
        modrinth: simulator.modrinth_url(),
        curseforge: simulator.curseforge_url(),
        curseforge_website: simulator.website_url(),
    };
    println!(
        "modstats demo: sample data of {} days, no network",
        arguments.days
    );
    println!(
        "simulated Modrinth {}  CurseForge {}",
        endpoints.modrinth, endpoints.curseforge
    );

    let documents = documents::from_text(
        "the sample TrackedMods",
        sample(simulator.catalogue()),
        begin,
    )?;
    let collector = Collector::new(
        store.clone(),
        clock.clone(),
        endpoints,
        unlimited(),
        Timeouts::default(),
    )?;
    let workshop = Arc::new(Workshop {
        collector,
        clock: clock.clone(),
        secrets: Secrets::Sample(key),
        outlook: Outlook::default(),
        tells_runs: AtomicBool::new(false),
    });
    // One lane: its tasks share the clock that jumps.
    let tasks = lane::tasks(&workshop, documents);
    let lane = tokio::spawn({
        let workshop = workshop.clone();
        async move { lane::run(&workshop, tasks).await }
    });
    let collected = tokio::select! {
        () = lapse(&*clock, begin, reached_present) => true,
        _ = stop.wait_for(|stop| *stop) => false,
    };
    let result = if collected {
        workshop.tells_runs.store(true, Ordering::Relaxed);
        let served = simulator.served();
        println!(
            "collected in {:.1} s with {} requests",
            started.elapsed().as_secs_f64(),
            served.total(Platform::Modrinth) + served.total(Platform::Curseforge)
        );
        show(
            listener,
            &workshop,
            store.clone(),
            arguments.base_path,
            true,
            stop,
        )
        .await
    } else {
        Ok(())
    };
    lane.abort();
    // It ends by being aborted.
    let _ = lane.await;
    simulator.stop().await;
    close(store, &path).await?;
    result
}

/// Sample data goes into a new file, never into somebody's history.
fn sample_file(db: Option<PathBuf>, scratch: &tempfile::TempDir) -> Result<PathBuf, ProgramError> {
    match db {
        Some(path) if path.exists() => Err(ProgramError::SampleFileExists(path)),
        Some(path) => Ok(path),
        None => Ok(scratch.path().join("demo.db")),
    }
}

/// The catalogue's mods, as a user would write them down; once a day, and modpacks once a week, so
/// that 90 days take seconds.
fn sample(catalogue: &Catalogue) -> String {
    let mut yaml = String::new();
    for it in catalogue.mods() {
        let modrinth = it
            .modrinth
            .as_ref()
            .map(|id| format!("  modrinth: {{projects: [{id:?}]}}\n"));
        let curseforge = it.curseforge.map(|id| {
            format!("  curseforge: {{projects: [{id}], apiKeySecretRef: {{name: curseforge, key: api-key}}}}\n")
        });
        let _ = write!(
            yaml,
            "---\napiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {{name: {}}}\nspec:\n  displayName: {:?}\n  schedule: \"17 5 * * *\"\n  modpacks: {{schedule: \"43 3 * * 1\"}}\n{}{}",
            it.slug,
            it.title,
            modrinth.unwrap_or_default(),
            curseforge.unwrap_or_default()
        );
    }
    yaml
}

/// The database's clock doesn't lapse, and nobody else asks these platforms.
fn unlimited() -> Limits {
    let limit = Limit {
        interval: Duration::ZERO,
        burst: 1,
    };
    Limits {
        modrinth: limit,
        curseforge: limit,
    }
}

/// Waits until the clock has reached the present, and shows how far it is.
async fn lapse(clock: &dyn Clock, begin: Timestamp, mut reached: watch::Receiver<bool>) {
    let total = Timestamp::now().duration_since(begin).as_secs_f64();
    let tell = std::io::stdout().is_terminal();
    loop {
        tokio::select! {
            _ = reached.wait_for(|reached| *reached) => break,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
        if tell {
            let done = clock.now().duration_since(begin).as_secs_f64() / total;
            print!("\rcollecting {:>3.0} %", done * 100.0);
            // A terminal that is gone doesn't stop the demo.
            let _ = std::io::stdout().flush();
        }
    }
    if tell {
        print!("\r                \r");
    }
}
