//! What goes wrong on request: a test says which of the next requests get what instead of, or on
//! their way to, a normal answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::answer::{Answer, Body};
use crate::catalogue::Platform;
use crate::limit::Allowance;
use crate::{curseforge, modrinth};

#[derive(Clone, Debug)]
pub enum Fault {
    /// A normal answer: lets requests pass before the next rule's turn.
    Pass,
    /// 429, with Modrinth's rate-limit headers or, as an edge sends it, without.
    RateLimited { headers: bool },
    /// Any status, with the platform's JSON error (Modrinth) or an empty body (CurseForge).
    Status(u16),
    /// 403 with an empty body: CurseForge's answer to a refused key.
    KeyRefused,
    /// 403 with JSON: a resource that this key may not see.
    Forbidden,
    /// 403 with the HTML of CloudFront: too much traffic.
    Blocked,
    /// 400 whose JSON says 404.
    NotFoundAs400,
    /// 410: this version of the API is gone.
    Retired,
    /// Any status with a page of HTML.
    Html(u16),
    /// A normal status and no body.
    Empty,
    /// The first half of a normal answer, then the connection ends.
    Truncated,
    /// The connection ends without an answer.
    Close,
    /// No answer until the simulator stops.
    Hang,
    /// A normal answer, later.
    Slow(Duration),
    /// A normal answer, once the gate is open.
    Hold(Gate),
    /// A normal answer with download counters written as floats, such as `1234.0`.
    FloatCounters,
    /// A normal answer in which every key of this name has another value, or is absent.
    Replace {
        key: &'static str,
        with: Option<Value>,
    },
}

/// Applies to the next `times` requests of a platform whose path and query, as sent, contain a text.
/// CurseForge's website belongs to CurseForge.
#[derive(Clone, Debug)]
pub struct Rule {
    pub platform: Platform,
    pub path_contains: String,
    pub times: usize,
    pub fault: Fault,
}

/// The rules that are in force; the oldest one that fits a request is used up first.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    pub fn add(&self, rule: Rule) {
        self.rules().push(rule);
    }

    /// Takes back every rule; what already waits at a gate goes on waiting.
    pub fn clear(&self) {
        self.rules().clear();
    }

    pub(crate) fn take(&self, platform: Platform, path: &str) -> Fault {
        let mut rules = self.rules();
        rules.retain(|rule| rule.times > 0);
        let fits = |rule: &&mut Rule| {
            rule.platform == platform && path.contains(rule.path_contains.as_str())
        };
        match rules.iter_mut().find(fits) {
            Some(rule) => {
                rule.times -= 1;
                rule.fault.clone()
            }
            None => Fault::Pass,
        }
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where requests wait until a test lets them go on. Once open it stays open.
#[derive(Clone, Debug)]
pub struct Gate(Arc<GateState>);

#[derive(Debug)]
struct GateState {
    reached: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl Gate {
    pub fn closed() -> Gate {
        Gate(Arc::new(GateState {
            reached: watch::Sender::new(false),
            open: watch::Sender::new(false),
        }))
    }

    /// Waits until a request has come to the gate.
    pub async fn reached(&self) {
        wait(&self.0.reached).await;
    }

    pub fn open(&self) {
        self.0.open.send_replace(true);
    }

    pub(crate) async fn pass(&self) {
        self.0.reached.send_replace(true);
        wait(&self.0.open).await;
    }
}

async fn wait(flag: &watch::Sender<bool>) {
    // It can't fail: the sender is borrowed.
    let _ = flag.subscribe().wait_for(|set| *set).await;
}

impl Fault {
    /// The answer that takes the place of a normal one; none if the fault needs a normal answer.
    pub(crate) fn instead(&self, platform: Platform) -> Option<Answer> {
        let error = |status, code: &str, text: &str| match platform {
            Platform::Modrinth => modrinth::error(status, code, text),
            Platform::Curseforge => Answer::empty(status),
        };
        Some(match self {
            Fault::RateLimited { headers: true } if platform == Platform::Modrinth => {
                modrinth::rate_limited(Allowance {
                    limit: 300,
                    remaining: 0,
                    reset: 1,
                    refused: Some(1_000),
                })
            }
            Fault::RateLimited { .. } => error(429, "ratelimit_error", "rate limit exceeded"),
            Fault::Status(status) => error(*status, "internal_error", "something broke"),
            Fault::KeyRefused => Answer::empty(403),
            Fault::Forbidden => curseforge::error(403, "Access to this resource is forbidden"),
            Fault::Blocked => Answer::html(
                403,
                "Request blocked. We can't connect to the server for this app or website at this \
                 time. There might be too much traffic or a configuration error. Generated by \
                 cloudfront (CloudFront)",
            ),
            Fault::NotFoundAs400 => {
                curseforge::error(400, "Error: 404 - the requested resource was not found")
            }
            Fault::Retired => error(410, "api_deprecated", "this API version is retired"),
            Fault::Html(status) => Answer::html(*status, "The server is having a bad day."),
            Fault::Close | Fault::Hang => Answer::new(500, Body::Nothing),
            Fault::Pass
            | Fault::Empty
            | Fault::Truncated
            | Fault::Slow(_)
            | Fault::Hold(_)
            | Fault::FloatCounters
            | Fault::Replace { .. } => return None,
        })
    }

    /// What becomes of a normal answer.
    pub(crate) fn spoil(&self, mut answer: Answer) -> Answer {
        let Body::Json(json) = &mut answer.body else {
            return answer;
        };
        match self {
            Fault::Empty => answer.body = Body::Empty,
            Fault::Truncated => {
                json.truncate(json.len() / 2);
                answer.body = Body::Cut(std::mem::take(json));
            }
            Fault::FloatCounters => rewrite(json, &mut |key, value| {
                if matches!(key, "downloads" | "downloadCount") {
                    *value = value.as_f64().map_or(Value::Null, Value::from);
                }
                true
            }),
            Fault::Replace { key, with } => rewrite(json, &mut |found, value| {
                if found == *key {
                    *value = with.clone().unwrap_or_default();
                }
                found != *key || with.is_some()
            }),
            _ => {}
        }
        answer
    }
}

/// Calls `keep` for every key; what it returns false for is removed.
fn rewrite(json: &mut Vec<u8>, keep: &mut impl FnMut(&str, &mut Value) -> bool) {
    fn walk(value: &mut Value, keep: &mut impl FnMut(&str, &mut Value) -> bool) {
        match value {
            Value::Object(object) => {
                object.retain(|key, value| keep(key, value));
                object.values_mut().for_each(|value| walk(value, keep));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, keep)),
            _ => {}
        }
    }
    if let Ok(mut value) = serde_json::from_slice(json) {
        walk(&mut value, keep);
        *json = value.to_string().into_bytes();
    }
}
