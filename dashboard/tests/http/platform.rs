//! The page of one platform.

use crate::pages::history;
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
