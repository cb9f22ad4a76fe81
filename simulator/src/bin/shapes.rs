//! Prints the shape of recorded answers: `shapes FILE[#POINTER] …`, for example
//! `shapes page.json#/data mods.json#/data/*/latestFiles`. All selected values are merged into one
//! shape; nothing but key paths and types is printed.

use std::process::ExitCode;

use modstats_simulator::shape::{Shape, select};
use serde_json::Value;

fn main() -> ExitCode {
    match samples(std::env::args().skip(1)) {
        Ok(samples) => {
            print(&Shape::of(&samples));
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// One line per path.
fn print(shape: &Shape) {
    let lines = serde_json::json!(shape);
    let lines = lines.as_object().into_iter().flatten();
    let lines: Vec<String> = lines
        .map(|(path, types)| format!("  {path:?}: {types}"))
        .collect();
    println!("{{\n{}\n}}", lines.join(",\n"));
}

fn samples(arguments: impl Iterator<Item = String>) -> Result<Vec<Value>, String> {
    let mut samples = Vec::new();
    for argument in arguments {
        let (file, pointer) = argument.split_once('#').unwrap_or((&argument, ""));
        let text = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let value: Value =
            serde_json::from_slice(&text).map_err(|error| format!("{file}: {error}"))?;
        let selected = select(&value, pointer);
        if selected.is_empty() {
            return Err(format!("{file} has nothing at {pointer}"));
        }
        samples.extend(selected.into_iter().cloned());
    }
    if samples.is_empty() {
        return Err("usage: shapes FILE[#POINTER] …".to_owned());
    }
    Ok(samples)
}
