//! The reader's language, theme and time zone.

use modstats_store::model::Platform;
use reqwest::{Response, StatusCode};

use crate::pages::nuclear;
use crate::seed::{at, collect};
use crate::{Served, StoreSlot, database};

const PAGES: [&str; 4] = ["/", "/mods/default/create-nuclear", "/runs", "/nowhere"];

/// A dashboard with one mod; the folder lives as long as it.
async fn served(base: &str) -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    let now = at("2026-11-22T03:12Z");
    collect(&store, &nuclear(), Platform::Modrinth, now, 1_234, vec![]).await;
    let path = base.parse().unwrap();
    let served = Served::start_with(StoreSlot::open(store), None, |settings| {
        settings.base_path = path;
    })
    .await;
    (served, folder)
}

impl Served {
    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn prefer(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.post(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let form = form.to_owned();
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap()
    }
}

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let (served, _folder) = served("").await;
    for path in PAGES {
        for (headers, start) in [
            (vec![], "<html lang=\"en\""),
            (
                vec![("accept-language", "fr-CA,en;q=0.8")],
                "<html lang=\"fr\"",
            ),
            (
                vec![("accept-language", "fr"), ("cookie", "lang=en")],
                "<html lang=\"en\"",
            ),
            (vec![("cookie", "a=b; lang=fr")], "<html lang=\"fr\""),
        ] {
            let page = served.get_with(path, &headers).await.text().await.unwrap();
            assert!(page.contains(start), "{path} {headers:?}\n{page}");
        }
    }
    let french = [("cookie", "lang=fr; zone=Asia/Tokyo")];
    let page = served
        .get_with(PAGES[1], &french)
        .await
        .text()
        .await
        .unwrap();
    for told in [
        "téléchargements au <time datetime=\"2026-11-22T03:12:00Z\">22 nov. 2026 à 12:12 JST</time>",
        "1\u{202f}234",
        "Tous les jours sont des jours UTC.",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

#[tokio::test]
async fn a_cached_page_is_for_readers_with_the_same_preferences_only() {
    let (served, _folder) = served("").await;
    let mut etags = std::collections::BTreeSet::new();
    for _ in 0..2 {
        for cookie in [
            "lang=en",
            "lang=fr",
            "lang=fr; theme=dark",
            "lang=fr; zone=Asia/Tokyo",
            "lang=fr; shortcuts=off",
        ] {
            let page = served.get_with(PAGES[1], &[("cookie", cookie)]).await;
            assert_eq!(
                page.headers()["vary"],
                "Cookie, Accept-Language, Accept-Encoding"
            );
            etags.insert(page.headers()["etag"].to_str().unwrap().to_owned());
            let text = page.text().await.unwrap();
            for choice in cookie.split("; ") {
                let told = match choice.split_once('=').unwrap() {
                    ("lang", code) => format!("<html lang=\"{code}\""),
                    ("shortcuts", _) => "data-shortcuts=\"off\"".to_owned(),
                    (name, value) => format!("data-{name}=\"{value}\""),
                };
                assert!(text.contains(&told), "{cookie}\n{text}");
            }
        }
    }
    assert_eq!(etags.len(), 5);
    let api = served
        .get_with("/api/v1/mods", &[("cookie", "lang=fr")])
        .await;
    assert_eq!(
        api.headers()["vary"],
        "Accept-Encoding",
        "it says the same to all"
    );
}

#[tokio::test]
async fn a_form_keeps_a_choice_and_leads_back() {
    let (served, _folder) = served("/stats").await;
    let form = "lang=fr&theme=dark&zone=tokyo&shortcuts=off&back=%2Fstats%2Fruns%3Fbefore%3D9";
    let reply = served.prefer("/stats/preferences", form, &[OWN]).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER);
    assert_eq!(reply.headers()["location"], "/stats/runs?before=9");
    assert_eq!(reply.headers()["cache-control"], "no-store");
    let cookies: Vec<&str> = reply
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|it| it.to_str().unwrap())
        .collect();
    let rest = "Path=/stats; Max-Age=31536000; SameSite=Lax; HttpOnly";
    assert_eq!(
        cookies,
        ["lang=fr", "theme=dark", "zone=Asia/Tokyo", "shortcuts=off"]
            .map(|it| format!("{it}; {rest}"))
    );
    let kept: Vec<&str> = cookies
        .iter()
        .map(|it| it.split(';').next().unwrap())
        .collect();
    let page = served
        .get_with("/stats/", &[("cookie", &kept.join("; "))])
        .await;
    let page = page.text().await.unwrap();
    assert!(
        page.contains("<html lang=\"fr\" data-theme=\"dark\" data-zone=\"Asia/Tokyo\""),
        "{page}"
    );
    assert!(
        page.contains("method=\"post\" action=\"/stats/preferences\""),
        "{page}"
    );
}

#[tokio::test]
async fn preferences_are_changed_by_own_pages_and_small_forms_only() {
    let (served, _folder) = served("").await;
    let origin = format!("http://{}", served.address);
    let with = |name, value| vec![(name, value)];
    for (status, headers) in [
        (303, with("origin", origin.as_str())),
        (403, with("origin", "http://evil.example")),
        (403, with("sec-fetch-site", "cross-site")),
        (403, vec![]),
    ] {
        let reply = served.prefer("/preferences", "theme=dark", &headers).await;
        assert_eq!(reply.status(), status, "{headers:?}");
        let kept = reply.headers().contains_key("set-cookie");
        assert_eq!(kept, status == 303, "{headers:?}");
    }
    for (status, form) in [
        (303, "unknown=1".to_owned()),
        (303, "theme=light&back=//evil.example".to_owned()),
        (400, "zone=Mars".to_owned()),
        (400, "lang=fr&theme=<script>".to_owned()),
        (413, format!("theme=dark&x={}", "x".repeat(17_000))),
    ] {
        let reply = served.prefer("/preferences", &form, &[OWN]).await;
        assert_eq!(reply.status(), status, "{form}");
        match status {
            303 => assert_eq!(reply.headers()["location"], "/"),
            _ => assert!(!reply.headers().contains_key("set-cookie")),
        }
        let page = reply.text().await.unwrap();
        assert!(!page.contains("<script>"), "{page}");
        assert_eq!(status == 400, page.contains("can’t be “"), "{page}");
    }
    let asked = served.get("/preferences").await;
    assert_eq!(
        (asked.status().as_u16(), &asked.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
}
