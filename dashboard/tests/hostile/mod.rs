//! Names that mean harm, in every place where strangers give one and in whatever shows it. Two
//! dashboards are asked the same: of the hostile history, and of one that is the same but for names
//! that are harmless and as long. Whatever the one answers must be what the other does, with the
//! other names.

mod direction;
mod logs;
mod page;
mod payloads;
mod requests;
mod twin;
mod write;

use std::collections::BTreeSet;

use http::HeaderMap;
use modstats_dashboard::StoreSlot;
use serde_json::Value;
use tempfile::TempDir;

use crate::{Served, database};
use page::{Piece, What, pieces};
use twin::Twins;
use write::mod_name;

/// What a name is of: each stands behind it, so that a page which lacks one is found out.
const ON_PAGES: [&str; 15] = [
    "title", "project", "other", "summary", "name", "number", "channel", "loader", "game", "pack",
    "subject", "reason", "message", "import", "page",
];

struct Both {
    twins: Twins,
    harmless: Served,
    hostile: Served,
    _folders: [TempDir; 2],
}

/// What two dashboards answered.
struct Answers {
    address: String,
    harmless: String,
    hostile: String,
}

impl Both {
    async fn serve() -> Both {
        let twins = Twins::new(payloads::payloads());
        let serve = async |texts: &[String]| {
            let (store, folder) = database().await;
            write::write(&store, texts).await;
            (Served::start(StoreSlot::open(store), vec![]).await, folder)
        };
        let (harmless, one) = serve(&twins.harmless()).await;
        let (hostile, other) = serve(twins.hostile()).await;
        Both {
            twins,
            harmless,
            hostile,
            _folders: [one, other],
        }
    }

    /// Whose headers are the same.
    async fn ask(&self, address: &str, language: &str) -> Answers {
        let ask = async |served: &Served| {
            let request = served
                .client
                .get(format!("http://{}{address}", served.address));
            let response = request.header("accept-language", language);
            let response = response.send().await.unwrap();
            assert_eq!(response.status(), 200, "{address}");
            let headers = headers(response.headers());
            (headers, response.text().await.unwrap())
        };
        let asked = (ask(&self.harmless), ask(&self.hostile));
        let ((expected, harmless), (headers, hostile)) = futures::join!(asked.0, asked.1);
        assert_eq!(headers, expected, "{address}");
        Answers {
            address: address.to_owned(),
            harmless,
            hostile,
        }
    }

    /// Fails with the first difference of each page.
    fn report(wrong: &[String]) {
        assert!(
            wrong.is_empty(),
            "{} pages:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(20)].join("\n")
        );
    }
}

/// But those that tell of the content by its length or sum.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers
        .iter()
        .filter(|(name, _)| !["etag", "date", "content-length"].contains(&name.as_str()));
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    told.map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}

/// Pages with names of this mod. `make soak` asks for all; otherwise those that take long take turns,
/// so that each says a fifth of the names.
fn pages_of(place: usize) -> Vec<String> {
    let page = format!("/mods/default/{}", mod_name(place));
    let always = [
        page.clone(),
        format!("{page}/modrinth?versions=all"),
        format!("{page}/modpacks?state=all"),
        format!("/runs?mod=default/{}", mod_name(place)),
    ];
    let in_turn = [
        format!(
            "/compare?item=mod:default/{}&item=project:modrinth:B{place:03}&item=version:modrinth:v1of{place}",
            mod_name(place)
        ),
        format!("{page}?chart=total"),
        format!("{page}?project=modrinth:A{place:03}"),
        format!("{page}/modrinth?by=loader"),
        format!("{page}/curseforge"),
        format!("{page}/history?period=28d&compare=previous&trend=yes"),
        format!("{page}/history?metric=followers&by=week"),
        format!("{page}/history?metric=thumbs-up&period=28d&chart=growth"),
        format!("{page}/history?period=48h"),
        format!("{page}/history?of=version:modrinth:v2of{place}"),
        format!("{page}/history?of=modpack:modrinth:P{place:03}"),
    ];
    let is_soak = std::env::var_os("MODSTATS_SOAK").is_some();
    let (first, step) = if is_soak { (0, 1) } else { (place % 5, 5) };
    let in_turn = in_turn.into_iter().skip(first).step_by(step);
    always.into_iter().chain(in_turn).collect()
}

/// Those with names of all mods.
const PAGES_OF_ALL: [&str; 3] = ["/", "/compare", "/runs?limit=500"];

/// The first difference between what a page is and what it is to be.
fn compared(twins: &Twins, answers: &Answers) -> Result<(), String> {
    let (expected, found) = (pieces(&answers.harmless), pieces(&answers.hostile));
    let at = |piece: &Piece| format!("{}: {piece:?}", answers.address);
    for (harmless, hostile) in expected.iter().zip(&found) {
        let same_place = harmless.within == hostile.within
            && match (&harmless.what, &hostile.what) {
                (What::Attribute { name, .. }, What::Attribute { name: other, .. }) => {
                    name == other
                }
                (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
            };
        if !same_place {
            return Err(format!("{} instead of {harmless:?}", at(hostile)));
        }
        if hostile.is_odd() {
            return Err(format!("{} on any page", at(hostile)));
        }
        let wanted = twins.swapped(harmless.text());
        let (wanted, is) = (told(&wanted), hostile.text());
        if wanted != told(is) && !(is.starts_with('/') && wanted == told(&decoded(is))) {
            return Err(format!("{} instead of {wanted:?}", at(hostile)));
        }
        let alone = Twins::is_of_names(harmless.text()) && hostile.stands_alone();
        if !alone && !hostile.is_for_programs() && !direction::is_contained(hostile.text()) {
            return Err(format!("{} turns the text around it", at(hostile)));
        }
    }
    match expected.len() == found.len() {
        true => Ok(()),
        false => Err(format!("{}: more or fewer pieces", answers.address)),
    }
}

/// What an address of ours says, which is escaped in it.
fn decoded(address: &str) -> String {
    let whole = address.replace('&', "%26").replace('=', "%3D");
    let parts = url::form_urlencoded::parse(whole.as_bytes());
    parts.map(|(name, _)| name.into_owned()).collect()
}

/// But for what isolates a name in a sentence and keeps it on its line, and for space at the ends.
fn told(text: &str) -> String {
    let isolate = |it: char| ('\u{2066}'..='\u{2069}').contains(&it);
    let ends_line = |it: char| {
        matches!(
            it,
            '\n' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2029}'
        )
    };
    let told = text.replace("\r\n", "\n").replace(isolate, "");
    told.replace(ends_line, " ").trim().to_owned()
}

/// A page's links to tables as files.
fn exports(html: &str) -> impl Iterator<Item = String> {
    let links = html.split("href=\"").skip(1);
    let links = links.filter_map(|it| Some(it.split_once('"')?.0.replace("&#38;", "&")));
    let is_file = |it: &String| {
        let path = it.split('?').next().unwrap_or_default();
        path.ends_with(".csv") || path.ends_with(".json")
    };
    links.filter(is_file)
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_32_no_name_breaks_out_of_anything_and_each_is_found_as_it_is() {
    let both = Both::serve().await;
    let files = pages(&both).await;
    api(&both).await;
    self::files(&both, files).await;
}

/// And the files that the pages lead to.
async fn pages(both: &Both) -> BTreeSet<String> {
    let (mut wrong, mut files) = (Vec::new(), BTreeSet::new());
    for place in 0..both.twins.hostile().len() {
        let mut told = String::new();
        for (nth, address) in pages_of(place).into_iter().enumerate() {
            let language = if (place + nth) % 4 == 0 { "fr" } else { "en" };
            let answers = both.ask(&address, language).await;
            wrong.extend(compared(&both.twins, &answers).err());
            files.extend(exports(&answers.harmless));
            told += &answers.harmless;
        }
        let payload = &both.twins.harmless()[place];
        for what in ON_PAGES {
            let is_cut = payload.len() > 50 && what == "number";
            let found = told.contains(&format!("{payload} {what}"));
            assert!(found || is_cut, "{what} of {payload} is on no page");
        }
    }
    for address in PAGES_OF_ALL {
        let answers = both.ask(address, "en").await;
        wrong.extend(compared(&both.twins, &answers).err());
        files.extend(exports(&answers.harmless));
    }
    Both::report(&wrong);
    files
}

/// The first text that is not what it is to be. Sentences isolate the names in them.
fn difference(twins: &Twins, harmless: &Value, hostile: &Value) -> Option<String> {
    let same = match (harmless, hostile) {
        (Value::String(one), Value::String(other)) => {
            let wanted = twins.swapped(one);
            *other == wanted || (!Twins::is_of_names(one) && told(other) == told(&wanted))
        }
        (Value::Array(some), Value::Array(others)) if some.len() == others.len() => {
            let mut pairs = some.iter().zip(others);
            return pairs.find_map(|(one, other)| difference(twins, one, other));
        }
        (Value::Object(some), Value::Object(others)) if some.keys().eq(others.keys()) => {
            let mut pairs = some.values().zip(others.values());
            return pairs.find_map(|(one, other)| difference(twins, one, other));
        }
        (one, other) => one == other,
    };
    (!same).then(|| format!("{hostile} where {harmless} stands"))
}

fn compared_as_json(twins: &Twins, answers: &Answers) {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (harmless, hostile) = (parsed(&answers.harmless), parsed(&answers.hostile));
    let different = difference(twins, &harmless, &hostile);
    assert_eq!(different, None, "{}", answers.address);
}

async fn api(both: &Both) {
    let spec = both.harmless.json("/api/openapi.json").await;
    let paths: Vec<&String> = spec["paths"].as_object().unwrap().keys().collect();
    assert!(paths.len() >= 7, "{paths:?}");
    for place in 0..both.twins.hostile().len() {
        let mut told = String::new();
        for path in &paths {
            let path = path.replace("{namespace}", "default");
            let path = match path.contains("{name}") {
                true => path.replace("{name}", &mod_name(place)),
                false if place == 0 => path,
                false if path.ends_with("/runs") => {
                    format!("{path}?mod=default/{}", mod_name(place))
                }
                false => continue,
            };
            let answers = both.ask(&path, "en").await;
            compared_as_json(&both.twins, &answers);
            told += &answers.harmless;
        }
        let payload = &both.twins.harmless()[place];
        let not_there = ["other", "import"];
        for what in ON_PAGES
            .iter()
            .chain(&["slug"])
            .filter(|it| !not_there.contains(it))
        {
            assert!(
                told.contains(&format!("{payload} {what}")),
                "{payload} {what}"
            );
        }
    }
}

/// The head and the rows, all of the same length.
fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(csv.as_bytes());
    let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    reader.records().map(|it| row(it.unwrap())).collect()
}

/// What a spreadsheet would take for a formula begins with an apostrophe.
fn guarded(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text,
    }
}

fn compared_as_csv(twins: &Twins, answers: &Answers) {
    let (expected, found) = (records(&answers.harmless), records(&answers.hostile));
    assert_eq!(found.len(), expected.len(), "{}", answers.address);
    for (expected, found) in expected.iter().flatten().zip(found.iter().flatten()) {
        let wanted = match twins.swapped(expected) {
            name if name != *expected => guarded(name),
            ours => ours,
        };
        let same =
            *found == wanted || (!Twins::is_of_names(expected) && told(found) == told(&wanted));
        assert!(same, "{}: {found:?} instead of {wanted:?}", answers.address);
    }
}

/// Each name is in one cell, and none is a formula.
async fn files(both: &Both, addresses: BTreeSet<String>) {
    let mut kinds = BTreeSet::new();
    for address in addresses {
        let answers = both.ask(&address, "en").await;
        assert!(answers.harmless.contains("zq"), "no name in {address}");
        match address.contains(".csv") {
            true => compared_as_csv(&both.twins, &answers),
            false => compared_as_json(&both.twins, &answers),
        }
        let path = address.split('?').next().unwrap();
        kinds.extend(path.rsplit('/').next().map(str::to_owned));
    }
    for kind in [
        "mods",
        "versions",
        "tags",
        "publishing",
        "modpacks",
        "runs",
        "history",
        "compare",
    ] {
        for ending in ["csv", "json"] {
            assert!(kinds.contains(&format!("{kind}.{ending}")), "{kinds:?}");
        }
    }
}
