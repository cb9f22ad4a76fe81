//! What holds for every decoder, whatever comes in. Both the fuzz targets and the ordinary tests
//! (`collector/tests/it/decoders.rs`) check it; a panic is a fault.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use modstats_collector::decode::{FieldError, ItemError, NAME, SUMMARY, URL, WORD};
use modstats_collector::platform::{curseforge, modrinth};
use modstats_store::model::{ProjectDescription, ProjectObservation, VersionDescription};
use serde_json::Value;
use serde_json::value::RawValue;

type Fine = fn(&Value) -> bool;
type Object<'a> = BTreeMap<String, &'a RawValue>;

/// Up to here a number with a point or an exponent counts.
const LARGEST_FLOAT: i64 = 1_000_000_000_000_000;

const ASKED_AT: Timestamp = Timestamp::UNIX_EPOCH;

pub fn modrinth_project(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let id = modrinth_id(&value["id"]);
    let downloads = counter(&value["downloads"]);
    let read = modrinth::project(&value, ASKED_AT);
    refusal(
        read.as_ref().err(),
        [("id", id.is_some()), ("downloads", downloads.is_some())],
    );
    let Ok(read) = read else { return };
    let project = read.value;
    assert_eq!(Some(&project.project.id), id.as_ref());
    assert_eq!(Some(project.downloads), downloads);
    assert_eq!(project.followers, counter(&value["followers"]));
    assert_eq!(project.thumbs_up, None);
    let page = &description(&project, &value, ["title", "description", "/icon_url"]).page_url;
    assert!(page.starts_with("https://modrinth.com/"), "{page}");
    flaws(
        &read.flaws,
        &value,
        &[
            ("slug", Value::is_string),
            ("project_type", Value::is_string),
            ("title", Value::is_string),
            ("description", Value::is_string),
            ("icon_url", Value::is_string),
            ("published", is_time),
            ("followers", is_counter),
        ],
    );
}

pub fn modrinth_version(bytes: &[u8]) {
    if let Ok(raw) = serde_json::from_slice(bytes) {
        modrinth_contents(raw);
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let id = modrinth_id(&value["id"]);
    let downloads = counter(&value["downloads"]);
    let read = modrinth::version(&value);
    refusal(
        read.as_ref().err().map(|ItemError { error, .. }| error),
        [("id", id.is_some()), ("downloads", downloads.is_some())],
    );
    let Ok(read) = read else { return };
    let version = read.value;
    assert_eq!((Some(version.id), Some(version.downloads)), (id, downloads));
    assert_eq!(
        version.description.is_some(),
        is_time(&value["date_published"])
    );
    if let Some(it) = version.description {
        texts(&it, &value, ["name", "version_number"]);
        text(&it.channel, &value["version_type"], WORD);
        let stated = |field: &str| words(&value[field]);
        assert_eq!(it.loaders, stated("loaders"));
        assert_eq!(it.game_versions, stated("game_versions"));
    }
    flaws(
        &read.flaws,
        &value,
        &[
            ("name", Value::is_string),
            ("version_number", Value::is_string),
            ("version_type", Value::is_string),
            ("date_published", is_time),
            ("loaders", is_list_of_texts),
            ("game_versions", is_list_of_texts),
        ],
    );
}

fn modrinth_contents(raw: &RawValue) {
    let Some((id, projects)) = modrinth::contents(raw) else {
        return;
    };
    let value: Value = serde_json::from_str(raw.get()).unwrap();
    assert_eq!(Some(id), modrinth_id(&value["id"]));
    let dependencies = value["dependencies"].as_array().unwrap();
    let needed = dependencies.iter().filter(|it| {
        let kind = it["dependency_type"].as_str();
        kind.is_some_and(|kind| kind != "incompatible")
    });
    let needed: BTreeSet<String> = needed
        .filter_map(|it| modrinth_id(&it["project_id"]))
        .collect();
    assert_eq!(projects, needed);
}

pub fn modrinth_search(bytes: &[u8]) {
    let Ok((total, ids)) = modrinth::hits(bytes) else {
        return;
    };
    let answer: Object<'_> = serde_json::from_slice(bytes).unwrap();
    let stated = parsed(answer["total_hits"]);
    assert_eq!(i64::try_from(total).ok(), counter(&stated));
    page(&ids, answer["hits"], |hit| modrinth_id(&hit["project_id"]));
}

pub fn curseforge_mod(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let id = curseforge_id(&value["id"]);
    let downloads = counter(&value["downloadCount"]);
    let read = curseforge::project(&value, ASKED_AT);
    refusal(
        read.as_ref().err(),
        [("id", id.is_some()), ("downloadCount", downloads.is_some())],
    );
    let Ok(read) = read else { return };
    let project = read.value;
    assert_eq!(Some(&project.project.id), id.as_ref());
    assert_eq!(Some(project.downloads), downloads);
    assert_eq!(project.thumbs_up, counter(&value["thumbsUpCount"]));
    assert_eq!(project.followers, None);
    let page = &description(&project, &value, ["name", "summary", "/logo/url"]).page_url;
    let host = page.strip_prefix("https://").unwrap();
    let host = host.split('/').next().unwrap();
    assert!(host.contains("curseforge.com"), "{page}");
    flaws(
        &read.flaws,
        &value,
        &[
            ("slug", Value::is_string),
            ("classId", is_counter),
            ("links/websiteUrl", Value::is_string),
            ("name", Value::is_string),
            ("summary", Value::is_string),
            ("logo/url", Value::is_string),
            ("dateCreated", is_time),
            ("thumbsUpCount", is_counter),
        ],
    );
}

pub fn curseforge_file(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let id = curseforge_id(&value["id"]);
    let downloads = counter(&value["downloadCount"]);
    let read = curseforge::file(&value);
    refusal(
        read.as_ref().err().map(|ItemError { error, .. }| error),
        [("id", id.is_some()), ("downloadCount", downloads.is_some())],
    );
    let Ok(read) = read else { return };
    let file = read.value;
    assert_eq!((Some(file.id), Some(file.downloads)), (id, downloads));
    assert_eq!(file.description.is_some(), is_time(&value["fileDate"]));
    if let Some(it) = file.description {
        texts(&it, &value, ["displayName", "fileName"]);
        assert!(["release", "beta", "alpha"].contains(&it.channel.as_str()));
        told_apart(&it, &value);
    }
    flaws(
        &read.flaws,
        &value,
        &[
            ("fileName", Value::is_string),
            ("displayName", Value::is_string),
            ("releaseType", is_counter),
            ("gameVersions", is_list_of_texts),
            ("fileDate", is_time),
        ],
    );
}

/// No loader and no side is a game version; nothing else is lost.
fn told_apart(read: &VersionDescription, file: &Value) {
    let kind = |word: &str| {
        let sorts = file["sortableGameVersions"].as_array()?;
        let named = |sort: &&Value| sort["gameVersionName"].as_str() == Some(word);
        counter(&sorts.iter().find(named)?["gameVersionTypeId"])
    };
    let (mut loaders, mut game_versions) = (Vec::new(), Vec::new());
    for word in words(&file["gameVersions"]) {
        match (word.as_str(), kind(&word)) {
            ("Forge" | "NeoForge" | "Fabric" | "Quilt" | "LiteLoader" | "Cauldron" | "Rift", _)
            | (_, Some(68_441)) => {
                let loader: String = word.to_lowercase().chars().take(WORD).collect();
                if !loaders.contains(&loader) {
                    loaders.push(loader);
                }
            }
            ("Client" | "Server", _) | (_, Some(75_208)) => {}
            (java, _) if java.starts_with("Java ") => {}
            _ => game_versions.push(word),
        }
    }
    assert_eq!(read.loaders, loaders);
    assert_eq!(read.game_versions, game_versions);
}

pub fn website_dependents(bytes: &[u8]) {
    let Ok((total, ids)) = curseforge::dependents(bytes) else {
        return;
    };
    let answer: Object<'_> = serde_json::from_slice(bytes).unwrap();
    let stated = parsed(answer["pagination"]);
    assert_eq!(i64::try_from(total).ok(), counter(&stated["totalCount"]));
    page(&ids, answer["data"], |it| curseforge_id(&it["id"]));
}

/// Each item of a page is there, in its order, and says which it is or nothing.
fn page(ids: &[Option<String>], stated: &RawValue, id: impl Fn(&Value) -> Option<String>) {
    let items: Vec<&RawValue> = serde_json::from_str(stated.get()).unwrap();
    let stated: Vec<_> = items.into_iter().map(|it| id(&parsed(it))).collect();
    assert_eq!(ids, stated);
}

/// Null stands for what cannot be read (an unpaired surrogate, too many levels) too.
fn parsed(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// The counter that a value states, by its decimal digits alone.
fn counter(stated: &Value) -> Option<i64> {
    match stated {
        Value::Number(number) => {
            whole(&number.to_string()).filter(|it| !number.is_f64() || *it <= LARGEST_FLOAT)
        }
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => whole(text),
        _ => None,
    }
}

fn is_counter(stated: &Value) -> bool {
    counter(stated).is_some()
}

/// The whole number that a text states in decimal form, if it is none below zero and fits.
fn whole(text: &str) -> Option<i64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer}{fraction}");
    if !digits.is_empty() && digits.bytes().all(|byte| matches!(byte, b'-' | b'0')) {
        return Some(0);
    }
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    let behind = digits.len() - digits.trim_end_matches('0').len();
    let exponent = exponent.parse::<i64>().ok()? + (behind as i64) - (fraction.len() as i64);
    let zeros = usize::try_from(exponent).ok().filter(|it| *it < 20)?;
    let whole: i64 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
    (whole >= 0).then_some(whole)
}

fn modrinth_id(stated: &Value) -> Option<String> {
    let id = stated.as_str()?;
    let base62 = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (base62 && (1..=NAME).contains(&id.len())).then(|| id.to_owned())
}

fn curseforge_id(stated: &Value) -> Option<String> {
    counter(stated)
        .filter(|id| *id > 0)
        .map(|id| id.to_string())
}

/// An error names the first required field that isn't what it must be; else there is none.
fn refusal(error: Option<&FieldError>, required: [(&str, bool); 2]) {
    let wrong = required.into_iter().find(|(_, fine)| !fine);
    assert_eq!(error.map(|it| it.field), wrong.map(|(field, _)| field));
}

/// Flawed are the optional fields that are there and not what they must be, and no others.
fn flaws(flaws: &[FieldError], value: &Value, optional: &[(&str, Fine)]) {
    let stated = |field: &str| value.pointer(&format!("/{field}"));
    let wrong = optional.iter().filter(|(field, fine)| {
        stated(field).is_some_and(|stated| !stated.is_null() && !fine(stated))
    });
    let wrong: BTreeSet<&str> = wrong.map(|(field, _)| *field).collect();
    assert_eq!(
        flaws.iter().map(|it| it.field).collect::<BTreeSet<_>>(),
        wrong
    );
    assert!(flaws.iter().all(|it| is_fit(&it.wrong, 120)), "{flaws:?}");
}

fn description<'a>(
    project: &'a ProjectObservation,
    value: &Value,
    [name, summary, icon]: [&str; 3],
) -> &'a ProjectDescription {
    let it = project.description.as_ref().unwrap();
    text(&it.slug, &value["slug"], NAME);
    text(&it.name, &value[name], NAME);
    text(&it.summary, &value[summary], SUMMARY);
    if let Some(url) = &it.icon_url {
        assert!(url.starts_with("https://") && is_fit(url, URL), "{url}");
        assert!(value.pointer(icon).is_some_and(Value::is_string));
    }
    // Of a slug, each character may have been written as twelve.
    assert!(is_fit(&it.page_url, URL + 12 * NAME), "{}", it.page_url);
    it.published_at.iter().for_each(|at| time(*at));
    it
}

fn texts(read: &VersionDescription, value: &Value, [name, number]: [&str; 2]) {
    text(&read.name, &value[name], NAME);
    text(&read.number, &value[number], NAME);
    time(read.published_at);
}

/// What is read is fit to be stored; what was so already is unchanged.
fn text(read: &str, stated: &Value, longest: usize) {
    assert!(is_fit(read, longest), "{read:?}");
    if let Some(stated) = stated.as_str().filter(|it| !it.is_empty())
        && is_fit(stated, longest)
    {
        assert_eq!(read, stated);
    }
}

fn is_fit(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// The texts of a list as they are stored, each once.
fn words(stated: &Value) -> Vec<String> {
    let mut words = Vec::new();
    for item in stated.as_array().into_iter().flatten() {
        let Value::String(text) = item else {
            return Vec::new();
        };
        let text = text.replace(['\n', '\r', '\t'], " ");
        let word: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(WORD)
            .collect();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn is_list_of_texts(stated: &Value) -> bool {
    let list = stated.as_array();
    list.is_some_and(|list| list.iter().all(Value::is_string))
}

/// Times are whole microseconds within the years of both databases.
fn time(read: Timestamp) {
    assert_eq!(read.as_nanosecond() % 1000, 0, "{read}");
    assert!(
        read.to_string().starts_with(|c: char| c.is_ascii_digit()),
        "{read}"
    );
}

fn is_time(stated: &Value) -> bool {
    let stated = stated.as_str().and_then(|text| text.parse().ok());
    stated.is_some_and(|at: Timestamp| !at.to_string().starts_with('-'))
}
