//! Which requests meet a fault.

use std::sync::Mutex;

use tokio::sync::oneshot;

use super::ApiRequest;

/// When a fault happens to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The API server doesn't hear of it.
    BeforeSent,
    /// The API server has done it, and its reply is on the way.
    AfterCommitted,
}

/// What the client gets instead of the API server's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The end of its connection.
    Cut,
    /// Nothing, while its connection stays open.
    Silence,
    /// An answer of this HTTP status.
    Status(u16),
    /// Too many requests: to be tried again after so many seconds.
    Later(u16),
}

/// A write that waits. It goes on when the test lets it go; its connection ends when this is dropped.
pub struct Held {
    pub(super) reached: oneshot::Receiver<ApiRequest>,
    pub(super) release: oneshot::Sender<()>,
}

impl Held {
    /// Waits for the write.
    pub async fn reached(&mut self) -> ApiRequest {
        (&mut self.reached).await.expect("the proxy is there")
    }

    pub fn let_go(self) {
        // The client may be gone.
        let _ = self.release.send(());
    }
}

pub(super) enum Fault {
    Fail(Failure),
    Hold {
        reached: oneshot::Sender<ApiRequest>,
        released: oneshot::Receiver<()>,
    },
}

type Which = Box<dyn Fn(&ApiRequest) -> bool + Send + Sync>;

/// What happens once.
struct Planned {
    which: Which,
    /// How many that match come before it.
    before: usize,
    moment: Moment,
    fault: Fault,
}

/// What happens to all that match.
struct Lasting {
    which: Which,
    moment: Moment,
    failure: Failure,
}

#[derive(Default)]
pub(super) struct Plan {
    planned: Mutex<Vec<Planned>>,
    lasting: Mutex<Vec<Lasting>>,
}

impl Plan {
    pub fn add(
        &self,
        nth: usize,
        which: impl Fn(&ApiRequest) -> bool + Send + Sync + 'static,
        moment: Moment,
        fault: Fault,
    ) {
        assert!(nth > 0, "requests are counted from 1");
        self.planned.lock().unwrap().push(Planned {
            which: Box::new(which),
            before: nth - 1,
            moment,
            fault,
        });
    }

    pub fn add_lasting(
        &self,
        which: impl Fn(&ApiRequest) -> bool + Send + Sync + 'static,
        moment: Moment,
        failure: Failure,
    ) {
        self.lasting.lock().unwrap().push(Lasting {
            which: Box::new(which),
            moment,
            failure,
        });
    }

    pub fn end_lasting(&self) {
        self.lasting.lock().unwrap().clear();
    }

    /// Counts a request; the fault that it meets, if any.
    pub fn next(&self, request: &ApiRequest) -> Option<(Moment, Fault)> {
        self.once(request).or_else(|| {
            let lasting = self.lasting.lock().unwrap();
            let met = lasting.iter().find(|it| (it.which)(request))?;
            Some((met.moment, Fault::Fail(met.failure)))
        })
    }

    fn once(&self, request: &ApiRequest) -> Option<(Moment, Fault)> {
        let mut plan = self.planned.lock().unwrap();
        let mut due = None;
        for (index, planned) in plan.iter_mut().enumerate() {
            if !(planned.which)(request) {
                continue;
            }
            match planned.before.checked_sub(1) {
                Some(left) => planned.before = left,
                None => due = due.or(Some(index)),
            }
        }
        let planned = plan.remove(due?);
        Some((planned.moment, planned.fault))
    }

    pub fn is_empty(&self) -> bool {
        self.planned.lock().unwrap().is_empty()
    }
}
