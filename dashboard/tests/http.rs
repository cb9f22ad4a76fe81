//! The dashboard over real HTTP and a real SQLite database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/abuse.rs"]
mod abuse;
#[path = "http/agreement.rs"]
mod agreement;
#[path = "http/api.rs"]
mod api;
#[path = "http/base_path.rs"]
mod base_path;
#[path = "http/clients.rs"]
mod clients;
#[path = "http/compare.rs"]
mod compare;
#[path = "http/connections.rs"]
mod connections;
#[path = "http/exports.rs"]
mod exports;
#[path = "http/history.rs"]
mod history;
#[path = "hostile/mod.rs"]
mod hostile;
#[path = "http/kept.rs"]
mod kept;
#[path = "http/modpacks.rs"]
mod modpacks;
#[path = "numbers/mod.rs"]
mod numbers;
#[path = "http/pages.rs"]
mod pages;
#[path = "http/platform.rs"]
mod platform;
#[path = "http/portfolio.rs"]
mod portfolio;
#[path = "predecessor/mod.rs"]
mod predecessor;
#[path = "http/preferences.rs"]
mod preferences;
#[path = "http/queries.rs"]
mod queries;
mod seed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use modstats_dashboard::{
    BasePath, Clients, Listeners, ServeError, Settings, SourceOutlook, StoreSlot, serve,
};
use modstats_store::{Database, Store};
use reqwest::{Client, Method, Response};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const NOW: &str = "2026-11-22T15:20:00Z";

/// A dashboard that serves, and the database that it reads.
struct Served {
    address: SocketAddr,
    client: Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    async fn start(store: StoreSlot, outlook: Vec<SourceOutlook>) -> Served {
        let outlook = Arc::new(move || outlook.clone());
        Served::start_with(store, None, |settings| settings.outlook = outlook).await
    }

    /// With settings of one's own, and perhaps a port of its own for the metrics.
    async fn start_with(
        store: StoreSlot,
        metrics: Option<TcpListener>,
        change: impl FnOnce(&mut Settings),
    ) -> Served {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pages = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = pages.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let mut settings = Settings {
            store,
            base_path: BasePath::default(),
            clients: Clients::default(),
            now: Arc::new(|| NOW.parse::<Timestamp>().unwrap()),
            fresh_for: Duration::ZERO,
            build: "1.2.3-test",
            sample_data: false,
            outlook: Arc::new(Vec::new),
        };
        change(&mut settings);
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(Listeners { pages, metrics }, settings, shutdown));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Served {
            address,
            client,
            stop,
            task,
        }
    }

    async fn ask(&self, method: Method, path: &str) -> Response {
        self.client
            .request(method, format!("http://{}{path}", self.address))
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).await
    }

    async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    async fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }
}

/// An empty database with the schema, and the folder that it lives in.
async fn database() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&file(&folder)).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

fn file(folder: &TempDir) -> Database {
    Database::Sqlite(folder.path().join("modstats.db"))
}
