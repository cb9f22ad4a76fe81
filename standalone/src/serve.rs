//! `modstats serve`: real mods, on their schedules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use modstats_collector::{Clock, Collector, Endpoints, Limits, SystemClock, Timeouts};
use modstats_crds::Source;
use modstats_dashboard::{Clients, FRESH_FOR, Listeners, Rate, Settings, StoreSlot};
use modstats_store::{Database, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use crate::args::{ServeArguments, WebArguments};
use crate::documents;
use crate::error::ProgramError;
use crate::lane::{self, Task, Workshop};
use crate::outlook::Outlook;
use crate::secrets::Secrets;

pub async fn run(
    arguments: ServeArguments,
    stop: watch::Receiver<bool>,
) -> Result<(), ProgramError> {
    let documents = documents::read(&arguments.files, Timestamp::now())?;
    let listeners = listen(&arguments.web).await?;
    let store = open(&arguments.db).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let endpoints = Endpoints {
        modrinth: arguments
            .modrinth_url
            .unwrap_or_else(|| known(Endpoints::MODRINTH)),
        curseforge: arguments
            .curseforge_url
            .unwrap_or_else(|| known(Endpoints::CURSEFORGE)),
        curseforge_website: arguments
            .curseforge_website_url
            .unwrap_or_else(|| known(Endpoints::CURSEFORGE_WEBSITE)),
    };
    let (limits, timeouts) = (Limits::default(), Timeouts::default());
    let workshop = Arc::new(Workshop {
        collector: Collector::new(store.clone(), clock.clone(), endpoints, limits, timeouts)?,
        clock,
        secrets: Secrets::Given {
            folder: arguments.secrets_dir,
        },
        outlook: Outlook::default(),
        tells_runs: AtomicBool::new(true),
    });
    println!("modstats keeps its history in {}", arguments.db.display());
    // A platform that is away holds up its own lane only.
    let mut sources: BTreeMap<Source, Vec<Task>> = BTreeMap::new();
    for task in lane::tasks(&workshop, documents) {
        sources.entry(task.source()).or_default().push(task);
    }
    let mut lanes = JoinSet::new();
    for tasks in sources.into_values() {
        let workshop = workshop.clone();
        lanes.spawn(async move { lane::run(&workshop, tasks).await });
    }
    let shown = show(
        listeners,
        arguments.web,
        &workshop,
        store.clone(),
        false,
        stop,
    )
    .await;
    lanes.shutdown().await;
    close(store, &arguments.db).await?;
    shown
}

/// Serves the dashboard until the end.
pub async fn show(
    listeners: Listeners,
    web: WebArguments,
    workshop: &Arc<Workshop>,
    store: Store,
    sample_data: bool,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ProgramError> {
    let base_path = web.base_path;
    let address = listeners
        .pages
        .local_addr()
        .map(|address| address.to_string())
        .unwrap_or_default();
    println!("open http://{address}{base_path}/   (Ctrl-C ends)");
    let (clock, outlook) = (workshop.clock.clone(), workshop.outlook.clone());
    let settings = Settings {
        store: StoreSlot::open(store),
        now: Arc::new(move || clock.now()),
        fresh_for: FRESH_FOR,
        base_path,
        clients: Clients {
            trusted_proxies: web.trusted_proxies,
            rate: Rate::new(web.rate_per_minute, web.rate_burst),
        },
        build: env!("CARGO_PKG_VERSION"),
        sample_data,
        outlook: Arc::new(move || outlook.all()),
    };
    let stopped = async move {
        // An error means that nobody can ask for the end any more.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    Ok(modstats_dashboard::serve(listeners, settings, stopped).await?)
}

pub async fn listen(web: &WebArguments) -> Result<Listeners, ProgramError> {
    let bind = async |option, address: &str| {
        let bound = TcpListener::bind(address).await;
        bound.map_err(|source| ProgramError::Listen {
            option,
            address: address.to_owned(),
            source,
        })
    };
    Ok(Listeners {
        pages: bind("--listen", &web.listen).await?,
        metrics: match &web.metrics_listen {
            Some(address) => Some(bind("--metrics-listen", address).await?),
            None => None,
        },
    })
}

pub async fn open(path: &Path) -> Result<Store, ProgramError> {
    let database = |source| ProgramError::Database {
        path: path.to_owned(),
        source,
    };
    let store = Store::open(&Database::Sqlite(PathBuf::from(path)))
        .await
        .map_err(database)?;
    store.migrate().await.map_err(database)?;
    Ok(store)
}

pub async fn close(store: Store, path: &Path) -> Result<(), ProgramError> {
    store
        .close()
        .await
        .map_err(|source| ProgramError::Database {
            path: path.to_owned(),
            source,
        })
}

#[expect(clippy::expect_used, reason = "a constant address, parsed by a test")]
fn known(url: &str) -> Url {
    url.parse().expect("a platform's address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_addresses_are_urls() {
        for url in [
            Endpoints::MODRINTH,
            Endpoints::CURSEFORGE,
            Endpoints::CURSEFORGE_WEBSITE,
        ] {
            assert_eq!(known(url).scheme(), "https");
        }
    }
}
