//! Names that mean harm, in every place where strangers give one and in whatever shows it. Two
//! dashboards are asked the same: of the hostile history, and of one that is the same but for names
//! that are harmless and as long. Whatever the one answers must be what the other does, with the
//! other names.

mod direction;
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
use write::{ON_PAGES, mod_name};

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

/// Pages with names of this mod. Those that say much the same take turns, so that each says a third
/// of the names.
fn pages_of(place: usize) -> Vec<String> {
    let page = format!("/mods/default/{}", mod_name(place));
    let always = [
        page.clone(),
        format!("{page}/modrinth?period=all&versions=all"),
        format!("{page}/curseforge"),
        format!("{page}/modpacks?state=all"),
        format!("/runs?mod=default/{}", mod_name(place)),
    ];
    let in_turn = [
        format!(
            "/compare?item=mod:default/{}&item=project:modrinth:B{place:03}&item=version:modrinth:v1of{place}",
            mod_name(place)
        ),
        format!("{page}?period=all&chart=total"),
        format!("{page}?project=modrinth:A{place:03}"),
        format!("{page}/modrinth?by=loader"),
        format!("{page}/history?period=all&compare=previous&trend=yes"),
        format!("{page}/history?metric=followers&period=all&by=week"),
        format!("{page}/history?metric=thumbs-up&period=all&chart=growth"),
        format!("{page}/history?period=48h"),
        format!("{page}/history?of=version:modrinth:v2of{place}"),
        format!("{page}/history?of=modpack:modrinth:P{place:03}"),
    ];
    let in_turn = in_turn.into_iter().skip(place % 3).step_by(3);
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

/// Of the pages' links to tables as files.
fn exports(html: &str) -> impl Iterator<Item = String> {
    let link = |piece: Piece| match piece.what {
        What::Attribute { name, value } if name == "href" => Some(value),
        _ => None,
    };
    let is_file =
        |it: &String| it.contains(".csv") || (it.contains(".json") && !it.contains("api"));
    pieces(html).into_iter().filter_map(link).filter(is_file)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_breaks_out_of_anything_and_each_is_found_as_it_is() {
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

/// The same value with other texts.
fn swapped(twins: &Twins, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(twins.swapped(text)),
        Value::Array(values) => values.iter().map(|it| swapped(twins, it)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, it)| (name.clone(), swapped(twins, it)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// A sentence as it was before a name in it was set apart.
fn plain(sentence: &str) -> String {
    let ends_line = |it| matches!(it, '\n' | '\r' | '\u{85}' | '\u{2029}');
    let text = sentence.replace(ends_line, " ");
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// With plain sentences in `events`.
fn not_set_apart(mut value: Value) -> Value {
    match &mut value {
        Value::Array(values) => values
            .iter_mut()
            .for_each(|it| *it = not_set_apart(it.take())),
        Value::Object(members) => {
            for (name, it) in members {
                *it = match (name.as_str(), it.take()) {
                    ("events", Value::Array(events)) => {
                        let plain = |it: &Value| Value::String(plain(it.as_str().unwrap()));
                        Value::Array(events.iter().map(plain).collect())
                    }
                    (_, it) => not_set_apart(it),
                };
            }
        }
        _ => {}
    }
    value
}

fn compared_as_json(twins: &Twins, answers: &Answers) {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let expected = not_set_apart(swapped(twins, &parsed(&answers.harmless)));
    let found = not_set_apart(parsed(&answers.hostile));
    let lines = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let (one, other) = (lines(&expected), lines(&found));
    let difference = one
        .lines()
        .zip(other.lines())
        .find(|(one, other)| one != other);
    assert!(found == expected, "{}: {difference:?}", answers.address);
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
    let cell = |cell: &String| match twins.swapped(cell) {
        name if name != *cell => guarded(name),
        ours => ours,
    };
    let expected = records(&answers.harmless);
    let mut expected: Vec<Vec<String>> = expected
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let mut found = records(&answers.hostile);
    let events = expected[0].iter().position(|name| name == "events");
    for row in expected.iter_mut().chain(&mut found) {
        if let Some(events) = events {
            row[events] = plain(&row[events]);
        }
    }
    assert_eq!(found, expected, "{}", answers.address);
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
    for kind in ["mods", "versions", "modpacks", "history", "compare", "runs"] {
        for ending in ["csv", "json"] {
            assert!(kinds.contains(&format!("{kind}.{ending}")), "{kinds:?}");
        }
    }
}
