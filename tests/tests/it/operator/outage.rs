//! Watches that break, a network that swallows everything, and an API server that is away: the same
//! process goes on, tells that it isn't ready, and is right again soon after the heal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use http::StatusCode;
use modstats_tests::kubernetes::{ApiRequest, ControlPlane, Failure, Moment, control_plane};
use modstats_tests::run::free_port;
use modstats_tests::soak;

use super::outcome::Deeds;
use super::telemetry::metrics;
use super::*;

/// Three times what is promised.
const HEALED: Duration = Duration::from_secs(90);
/// Three times what passes until a silent watch counts as stuck.
const STUCK: Duration = Duration::from_secs(390);

/// A TrackedMod whose runs have ended, and the operator's port.
struct Outage<'a> {
    ground: Ground<'a>,
    port: u16,
    pid: u32,
    made: Deeds,
}

impl<'a> Outage<'a> {
    async fn new(plane: &'a ControlPlane, through_proxy: bool) -> Outage<'a> {
        let port = free_port();
        let setup = Setup {
            database: ELSEWHERE,
            through_proxy,
            port,
            ..Setup::default()
        };
        let ground = Ground::set_up(plane, setup).await;
        ground.apply(SELDOM).await;
        ground.end_all().await;
        Outage {
            port,
            pid: ground.operator.pid(),
            made: ground.deeds(),
            ground,
        }
    }

    async fn health(&self, path: &str) -> Option<StatusCode> {
        let url = format!("http://127.0.0.1:{}/{path}", self.port);
        reqwest::get(url).await.ok().map(|answer| answer.status())
    }

    /// Ends all watches; nobody answers when this one is asked for again. No reconcile is due then.
    async fn wedge(&self, which: impl Fn(&ApiRequest) -> bool + Clone + Send + Sync + 'static) {
        self.ground.quiet().await;
        let proxy = self.ground.proxy();
        let asked = proxy.requests().len();
        proxy.fail_every(which.clone(), Moment::BeforeSent, Failure::Silence);
        proxy.cut_watches();
        eventually(SOON, "the watch is asked for again", async || {
            let requests = proxy.requests();
            let again = requests[asked..].iter().any(&which);
            again
                .then_some(())
                .ok_or_else(|| self.ground.operator.output())
        })
        .await;
    }

    /// Waits until it has started all watches anew so many times. It reconciles nothing until then.
    async fn starts_watches_anew(&self, times: usize) {
        let line = "a watch made no progress; all are started anew";
        let before = self.ground.steps();
        eventually(STUCK, line, async || {
            let steps = self.ground.steps();
            let output = self.ground.operator.output();
            if output.matches(line).count() == times {
                return Ok(());
            }
            assert_eq!(steps, before, "{output}");
            Err(output)
        })
        .await;
        let told = format!("modstats_operator_watch_restarts_total {times}\n");
        let metrics = metrics(self.port).await;
        assert!(metrics.contains(&told), "{metrics}");
    }

    /// Waits until it says that it isn't ready. It lives all the same.
    async fn is_not_ready(&self) {
        eventually(SOON, "it isn't ready", async || {
            assert_eq!(self.health("healthz").await, Some(StatusCode::OK));
            match self.health("readyz").await {
                Some(StatusCode::SERVICE_UNAVAILABLE) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }

    async fn wants(&self, minute: u32) {
        let schedule = format!("'{minute} 4 29 2 *'");
        self.ground
            .apply(&SELDOM.replace("'17 4 29 2 *'", &schedule))
            .await;
    }

    async fn has(&self, minute: u32, within: Duration) {
        let schedule = format!("{minute} 4 29 2 *");
        let what = format!("the schedule is {schedule}");
        let start = Instant::now();
        eventually(within, &what, async || {
            let cron_jobs: Api<CronJob> = self.ground.api();
            let cron_jobs = cron_jobs.list(&ListParams::default()).await;
            let cron_jobs = cron_jobs.map_err(|error| error.to_string())?;
            let schedules = cron_jobs.iter().filter_map(|it| it.spec.clone());
            let has = schedules.filter(|spec| spec.schedule == schedule).count();
            assert_eq!(self.health("healthz").await, Some(StatusCode::OK));
            // That of the modpacks is their own.
            match has {
                2 => Ok(()),
                _ => Err(self.ground.operator.output()),
            }
        })
        .await;
        println!("{what} after {:?}", start.elapsed());
    }

    /// The same process, and nothing made twice.
    async fn is_as_before(&self) {
        let what = "it is ready";
        eventually(SOON, what, async || match self.health("readyz").await {
            Some(StatusCode::OK) => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
        assert_eq!(self.ground.operator.pid(), self.pid);
        assert!(self.ground.operator.is_running());
        assert_eq!(self.ground.deeds(), self.made);
        assert_eq!(self.ground.jobs().await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_that_are_cut_or_expire_again_and_again_miss_no_change() {
    let plane = ControlPlane::start().await;
    let outage = Outage::new(&plane, true).await;
    let proxy = outage.ground.proxy();
    for turn in 0..if soak() { 50 } else { 3 } {
        let is_watch = |request: &ApiRequest| request.verb == "watch";
        proxy.fail(
            1 + turn % 4,
            is_watch,
            Moment::BeforeSent,
            Failure::Status(410),
        );
        proxy.freeze("trackedmods");
        let minute = 20 + turn as u32 % 30;
        outage.wants(minute).await;
        proxy.cut_watches();
        outage.has(minute, HEALED).await;
    }
    outage.is_as_before().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_black_hole_is_told_and_connections_that_stay_silent_after_it_are_given_up() {
    let plane = ControlPlane::start().await;
    let outage = Outage::new(&plane, true).await;
    for turn in 0..if soak() { 3 } else { 1 } {
        outage.ground.proxy().black_hole();
        outage.wants(20 + turn).await;
        outage.is_not_ready().await;
        outage.ground.proxy().heal();
        outage.has(20 + turn, HEALED).await;
        outage.wants(30 + turn).await;
        outage.has(30 + turn, HEALED).await;
        outage.is_as_before().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_without_an_api_server_are_followed_by_what_was_wanted_meanwhile() {
    let plane = ControlPlane::start().await;
    let outage = Outage::new(&plane, true).await;
    let away = Duration::from_secs(if soak() { 300 } else { 20 });
    outage.ground.proxy().refuse();
    outage.wants(21).await;
    outage.is_not_ready().await;
    tokio::time::sleep(away).await;
    outage.is_not_ready().await;
    outage.ground.proxy().heal();
    outage.has(21, HEALED).await;
    outage.wants(22).await;
    outage.has(22, HEALED).await;
    outage.is_as_before().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_and_an_etcd_that_are_killed_and_come_back_are_found_again() {
    let plane = ControlPlane::start().await;
    let mut outage = Outage::new(&plane, false).await;
    // A server that has just begun doesn't know every Role yet.
    outage.ground.may_be_refused = true;
    for turn in 0..if soak() { 10 } else { 1 } {
        plane.stop_apiserver();
        outage.is_not_ready().await;
        plane.start_apiserver().await;
        outage.wants(20 + turn).await;
        outage.has(20 + turn, HEALED).await;

        plane.stop_etcd();
        outage.is_not_ready().await;
        plane.start_etcd().await;
        outage.wants(40 + turn).await;
        outage.has(40 + turn, HEALED).await;
        outage.is_as_before().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_watch_has_all_of_them_started_anew_and_one_that_stays_stuck_fails_liveness() {
    let outage = Outage::new(control_plane().await, true).await;
    // Reconciles list Jobs too, but there is none while nobody hears of a change.
    let anew = Arc::new(AtomicBool::new(false));
    outage
        .wedge(move |it| {
            if it.verb == "list" && it.resource == "jobs" {
                anew.store(true, Ordering::Relaxed);
            }
            let of_first_start = !anew.load(Ordering::Relaxed);
            of_first_start && it.verb == "watch" && it.resource == "trackedmods"
        })
        .await;
    outage.wants(21).await;
    outage.starts_watches_anew(1).await;
    outage.has(21, HEALED).await;
    outage.ground.quiet().await;
    outage.wants(22).await;
    outage.has(22, HEALED).await;
    outage.is_as_before().await;
    if !soak() {
        return;
    }
    // Nobody but their watch lists Clusters.
    outage
        .wedge(|it| it.resource == "clusters" && ["list", "watch"].contains(&it.verb.as_str()))
        .await;
    outage.starts_watches_anew(2).await;
    eventually(STUCK, "the watch is wedged", async || {
        let url = format!("http://127.0.0.1:{}/healthz", outage.port);
        let answer = reqwest::get(url).await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        match status {
            StatusCode::SERVICE_UNAVAILABLE if text.contains("the watch of clusters") => Ok(()),
            _ => Err(format!("{status}: {text}")),
        }
    })
    .await;
    outage.ground.proxy().relent();
    eventually(STUCK, "it is alive again", async || {
        match outage.health("healthz").await {
            Some(StatusCode::OK) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    outage.wants(23).await;
    outage.has(23, HEALED).await;
    outage.is_as_before().await;
}
