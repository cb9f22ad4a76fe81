//! Rounds of the contestants side by side, and ratios with their range.

use std::time::{Duration, Instant};

/// What one contestant took in each round, and how much it did in that time.
pub struct Times {
    name: &'static str,
    rounds: Vec<(Duration, usize)>,
}

impl Times {
    pub fn new(name: &'static str) -> Times {
        Times {
            name,
            rounds: Vec::new(),
        }
    }

    /// Measures a round of what returns how much it did.
    pub async fn round(&mut self, work: impl Future<Output = usize>) {
        let start = Instant::now();
        let done = work.await;
        self.rounds.push((start.elapsed(), done));
    }

    fn millis(&self) -> Vec<f64> {
        let times = self.rounds.iter();
        times.map(|(time, _)| time.as_secs_f64() * 1000.0).collect()
    }

    fn done(&self) -> usize {
        self.rounds.iter().map(|(_, done)| *done).max().unwrap_or(0)
    }
}

/// Prints every contestant's median, what it did, and how many times slower than the first each other
/// one was: the median of the rounds' ratios, the smallest and the largest.
pub fn report(title: &str, unit: &str, first: &Times, others: &[&Times]) {
    println!("\n{title} ({} rounds, interleaved)", first.rounds.len());
    println!("{}", line(first, unit));
    for other in others {
        let ratios: Vec<f64> = other
            .millis()
            .iter()
            .zip(first.millis())
            .map(|(other, first)| other / first)
            .collect();
        let (low, high) = ratios
            .iter()
            .fold((f64::MAX, 0.0f64), |(low, high), ratio| {
                (low.min(*ratio), high.max(*ratio))
            });
        println!(
            "{}  {:>7.2} x the first ({low:.2} … {high:.2})",
            line(other, unit),
            median(&ratios)
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
fn line(times: &Times, unit: &str) -> String {
    let (millis, done) = (median(&times.millis()), times.done());
    let rate = done as f64 * 1000.0 / millis;
    format!(
        "  {:<44} {millis:>10.1} ms {done:>8} {unit} {rate:>9.0} {unit}/s",
        times.name
    )
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
