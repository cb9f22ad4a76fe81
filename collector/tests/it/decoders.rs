//! Whatever comes in, a decoder gives exactly what is stated, or an error that names the field.
//!
//! What that means for each decoder stands in `collector/fuzz/src/lib.rs`, with the fuzz targets.

#[path = "../../fuzz/src/lib.rs"]
mod invariants;

use std::path::PathBuf;

use jiff::Timestamp;
use modstats_collector::platform::{curseforge, modrinth};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 6] = [
    ("modrinth_project", invariants::modrinth_project),
    ("modrinth_version", invariants::modrinth_version),
    ("modrinth_search", invariants::modrinth_search),
    ("curseforge_mod", invariants::curseforge_mod),
    ("curseforge_file", invariants::curseforge_file),
    ("website_dependents", invariants::website_dependents),
];

fn corpus(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/corpus/{target}"))
}

/// A normal answer, from which the others are made.
fn answer(target: &str) -> Vec<u8> {
    std::fs::read(corpus(target).join("answer.json")).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::with_cases(128)
    }
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Numbers around every limit that a reader of numbers may have.
fn integer() -> impl Strategy<Value = u64> {
    let limits = select(vec![31, 32, 50, 52, 53, 63]);
    let near = (limits, 0..5u64).prop_map(|(bits, step)| (1 << bits) - 2 + step);
    let decimal = (0..19u32, 0..3u64).prop_map(|(zeros, step)| 10u64.pow(zeros) - 1 + step);
    let top = (0..3u64).prop_map(|step| u64::MAX - step);
    prop_oneof![
        0..3u64,
        near,
        decimal,
        top,
        0..1_000_000_000u64,
        any::<u64>()
    ]
}

/// A number in any form that JSON has.
fn number() -> impl Strategy<Value = Value> {
    let odd = select(vec![
        "-0.0", "-0", "1e308", "-1e308", "5e-324", "1E+2", "0e9", "-1e0",
    ]);
    let text = prop_oneof![
        integer().prop_map(|n| n.to_string()),
        integer().prop_map(|n| format!("-{n}")),
        integer().prop_map(|n| format!("{n}.0")),
        (integer(), 1..999u32).prop_map(|(n, part)| format!("{n}.{part:03}")),
        (0..1_000_000u32, -9..30i32).prop_map(|(n, zeros)| format!("{n}e{zeros}")),
        any::<f64>().prop_map(|n| json!(n).to_string()),
        odd.prop_map(str::to_owned),
        integer().prop_map(|n| format!("\"{n}\"")),
        "\"[0-9]{1,30}\"",
        "\"[-+ .e0-9]{1,6}\"",
    ];
    text.prop_map(|text| parsed(text.as_bytes()))
}

fn text() -> impl Strategy<Value = String> {
    let times = vec![
        "2026-01-02T03:04:05.123456789Z",
        "1969-12-31T23:59:59.9999999+00:00",
        "0001-01-01T00:00:00",
        "0000-01-01T00:00:00+01:00",
        "-009999-01-03T00:00:00Z",
        "9999-12-30T22:00:00Z",
        "2026-06-30T23:59:60Z",
        "yesterday",
    ];
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9]{1,300}",
        "[a-z\\x00-\\x1f\\x7f-\\x9f]{1,20}",
        "\\PC{50,1200}",
        "https://[a-z.]{0,12}curseforge\\.com/[a-zäé❤ ]{0,900}",
        "(https?|ftp|javascript)://[^\\x00-\\x08]{0,30}",
        "-?[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:00:00(\\.[0-9]{1,9})?Z",
        select(times).prop_map(str::to_owned),
    ]
}

/// What `gameVersions` may name.
fn word() -> impl Strategy<Value = String> {
    let names = vec![
        "Forge",
        "FORGE",
        "Fabric",
        "NeoForge",
        "Rift",
        "Client",
        "Server",
        "client",
        "Java 17",
        "1.21",
        "1.21-Snapshot",
        "Proxy",
        "PROXY",
        "İ",
        "a\u{7f}b",
        "ab",
        "",
    ];
    prop_oneof![
        8 => select(names).prop_map(str::to_owned),
        1 => "İ{60,70}",
        1 => any::<String>(),
    ]
}

fn words() -> impl Strategy<Value = Value> {
    vec(word(), 0..12).prop_map(Value::from)
}

/// What `sortableGameVersions` may say of them.
fn sorts() -> impl Strategy<Value = Value> {
    let known = vec![
        json!(68_441),
        json!(75_208.0),
        json!("68441"),
        json!(73_250),
    ];
    let kind = prop_oneof![4 => select(known), 1 => number()];
    vec((word(), kind), 0..12).prop_map(|sorts| {
        let sort = |(name, kind)| json!({"gameVersionName": name, "gameVersionTypeId": kind});
        sorts.into_iter().map(sort).collect()
    })
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let object = vec(("[a-z]{0,6}", inner.clone()), 0..6);
        prop_oneof![
            vec(inner, 0..6).prop_map(Value::Array),
            object.prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// What may stand in a field's place; None for nothing at all.
fn instead() -> impl Strategy<Value = Option<Value>> {
    let value = prop_oneof![
        number(),
        text().prop_map(Value::String),
        words(),
        sorts(),
        anything()
    ];
    proptest::option::weighted(0.8, value)
}

/// What a message quotes in full, whatever else is rearranged.
fn scalar() -> impl Strategy<Value = Option<Value>> {
    let value = prop_oneof![number(), text().prop_map(Value::String)];
    proptest::option::weighted(0.8, value)
}

type Changes = Vec<(Index, Option<Value>)>;

fn changes() -> impl Strategy<Value = Changes> {
    vec((any::<Index>(), instead()), 0..8)
}

/// The places of a value, outermost first.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut inner = |key: String, value: &Value| {
        let at = format!("{at}/{key}");
        found.push(at.clone());
        places(value, &at, found);
    };
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| inner(key.clone(), value)),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(place, it): (usize, _)| inner(place.to_string(), it)),
        _ => {}
    }
}

fn changed(mut value: Value, changes: Changes) -> Value {
    for (index, instead) in changes {
        let mut all = Vec::new();
        places(&value, "", &mut all);
        if all.is_empty() {
            continue;
        }
        let place = index.get(&all);
        let (parent, key) = place.rsplit_once('/').unwrap();
        match (instead, value.pointer_mut(parent)) {
            (Some(instead), _) => {
                value
                    .pointer_mut(place)
                    .into_iter()
                    .for_each(|it| *it = instead.clone());
            }
            (None, Some(Value::Object(object))) => drop(object.remove(key)),
            (None, _) => {}
        }
    }
    value
}

/// With further keys in every object, and the keys in another order.
fn rearranged(value: &Value, extra: &Value, name: &str) -> String {
    match value {
        Value::Object(object) => {
            let entry = |(key, value)| format!("{}:{}", json!(key), rearranged(value, extra, name));
            let mut entries: Vec<String> = object.iter().map(entry).collect();
            entries.insert(entries.len() / 2, format!("{}:{extra}", json!(name)));
            entries.reverse();
            format!("{{{}}}", entries.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|it| rearranged(it, extra, name)).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// What a decoder makes of an answer, whatever that is. A page that is no JSON of its kind is refused
/// with a place in its text.
fn read(target: &str, bytes: &[u8]) -> String {
    let at = Timestamp::UNIX_EPOCH;
    let value = || parsed(bytes);
    match target {
        "modrinth_project" => format!("{:?}", modrinth::project(&value(), at)),
        "modrinth_version" => {
            let contents = modrinth::contents(&to_raw_value(&value()).unwrap());
            format!("{:?} {contents:?}", modrinth::version(&value()))
        }
        "modrinth_search" => format!("{:?}", modrinth::hits(bytes).ok()),
        "curseforge_mod" => format!("{:?}", curseforge::project(&value(), at)),
        "curseforge_file" => format!("{:?}", curseforge::file(&value())),
        _ => format!("{:?}", curseforge::dependents(bytes).ok()),
    }
}

/// The number that each decoder makes of a counter's JSON.
fn counters(json: &str) -> [Option<i64>; 6] {
    let modrinth = parsed(format!(r#"{{"id": "A", "downloads": {json}}}"#).as_bytes());
    let curseforge = parsed(format!(r#"{{"id": 1, "downloadCount": {json}}}"#).as_bytes());
    let hits = format!(r#"{{"hits": [], "total_hits": {json}}}"#);
    let dependents = format!(r#"{{"data": [], "pagination": {{"totalCount": {json}}}}}"#);
    let at = Timestamp::UNIX_EPOCH;
    let total = |total: usize| i64::try_from(total).unwrap();
    [
        modrinth::project(&modrinth, at)
            .ok()
            .map(|it| it.value.downloads),
        modrinth::version(&modrinth)
            .ok()
            .map(|it| it.value.downloads),
        curseforge::project(&curseforge, at)
            .ok()
            .map(|it| it.value.downloads),
        curseforge::file(&curseforge)
            .ok()
            .map(|it| it.value.downloads),
        modrinth::hits(hits.as_bytes())
            .ok()
            .map(|(it, _)| total(it)),
        curseforge::dependents(dependents.as_bytes())
            .ok()
            .map(|(it, _)| total(it)),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_json_is_read_as_stated_or_refused(value in anything()) {
        let text = value.to_string();
        TARGETS.iter().for_each(|(_, check)| check(text.as_bytes()));
    }

    #[test]
    fn changed_answers_are_read_as_stated_or_refused(changes in changes()) {
        for (target, check) in TARGETS {
            let value = changed(parsed(&answer(target)), changes.clone());
            check(value.to_string().as_bytes());
        }
    }

    #[test]
    fn the_fields_that_are_read_hold_anything(instead in vec(instead(), 10)) {
        let fields = [
            ("modrinth_project", &["id", "downloads", "slug", "project_type", "title", "description", "icon_url", "published", "followers"][..]),
            ("modrinth_version", &["id", "downloads", "version_number", "name", "version_type", "loaders", "game_versions", "date_published", "dependencies"]),
            ("modrinth_search", &["hits", "total_hits"]),
            ("curseforge_mod", &["id", "downloadCount", "slug", "classId", "name", "summary", "dateCreated", "thumbsUpCount"]),
            ("curseforge_file", &["id", "downloadCount", "fileName", "displayName", "releaseType", "fileDate", "gameVersions", "sortableGameVersions"]),
            ("website_dependents", &["data", "pagination"]),
        ];
        for ((target, fields), (_, check)) in fields.into_iter().zip(TARGETS) {
            let normal = parsed(&answer(target));
            for (field, instead) in fields.iter().zip(&instead) {
                let mut value = normal.clone();
                let object: &mut Map<_, _> = value.as_object_mut().unwrap();
                match instead {
                    Some(instead) => drop(object.insert((*field).to_owned(), instead.clone())),
                    None => drop(object.remove(*field)),
                }
                check(value.to_string().as_bytes());
            }
        }
    }

    #[test]
    fn loaders_sides_and_game_versions_are_told_apart(list in words(), sorts in sorts()) {
        let mut file = parsed(&answer("curseforge_file"));
        (file["gameVersions"], file["sortableGameVersions"]) = (list, sorts);
        invariants::curseforge_file(file.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_read_as_stated_or_refused(bytes in vec(any::<u8>(), 0..64), json in "[\\[\\]{}\":,0-9a-e \\\\]{0,40}") {
        for (_, check) in TARGETS {
            check(&bytes);
            check(json.as_bytes());
        }
    }

    #[test]
    fn cut_and_garbled_answers_are_read_as_stated_or_refused(at in any::<Index>(), byte in any::<u8>()) {
        for (target, check) in TARGETS {
            let mut bytes = answer(target);
            let at = at.index(bytes.len());
            check(&bytes[..at]);
            bytes[at] = byte;
            check(&bytes);
        }
    }

    #[test]
    fn counters_are_read_in_any_form(n in integer()) {
        let exact = i64::try_from(n).ok();
        let float = exact.filter(|n| *n <= 1_000_000_000_000_000);
        prop_assert_eq!(counters(&n.to_string()), [exact; 6]);
        prop_assert_eq!(counters(&format!("\"{n}\"")), [exact; 6]);
        prop_assert_eq!(counters(&format!("{n}.0")), [float; 6]);
        prop_assert_eq!(counters(&format!("{n}E0")), [float; 6]);
        prop_assert_eq!(counters(&format!("-{n}")), [exact.filter(|n| *n == 0); 6]);
    }

    #[test]
    fn other_keys_and_their_order_change_nothing(changes in vec((any::<Index>(), scalar()), 0..8), extra in anything(), name in "x[a-z]{0,6}") {
        for (target, _) in TARGETS {
            let value = changed(parsed(&answer(target)), changes.clone());
            let other = rearranged(&value, &extra, &name);
            let value = value.to_string();
            prop_assert_eq!(read(target, value.as_bytes()), read(target, other.as_bytes()));
        }
    }
}

#[test]
fn normal_answers_are_read_without_a_flaw() {
    for (target, _) in TARGETS {
        // With further keys, in another order.
        let answer = rearranged(&parsed(&answer(target)), &Value::Null, "x");
        let read = read(target, answer.as_bytes());
        let fine = read.starts_with("Ok(") || read.starts_with("Some(");
        assert!(fine && !read.contains("FieldError"), "{target}: {read}");
    }
}

#[test]
fn the_kept_corpus_decodes_without_a_fault() {
    for (target, check) in TARGETS {
        let files: Vec<_> = std::fs::read_dir(corpus(target)).unwrap().collect();
        assert!(files.len() >= 5, "{target}: {} files", files.len());
        for file in files {
            let path = file.unwrap().path();
            eprintln!("{}", path.display());
            check(&std::fs::read(&path).unwrap());
        }
    }
}
