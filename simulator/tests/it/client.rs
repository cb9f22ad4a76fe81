//! A simulator that stands at noon of a fixed day, and a client for it.

use jiff::{SignedDuration, Timestamp};
use modstats_simulator::shape::Shape;
use modstats_simulator::{Catalogue, Clock, Options, Platform, Simulator};
use reqwest::{Method, Response};
use serde_json::Value;

pub const KEY: &str = "$2a$10$a.key'with\"odd signs";

/// The day that the catalogue leads up to.
pub fn present() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

pub fn days_ago(days: i64) -> Timestamp {
    present() - SignedDuration::from_hours(24 * days)
}

pub fn noon() -> Timestamp {
    present() + SignedDuration::from_hours(12)
}

pub fn options() -> Options {
    Options {
        clock: Clock::at(noon()),
        curseforge_key: KEY.to_owned(),
        present: Some(present()),
        ..Options::default()
    }
}

pub struct Client {
    pub simulator: Simulator,
    pub http: reqwest::Client,
}

impl Client {
    pub async fn start() -> Client {
        Client::with(options()).await
    }

    pub async fn with(options: Options) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().user_agent("tests").build();
        Client {
            simulator: Simulator::start(options).await.unwrap(),
            http: http.unwrap(),
        }
    }

    pub fn catalogue(&self) -> &Catalogue {
        self.simulator.catalogue()
    }

    pub fn request(&self, on: Platform, method: Method, path: &str) -> reqwest::RequestBuilder {
        let base = match on {
            Platform::Modrinth => self.simulator.modrinth_url(),
            Platform::Curseforge => self.simulator.curseforge_url(),
        };
        let request = self.http.request(method, base.join(path).unwrap());
        match on {
            Platform::Modrinth => request,
            Platform::Curseforge => request.header("x-api-key", KEY),
        }
    }

    pub async fn send(&self, on: Platform, path: &str) -> Response {
        let request = self.request(on, Method::GET, path);
        request.send().await.unwrap()
    }

    /// The JSON of a 200.
    pub async fn get(&self, on: Platform, path: &str) -> Value {
        let response = self.send(on, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
        response.json().await.unwrap()
    }

    pub async fn modrinth(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let request = self.request(Platform::Modrinth, Method::GET, path);
        let response = request.query(query).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path} {query:?}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.request(Platform::Curseforge, Method::POST, path);
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// An id of a tracked mod, by its slug.
    pub fn id(&self, on: Platform, slug: &str) -> String {
        let mods = self.catalogue().mods();
        let found = mods.iter().find(|m| m.slug == slug).unwrap();
        match on {
            Platform::Modrinth => found.modrinth.clone().unwrap(),
            Platform::Curseforge => found.curseforge.unwrap().to_string(),
        }
    }
}

/// Fails, instead of hanging, where something doesn't come.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let limit = std::time::Duration::from_secs(30);
    let Ok(done) = tokio::time::timeout(limit, future).await else {
        panic!("{what}: not within {limit:?}");
    };
    done
}

pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Fails unless all values have a recorded shape.
pub fn fits<'a>(kind: &str, values: impl IntoIterator<Item = &'a Value>) {
    let file = format!("{}/../tests/shapes/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    let shape: Shape = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut checked = 0;
    for value in values {
        let mismatches = shape.check(value);
        assert!(mismatches.is_empty(), "{kind}: {mismatches:?} in {value}");
        checked += 1;
    }
    assert!(
        checked > 0,
        "nothing of the shape {kind} was there to check"
    );
}

pub fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub fn texts<'a>(values: &'a [Value], key: &str) -> Vec<&'a str> {
    values
        .iter()
        .map(|value| value[key].as_str().unwrap())
        .collect()
}

pub fn numbers(values: &[Value], key: &str) -> Vec<i64> {
    values
        .iter()
        .map(|value| value[key].as_i64().unwrap())
        .collect()
}
