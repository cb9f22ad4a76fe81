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
    let (_, section) = page.split_once("id=\"modpacks\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
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
    assert_eq!(
        ["current", "former", "declared"].map(|name| figures[name].as_i64().unwrap()),
        [2, 2, 1]
    );
    assert_eq!(figures["downloads"]["value"], 51_250);
    let failed = json!({
        "platform": "curseforge", "project_id": "989797", "asked_at": "2026-11-22T03:44:00Z",
        "outcome": "failed", "complete_at": "2026-11-21T03:44:00Z",
    });
    assert_eq!(api["freshness"][1], failed);

    let all = section(&served, PAGE).await;
    for told in [
        "<strong class=\"current\">2</strong> modpacks contain it today, with \
         <strong class=\"downloads\">51,250</strong> downloads together",
        "<strong class=\"former\">2</strong> more contained it once.",
        "<strong class=\"declared\">1</strong> is declared, not verified.",
        "<li class=\"good\"><span class=\"source\">Modrinth</span> complete, \
         <time datetime=\"2026-11-21T03:43:00Z\">21 Nov 2026, 03:43 UTC</time>.</li>",
        "<li class=\"warning\"><span class=\"source\">CurseForge</span> failed, \
         <time datetime=\"2026-11-22T03:44:00Z\">22 Nov 2026, 03:44 UTC</time>; last complete \
         <time datetime=\"2026-11-21T03:44:00Z\">21 Nov 2026, 03:44 UTC</time>.</li>",
        "href=\"https://modrinth.example/known\" rel=\"noopener noreferrer nofollow\">",
        "<td class=\"number\">1,250</td> <td class=\"number\">+250</td> <td class=\"when\">\
         <span class=\"muted\">known since</span> \
         <time datetime=\"2026-11-20T03:43:00Z\">20 Nov 2026</time></td>",
        "<td class=\"when\">declared, not verified</td>",
        "lost on <time datetime=\"2026-11-21T03:43:00Z\">21 Nov 2026</time>",
        "<td class=\"number\">–</td> <td class=\"when\">–</td> <td class=\"when\">once contained it",
    ] {
        assert!(all.contains(told), "{told}\n{all}");
    }
    let (present, former) = all.split_once("<details>").unwrap();
    assert_eq!(present.matches("<th scope=\"row\">").count(), 3);
    assert_eq!(former.matches("<th scope=\"row\">").count(), 2);

    let curseforge = section(&served, &format!("{PAGE}?platform=curseforge")).await;
    assert!(!curseforge.contains(">Known<") && curseforge.contains(">Told<"));
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
            ">0</strong> modpacks contain it today.",
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
async fn of_many_modpacks_the_page_shows_the_first_and_names_the_rest() {
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
    let section = section(&served, PAGE).await;
    assert!(section.contains("<strong class=\"current\">540</strong>"));
    assert!(section.contains("490 more have fewer downloads. <a href=\"/api/v1/mods/"));
    assert!(section.contains("10 more have fewer downloads."));
    assert_eq!(section.matches("<th scope=\"row\">").count(), 100);
    assert!(section.contains("Pack 599") && !section.contains("Pack 1<"));
    let api = served.json(&format!("{API}?limit=500")).await;
    assert_eq!(api["modpacks"].as_array().unwrap().len(), 500);
    let next = api["next_after"].as_str().unwrap();
    let rest = served.json(&format!("{API}?limit=500&after={next}")).await;
    assert_eq!(rest["modpacks"].as_array().unwrap().len(), 100);
    assert!(rest["next_after"].is_null());
}
