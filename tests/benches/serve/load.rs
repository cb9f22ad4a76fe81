//! Rounds of wrk against one server after the other, and ratios with their range.

use std::path::Path;
use std::time::Duration;

use http::header::ACCEPT_ENCODING;
use modstats_tests::run::run;
use modstats_tests::tools;
use serde::Deserialize;

use super::programs::client;

const ROUNDS: usize = 5;
const EACH: Duration = Duration::from_secs(3);
const CONNECTIONS: usize = 16;
/// A round tells little where the machine was so much faster or slower at its end.
const STEADY: f64 = 1.2;
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/serve/wrk.lua");

/// What is asked for.
pub struct Contestant<'a> {
    name: &'static str,
    /// With places for numbers or days, each request has an address of its own.
    url: String,
    /// Whose time on the processors is told.
    processes: &'a dyn Fn() -> Vec<u32>,
    rounds: Vec<Round>,
}

/// What wrk counts.
#[derive(Deserialize)]
struct Counted {
    requests: u64,
    micros: u64,
    errors: u64,
    p99: u64,
}

struct Round {
    counted: Counted,
    processors: Duration,
}

impl<'a> Contestant<'a> {
    pub fn new(
        name: &'static str,
        url: String,
        processes: &'a dyn Fn() -> Vec<u32>,
    ) -> Contestant<'a> {
        let rounds = Vec::new();
        Contestant {
            name,
            url,
            processes,
            rounds,
        }
    }

    /// Has it in the cache, from which pages of others may have driven it.
    async fn warm(&self) {
        let request = client().get(&self.url).header(ACCEPT_ENCODING, "gzip");
        let answer = request.send().await.unwrap().error_for_status();
        answer.unwrap().bytes().await.unwrap();
    }

    async fn ask(&mut self, nth: usize) {
        if !self.url.contains('(') {
            self.warm().await;
        }
        let before = processors(&(self.processes)());
        let mut wrk = run().command(tools::wrk());
        wrk.envs(tools::benchmarks_environment())
            .args(["--threads", "1", "--connections", &CONNECTIONS.to_string()])
            .args(["--duration", &format!("{}s", EACH.as_secs())])
            // However slow an answer is, it is one.
            .args(["--timeout", "60s"])
            .args(["--header", "Accept-Encoding: gzip", "--script", SCRIPT])
            .arg(&self.url);
        if self.url.contains('(') {
            // None was asked for in an earlier round.
            wrk.args(["--", &(1_000_000 * (nth + 1)).to_string()]);
        }
        let output = wrk.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find(|line| line.starts_with('{'));
        let line = line.unwrap_or_else(|| panic!("wrk said: {text}"));
        let counted: Counted = serde_json::from_str(line).unwrap();
        assert_eq!(counted.errors, 0, "{}: {text}", self.url);
        let processors = processors(&(self.processes)()) - before;
        self.rounds.push(Round {
            counted,
            processors,
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
impl Round {
    fn rate(&self) -> f64 {
        self.counted.requests as f64 * 1e6 / self.counted.micros as f64
    }

    /// In milliseconds.
    fn p99(&self) -> f64 {
        self.counted.p99 as f64 / 1e3
    }

    /// In microseconds for each request.
    fn processors(&self) -> f64 {
        self.processors.as_secs_f64() * 1e6 / self.counted.requests as f64
    }
}

/// Lets all of them be asked in turn. The first tells how steady the machine was, and is, with the
/// second, what the others are compared with.
pub async fn compare(contestants: &mut [Contestant<'_>]) {
    let mut unsteady = 0;
    for nth in 0..ROUNDS {
        for contestant in &mut *contestants {
            contestant.ask(nth).await;
        }
        let first = &mut contestants[0];
        first.ask(nth).await;
        let again = first.rounds.pop().unwrap().rate() / first.rounds[nth].rate();
        if !(1.0 / STEADY..STEADY).contains(&again) {
            unsteady += 1;
        }
    }
    let seconds = EACH.as_secs();
    println!(
        "\nanswers, to {CONNECTIONS} connections ({ROUNDS} rounds of {seconds} s, interleaved)"
    );
    for contestant in &*contestants {
        let of = |value: fn(&Round) -> f64| {
            let values = contestant.rounds.iter().map(value);
            median(values.collect())
        };
        println!(
            "  {:<42} {:>8.0}/s  99 % within {:>6.1} ms  {:>6.0} µs of processors for each",
            contestant.name,
            of(Round::rate),
            of(Round::p99),
            of(Round::processors),
        );
    }
    let (others, contestants) = contestants.split_at(2);
    for contestant in contestants {
        for other in others {
            let rates = contestant.rounds.iter().zip(&other.rounds);
            let ratios: Vec<f64> = rates.map(|(one, it)| one.rate() / it.rate()).collect();
            let (low, high) = range(&ratios);
            println!(
                "  {:<42} {:>8.3} x {} ({low:.3} … {high:.3})",
                contestant.name,
                median(ratios),
                other.name
            );
        }
    }
    println!(
        "  load of the machine: {}; rounds in which its speed changed by a fifth: {unsteady}",
        load()
    );
}

/// The smallest and the largest.
pub fn range(values: &[f64]) -> (f64, f64) {
    let widen = |(low, high): (f64, f64), value: &f64| (low.min(*value), high.max(*value));
    values.iter().fold((f64::MAX, f64::MIN), widen)
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Of the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap();
    text.split(' ').next().unwrap().to_owned()
}

/// The time that processes, and children of theirs that have ended, had on processors so far; see
/// proc_pid_stat(5).
fn processors(processes: &[u32]) -> Duration {
    let ticks = |pid: &u32| -> u64 {
        let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
        let stat = stat.unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let fields = fields.split_whitespace().skip(11).take(4);
        fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    };
    // Linux tells them in hundredths of seconds, whatever its own ticks are.
    Duration::from_millis(10 * processes.iter().map(ticks).sum::<u64>())
}
