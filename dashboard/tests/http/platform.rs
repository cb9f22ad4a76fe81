//! The page of one platform.

use modstats_store::model::{Platform, VersionObservation};

use crate::pages::{history, nuclear};
use crate::seed::{at, collect, version};
use crate::{Served, StoreSlot, database};

const MODRINTH: &str = "/mods/default/create-nuclear/modrinth";

/// What lies between the beginning of an element with this id and the next heading or card.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, part) = page
        .split_once(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id} in\n{page}"));
    let end = [" id=\"", "<section"]
        .iter()
        .filter_map(|it| part[1..].find(it))
        .min();
    &part[..end.map_or(part.len(), |it| it + 1)]
}

#[tokio::test]
async fn versions_grow_over_the_pages_period_and_a_release_from_0() {
    let (store, _folder) = database().await;
    history(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let row = |page: &str| {
        let (_, row) = page.split_once("<bdi class=\"label\">2.0</bdi>").unwrap();
        let row = row.split("</tr>").next().unwrap();
        let cells = row.split("<td class=\"number\">").skip(1);
        cells
            .map(|cell| cell.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Published on 1 November; the readings are 1 more every 12 hours.
    for (period, growth) in [
        ("", "+120"),
        ("?period=month", "+121"),
        ("?period=7d", "+14"),
        ("?period=custom&from=2026-11-02&to=2026-11-03", "+4"),
        ("?period=custom&from=2026-10-01&to=2026-10-31", "–"),
    ] {
        let page = served.text(&format!("{MODRINTH}{period}")).await;
        assert_eq!(row(&page), ["121", "96.0%", growth], "{period}");
    }
}

#[tokio::test]
async fn the_page_of_a_platform_has_people_versions_and_tags() {
    let (store, _folder) = database().await;
    history(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text(MODRINTH).await;
    let people = part(&page, "people");
    // A nine hundredth of the downloads.
    assert!(
        people.contains("2,777,845") && people.contains("+31"),
        "{people}"
    );
    let count = part(&page, "count");
    assert!(
        count.contains(">2<") && count.contains("1 published"),
        "{count}"
    );
    let newest = part(&page, "newest");
    for told in [
        "Create Nuclear 2.0",
        "121 downloads",
        "20 days old",
        "1 Nov 2026, 17:00",
    ] {
        assert!(newest.contains(told), "{told} in {newest}");
    }
    for (by, tags) in [
        ("", ["1.19.2", "1.21.1"]),
        ("?by=loader", ["fabric", "neoforge"]),
    ] {
        let page = served.text(&format!("{MODRINTH}{by}")).await;
        for tag in tags {
            let key = format!("<bdi>{tag}</bdi> <span class=\"change\">+120</span>");
            assert!(page.contains(&key), "{key} in\n{page}");
        }
    }
    let curseforge = served.text("/mods/default/create-nuclear/curseforge").await;
    let people = part(&curseforge, "people");
    assert!(
        people.contains("Thumbs up") && people.contains(">176<"),
        "{people}"
    );
    assert!(!curseforge.contains("id=\"newest\""), "it has no versions");
}

/// A version for these versions of the game.
fn version_for(id: &str, game_versions: &[&str], downloads: i64) -> VersionObservation {
    let mut version = version(id, id, at("2026-01-01T00:00Z"), downloads);
    let description = version.description.as_mut().unwrap();
    description.game_versions = game_versions.iter().map(|it| (*it).to_owned()).collect();
    version
}

#[tokio::test]
async fn the_table_and_its_files_have_only_the_versions_for_a_chosen_game_version() {
    let (store, _folder) = database().await;
    for (when, grown) in [("2026-11-15T00:00Z", 0), ("2026-11-22T00:00Z", 10)] {
        let versions = vec![
            version_for("a", &["1.20"], 100 + grown),
            version_for("b", &["1.20", "1.21.1"], 200 + 7 * grown),
            version_for("c", &["1.7.10"], 630 + 9 * grown),
        ];
        let (subject, when) = (nuclear(), at(when));
        collect(
            &store,
            &subject,
            Platform::Modrinth,
            when,
            990 + grown,
            versions,
        )
        .await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let all = served.text(&format!("{MODRINTH}?period=7d")).await;
    let options = "<select name=\"game-version\"><option value=\"\" selected>all</option>\
                   <option value=\"1.7.10\">1.7.10</option><option value=\"1.20\">1.20</option>\
                   <option value=\"1.21.1\">1.21.1</option></select>";
    assert!(all.contains(options), "{all}");
    let query = "?period=7d&game-version=1.20&sort=name";
    let page = served.text(&format!("{MODRINTH}{query}")).await;
    let heading = "All versions <span class=\"muted count\">2</span>";
    assert!(page.contains(heading), "{page}");
    let (_, rows) = page.split_once("<table class=\"versions\">").unwrap();
    let labels = rows.split("<bdi class=\"label\">").skip(1);
    let labels: Vec<_> = labels.map(|it| it.split('<').next().unwrap()).collect();
    assert_eq!(labels, ["a", "b"]);
    // The share is one of all versions.
    assert!(
        rows.contains("10.0%") && rows.contains("24.5%"),
        "{}",
        &rows[..rows.find("</table>").unwrap()]
    );
    let file = served
        .json(&format!("{MODRINTH}/versions.json{query}"))
        .await;
    let ids = file.as_array().unwrap().iter();
    let told: Vec<_> = ids
        .map(|it| (it["id"].as_str().unwrap(), it["share"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("a", 100), ("b", 245)]);
}
