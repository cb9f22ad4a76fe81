//! Whether watches make progress.
//!
//! A watch that is over without anybody having noticed looks like one in which nothing happens. Every
//! watch is renewed within half a minute, so one that isn't heard of for longer is stuck, unless
//! the API server is away altogether.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::Stream;
use tokio::sync::watch;
use tokio::time::Instant;

/// What the controller watches.
const WATCHED: [&str; 5] = ["trackedmods", "cronjobs", "jobs", "pods", "clusters"];
/// Twice what the slowest renewal takes.
const LONGEST_SILENCE: Duration = Duration::from_secs(90);

#[derive(Clone)]
pub struct Pulse {
    felt: Arc<Mutex<HashMap<&'static str, Instant>>>,
    /// How many lists have come in.
    lists: watch::Sender<usize>,
}

/// What follows from the watches' silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    Fine,
    /// All watches are to be started anew.
    Stuck(&'static str),
    /// That was done, and nothing came of it.
    Wedged(&'static str),
}

impl Pulse {
    pub fn new(now: Instant) -> Pulse {
        let all = WATCHED.map(|resource| (resource, now));
        Pulse {
            felt: Arc::new(Mutex::new(all.into())),
            lists: watch::Sender::new(0),
        }
    }

    /// Something came in for a resource.
    pub fn felt(&self, resource: &str) {
        let mut felt = self.felt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = felt.get_mut(resource) {
            *at = Instant::now();
        }
    }

    /// A watch begins anew with a list, which doesn't tell what is gone.
    pub fn listed(&self) {
        self.lists.send_modify(|lists| *lists += 1);
    }

    /// An item after each list, or after several in quick succession.
    pub fn lists(&self) -> impl Stream<Item = ()> + Send + use<> {
        futures::stream::unfold(self.lists.subscribe(), |mut lists| async {
            lists.changed().await.ok().map(|()| ((), lists))
        })
    }

    /// Silence counts only while the API server answers others, and anew after each restart.
    pub fn judge(
        &self,
        answers_since: Option<Instant>,
        restarted_at: Option<Instant>,
        now: Instant,
    ) -> Judgement {
        let felt = self.felt.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = felt.iter().min_by_key(|(_, at)| **at);
        let (Some((resource, at)), Some(answers_since)) = (oldest, answers_since) else {
            return Judgement::Fine;
        };
        let since = [Some(*at), Some(answers_since), restarted_at];
        let since = since.into_iter().flatten().max().unwrap_or(now);
        if now.duration_since(since) <= LONGEST_SILENCE {
            Judgement::Fine
        } else if restarted_at.is_some_and(|restarted_at| *at <= restarted_at) {
            Judgement::Wedged(resource)
        } else {
            Judgement::Stuck(resource)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_watch_is_stuck_then_wedged_and_an_api_server_that_is_away_is_neither() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let pulse = Pulse::new(start);
        let judge =
            |answers, restarted: Option<u64>, now| pulse.judge(answers, restarted.map(at), at(now));
        assert_eq!(judge(Some(start), None, 90), Judgement::Fine);
        assert!(matches!(judge(Some(start), None, 91), Judgement::Stuck(_)));
        assert_eq!(judge(None, None, 900), Judgement::Fine, "away");
        assert_eq!(
            judge(Some(at(880)), None, 900),
            Judgement::Fine,
            "just back"
        );
        assert_eq!(judge(Some(start), Some(91), 180), Judgement::Fine);
        assert!(matches!(
            judge(Some(start), Some(91), 182),
            Judgement::Wedged(_)
        ));
    }

    #[test]
    fn one_silent_watch_among_others_is_enough() {
        let start = Instant::now();
        let pulse = Pulse::new(start.checked_sub(Duration::from_secs(500)).unwrap());
        for resource in WATCHED.into_iter().filter(|it| *it != "pods") {
            pulse.felt(resource);
        }
        pulse.felt("secrets");
        let since = start.checked_sub(Duration::from_secs(400));
        assert_eq!(pulse.judge(since, None, start), Judgement::Stuck("pods"));
        pulse.felt("pods");
        assert_eq!(pulse.judge(since, None, start), Judgement::Fine);
    }
}
