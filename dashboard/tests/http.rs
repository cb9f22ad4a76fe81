//! The dashboard over real HTTP and a real SQLite database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/connections.rs"]
mod connections;
#[path = "http/modpacks.rs"]
mod modpacks;
#[path = "http/pages.rs"]
mod pages;
#[path = "http/preferences.rs"]
mod preferences;
mod seed;

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use modstats_dashboard::{BasePath, ServeError, Settings, SourceOutlook, StoreSlot, serve};
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
        Served::start_below("", store, outlook).await
    }

    async fn start_below(base: &str, store: StoreSlot, outlook: Vec<SourceOutlook>) -> Served {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let settings = Settings {
            store,
            base_path: base.parse::<BasePath>().unwrap(),
            now: Arc::new(|| NOW.parse::<Timestamp>().unwrap()),
            build: "1.2.3-test",
            sample_data: false,
            outlook: Arc::new(move || outlook.clone()),
        };
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(listener, settings, shutdown));
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
