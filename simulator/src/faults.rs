//! What goes wrong on request: a test says which of the next requests get what instead of, or on
//! their way to, a normal answer.

mod spoil;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::catalogue::Platform;

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
    /// A normal answer with download counters written as text, such as `"1234"`.
    StringCounters,
    /// A normal status and `null`.
    Null,
    /// A normal answer behind a byte order mark.
    Bom,
    /// A normal answer that states another type of content, or, if empty, none.
    ContentType(&'static str),
    /// A normal answer as the value of `unexpected` in an object.
    Wrapped,
    /// Arrays in arrays, so many.
    Deep(usize),
    /// A normal answer and as many blanks as make it so many bytes.
    Oversized(usize),
    /// A normal answer whose last byte never comes: blanks do, as fast as the client reads.
    Endless,
    /// A normal answer and as many blanks as make it so many bytes once it is unpacked.
    GzipBomb(usize),
    /// A normal answer, one byte each time.
    Trickle(Duration),
    /// A normal answer, but its stated length is more; then the connection ends.
    ShortLength,
    /// Sends the client elsewhere: to an address, or a path of the same server.
    Redirect { status: u16, to: String },
    /// Sends the client to where it already is.
    RedirectLoop,
    /// Any status with headers that say when to come again, such as `Retry-After`.
    Throttled {
        status: u16,
        headers: Vec<(&'static str, String)>,
    },
    /// A page as if the list had shifted while it was read: its first items are missing, and the
    /// stated total is another one by `total`.
    Lost { items: usize, total: i64 },
    /// A page with each of its items twice.
    Repeated,
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
