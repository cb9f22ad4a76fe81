//! What CurseForge's answers say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use modstats_crds::clean;
use modstats_store::model::{
    Platform, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, VersionDescription,
    VersionObservation,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::decode::{Decoded, FieldError, ItemError, NAME, Reader, SUMMARY, WORD, distinct, total};
use crate::error::AskError;
use crate::platform::{Item, Outline, item, page_url, value};

/// `gameVersions` holds game versions, loaders and sides alike; these are the loaders' names.
const LOADERS: [&str; 7] = [
    "Forge",
    "NeoForge",
    "Fabric",
    "Quilt",
    "LiteLoader",
    "Cauldron",
    "Rift",
];
const SIDES: [&str; 2] = ["Client", "Server"];
/// The types by which `sortableGameVersions` marks them.
const LOADER_TYPE: i64 = 68_441;
const SIDE_TYPE: i64 = 75_208;

const CLASS_MODS: i64 = 6;
const CLASS_MODPACKS: i64 = 4471;

const SITE: &str = "https://www.curseforge.com";

/// The total and the ids of a page of the website's list, which holds mods and others besides
/// modpacks: those that can't be told apart yet are, by their own answers.
pub fn dependents(body: &[u8]) -> Result<(usize, Vec<Option<String>>), AskError> {
    let envelope = envelope(body)?;
    let read = |raw: &&RawValue| {
        let value = value(raw).ok()?;
        id(&Reader::new(&value)).ok()
    };
    Ok((envelope.total()?, envelope.data.iter().map(read).collect()))
}

#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub data: Vec<&'a RawValue>,
    #[serde(default)]
    pagination: Value,
}

impl Envelope<'_> {
    pub fn total(&self) -> Result<usize, AskError> {
        total("totalCount", &self.pagination["totalCount"])
            .map_err(|error| AskError::Shape(format!("pagination: {error}")))
    }
}

pub(super) fn envelope(body: &[u8]) -> Result<Envelope<'_>, AskError> {
    serde_json::from_slice(body).map_err(|error| AskError::Shape(error.to_string()))
}

pub(super) fn project_item(raw: &RawValue, asked_at: Timestamp) -> Result<Item, FieldError> {
    item(
        raw,
        |value| Ok((id(&Reader::new(value))?, None)),
        |value| project(value, asked_at),
        outline,
    )
}

/// Whatever is done to a project's files moves its time of change; the newest files are named
/// besides, in case that lags.
fn outline(value: &Value) -> Outline {
    let changed = value.get("dateModified").and_then(Value::as_str);
    let files = value.get("latestFilesIndexes").and_then(Value::as_array);
    let newest = files
        .into_iter()
        .flatten()
        .filter_map(|file| file.get("fileId")?.as_i64());
    Outline {
        versions: Vec::new(),
        marker: changed.map(|changed| {
            let changed = clean(changed, WORD);
            format!("{changed} {}", newest.max().unwrap_or_default())
        }),
    }
}

/// Decodes a project, as `/v1/mods` states it.
pub fn project(
    value: &Value,
    asked_at: Timestamp,
) -> Result<Decoded<ProjectObservation>, FieldError> {
    let mut reader = Reader::new(value);
    let id = id(&reader)?;
    let downloads = reader.counter("downloadCount")?;
    let slug = reader.text("slug", NAME).unwrap_or_else(|| id.clone());
    let (kind, section) = match reader.counter_if_any("classId") {
        Some(CLASS_MODS) => (ProjectKind::Mod, &["minecraft", "mc-mods"][..]),
        Some(CLASS_MODPACKS) => (ProjectKind::Modpack, &["minecraft", "modpacks"][..]),
        _ => (ProjectKind::Other, &[][..]),
    };
    let stated_page = reader.https("links/websiteUrl").filter(|url| {
        url.host_str()
            .is_some_and(|host| host == "curseforge.com" || host.ends_with(".curseforge.com"))
    });
    let page_url = match (stated_page, section) {
        (Some(url), _) => url.into(),
        (None, []) => page_url(SITE, &["projects", &id]),
        (None, section) => page_url(SITE, &[section, &[&slug]].concat()),
    };
    let description = ProjectDescription {
        kind,
        name: reader.text("name", NAME).unwrap_or_else(|| slug.clone()),
        summary: reader.text("summary", SUMMARY).unwrap_or_default(),
        page_url,
        icon_url: reader.https("logo/url").map(String::from),
        published_at: reader.time("dateCreated"),
        slug,
    };
    let thumbs_up = reader.counter_if_any("thumbsUpCount");
    Ok(reader.finish(ProjectObservation {
        project: ProjectKey {
            platform: Platform::Curseforge,
            id,
        },
        asked_at,
        description: Some(description),
        downloads,
        followers: None,
        thumbs_up,
    }))
}

/// Decodes a file, which is CurseForge's version, as `/v1/mods/{modId}/files` states it.
pub fn file(value: &Value) -> Result<Decoded<VersionObservation>, ItemError> {
    let mut reader = Reader::new(value);
    let id = id(&reader).map_err(|error| ItemError {
        item: "a file".to_owned(),
        error,
    })?;
    let downloads = reader.counter("downloadCount").map_err(|error| ItemError {
        item: format!("file {id}"),
        error,
    })?;
    // There is no version number; the file's name is what tells files of one name apart.
    let number = reader.text("fileName", NAME).unwrap_or_default();
    let name = reader
        .text("displayName", NAME)
        .unwrap_or_else(|| number.clone());
    let channel = match reader.counter_if_any("releaseType") {
        Some(2) => "beta",
        Some(3) => "alpha",
        _ => "release",
    };
    let (loaders, game_versions) = told_apart(value, reader.words("gameVersions"));
    let description = reader
        .time("fileDate")
        .map(|published_at| VersionDescription {
            name,
            number,
            channel: channel.to_owned(),
            published_at,
            loaders,
            game_versions,
        });
    Ok(reader.finish(VersionObservation {
        id,
        description,
        downloads,
    }))
}

/// Loaders (in lower case, as Modrinth writes them) and game versions, without the sides. A name
/// that isn't known is told by its type.
fn told_apart(value: &Value, words: Vec<String>) -> (Vec<String>, Vec<String>) {
    let sorts = value.get("sortableGameVersions").and_then(Value::as_array);
    let mut kinds: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    for sort in sorts.into_iter().flatten() {
        let kind = || Reader::new(sort).counter("gameVersionTypeId").ok();
        if let Some(name) = sort.get("gameVersionName").and_then(Value::as_str) {
            kinds.entry(name).or_insert_with(kind);
        }
    }
    let kind = |word: &String| kinds.get(word.as_str()).copied().flatten();
    let is_loader =
        |word: &String| LOADERS.contains(&word.as_str()) || kind(word) == Some(LOADER_TYPE);
    let (loaders, others): (Vec<_>, Vec<_>) = words.into_iter().partition(is_loader);
    let is_game_version = |word: &String| {
        !SIDES.contains(&word.as_str())
            && kind(word) != Some(SIDE_TYPE)
            && !word.starts_with("Java ")
    };
    let lower = |loader: &String| clean(&loader.to_lowercase(), WORD);
    (
        distinct(loaders.iter().map(lower)),
        others.into_iter().filter(is_game_version).collect(),
    )
}

fn id(reader: &Reader<'_>) -> Result<String, FieldError> {
    match reader.counter("id")? {
        0 => Err(FieldError {
            field: "id",
            wrong: "is 0, which is no id".to_owned(),
        }),
        id => Ok(id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn loaders_sides_and_game_versions_are_told_apart_by_name() {
        let words = [
            "Client",
            "NeoForge",
            "1.21.6",
            "Java 17",
            "Fabric",
            "1.21-Snapshot",
            "Server",
        ];
        let (loaders, versions) = told_apart(&json!({}), words.map(str::to_owned).to_vec());
        assert_eq!(loaders, ["neoforge", "fabric"]);
        assert_eq!(versions, ["1.21.6", "1.21-Snapshot"]);

        let sorts = json!({"sortableGameVersions": [
            {"gameVersionName": "Newloader", "gameVersionTypeId": 68441},
            {"gameVersionName": "Proxy", "gameVersionTypeId": 75208},
        ]});
        let words = ["1.21.6", "Newloader", "Proxy"].map(str::to_owned).to_vec();
        let (loaders, versions) = told_apart(&sorts, words);
        assert_eq!(
            (loaders, versions),
            (vec!["newloader".to_owned()], vec!["1.21.6".to_owned()])
        );
    }

    #[test]
    fn pages_on_other_hosts_are_built_instead() {
        let page = |json: Value| {
            let asked_at = Timestamp::UNIX_EPOCH;
            project(&json, asked_at)
                .unwrap()
                .value
                .description
                .unwrap()
                .page_url
        };
        let stated = "https://www.curseforge.com/minecraft/mc-mods/jei";
        let links = |url: &str| json!({ "websiteUrl": url });
        assert_eq!(
            page(json!({"id": 7, "downloadCount": 1, "links": links(stated)})),
            stated
        );
        for wrong in [
            "https://evilcurseforge.com/x",
            "http://www.curseforge.com/x",
            "javascript:1",
            "",
        ] {
            let project = json!({"id": 7, "downloadCount": 1, "slug": "a b", "classId": 6, "links": links(wrong)});
            assert_eq!(
                page(project),
                "https://www.curseforge.com/minecraft/mc-mods/a%20b"
            );
        }
        assert_eq!(
            page(json!({"id": 7, "downloadCount": 1})),
            "https://www.curseforge.com/projects/7"
        );
    }
}
