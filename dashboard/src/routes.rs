//! Which address shows what.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use jiff::Timestamp;
use modstats_store::model::Platform;
use modstats_store::time::day_of;
use modstats_store::{StoreError, StoreErrorKind};
use warp::filters::BoxedFilter;
use warp::reject::{MethodNotAllowed, Rejection};
use warp::reply::Response as Reply;
use warp::{Filter, path};

use crate::Settings;
use crate::assets::Assets;
use crate::cache::{Cache, Entry, Key};
use crate::metrics::{CONTENT_TYPE, Metrics};
use crate::pages::{Chrome, Notice};
use crate::query::{ModQuery, OverviewQuery, PlatformQuery, Query, RunsQuery, SeriesQuery};
use crate::reply::{HTML, Trouble, body_of, database_state, of_entry};
use crate::view::{Content, View};

/// The longest that a request waits for the database's answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the requests of one dashboard share.
pub struct App {
    pub settings: Settings,
    pub chrome: Chrome,
    pub assets: Assets,
    pub metrics: Metrics,
    pub stopping: AtomicBool,
    cache: Cache,
}

type Shared = Arc<App>;

impl App {
    pub fn new(settings: Settings, assets: Assets) -> App {
        App {
            chrome: Chrome {
                stylesheet: format!("/assets/{}", assets.stylesheet.file),
                script: format!("/assets/{}", assets.script.file),
                logo: format!("/assets/{}", assets.logo.file),
                build: settings.build,
                sample_data: settings.sample_data,
            },
            metrics: Metrics::new(settings.build),
            assets,
            settings,
            stopping: AtomicBool::new(false),
            cache: Cache::default(),
        }
    }

    /// A view as it is now; its last known state if the database is away and it is a page.
    async fn show(&self, view: View, headers: HeaderMap) -> Result<Reply, Trouble> {
        let url = view.url();
        let fresh = tokio::time::timeout(PATIENCE, self.fresh(&view, &url)).await;
        match fresh.unwrap_or(Err(Failure::Database(StoreErrorKind::Unavailable))) {
            Ok(entry) => Ok(of_entry(&entry, &headers)),
            Err(Failure::Trouble(trouble)) => Err(trouble),
            Err(Failure::Database(kind)) => {
                let last = self.cache.get(&url);
                let known = last
                    .as_ref()
                    .and_then(|entry| Some((entry.at, entry.page.as_ref()?)));
                let Some((at, page)) = known else {
                    return Err(Trouble::Database(kind));
                };
                let notice = Notice {
                    at,
                    reason: database_state(kind).to_owned(),
                };
                let html = page.render(&self.chrome, Some(&notice)).map_err(internal)?;
                let mut reply = body_of(HTML, html.into());
                let no_store = HeaderValue::from_static("no-store");
                reply.headers_mut().insert(header::CACHE_CONTROL, no_store);
                Ok(reply)
            }
        }
    }

    async fn fresh(&self, view: &View, url: &str) -> Result<Arc<Entry>, Failure> {
        let (now, outlook) = ((self.settings.now)(), (self.settings.outlook)());
        let snapshot = self
            .settings
            .store
            .snapshot()
            .await
            .map_err(|error| failed(&error))?;
        let generation = snapshot
            .generation()
            .await
            .map_err(|error| failed(&error))?;
        let key = Key::new(generation, now, &outlook);
        if let Some(entry) = self.cache.get(url).filter(|entry| entry.key == key) {
            return Ok(entry);
        }
        let made = view.make(&snapshot, generation, &outlook, now).await;
        let (body, page) = match made.map_err(|error| failed(&error))? {
            None => return Err(Failure::Trouble(no_such_mod(view))),
            Some(Content::Refused(error)) => {
                let instead = view.without(&error).map(|view| view.url());
                return Err(Failure::Trouble(Trouble::Query { error, instead }));
            }
            Some(Content::Json(body)) => (body, None),
            Some(Content::Page(page)) => {
                let html = page.render(&self.chrome, None);
                (
                    html.map_err(|error| Failure::Trouble(internal(error)))?,
                    Some(*page),
                )
            }
        };
        let entry = Arc::new(Entry::new(key, now, body, page));
        self.cache.put(url.to_owned(), entry.clone());
        Ok(entry)
    }

    async fn metrics_text(&self) -> Result<Reply, Trouble> {
        let known = async {
            let snapshot = self.settings.store.snapshot().await.ok()?;
            snapshot.tracked_mods((self.settings.now)()).await.ok()
        };
        self.metrics.learned(known.await);
        let text = self.metrics.text().map_err(|_| Trouble::Internal)?;
        Ok(body_of(CONTENT_TYPE, text.into()))
    }

    fn ready(&self) -> Reply {
        let stopping = self.stopping.load(Ordering::Relaxed);
        let mut reply = plain(if stopping { "stopping\n" } else { "ready\n" });
        if stopping {
            *reply.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        reply
    }

    fn asset(&self, name: &str, request: &HeaderMap) -> Result<Reply, Trouble> {
        let asset = self.assets.find(name).ok_or(Trouble::NotFound)?;
        Ok(asset.reply(request))
    }

    fn now(&self) -> Timestamp {
        (self.settings.now)()
    }
}

/// Why a view could not be made anew.
enum Failure {
    Database(StoreErrorKind),
    Trouble(Trouble),
}

fn failed(error: &StoreError) -> Failure {
    let kind = error.kind();
    match kind {
        StoreErrorKind::NoSchema => tracing::debug!(%error, "no data to show yet"),
        _ => tracing::warn!(%error, "cannot read the database"),
    }
    Failure::Database(kind)
}

fn internal(error: askama::Error) -> Trouble {
    tracing::error!(%error, "cannot render a page");
    Trouble::Internal
}

fn no_such_mod(view: &View) -> Trouble {
    match view {
        View::Mod {
            namespace, name, ..
        }
        | View::ApiMod { namespace, name }
        | View::ApiSeries {
            namespace, name, ..
        }
        | View::ApiModpacks { namespace, name } => Trouble::NoSuchMod {
            namespace: namespace.clone(),
            name: name.clone(),
        },
        View::Mods(_) | View::Runs(_) | View::ApiMods | View::ApiRuns(_) => Trouble::NotFound,
    }
}

fn plain(text: &'static str) -> Reply {
    let mut reply = body_of("text/plain; charset=utf-8", text.into());
    reply
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// Every route. A trouble travels in the reply's extensions, to be told where the request is
/// known whole.
pub fn routes(app: Shared) -> BoxedFilter<(Reply,)> {
    let reading = || warp::get().or(warp::head()).unify();
    let shared = app.clone();
    let app = move || {
        let app = shared.clone();
        reading().map(move || app.clone())
    };
    let query = || {
        warp::query::raw().or_else(|_: Rejection| async { Ok::<_, Rejection>((String::new(),)) })
    };
    let headers = warp::header::headers_cloned;

    let mods = path::end().and(app()).and(query()).and(headers()).then(
        |app: Shared, raw: String, headers| async move {
            told(match asked(&raw, View::Mods) {
                Ok(view) => app.show(view, headers).await,
                Err(trouble) => Err(trouble),
            })
        },
    );
    let overview = warp::path!("mods" / String / String)
        .and(app())
        .and(query())
        .and(headers())
        .then(
            |namespace: String, name: String, app: Shared, raw: String, headers| async move {
                let view = |query: OverviewQuery| View::Mod {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    query: query.into(),
                };
                told(match asked(&raw, view) {
                    Ok(view) => app.show(view, headers).await,
                    Err(trouble) => Err(trouble),
                })
            },
        );
    let platform = warp::path!("mods" / String / String / Platform)
        .and(app())
        .and(query())
        .and(headers())
        .then(
            |namespace: String,
             name: String,
             platform: Platform,
             app: Shared,
             raw: String,
             headers| async move {
                let view = |tab: PlatformQuery| View::Mod {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    query: ModQuery {
                        platform: Some(platform),
                        tab,
                    },
                };
                told(match asked(&raw, view) {
                    Ok(view) => app.show(view, headers).await,
                    Err(trouble) => Err(trouble),
                })
            },
        );
    let runs = warp::path!("runs")
        .and(app())
        .and(query())
        .and(headers())
        .then(|app: Shared, raw: String, headers| async move {
            told(match asked(&raw, View::Runs) {
                Ok(view) => app.show(view, headers).await,
                Err(trouble) => Err(trouble),
            })
        });
    let api_mods = warp::path!("api" / "v1" / "mods")
        .and(app())
        .and(headers())
        .then(|app: Shared, headers| async move { told(app.show(View::ApiMods, headers).await) });
    let api_mod = warp::path!("api" / "v1" / "mods" / String / String)
        .and(app())
        .and(headers())
        .then(|namespace, name, app: Shared, headers| async move {
            told(app.show(View::ApiMod { namespace, name }, headers).await)
        });
    let api_series = warp::path!("api" / "v1" / "mods" / String / String / "series")
        .and(app())
        .and(query())
        .and(headers())
        .then(
            |namespace, name, app: Shared, raw: String, headers| async move {
                told(match SeriesQuery::parse_strictly(&raw, day_of(app.now())) {
                    Ok(query) => {
                        app.show(
                            View::ApiSeries {
                                namespace,
                                name,
                                query,
                            },
                            headers,
                        )
                        .await
                    }
                    Err(error) => Err(Trouble::of_program(error)),
                })
            },
        );
    let api_modpacks = warp::path!("api" / "v1" / "mods" / String / String / "modpacks")
        .and(app())
        .and(headers())
        .then(|namespace, name, app: Shared, headers| async move {
            told(
                app.show(View::ApiModpacks { namespace, name }, headers)
                    .await,
            )
        });
    let api_runs = warp::path!("api" / "v1" / "runs")
        .and(app())
        .and(query())
        .and(headers())
        .then(|app: Shared, raw: String, headers| async move {
            told(match RunsQuery::parse_strictly(&raw) {
                Ok(query) => app.show(View::ApiRuns(query), headers).await,
                Err(error) => Err(Trouble::of_program(error)),
            })
        });
    let alive = warp::path!("healthz")
        .and(reading())
        .map(|| plain("alive\n"));
    let ready = warp::path!("readyz")
        .and(app())
        .map(|app: Shared| app.ready());
    let metrics = warp::path!("metrics")
        .and(app())
        .then(|app: Shared| async move { told(app.metrics_text().await) });
    let asset = warp::path!("assets" / String)
        .and(app())
        .and(headers())
        .map(|name: String, app: Shared, headers| told(app.asset(&name, &headers)));

    let pages = mods
        .or(overview)
        .unify()
        .or(platform)
        .unify()
        .or(runs)
        .unify()
        .or(asset)
        .unify();
    let api = api_mods
        .or(api_mod)
        .unify()
        .or(api_series)
        .unify()
        .or(api_modpacks)
        .unify()
        .or(api_runs)
        .unify();
    let machine = alive.or(ready).unify().or(metrics).unify();
    pages
        .or(api)
        .unify()
        .or(machine)
        .unify()
        .recover(rejected)
        .unify()
        .boxed()
}

/// The view that a page's query asks for, if that is its canonical spelling.
fn asked<Q: Query>(raw: &str, view: impl Fn(Q) -> View) -> Result<View, Trouble> {
    match Q::parse(raw) {
        Ok(parsed) if parsed.is_canonical => Ok(view(parsed.query)),
        Ok(parsed) => Err(Trouble::Elsewhere(view(parsed.query).url())),
        Err(error) => Err(Trouble::Query {
            instead: Some(view(Q::without(raw, error.clone())).url()),
            error,
        }),
    }
}

fn told(result: Result<Reply, Trouble>) -> Reply {
    result.unwrap_or_else(|trouble| {
        let mut reply = Reply::default();
        reply.extensions_mut().insert(trouble);
        reply
    })
}

async fn rejected(rejection: Rejection) -> Result<Reply, Infallible> {
    let trouble = match rejection.find::<MethodNotAllowed>() {
        Some(_) => Trouble::MethodNotAllowed,
        None => Trouble::NotFound,
    };
    Ok(told(Err(trouble)))
}

/// The route of a path, for metrics: names must not become labels.
pub fn route_of(path: &str) -> &'static str {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match segments.as_slice() {
        [] => "/",
        ["mods", _, _] => "/mods/{namespace}/{name}",
        ["mods", _, _, "modrinth"] => "/mods/{namespace}/{name}/modrinth",
        ["mods", _, _, "curseforge"] => "/mods/{namespace}/{name}/curseforge",
        ["runs"] => "/runs",
        ["api", "v1", "mods"] => "/api/v1/mods",
        ["api", "v1", "mods", _, _] => "/api/v1/mods/{namespace}/{name}",
        ["api", "v1", "mods", _, _, "series"] => "/api/v1/mods/{namespace}/{name}/series",
        ["api", "v1", "mods", _, _, "modpacks"] => "/api/v1/mods/{namespace}/{name}/modpacks",
        ["api", "v1", "runs"] => "/api/v1/runs",
        ["healthz"] => "/healthz",
        ["readyz"] => "/readyz",
        ["metrics"] => "/metrics",
        ["assets", _] => "/assets/{file}",
        _ => "other",
    }
}
