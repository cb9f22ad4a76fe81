//! Which address shows what.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use jiff::Timestamp;
use modstats_store::time::day_of;
use modstats_store::{StoreError, StoreErrorKind};
use warp::filters::BoxedFilter;
use warp::reject::{LengthRequired, MethodNotAllowed, PayloadTooLarge, Rejection};
use warp::reply::Response as Reply;
use warp::{Filter, path};

use crate::Settings;
use crate::assets::Assets;
use crate::cache::{Asked, Cache, Entry, Key};
use crate::links::Links;
use crate::metrics::{CONTENT_TYPE, Metrics};
use crate::pages::{Chrome, Context, Frame, Notice, Page};
use crate::preferences::{Change, FORM_LIMIT, Preferences, is_own};
use crate::query::{ModQuery, RunsQuery, SeriesQuery};
use crate::reply::{HTML, READING, Trouble, body_of, database_state, of_entry};
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
        let links = Links::new(settings.base_path.clone());
        App {
            chrome: Chrome {
                stylesheet: links.asset(&assets.stylesheet.file),
                logo: links.asset(&assets.logo.file),
                links,
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
        let preferences = match view.is_for_programs() {
            true => Preferences::default(),
            false => Preferences::of(&headers),
        };
        let asked = (view.url(&self.chrome.links), preferences);
        let fresh = tokio::time::timeout(PATIENCE, self.fresh(&view, &asked)).await;
        match fresh.unwrap_or(Err(Failure::Database(StoreErrorKind::Unavailable))) {
            Ok(entry) => Ok(of_entry(&entry, &headers)),
            Err(Failure::Trouble(trouble)) => Err(trouble),
            Err(Failure::Database(kind)) => {
                let last = self.cache.get(&asked);
                let known = last
                    .as_ref()
                    .and_then(|entry| Some((entry.at, entry.page.as_deref()?)));
                let Some((at, page)) = known else {
                    return Err(Trouble::Database(kind));
                };
                let notice = Notice {
                    at,
                    reason: database_state(kind).text,
                };
                let html = self.render(page, &asked, Some(&notice)).map_err(internal)?;
                let mut reply = body_of(HTML, html.into());
                let no_store = HeaderValue::from_static("no-store");
                reply.headers_mut().insert(header::CACHE_CONTROL, no_store);
                Ok(reply)
            }
        }
    }

    fn render(
        &self,
        page: &dyn Page,
        (address, preferences): &Asked,
        notice: Option<&Notice>,
    ) -> askama::Result<String> {
        page.render(&Frame {
            chrome: &self.chrome,
            words: &preferences.words(),
            preferences,
            address,
            notice,
        })
    }

    async fn fresh(&self, view: &View, asked: &Asked) -> Result<Arc<Entry>, Failure> {
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
        if let Some(entry) = self.cache.get(asked).filter(|entry| entry.key == key) {
            return Ok(entry);
        }
        let context = Context {
            words: &asked.1.words(),
            links: &self.chrome.links,
            outlook: &outlook,
            now,
        };
        let made = view.make(&snapshot, generation, context).await;
        let (body, page) = match made.map_err(|error| failed(&error))? {
            None => return Err(Failure::Trouble(no_such_mod(view))),
            Some(Content::Json(body)) => (body, None),
            Some(Content::Page(page)) => {
                let html = self.render(&*page, asked, None);
                (
                    html.map_err(|error| Failure::Trouble(internal(error)))?,
                    Some(page),
                )
            }
        };
        let entry = Arc::new(Entry::new(key, now, body, page));
        self.cache.put(asked.clone(), entry.clone());
        Ok(entry)
    }

    /// Takes a reader's preferences over, and leads back to the page.
    fn prefer(&self, headers: &HeaderMap, form: &[u8]) -> Result<Reply, Trouble> {
        if !is_own(headers) {
            return Err(Trouble::Forbidden);
        }
        let change = Change::parse(form, headers, &self.chrome.links).map_err(Trouble::Query)?;
        let mut reply = Reply::default();
        *reply.status_mut() = StatusCode::SEE_OTHER;
        let headers = reply.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(
            change
                .cookies
                .into_iter()
                .map(|it| (header::SET_COOKIE, it)),
        );
        let back = HeaderValue::from_str(&change.back).map_err(|_| Trouble::Internal)?;
        headers.insert(header::LOCATION, back);
        Ok(reply)
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

    fn asset(&self, name: &str) -> Result<Reply, Trouble> {
        let asset = self.assets.find(name).ok_or(Trouble::NotFound)?;
        let mut reply = body_of(asset.content_type, asset.body.clone());
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        reply.headers_mut().insert(header::CACHE_CONTROL, forever);
        Ok(reply)
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
        View::Mods | View::Runs(_) | View::ApiMods | View::ApiRuns(_) => Trouble::NotFound,
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
    let app = {
        let shared = shared.clone();
        move || {
            let app = shared.clone();
            reading().map(move || app.clone())
        }
    };
    let query = || {
        warp::query::raw().or_else(|_: Rejection| async { Ok::<_, Rejection>((String::new(),)) })
    };
    let headers = warp::header::headers_cloned;

    let mods = path::end()
        .and(app())
        .and(headers())
        .then(|app: Shared, headers| async move { told(app.show(View::Mods, headers).await) });
    let one = warp::path!("mods" / String / String)
        .and(app())
        .and(query())
        .and(headers())
        .then(
            |namespace, name, app: Shared, raw: String, headers| async move {
                let query = ModQuery::parse(&raw);
                told(
                    app.show(
                        View::Mod {
                            namespace,
                            name,
                            query,
                        },
                        headers,
                    )
                    .await,
                )
            },
        );
    let runs = warp::path!("runs")
        .and(app())
        .and(query())
        .and(headers())
        .then(|app: Shared, raw: String, headers| async move {
            told(app.show(View::Runs(RunsQuery::parse(&raw)), headers).await)
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
                    Err(error) => Err(Trouble::Query(error)),
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
                Err(error) => Err(Trouble::Query(error)),
            })
        });
    let preferences = warp::path!("preferences")
        .and(warp::post())
        .map(move || shared.clone())
        .and(headers())
        .and(warp::body::content_length_limit(FORM_LIMIT))
        .and(warp::body::bytes())
        .map(|app: Shared, headers, form: Bytes| told(app.prefer(&headers, &form)));
    let not_posted =
        warp::path!("preferences")
            .and(warp::method())
            .and_then(|method: Method| async move {
                match method {
                    Method::POST => Err(warp::reject()),
                    _ => Ok(told(Err(Trouble::Method("POST")))),
                }
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
        .map(|name: String, app: Shared| told(app.asset(&name)));

    let pages = mods.or(one).unify().or(runs).unify().or(asset).unify();
    let preferences = preferences.or(not_posted).unify();
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
        .or(preferences)
        .unify()
        .or(api)
        .unify()
        .or(machine)
        .unify()
        .recover(rejected)
        .unify()
        .boxed()
}

fn told(result: Result<Reply, Trouble>) -> Reply {
    result.unwrap_or_else(|trouble| {
        let mut reply = Reply::default();
        reply.extensions_mut().insert(trouble);
        reply
    })
}

async fn rejected(rejection: Rejection) -> Result<Reply, Infallible> {
    let too_large = rejection.find::<PayloadTooLarge>().is_some();
    Ok(told(Err(if too_large {
        Trouble::TooLarge
    } else if rejection.find::<LengthRequired>().is_some() {
        Trouble::NoLength
    } else if rejection.find::<MethodNotAllowed>().is_some() {
        Trouble::Method(READING)
    } else {
        Trouble::NotFound
    })))
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
        ["runs"] => "/runs",
        ["preferences"] => "/preferences",
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
