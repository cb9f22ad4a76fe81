//! The dashboard's own metrics, and the figures of the last known state, as OpenMetrics text.

use std::fmt;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Method;
use modstats_store::model::{Member, SourceView, TrackedModView};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

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

pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    database_up: Gauge<i64, AtomicI64>,
    known: Known,
}

impl Metrics {
    pub fn new(build: &'static str) -> Metrics {
        let mut registry = Registry::with_prefix("modstats");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds =
            Family::<RouteLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let database_up = Gauge::<i64, AtomicI64>::default();
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
        registry.register_collector(Box::new(known.clone()));
        Metrics {
            registry,
            requests,
            seconds,
            database_up,
            known,
        }
    }

    pub fn answered(&self, _method: &Method, route: &'static str, status: u16, took: Duration) {
        self.requests
            .get_or_create(&RequestLabels { route, status })
            .inc();
        self.seconds
            .get_or_create(&RouteLabels { route })
            .observe(took.as_secs_f64());
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
