//! Runs the decoders over recorded answers: `cargo run -p modstats-collector --example
//! decode-payloads -- DIR`, where DIR holds `modrinth/*.json` and `curseforge/*.json`.
//!
//! Prints one line for each file: what it holds, how many items were read, and every flaw.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use modstats_collector::decode::FieldError;
use modstats_collector::platform::{curseforge, modrinth};
use serde_json::Value;

/// What an item is, by the keys that only its kind has.
fn decode(item: &Value) -> Option<(&'static str, Result<Vec<FieldError>, String>)> {
    let has = |keys: &[&str]| keys.iter().all(|key| item.get(key).is_some());
    let now = Timestamp::now();
    Some(if has(&["project_type", "downloads", "id"]) {
        let read = modrinth::project(item, now);
        (
            "Modrinth project",
            read.map(|read| read.flaws)
                .map_err(|error| error.to_string()),
        )
    } else if has(&["version_number", "downloads", "project_id"]) {
        let read = modrinth::version(item);
        (
            "Modrinth version",
            read.map(|read| read.flaws)
                .map_err(|error| error.to_string()),
        )
    } else if has(&["modId", "downloadCount", "displayName"]) {
        let read = curseforge::file(item);
        (
            "CurseForge file",
            read.map(|read| read.flaws)
                .map_err(|error| error.to_string()),
        )
    } else if has(&["downloadCount", "latestFiles"]) {
        let read = curseforge::project(item, now);
        (
            "CurseForge project",
            read.map(|read| read.flaws)
                .map_err(|error| error.to_string()),
        )
    } else {
        return None;
    })
}

/// Every item in a value that a decoder is for, wherever it lies.
fn items<'a>(value: &'a Value, found: &mut Vec<(&'static str, Result<Vec<FieldError>, String>)>) {
    let inner: Vec<&'a Value> = match value {
        Value::Array(values) => values.iter().collect(),
        Value::Object(object) => object.values().collect(),
        _ => return,
    };
    found.extend(decode(value));
    for value in inner {
        items(value, found);
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for platform in ["modrinth", "curseforge"] {
        let folder = folder.join(platform);
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            files.push(entry?.path());
        }
    }
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    Ok(files)
}

fn main() -> Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .context("which folder? decode-payloads DIR")?;
    let (mut read, mut refused) = (0, 0);
    for path in files(Path::new(&folder))? {
        let text = std::fs::read_to_string(&path)?;
        let value: Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let mut found = Vec::new();
        items(&value, &mut found);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut kinds: Vec<&str> = found.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let kinds = if kinds.is_empty() {
            "nothing to decode".to_owned()
        } else {
            kinds.join(", ")
        };
        println!("{name:<62} {:>5}  {kinds}", found.len());
        for (kind, result) in found {
            match result {
                Ok(flaws) => {
                    read += 1;
                    flaws.iter().for_each(|flaw| println!("    {kind}: {flaw}"));
                }
                Err(error) => {
                    refused += 1;
                    println!("    {kind} refused: {error}");
                }
            }
        }
    }
    println!("{read} items decoded, {refused} refused");
    Ok(())
}
