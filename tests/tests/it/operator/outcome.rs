//! What a run of an operator comes to: the state that it leaves, and what it did for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use kube::Resource;
use kube::core::NamespaceResourceScope;
use regex::Regex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;

/// Long enough for a change to reach the operator by way of a controller.
const QUIET: Duration = Duration::from_secs(3);

/// Every TrackedMod, CronJob and Job of a namespace as text, without what differs each time: UIDs
/// and their hashes, versions, times, and what controllers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(Vec<String>);

/// How often the operator succeeded in creating or deleting what. Events are none of it: one may be
/// lost with the operator.
pub type Deeds = BTreeMap<String, usize>;

impl State {
    pub const fn nothing() -> State {
        State(Vec::new())
    }

    pub fn count(&self, kind: &str) -> usize {
        let start = format!("{kind} ");
        self.0.iter().filter(|it| it.starts_with(&start)).count()
    }

    /// Where another one differs.
    fn difference(&self, other: &State) -> String {
        let only = |one: &State, other: &State| {
            let mut left = one.0.clone();
            for object in &other.0 {
                if let Some(at) = left.iter().position(|it| it == object) {
                    left.remove(at);
                }
            }
            left.join("\n")
        };
        format!(
            "too much:\n{}\nmissing:\n{}",
            only(self, other),
            only(other, self)
        )
    }
}

impl Ground<'_> {
    pub async fn state(&self) -> State {
        let mut objects = self.objects::<TrackedMod>("TrackedMod").await;
        objects.extend(self.objects::<CronJob>("CronJob").await);
        objects.extend(self.objects::<Job>("Job").await);
        objects.sort();
        State(objects)
    }

    async fn objects<K>(&self, kind: &str) -> Vec<String>
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Serialize,
        K: std::fmt::Debug,
        K::DynamicType: Default,
    {
        let api: Api<K> = self.api();
        let found = api.list(&ListParams::default()).await.unwrap().items;
        let texts = found.iter().map(|object| {
            let mut object = serde_json::to_value(object).unwrap();
            if kind != "TrackedMod" {
                object["status"].take();
                // Of several changes in quick succession an operator may see the last one alone.
                object["metadata"]["generation"].take();
            }
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            strip(&mut object);
            let text = serde_json::to_string_pretty(&object).unwrap();
            masked(&format!("{kind} {name} {text}")).replace(&self.namespace, "NAMESPACE")
        });
        texts.collect()
    }

    /// What the operator has created and deleted, by the API server's own book.
    pub fn deeds(&self) -> Deeds {
        let mut deeds = Deeds::new();
        for request in self.requests() {
            let object = request.object_ref.clone().unwrap_or_default();
            let done = match (request.code(), &*request.verb) {
                // An apply creates too.
                (201, _) => "create",
                (200..300, "delete" | "deletecollection") => "delete",
                _ => continue,
            };
            if object.resource != "events" {
                let deed = format!("{done} {} {}", object.resource, object.name);
                *deeds.entry(masked(&deed)).or_default() += 1;
            }
        }
        deeds
    }

    /// How many requests of the operator's reconciles the proxy has seen: without its watches, which
    /// ask for a list where Clusters are unknown, and its look at the API server every few seconds.
    pub fn steps(&self) -> usize {
        let requests = self.proxy().requests();
        let of_reconciles = requests.iter().filter(|it| match it.verb.as_str() {
            "watch" => false,
            "list" => !["trackedmods", "clusters"].contains(&it.resource.as_str()),
            _ => true,
        });
        of_reconciles.count()
    }

    pub fn writes_seen(&self) -> usize {
        let requests = self.proxy().requests();
        requests.iter().filter(|it| it.is_write()).count()
    }

    pub async fn has_asked_since(&self, before: usize) {
        eventually(SOON, "the operator looks at it again", async || {
            match self.steps() > before {
                true => Ok(()),
                false => Err(self.operator.output()),
            }
        })
        .await;
    }

    /// Waits until there are as many CronJobs and Jobs, and the operator asks for nothing more.
    pub async fn has_made(&self, expected: (usize, usize), what: &str) {
        eventually(SOON, what, async || {
            let state = self.state().await;
            match (state.count("CronJob"), state.count("Job")) {
                made if made == expected => Ok(()),
                made => Err(format!("{made:?}\n{}", self.operator.output())),
            }
        })
        .await;
        self.quiet().await;
    }

    /// Waits until the operator asks for nothing more.
    pub async fn quiet(&self) {
        eventually(SOON, "the operator is quiet", async || {
            self.is_quiet().await
        })
        .await;
    }

    /// Waits until the operator asks for nothing more and has left the expected state.
    pub async fn comes_to(&self, expected: &State, what: &str) {
        eventually(SOON, what, async || {
            self.is_quiet().await?;
            let state = self.state().await;
            match state == *expected {
                true => Ok(()),
                false => Err(format!(
                    "{}\n{}",
                    state.difference(expected),
                    self.operator.output()
                )),
            }
        })
        .await;
    }

    async fn is_quiet(&self) -> Result<(), String> {
        let before = self.steps();
        tokio::time::sleep(QUIET).await;
        match self.steps() - before {
            0 => Ok(()),
            more => Err(format!("{more} requests\n{}", self.operator.output())),
        }
    }
}

/// Takes away what the API server adds.
fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["managedFields", "resourceVersion"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn masked(text: &str) -> String {
    static UID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap()
    });
    static TIME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").unwrap());
    static HASH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[0-9a-f]{8}\b").unwrap());
    let text = UID.replace_all(text, "UID");
    let text = TIME.replace_all(&text, "TIME");
    HASH.replace_all(&text, "HASH").into_owned()
}
