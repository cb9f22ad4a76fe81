//! What the requests of one dashboard share, and how their answers are made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use jiff::Timestamp;
use modstats_store::{StoreError, StoreErrorKind};
use tracing::Instrument;
use warp::reply::Response as Reply;

use crate::api;
use crate::assets::Assets;
use crate::cache::{Asked, Body, Cache, Entry, Key};
use crate::coding::Packed;
use crate::generation::Generation;
use crate::links::Links;
use crate::metrics::{CONTENT_TYPE, Metrics};
use crate::pages::{Chrome, Context, Frame, Notice, Page, ReferencePage};
use crate::preferences::{Change, Preferences, is_own};
use crate::query::Query as _;
use crate::reply::{HTML, body_of, of_entry, plain};
use crate::server::Port;
use crate::trouble::{Trouble, database_state};
use crate::view::{Content, Unmade, View};
use crate::{Settings, SourceOutlook};

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
    generation: Generation,
    /// The API's description, for programs and to be told to people.
    pub spec: Entry,
    reference: serde_json::Value,
}

impl App {
    pub fn new(settings: Settings, assets: Assets, port: Port) -> App {
        let links = Links::new(settings.base_path.clone());
        let spec = api::spec(settings.build, &links.mods());
        App {
            reference: serde_json::from_str(&spec).unwrap_or_default(),
            spec: Entry::of_build(Body::Json(Packed::new(&spec))),
            chrome: Chrome {
                stylesheet: links.asset(&assets.stylesheet.file),
                script: links.asset(&assets.script.file),
                logo: links.asset(&assets.logo.file),
                metrics: (port == Port::Everything).then(|| links.metrics()),
                links,
                build: settings.build,
                sample_data: settings.sample_data,
            },
            metrics: Metrics::new(settings.build, settings.store.clone()),
            assets,
            settings,
            stopping: AtomicBool::new(false),
            cache: Cache::default(),
            generation: Generation::default(),
        }
    }

    /// A view as it is now; its last known state if the database is away and it is a page.
    pub async fn show(&self, view: View, headers: HeaderMap) -> Result<Reply, Trouble> {
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
                let known = last.as_ref().and_then(|entry| match &entry.body {
                    Body::Page(html) => Some((entry.at, html.unpack())),
                    Body::Json(_) | Body::File(_) => None,
                });
                let Some((at, html)) = known else {
                    return Err(Trouble::Database(kind));
                };
                let notice = Notice::new(at, database_state(kind).text, &asked.1.words());
                let html = notice.put_on(&html).map_err(internal)?;
                let mut reply = body_of(HTML, html.into());
                let no_store = HeaderValue::from_static("no-store");
                reply.headers_mut().insert(header::CACHE_CONTROL, no_store);
                Ok(reply)
            }
        }
    }

    fn render(&self, page: &dyn Page, (address, preferences): &Asked) -> askama::Result<Body> {
        let html = page.render(&Frame {
            chrome: &self.chrome,
            words: &preferences.words(),
            preferences,
            address,
        })?;
        Ok(Body::Page(Packed::new(&html)))
    }

    async fn fresh(&self, view: &View, asked: &Asked) -> Result<Arc<Entry>, Failure> {
        let now = (self.settings.now)();
        let outlook = (self.settings.outlook)();
        let known = |generation: Option<i64>| {
            let key = Key::new(generation?, now, &outlook);
            self.known(asked, key)
        };
        let fresh_for = self.settings.fresh_for;
        if let Some(entry) = known(self.generation.read_within(fresh_for)) {
            return Ok(entry);
        }
        let turn = self.cache.turn(asked);
        let _turn = match turn.try_lock() {
            Ok(turn) => Some(turn),
            // One that another has failed to make is tried by all at once, not by one after the other.
            Err(_) => {
                drop(turn.lock().await);
                if let Some(entry) = known(self.generation.if_younger(fresh_for)) {
                    return Ok(entry);
                }
                None
            }
        };
        let read = self.read(view, asked, now, &outlook);
        let (key, content) = match read.instrument(tracing::info_span!("query")).await? {
            Read::Known(entry) => return Ok(entry),
            Read::New(key, content) => (key, content),
        };
        let body = match content {
            Content::Json(json) => Body::Json(Packed::new(&json)),
            Content::File(file) => Body::File(file),
            Content::Page(page) => {
                let render = || self.render(&*page, asked);
                let body = tracing::info_span!("render").in_scope(render);
                body.map_err(|error| Failure::Trouble(internal(error)))?
            }
        };
        let entry = Arc::new(Entry::new(key, now, body));
        self.cache.put(asked.clone(), entry.clone());
        Ok(entry)
    }

    fn known(&self, asked: &Asked, key: Key) -> Option<Arc<Entry>> {
        let known = self.cache.get(asked).filter(|entry| entry.key == key);
        if known.is_some() {
            self.metrics.looked_up(true);
        }
        known
    }

    async fn read(
        &self,
        view: &View,
        asked: &Asked,
        now: Timestamp,
        outlook: &[SourceOutlook],
    ) -> Result<Read, Failure> {
        let begun = Instant::now();
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
        self.generation.read(generation, begun);
        self.metrics.saw_generation(generation, now);
        let key = Key::new(generation, now, outlook);
        if let Some(entry) = self.known(asked, key) {
            return Ok(Read::Known(entry));
        }
        self.metrics.looked_up(false);
        let context = Context {
            words: &asked.1.words(),
            links: &self.chrome.links,
            outlook,
            now,
        };
        let made = view.make(&snapshot, generation, context).await;
        match made {
            Ok(content) => Ok(Read::New(key, content)),
            Err(Unmade::NoSuchMod) => Err(Failure::Trouble(no_such_mod(view))),
            Err(Unmade::Refused(error)) => {
                let instead = view
                    .without(&error)
                    .map(|view| view.url(&self.chrome.links));
                Err(Failure::Trouble(Trouble::Query { error, instead }))
            }
            Err(Unmade::Database(error)) => Err(failed(&error)),
        }
    }

    /// Takes a reader's preferences over, and leads back to the page.
    pub fn prefer(&self, headers: &HeaderMap, form: &[u8]) -> Result<Reply, Trouble> {
        if !is_own(headers) {
            return Err(Trouble::Forbidden);
        }
        let change =
            Change::parse(form, headers, &self.chrome.links).map_err(Trouble::of_program)?;
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

    /// The reference of the API, which is the same as long as the process runs.
    pub fn reference(&self, raw: &str, headers: &HeaderMap) -> Result<Reply, Trouble> {
        let address = self.chrome.links.reference();
        if !api::Nothing::parse(raw).is_ok_and(|it| it.is_canonical) {
            return Err(Trouble::Elsewhere(address));
        }
        let asked = (address, Preferences::of(headers));
        if let Some(entry) = self.cache.get(&asked) {
            return Ok(of_entry(&entry, headers));
        }
        let page = ReferencePage::new(&self.reference, &self.chrome.links);
        let entry = Entry::of_build(self.render(&page, &asked).map_err(internal)?);
        let reply = of_entry(&entry, headers);
        self.cache.put(asked, Arc::new(entry));
        Ok(reply)
    }

    pub async fn metrics_text(&self) -> Result<Reply, Trouble> {
        let known = async {
            let snapshot = self.settings.store.snapshot().await.ok()?;
            snapshot.tracked_mods((self.settings.now)()).await.ok()
        };
        self.metrics.learned(known.await);
        let text = self.metrics.text().map_err(|_| Trouble::Internal)?;
        Ok(body_of(CONTENT_TYPE, text.into()))
    }

    pub fn ready(&self) -> Reply {
        let stopping = self.stopping.load(Ordering::Relaxed);
        let mut reply = plain(if stopping { "stopping\n" } else { "ready\n" });
        if stopping {
            *reply.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        reply
    }

    pub fn asset(&self, name: &str, request: &HeaderMap) -> Result<Reply, Trouble> {
        let asset = self.assets.find(name).ok_or(Trouble::NotFound)?;
        Ok(asset.reply(request))
    }

    pub fn now(&self) -> Timestamp {
        (self.settings.now)()
    }
}

/// What the database says of a view: that it is as we know it, or what it is now.
enum Read {
    Known(Arc<Entry>),
    New(Key, Content),
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
    let key = match view {
        View::Mod { key, .. } | View::Kiosk { key, .. } => Some((&key.namespace, &key.name)),
        View::Api(request) => request.tracked_mod().map(|it| (&it.namespace, &it.name)),
        View::Table(exported, _) => exported.tracked_mod().map(|it| (&it.namespace, &it.name)),
        View::Mods(_) | View::Compare(_) | View::Runs(_) => None,
    };
    match key {
        Some((namespace, name)) => Trouble::NoSuchMod {
            namespace: namespace.clone(),
            name: name.clone(),
        },
        None => Trouble::NotFound,
    }
}
