//! What the operator counts, and what the TrackedMods' statuses say, as OpenMetrics text.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kube::ResourceExt;
use kube::core::DeserializeGuard;
use kube::runtime::reflector::Store;
use modstats_crds::TrackedMod;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::conditions::TYPES;

pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds, from a reconcile that changes nothing to one that is given up.
const BUCKETS: [f64; 9] = [0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0, 60.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    step: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    verb: &'static str,
    resource: String,
    /// 0 where there was no answer.
    code: u16,
}

#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    reconciles: Counter,
    errors: Family<ErrorLabels, Counter>,
    seconds: Histogram,
    calls: Family<CallLabels, Counter>,
    restarts: Counter,
    known: Known,
}

impl Metrics {
    pub fn new(version: &'static str) -> Metrics {
        let mut registry = Registry::with_prefix("modstats_operator");
        let reconciles = Counter::default();
        registry.register(
            "reconciles",
            "Reconciles of TrackedMods",
            reconciles.clone(),
        );
        let errors = Family::<ErrorLabels, Counter>::default();
        registry.register("reconcile_errors", "Reconciles that failed", errors.clone());
        let seconds = Histogram::new(BUCKETS);
        registry.register(
            "reconcile_duration_seconds",
            "Time of a reconcile",
            seconds.clone(),
        );
        let calls = Family::<CallLabels, Counter>::default();
        registry.register("api_calls", "Calls of the API server", calls.clone());
        let restarts = Counter::default();
        registry.register(
            "watch_restarts",
            "How often all watches were started anew because one was stuck",
            restarts.clone(),
        );
        let build = Info::new(vec![("version", version)]);
        registry.register("build", "What is running", build);
        let known = Known::default();
        registry.register_collector(Box::new(known.clone()));
        Metrics {
            registry: Arc::new(registry),
            reconciles,
            errors,
            seconds,
            calls,
            restarts,
            known,
        }
    }

    pub fn reconciled(&self, took: Duration) {
        self.reconciles.inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub fn failed(&self, step: &'static str, reason: &'static str) {
        self.errors
            .get_or_create(&ErrorLabels { step, reason })
            .inc();
    }

    pub fn called(&self, verb: &'static str, resource: &str, code: u16) {
        let resource = resource.to_owned();
        let labels = CallLabels {
            verb,
            resource,
            code,
        };
        self.calls.get_or_create(&labels).inc();
    }

    pub fn restarted(&self) {
        self.restarts.inc();
    }

    /// From where the TrackedMods are known.
    pub fn follow(&self, store: Store<DeserializeGuard<TrackedMod>>) {
        *self.known.0.write().unwrap_or_else(PoisonError::into_inner) = Some(store);
    }

    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}

/// Read anew each time, so that a series goes with its TrackedMod.
#[derive(Clone, Default)]
struct Known(Arc<RwLock<Option<Store<DeserializeGuard<TrackedMod>>>>>);

impl fmt::Debug for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Known")
    }
}

impl Collector for Known {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let store = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let all = store.as_ref().map(Store::state).unwrap_or_default();
        let readable: Vec<&TrackedMod> = all.iter().filter_map(|it| it.0.as_ref().ok()).collect();
        let mut metric = encoder.encode_descriptor(
            "trackedmods",
            "TrackedMods by the state of each condition; without one it is Unknown",
            None,
            MetricType::Gauge,
        )?;
        for condition in TYPES {
            for status in ["True", "False", "Unknown"] {
                let count = readable
                    .iter()
                    .filter(|it| state(it, condition) == status)
                    .count();
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                let labels = [("condition", condition), ("status", status)];
                metric.encode_family(&labels)?.encode_gauge(&count)?;
            }
        }
        let unreadable = i64::try_from(all.len() - readable.len()).unwrap_or(i64::MAX);
        encoder
            .encode_descriptor(
                "trackedmods_unreadable",
                "TrackedMods that this version can't read",
                None,
                MetricType::Gauge,
            )?
            .encode_gauge(&unreadable)?;
        let mut metric = encoder.encode_descriptor(
            "source_last_success_timestamp_seconds",
            "When a run of the source last ended complete or partial",
            None,
            MetricType::Gauge,
        )?;
        for (labels, source) in sources(&readable) {
            if let Some(at) = &source.last_success_time {
                let labels = borrowed(&labels);
                metric
                    .encode_family(&labels)?
                    .encode_gauge(&at.0.as_second())?;
            }
        }
        let mut metric = encoder.encode_descriptor(
            "source_outcome",
            "How the last run of the source ended: 1 for that outcome",
            None,
            MetricType::Gauge,
        )?;
        for (labels, source) in sources(&readable) {
            if let Some(outcome) = source.outcome {
                let [namespace, name, of] = borrowed(&labels);
                let labels = [namespace, name, of, ("outcome", outcome.as_str())];
                metric.encode_family(&labels)?.encode_gauge(&1_i64)?;
            }
        }
        Ok(())
    }
}

type SourceLabels = [(&'static str, String); 3];

fn sources<'a>(
    tracked_mods: &'a [&TrackedMod],
) -> impl Iterator<Item = (SourceLabels, &'a modstats_crds::SourceStatus)> {
    tracked_mods.iter().flat_map(|tracked_mod| {
        let sources = tracked_mod.status.iter().flat_map(|it| &it.sources);
        sources.map(|source| {
            let labels = [
                ("namespace", tracked_mod.namespace().unwrap_or_default()),
                ("name", tracked_mod.name_any()),
                ("source", source.source.to_string()),
            ];
            (labels, source)
        })
    })
}

fn borrowed(labels: &SourceLabels) -> [(&'static str, &str); 3] {
    labels.each_ref().map(|(key, value)| (*key, value.as_str()))
}

fn state<'a>(tracked_mod: &'a TrackedMod, type_: &str) -> &'a str {
    let conditions = tracked_mod.status.iter().flat_map(|it| &it.conditions);
    let mut of_type = conditions.filter(|it| it.type_ == type_);
    of_type.next().map_or("Unknown", |it| it.status.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::runtime::{reflector, watcher};
    use serde_json::{Value, json};

    fn tracked_mod(name: &str, status: Value) -> DeserializeGuard<TrackedMod> {
        serde_json::from_value(json!({
            "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
            "metadata": {"name": name, "namespace": "n"},
            "spec": {"modrinth": {"projects": ["a-mod"]}}, "status": status,
        }))
        .unwrap()
    }

    #[test]
    fn what_statuses_say_is_told_and_goes_with_the_object() {
        let metrics = Metrics::new("1");
        let (reader, mut writer) = reflector::store();
        metrics.follow(reader);
        let status = json!({
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "Ready", "message": "",
                "lastTransitionTime": "2026-01-29T10:00:00Z",
            }],
            "sources": [{
                "source": "modrinth", "outcome": "partial", "lastSuccessTime": "2026-01-29T10:00:00Z",
            }],
        });
        let told = tracked_mod("told", status);
        writer.apply_watcher_event(&watcher::Event::Apply(told.clone()));
        writer.apply_watcher_event(&watcher::Event::Apply(tracked_mod("new", json!(null))));
        writer.apply_watcher_event(&watcher::Event::Apply(tracked_mod("odd", json!("x"))));
        let text = metrics.text().unwrap();
        for line in [
            r#"modstats_operator_trackedmods{condition="Ready",status="True"} 1"#,
            r#"modstats_operator_trackedmods{condition="Ready",status="Unknown"} 1"#,
            "modstats_operator_trackedmods_unreadable 1",
            r#"modstats_operator_source_last_success_timestamp_seconds{namespace="n",name="told",source="modrinth"} 1769680800"#,
            r#"modstats_operator_source_outcome{namespace="n",name="told",source="modrinth",outcome="partial"} 1"#,
        ] {
            assert!(text.contains(line), "{line} not in\n{text}");
        }
        writer.apply_watcher_event(&watcher::Event::Delete(told));
        assert!(!metrics.text().unwrap().contains("told"));
    }
}
