//! The servers of both platforms and of CurseForge's website, and what all requests have in common.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;
use warp::Filter;
use warp::path::FullPath;

use crate::answer::{Answer, Body};
use crate::catalogue::{Bulk, Catalogue, Platform};
use crate::clock::Clock;
use crate::curseforge::Curseforge;
use crate::curseforge::website::Website;
use crate::faults::{Fault, Faults};
use crate::limit::Limit;
use crate::modrinth::Modrinth;
use crate::query::{Query, segments};

/// How long connections may take to end.
const STOPPING: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub struct Options {
    pub clock: Clock,
    /// Added to every answer.
    pub latency: Duration,
    /// The only key that the CurseForge double takes.
    pub curseforge_key: String,
    /// Of the Modrinth double, on the simulator's clock. CurseForge states no limit.
    pub rate_limit_per_minute: u32,
    /// How many of them may come at once; none for a minute's worth.
    pub rate_limit_burst: Option<u32>,
    /// The day that the catalogue leads up to; none for [`Clock::present`].
    pub present: Option<Timestamp>,
    /// Further projects of the catalogue.
    pub bulk: Option<Bulk>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            clock: Clock::system(),
            latency: Duration::ZERO,
            // Real keys have dollar signs too.
            curseforge_key: "$2a$10$simulated.key".to_owned(),
            rate_limit_per_minute: 300,
            rate_limit_burst: None,
            present: None,
            bulk: None,
        }
    }
}

/// How many requests were answered, whatever with, by server and route. Also at
/// `GET /simulator/requests` of each server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Served {
    pub modrinth: BTreeMap<String, u64>,
    pub curseforge: BTreeMap<String, u64>,
    /// CurseForge's, which has another address than its API.
    pub website: BTreeMap<String, u64>,
    /// Requests that brought a key where none belongs: to Modrinth, or to the website.
    pub keys_astray: u64,
    /// Those among them that Modrinth's rate limit refused.
    pub limited: u64,
}

impl Served {
    pub fn total(&self, platform: Platform) -> u64 {
        self.of(platform).values().sum()
    }

    pub fn of(&self, platform: Platform) -> &BTreeMap<String, u64> {
        match platform {
            Platform::Modrinth => &self.modrinth,
            Platform::Curseforge => &self.curseforge,
        }
    }

    fn count(&mut self, site: Site, route: &str) {
        let routes = match site {
            Site::Modrinth => &mut self.modrinth,
            Site::Curseforge => &mut self.curseforge,
            Site::Website => &mut self.website,
        };
        *routes.entry(route.to_owned()).or_default() += 1;
    }
}

/// What listens at an address of its own.
#[derive(Clone, Copy)]
enum Site {
    Modrinth,
    Curseforge,
    Website,
}

impl Site {
    fn platform(self) -> Platform {
        match self {
            Site::Modrinth => Platform::Modrinth,
            Site::Curseforge | Site::Website => Platform::Curseforge,
        }
    }
}

/// Both platforms, answering on loopback until stopped or dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    modrinth: Url,
    curseforge: Url,
    website: Url,
    stop: watch::Sender<bool>,
    servers: [JoinHandle<()>; 3],
}

struct Shared {
    clock: Clock,
    latency: Duration,
    catalogue: Arc<Catalogue>,
    modrinth: Modrinth,
    curseforge: Curseforge,
    website: Website,
    faults: Faults,
    served: Mutex<Served>,
}

/// What a platform reads of a request.
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Path and query, as sent.
    pub fn target(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    pub fn query(&self) -> Query {
        Query::parse(&self.query)
    }
}

impl Simulator {
    /// Starts all servers on free ports of 127.0.0.1.
    pub async fn start(options: Options) -> io::Result<Simulator> {
        let listen = async || TcpListener::bind("127.0.0.1:0").await;
        Simulator::with_listeners(options, listen().await?, listen().await?, listen().await?)
    }

    pub fn with_listeners(
        options: Options,
        modrinth: TcpListener,
        curseforge: TcpListener,
        website: TcpListener,
    ) -> io::Result<Simulator> {
        let present = options.present.unwrap_or_else(|| options.clock.present());
        let catalogue = Arc::new(Catalogue::with_bulk(
            present,
            options.bulk.unwrap_or_default(),
        ));
        let per_minute = options.rate_limit_per_minute;
        let limit = Limit::new(per_minute, options.rate_limit_burst.unwrap_or(per_minute));
        let shared = Arc::new(Shared {
            modrinth: Modrinth::new(catalogue.clone(), limit),
            curseforge: Curseforge::new(catalogue.clone(), options.curseforge_key),
            website: Website::new(catalogue.clone()),
            clock: options.clock,
            latency: options.latency,
            catalogue,
            faults: Faults::default(),
            served: Mutex::default(),
        });
        let stop = watch::Sender::new(false);
        Ok(Simulator {
            modrinth: base(&modrinth)?,
            curseforge: base(&curseforge)?,
            website: base(&website)?,
            servers: [
                serve(&shared, Site::Modrinth, modrinth, &stop),
                serve(&shared, Site::Curseforge, curseforge, &stop),
                serve(&shared, Site::Website, website, &stop),
            ],
            shared,
            stop,
        })
    }

    /// Without a path: requests go to `v2/…` below it.
    pub fn modrinth_url(&self) -> Url {
        self.modrinth.clone()
    }

    /// Without a path: requests go to `v1/…` below it.
    pub fn curseforge_url(&self) -> Url {
        self.curseforge.clone()
    }

    /// Without a path: requests go to `api/v1/…` below it.
    pub fn website_url(&self) -> Url {
        self.website.clone()
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    pub fn served(&self) -> Served {
        self.shared.served().clone()
    }

    /// Ends all connections, also those that hang, and frees the ports.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let ended = futures::future::join_all(self.servers);
        // A server that panicked has ended too; a client that doesn't read can't hold one up.
        let _ = tokio::time::timeout(STOPPING, ended).await;
    }
}

fn base(listener: &TcpListener) -> io::Result<Url> {
    let url = format!("http://{}/", listener.local_addr()?);
    Url::parse(&url).map_err(io::Error::other)
}

fn serve(
    shared: &Arc<Shared>,
    site: Site,
    listener: TcpListener,
    stop: &watch::Sender<bool>,
) -> JoinHandle<()> {
    let shared = shared.clone();
    let stopped = stop.subscribe();
    let stopping = stop.subscribe();
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let answer = warp::method()
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::bytes())
        .then(move |method, path: FullPath, query, headers, body| {
            let (shared, stopped) = (shared.clone(), stopped.clone());
            let request = Request {
                method,
                path: path.as_str().to_owned(),
                query,
                headers,
                body,
            };
            async move {
                let answer = tokio::select! {
                    answer = shared.answer(site, request) => answer,
                    () = wait(stopped.clone()) => Answer::new(503, "", Body::Nothing),
                };
                answer.into_response(wait(stopped))
            }
        });
    tokio::spawn(
        warp::serve(answer)
            .incoming(listener)
            .graceful(wait(stopping))
            .run(),
    )
}

/// Until the simulator is stopped, or dropped.
async fn wait(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}

impl Shared {
    async fn answer(&self, site: Site, request: Request) -> Answer {
        match segments(&request.path).as_slice() {
            ["simulator", "requests"] => return Answer::json(200, &*self.served()),
            ["simulator", "catalogue"] => {
                let (present, bulk) = (self.catalogue.present(), self.catalogue.bulk());
                let told = serde_json::json!({ "present": present, "bulk": bulk });
                return Answer::json(200, &told);
            }
            _ => {}
        }
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        if !matches!(site, Site::Curseforge) && request.headers.contains_key("x-api-key") {
            self.served().keys_astray += 1;
        }
        let platform = site.platform();
        let target = request.target();
        let fault = self.faults.take(platform, &target);
        match &fault {
            Fault::Slow(time) => tokio::time::sleep(*time).await,
            Fault::Hold(gate) => gate.pass().await,
            Fault::Hang => std::future::pending().await,
            _ => {}
        }
        let now = self.clock.now();
        let instead = fault.instead(platform, &target);
        let normal = instead.is_none();
        let (route, answer) = match site {
            Site::Modrinth => self.modrinth.answer(&request, now, instead),
            Site::Curseforge => self.curseforge.answer(&request, now, instead),
            Site::Website => self.website.answer(&request, now, instead),
        };
        // Only the limit refuses so by itself.
        let limited = normal && answer.status == 429;
        let answer = fault.spoil(answer);
        if answer.arrives() {
            let mut served = self.served();
            served.count(site, route);
            served.limited += u64::from(limited);
        }
        answer
    }

    fn served(&self) -> std::sync::MutexGuard<'_, Served> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
