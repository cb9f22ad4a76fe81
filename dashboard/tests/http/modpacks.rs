//! What page and API say of modpacks.

use modstats_store::Store;
use modstats_store::model::{Outcome, Platform};
use serde_json::json;

use crate::pages::nuclear;
use crate::seed::{Found, Subject, at, collect, list_modpacks, pack};
use crate::{Served, StoreSlot, database};

const PAGE: &str = "/mods/default/create-nuclear/modpacks";
const API: &str = "/api/v1/mods/default/create-nuclear/modpacks";

/// Both platforms' downloads, once.
async fn collected(store: &Store, subject: &Subject) {
    for platform in [Platform::Modrinth, Platform::Curseforge] {
        let now = at("2026-11-20T03:12Z");
        collect(store, subject, platform, now, 100, vec![]).await;
    }
}

/// The section of modpacks, with one space for any white space.
async fn section(served: &Served, path: &str) -> String {
    let page = served.text(path).await;
    let (_, section) = page.split_once("<div class=\"packs\"").unwrap();
    let (section, _) = section.split_once("</main>").unwrap();
    section.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn modpacks_are_told_by_what_is_known_of_them() {
    use Platform::{Curseforge, Modrinth};
    let (store, _folder) = database().await;
    let subject = Subject {
        declared: &["356103"],
        ..nuclear()
    };
    collected(&store, &subject).await;
    let listings = [
        (
            Modrinth,
            "2026-11-20T03:43Z",
            Outcome::Complete,
            vec![
                (pack(Modrinth, "known", "Known", 1_000), Found::Inside),
                (pack(Modrinth, "lost", "Lost", 500), Found::Inside),
                (pack(Modrinth, "once", "Once", 300), Found::NotInside),
            ],
        ),
        (
            Modrinth,
            "2026-11-21T03:43Z",
            Outcome::Complete,
            vec![
                (pack(Modrinth, "known", "Known", 1_250), Found::Inside),
                (pack(Modrinth, "lost", "Lost", 510), Found::NotInside),
                (pack(Modrinth, "new", "New", 50_000), Found::Inside),
            ],
        ),
        (
            Curseforge,
            "2026-11-21T03:44Z",
            Outcome::Complete,
            vec![(pack(Curseforge, "356103", "Told", 7_000), Found::Declared)],
        ),
        (Curseforge, "2026-11-22T03:44Z", Outcome::Failed, vec![]),
    ];
    for (platform, when, outcome, packs) in listings {
        list_modpacks(&store, &subject, platform, at(when), outcome, packs).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;

    let api = served.json(API).await;
    let known: Vec<_> = api["modpacks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let fields = [
                "id",
                "downloads_since_added",
                "state",
                "since",
                "known_since",
                "until",
            ];
            let downloads = it["downloads"]["value"].clone();
            (downloads, json!(fields.map(|name| it[name].clone())))
        })
        .collect();
    let (first, second) = ("2026-11-20T03:43:00Z", "2026-11-21T03:43:00Z");
    // The document was applied with the first run.
    let declared = "2026-11-20T03:12:00Z";
    assert_eq!(
        known,
        [
            (
                json!(50_000),
                json!(["new", 0, "current", second, false, null])
            ),
            (
                json!(7_000),
                json!(["356103", 0, "declared", declared, null, null])
            ),
            (
                json!(1_250),
                json!(["known", 250, "current", first, true, null])
            ),
            (
                json!(510),
                json!(["lost", null, "lost", first, null, second])
            ),
            (json!(300), json!(["once", null, "once", null, null, null])),
        ]
    );
    let figures = &api["figures"];
    let counts = [
        "current", "new_28d", "former", "lost", "lost_28d", "declared",
    ];
    assert_eq!(
        counts.map(|name| figures[name].as_i64().unwrap()),
        [2, 1, 2, 1, 1, 1]
    );
    assert_eq!(figures["downloads"]["value"], 51_250);
    let failed = json!({
        "platform": "curseforge", "project_id": "989797", "asked_at": "2026-11-22T03:44:00Z",
        "outcome": "failed", "complete_at": "2026-11-21T03:44:00Z",
    });
    assert_eq!(api["freshness"][1], failed);

    let all = section(&served, &format!("{PAGE}?state=all")).await;
    for told in [
        "<p class=\"big current\">2</p> <p class=\"muted small\">modpacks contain it today.</p>",
        "<p class=\"big downloads\">51,250</p> <p class=\"muted small\">together, as of \
         <time datetime=\"2026-11-21T03:43:00Z\">",
        "known of 2 of 2 modpacks",
        "<p class=\"big new\">1</p>",
        "<p class=\"big lost\">1</p>",
        "1 of them lost in the last 28 days",
        "<p class=\"big once\">1</p>",
        "<p class=\"big declared\">1</p>",
        "<li class=\"good\"><span class=\"source\">Modrinth</span> complete, \
         <time datetime=\"2026-11-21T03:43:00Z\">21 Nov 2026, 03:43 UTC</time>.</li>",
        "<li class=\"warning\"><span class=\"source\">CurseForge</span> failed, \
         <time datetime=\"2026-11-22T03:44:00Z\">22 Nov 2026, 03:44 UTC</time>; last complete \
         <time datetime=\"2026-11-21T03:44:00Z\">21 Nov 2026, 03:44 UTC</time>.</li>",
        "<a href=\"https://modrinth.example/known\" rel=\"noopener noreferrer nofollow\" \
         aria-label=\"Known on Modrinth\">Modrinth</a>",
        "<a href=\"/mods/default/create-nuclear/history?of=modpack:modrinth:known\"><bdi>Known</bdi></a>",
        "<td class=\"number\">1,250</td> <td class=\"number\">+250</td> <td class=\"when\">\
         <span class=\"muted\">known since</span> \
         <time datetime=\"2026-11-20T03:43:00Z\">20 Nov 2026</time></td> <td>contains it</td>",
        "<td>contains it, new</td>",
        "<td>declared, not verified</td>",
        "<time datetime=\"2026-11-21T03:43:00Z\">21 Nov 2026</time><span class=\"beside muted\">in it since \
         <time datetime=\"2026-11-20T03:43:00Z\">20 Nov 2026</time></span></td> <td>no longer</td>",
        "<td class=\"number\">–</td> <td class=\"when\">–</td> <td>in an older version</td>",
        "5 modpacks",
    ] {
        assert!(all.contains(told), "{told}\n{all}");
    }
    for (query, shown) in [
        ("", vec!["New", "Known"]),
        (
            "?state=all&sort=name",
            vec!["Known", "Lost", "New", "Once", "Told"],
        ),
        ("?state=new", vec!["New"]),
        ("?state=lost", vec!["Lost"]),
        ("?platform=curseforge", vec![]),
        ("?project=curseforge:989797&state=all", vec!["Told"]),
        ("?project=modrinth:createnuclear&state=declared", vec![]),
        ("?q=know", vec!["Known"]),
        ("?sort=since-added", vec!["Known", "New"]),
        ("?sort=since&order=asc", vec!["Known", "New"]),
    ] {
        let section = section(&served, &format!("{PAGE}{query}")).await;
        assert_eq!(names(&section), shown, "{query}");
    }
    for (query, ahead) in [
        (
            "",
            &["New Modrinth 50,000 100", "Known Modrinth 1,250 2.5"][..],
        ),
        (
            "?state=all&sort=name",
            &[
                "New Modrinth 50,000 100",
                "Told CurseForge 7,000 14",
                "Known Modrinth 1,250 2.5",
                "Lost Modrinth 510 1",
                "Once Modrinth 300 0.6",
            ],
        ),
        (
            "?project=curseforge:989797&state=all",
            &["Told CurseForge 7,000 100"],
        ),
        ("?q=know", &["Known Modrinth 1,250 100"]),
    ] {
        let section = section(&served, &format!("{PAGE}{query}")).await;
        assert_eq!(largest(&section), ahead, "{query}");
    }
    let none = section(&served, &format!("{PAGE}?q=nobody")).await;
    assert!(!none.contains("top-packs"), "{none}");
    let query = "?project=modrinth:createnuclear&sort=name&order=asc&limit=2";
    let two = served.json(&format!("{API}{query}")).await;
    let ids = |page: &serde_json::Value| -> Vec<String> {
        let packs = page["modpacks"].as_array().unwrap().iter();
        packs
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&two), ["known", "lost"]);
    assert_eq!(two["freshness"].as_array().unwrap().len(), 1);
    let next = two["next_after"].as_str().unwrap();
    let rest = served.json(&format!("{API}{query}&after={next}")).await;
    assert_eq!(ids(&rest), ["new", "once"]);
}

/// The packs that are ahead, each with its platform, its downloads and the length of its bar.
fn largest(section: &str) -> Vec<String> {
    let (_, list) = section.split_once("<ol class=\"ranking\">").unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    let rows = list.split("<li>").skip(1);
    let between = |row: &str, before: &str, after: &str| {
        let (_, rest) = row.split_once(before).unwrap();
        rest.split(after).next().unwrap().to_owned()
    };
    let told = |row: &str| {
        [
            between(row, "<bdi>", "<"),
            between(row, "<bdi class=\"muted\">", "<"),
            between(row, "<b>", "<"),
            between(row, "\" width=\"", "\""),
        ]
        .join(" ")
    };
    rows.map(told).collect()
}

/// The packs of a table, in its order.
fn names(section: &str) -> Vec<String> {
    let rows = section.split("<th scope=\"row\">").skip(1);
    let name = |row: &str| {
        let (_, name) = row.split_once("<bdi>").unwrap();
        name.split("</bdi>").next().unwrap().to_owned()
    };
    rows.map(name).collect()
}

#[tokio::test]
async fn what_was_never_listed_is_not_said_to_be_nothing() {
    let (store, _folder) = database().await;
    let subject = nuclear();
    collected(&store, &subject).await;
    let served = Served::start(StoreSlot::open(store.clone()), vec![]).await;
    assert!(!served.text(PAGE).await.contains("id=\"modpacks\""));
    assert_eq!(served.json(API).await["modpacks"], json!([]));

    for (when, outcome, words) in [
        ("2026-11-20T03:43Z", Outcome::Failed, "is not known yet"),
        (
            "2026-11-20T03:43Z",
            Outcome::Failed,
            "never complete so far",
        ),
        (
            "2026-11-21T03:43Z",
            Outcome::Complete,
            "<p class=\"big current\">0</p> <p class=\"muted small\">modpacks contain it today.",
        ),
        (
            "2026-11-21T03:43Z",
            Outcome::Complete,
            "CurseForge</span> not asked so far.",
        ),
    ] {
        let platform = Platform::Modrinth;
        list_modpacks(&store, &subject, platform, at(when), outcome, vec![]).await;
        let section = section(&served, PAGE).await;
        assert!(section.contains(words), "{words}\n{section}");
    }
}

#[tokio::test]
async fn of_many_modpacks_the_page_shows_the_first_and_the_way_to_the_rest() {
    let (store, _folder) = database().await;
    let subject = nuclear();
    collected(&store, &subject).await;
    let packs = (0..600).map(|number| {
        let found = match number % 10 {
            0 => Found::NotInside,
            _ => Found::Inside,
        };
        let name = format!("Pack {number}");
        (
            pack(Platform::Modrinth, &format!("p{number}"), &name, number),
            found,
        )
    });
    list_modpacks(
        &store,
        &subject,
        Platform::Modrinth,
        at("2026-11-21T03:43Z"),
        Outcome::Complete,
        packs.collect(),
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let first = section(&served, PAGE).await;
    assert!(first.contains("<p class=\"big current\">540</p>"));
    assert!(first.contains("540 modpacks") && first.contains(">Show all 540 modpacks</a>"));
    let shown = names(&first);
    assert_eq!((shown.len(), shown[0].as_str()), (50, "Pack 599"));
    assert_eq!(largest(&first).len(), 10);
    let all = section(&served, &format!("{PAGE}?packs=all")).await;
    assert_eq!(names(&all).len(), 540);
    let sorted =
        "href=\"/mods/default/create-nuclear/modpacks?sort=name&#38;packs=all#packs\">Modpack<";
    assert!(all.contains(sorted), "{all}");
    assert!(all.contains("<th scope=\"col\" class=\"number\" aria-sort=\"descending\">"));
    let api = served.json(&format!("{API}?limit=500")).await;
    assert_eq!(api["modpacks"].as_array().unwrap().len(), 500);
    let next = api["next_after"].as_str().unwrap();
    let rest = served.json(&format!("{API}?limit=500&after={next}")).await;
    assert_eq!(rest["modpacks"].as_array().unwrap().len(), 100);
    assert!(rest["next_after"].is_null());
}
