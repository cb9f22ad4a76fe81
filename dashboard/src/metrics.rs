//! The dashboard's own metrics, and the figures of the last known state, as OpenMetrics text. Its own
//! go to an OpenTelemetry collector, too, where there is one.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use modstats_store::PoolUse;
use modstats_store::model::{Member, SourceView, TrackedModView};
use modstats_telemetry::{KeyValue, metrics as otel};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::StoreSlot;

pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds, from a cached reply to a database that takes its time.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
}

/// The methods of HTTP; any other is one, since anybody can invent them.
pub fn known_method(method: &Method) -> &'static str {
    let known = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
    ];
    let found = known.into_iter().find(|known| method.as_str() == *known);
    found.unwrap_or("_OTHER")
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    lookups: Family<OutcomeLabels, Counter>,
    database_up: Gauge<i64, AtomicI64>,
    seen: Arc<Seen>,
    known: Known,
    exported: Exported,
}

/// The state of the database that was shown last.
#[derive(Debug, Default)]
struct Seen {
    generation: AtomicI64,
    /// When it was first, in seconds.
    since: AtomicI64,
}

/// What OpenTelemetry is told as it happens. What can be looked up, it asks for.
struct Exported {
    seconds: otel::Histogram<f64>,
    lookups: otel::Counter<u64>,
}

impl Exported {
    fn new(seen: &Arc<Seen>, store: StoreSlot) -> Exported {
        let meter = modstats_telemetry::meter();
        let generation = seen.clone();
        meter
            .i64_observable_gauge("modstats.dashboard.generation")
            .with_description("The state of the database that was shown last")
            .with_callback(move |gauge| {
                gauge.observe(generation.generation.load(Ordering::Relaxed), &[]);
            })
            .build();
        let since = seen.clone();
        meter
            .i64_observable_gauge("modstats.dashboard.generation.since")
            .with_unit("s")
            .with_description("When that state was first seen, as seconds since 1970")
            .with_callback(move |gauge| gauge.observe(since.since.load(Ordering::Relaxed), &[]))
            .build();
        let pool = store.clone();
        meter
            .i64_observable_up_down_counter("db.client.connection.count")
            .with_description("Connections to the database")
            .with_callback(move |counter| {
                for (state, count) in pool.pool_use().iter().flat_map(states) {
                    counter.observe(count, &[KeyValue::new("db.client.connection.state", state)]);
                }
            })
            .build();
        meter
            .i64_observable_up_down_counter("db.client.connection.max")
            .with_description("The most connections to the database")
            .with_callback(move |counter| {
                if let Some(pool) = store.pool_use() {
                    counter.observe(i64::from(pool.most), &[]);
                }
            })
            .build();
        Exported {
            seconds: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_description("Time to an answer")
                .with_boundaries(BUCKETS.to_vec())
                .build(),
            lookups: meter
                .u64_counter("modstats.dashboard.cache.lookups")
                .with_description("Views that were looked for among those made before")
                .build(),
        }
    }
}

/// As OpenTelemetry calls them.
fn states(pool: &PoolUse) -> [(&'static str, i64); 2] {
    let used = pool.open.saturating_sub(pool.idle);
    [("idle", i64::from(pool.idle)), ("used", i64::from(used))]
}

impl Metrics {
    pub fn new(build: &'static str, store: StoreSlot) -> Metrics {
        let mut registry = Registry::with_prefix("modstats");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds =
            Family::<RouteLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let lookups = Family::<OutcomeLabels, Counter>::default();
        let database_up = Gauge::<i64, AtomicI64>::default();
        let seen = Arc::new(Seen::default());
        let known = Known::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time to an answer",
            seconds.clone(),
        );
        registry.register(
            "build",
            "What is running",
            Info::new(vec![("version", build)]),
        );
        registry.register(
            "database_up",
            "Whether the database answered last",
            database_up.clone(),
        );
        registry.register(
            "cache_lookups",
            "Views that were looked for among those made before",
            lookups.clone(),
        );
        registry.register_collector(Box::new(Present {
            seen: seen.clone(),
            store: store.clone(),
        }));
        registry.register_collector(Box::new(known.clone()));
        Metrics {
            registry,
            requests,
            seconds,
            lookups,
            database_up,
            exported: Exported::new(&seen, store),
            seen,
            known,
        }
    }

    pub fn answered(&self, method: &Method, route: &'static str, status: u16, took: Duration) {
        self.requests
            .get_or_create(&RequestLabels { route, status })
            .inc();
        self.seconds
            .get_or_create(&RouteLabels { route })
            .observe(took.as_secs_f64());
        let labels = [
            KeyValue::new("http.request.method", known_method(method)),
            KeyValue::new("http.route", route),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        self.exported.seconds.record(took.as_secs_f64(), &labels);
    }

    /// In the cache.
    pub fn looked_up(&self, found: bool) {
        let outcome = if found { "hit" } else { "miss" };
        self.lookups.get_or_create(&OutcomeLabels { outcome }).inc();
        let labels = [KeyValue::new("outcome", outcome)];
        self.exported.lookups.add(1, &labels);
    }

    pub fn saw_generation(&self, generation: i64, now: Timestamp) {
        if self.seen.generation.swap(generation, Ordering::Relaxed) != generation {
            self.seen.since.store(now.as_second(), Ordering::Relaxed);
        }
    }

    /// What the database says now; None keeps what it said last.
    pub fn learned(&self, mods: Option<Vec<TrackedModView>>) {
        self.database_up.set(i64::from(mods.is_some()));
        if let Some(mods) = mods {
            *self.known.0.write().unwrap_or_else(PoisonError::into_inner) = mods;
        }
    }

    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

/// What is looked up when it is asked for.
#[derive(Debug)]
struct Present {
    seen: Arc<Seen>,
    store: StoreSlot,
}

impl Collector for Present {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let mut gauge = |name: &str, help: &str, value: i64| {
            encoder
                .encode_descriptor(name, help, None, MetricType::Gauge)?
                .encode_gauge(&value)
        };
        let since = self.seen.since.load(Ordering::Relaxed);
        if since != 0 {
            gauge(
                "generation",
                "The state of the database that was shown last",
                self.seen.generation.load(Ordering::Relaxed),
            )?;
            gauge(
                "generation_seen_timestamp_seconds",
                "When that state was first seen",
                since,
            )?;
        }
        let Some(pool) = self.store.pool_use() else {
            return Ok(());
        };
        gauge(
            "database_connections_max",
            "The most connections to the database",
            i64::from(pool.most),
        )?;
        let mut metric = encoder.encode_descriptor(
            "database_connections",
            "Connections to the database",
            None,
            MetricType::Gauge,
        )?;
        for (state, count) in states(&pool) {
            metric
                .encode_family(&[("state", state)])?
                .encode_gauge(&count)?;
        }
        Ok(())
    }
}

/// The last known state.
#[derive(Clone, Debug, Default)]
struct Known(Arc<RwLock<Vec<TrackedModView>>>);

impl Collector for Known {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let mods = self.0.read().unwrap_or_else(PoisonError::into_inner);
        write_projects(
            &mods,
            &mut encoder,
            "project_downloads",
            "Downloads of a project, as its platform stated them last",
            |totals| totals.downloads,
        )?;
        write_projects(
            &mods,
            &mut encoder,
            "project_observed_timestamp_seconds",
            "When the downloads of a project were observed last",
            |totals| totals.observed_at.as_second(),
        )?;
        let mut metric = encoder.encode_descriptor(
            "source_last_success_timestamp_seconds",
            "The end of the newest run that brought numbers",
            None,
            MetricType::Gauge,
        )?;
        for (view, source) in mods
            .iter()
            .flat_map(|view| view.sources.iter().map(move |it| (view, it)))
        {
            let SourceView {
                source,
                last_success_at: Some(at),
                ..
            } = source
            else {
                continue;
            };
            let labels = [
                ("namespace", view.namespace.as_str()),
                ("tracked_mod", view.name.as_str()),
                ("source", source.as_str()),
            ];
            metric
                .encode_family(&labels)?
                .encode_gauge(&at.as_second())?;
        }
        Ok(())
    }
}

fn write_projects(
    mods: &[TrackedModView],
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    value: fn(&modstats_store::model::Totals) -> i64,
) -> fmt::Result {
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    let current = |member: &&Member| member.left_at.is_none();
    for (view, member) in mods.iter().flat_map(|view| {
        view.members
            .iter()
            .filter(current)
            .map(move |it| (view, it))
    }) {
        let Some(totals) = &member.project.totals else {
            continue;
        };
        let labels = [
            ("namespace", view.namespace.as_str()),
            ("tracked_mod", view.name.as_str()),
            ("platform", member.project.key.platform.as_str()),
            ("project", member.project.key.id.as_str()),
        ];
        metric
            .encode_family(&labels)?
            .encode_gauge(&value(totals))?;
    }
    Ok(())
}
