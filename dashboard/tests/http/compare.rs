//! Mods, projects and versions beside each other.

use modstats_dashboard::StoreSlot;

use crate::pages::history;
use crate::{Served, database};

const MOD: &str = "item=mod:default/create-nuclear";
const PROJECT: &str = "item=project:curseforge:989797";
const VERSION: &str = "item=version:modrinth:v2";

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    history(&store).await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("{start} in {page}"));
    rest.split_once(end).unwrap().0
}

#[tokio::test]
async fn what_is_compared_has_a_card_a_line_and_a_column_in_its_order() {
    let (served, _folder) = served().await;
    let page = served
        .text(&format!("/compare?{MOD}&{PROJECT}&{VERSION}&period=7d"))
        .await;
    for (item, total, growth) in [
        ("mod:default/create-nuclear", "2,500,766,550", "+7,700"),
        ("project:curseforge:989797", "706,050", "+700"),
        ("version:modrinth:v2", "121", "+14"),
    ] {
        let card = between(&page, &format!("data-item=\"{item}\""), "</div>");
        assert!(
            card.contains(total) && card.contains(growth),
            "{item} {total}: {card}"
        );
    }
    for place in 1..=3 {
        assert!(
            page.contains(&format!("<g class=\"line item-{place}\">")),
            "{place}"
        );
    }
    assert!(
        !page.contains("class=\"bar "),
        "what doesn't add up isn't stacked"
    );
    let row = between(&page, "<tr data-from=\"2026-11-20\"", "</tr>");
    let numbers: Vec<&str> = row
        .split("<td class=\"number\">")
        .skip(1)
        .map(|cell| cell.split_once("</td>").unwrap().0)
        .collect();
    assert_eq!(numbers[1..], ["+1,100", "705,900", "+100", "118", "+2"]);
    let total = served
        .text(&format!("/compare?{MOD}&{PROJECT}&chart=total&by=month"))
        .await;
    assert!(total.contains("<g class=\"line item-2\">"));
}

#[tokio::test]
async fn things_are_added_by_a_form_and_removed_by_a_link() {
    let (served, _folder) = served().await;
    let empty = served.text("/compare").await;
    assert!(empty.contains("value=\"mod:default/create-nuclear\""));
    assert!(empty.contains("value=\"project:modrinth:createnuclear\""));
    assert!(!empty.contains("data-item"));
    let two = served
        .text(&format!("/compare?{MOD}&{PROJECT}&by=week"))
        .await;
    let form = between(&two, "aria-labelledby=\"add-heading\"", "</form>");
    let kept = "<input type=\"hidden\" name=\"item\" value=\"project:curseforge:989797\">";
    assert!(
        form.contains(kept) && form.contains("name=\"by\" value=\"week\""),
        "{form}"
    );
    assert!(
        !form.contains("<option value=\"mod:default/create-nuclear\""),
        "{form}"
    );
    let without = format!("href=\"/compare?{MOD}&#38;by=week\"");
    assert!(two.contains(&without), "{without} in {two}");
    // As the form asks.
    let link = "https%3A%2F%2Fwww.modrinth.com%2Fmod%2Fcreatenuclear%2Fversion%2F2.0%3Fx%3D1";
    let asked = format!("/compare?{MOD}&item=&item={link}");
    let response = served.get(&asked).await;
    assert_eq!(response.status(), 308);
    let page = response.headers()["location"].to_str().unwrap().to_owned();
    let of_page = "item=https://modrinth.com/mod/createnuclear/version/2.0";
    assert_eq!(page, format!("/compare?{MOD}&{of_page}"));
    // From there on the version goes by its id.
    let page = served.text(&page).await;
    assert!(page.contains("data-item=\"version:modrinth:v2\""), "{page}");
    let week = format!("href=\"/compare?{MOD}&#38;{VERSION}&#38;by=week\"");
    assert!(page.contains(&week), "{page}");
    let page = served.text("/mods/default/create-nuclear").await;
    assert!(page.contains(&format!("<a href=\"/compare?{MOD}\">")));
}

#[tokio::test]
async fn what_nobody_tracks_is_named_and_the_others_stay() {
    let (served, _folder) = served().await;
    for (unknown, told) in [
        ("item=mod:default/none", "a mod that is tracked"),
        ("item=project:modrinth:none", "project"),
        ("item=version:modrinth:none", "version"),
        ("item=https://modrinth.com/mod/none/version/2.0", "version"),
        ("item=pack:x", "address of a version"),
    ] {
        let response = served.get(&format!("/compare?{MOD}&{unknown}")).await;
        assert_eq!(response.status(), 400, "{unknown}");
        let page = response.text().await.unwrap();
        assert!(page.contains(told), "{unknown}: {page}");
        assert!(
            page.contains(&format!("<a href=\"/compare?{MOD}\">")),
            "{unknown}: {page}"
        );
    }
    let many: Vec<String> = (0..9)
        .map(|it| format!("item=version:modrinth:{it}"))
        .collect();
    let response = served.get(&format!("/compare?{}", many.join("&"))).await;
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("at most 8"));
}
