//! Rounds of the contestants side by side, and ratios with their range.

use std::time::Duration;

pub const ROUNDS: usize = 5;

/// One contestant's time in each round.
pub struct Times {
    pub name: &'static str,
    pub rounds: Vec<Duration>,
}

impl Times {
    pub fn new(name: &'static str) -> Times {
        Times {
            name,
            rounds: Vec::new(),
        }
    }
}

/// Prints every contestant's median, and how many times slower than `ours` each other one was:
/// the median of the rounds' ratios, the smallest and the largest.
pub fn report(title: &str, ours: &Times, others: &[&Times]) {
    println!("\n{title} ({ROUNDS} rounds, interleaved)");
    println!("  {:<44} {:>10.1} ms", ours.name, median(&millis(ours)));
    for other in others {
        let ratios: Vec<f64> = millis(other)
            .iter()
            .zip(millis(ours))
            .map(|(other, ours)| other / ours)
            .collect();
        let (low, high) = ratios
            .iter()
            .fold((f64::MAX, 0.0f64), |(low, high), ratio| {
                (low.min(*ratio), high.max(*ratio))
            });
        println!(
            "  {:<44} {:>10.1} ms  {:>7.2} x ours ({low:.2} … {high:.2})",
            other.name,
            median(&millis(other)),
            median(&ratios)
        );
    }
}

fn millis(times: &Times) -> Vec<f64> {
    times
        .rounds
        .iter()
        .map(|time| time.as_secs_f64() * 1000.0)
        .collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
