//! Every page as every reader meets it: in English and French, light and dark, on a phone and on a
//! desk, with and without JavaScript. `MODSTATS_SOAK=1` looks at every page in all sixteen ways,
//! otherwise at each in two that are opposite in everything: so each page is seen in every language,
//! theme, size and with and without a script.

use futures::StreamExt;
use modstats_tests::{Theme, Window, browser, soak};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// So many pages are looked at beside each other.
const AT_ONCE: usize = 4;
/// Between the pieces of an answer on a slow line: longer than a browser waits to draw what it has.
const PAUSE: Duration = Duration::from_millis(80);
const MOD: &str = "/mods/default/quillhaven-gears";

/// A page and the status that it answers.
struct Shown {
    path: String,
    status: u16,
}

async fn pages(demo: &Running) -> Vec<Shown> {
    let api = format!("/api/v1{MOD}");
    let versions = demo.json(&format!("{api}/versions?limit=1")).await;
    let version = versions["versions"][0]["id"].as_str().unwrap().to_owned();
    let platform = versions["versions"][0]["platform"].as_str().unwrap();
    let packs = demo.json(&format!("{api}/modpacks?limit=1")).await;
    let pack = packs["modpacks"][0]["id"].as_str().unwrap();
    let shown = |status| move |path: String| Shown { path, status };
    let whole = [
        "/".to_owned(),
        "/?q=gears&show=moving&sort=name".to_owned(),
        "/?q=nothing-is-called-so".to_owned(),
        MOD.to_owned(),
        format!("{MOD}?period=48h&compare=none&chart=total"),
        format!("{MOD}?period=since&version={platform}:{version}&compare=none"),
        "/kiosk/default/quillhaven-gears".to_owned(),
        format!("{MOD}/modrinth"),
        format!("{MOD}/curseforge?period=12mo&by=loader&versions=all"),
        format!("{MOD}/modpacks"),
        format!("{MOD}/modpacks?state=all&packs=all"),
        format!("{MOD}/history"),
        format!("{MOD}/history?by=week&chart=growth&trend=yes&metric=followers"),
        format!("{MOD}/history?of=version:{platform}:{version}"),
        format!("{MOD}/history?of=modpack:modrinth:{pack}"),
        "/compare".to_owned(),
        "/compare?item=mod:default/quillhaven-gears&item=mod:default/brambleway-roads".to_owned(),
        "/runs".to_owned(),
        "/api".to_owned(),
    ];
    let broken = [
        ("/nowhere", 404),
        ("/mods/default/none", 404),
        ("/?sort=taste", 400),
    ];
    let broken = broken.map(|(path, status)| shown(status)(path.to_owned()));
    whole.map(shown(200)).into_iter().chain(broken).collect()
}

/// All ways to look at a page; each one and its place from the end are opposite in everything.
fn ways() -> Vec<Window> {
    let mut ways = Vec::new();
    for number in 0..16 {
        let is = |bit: u8| number & bit != 0;
        let (width, height) = if is(1) { (320, 640) } else { (1280, 900) };
        ways.push(Window {
            width,
            height,
            theme: if is(2) { Theme::Dark } else { Theme::Light },
            javascript: !is(4),
            language: if is(8) { "fr-FR" } else { "en-US" },
        });
    }
    ways
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_for_every_reader() {
    let demo = Running::start(&["demo", "--listen", "127.0.0.1:0"], &[]).await;
    let ways = ways();
    let pages = pages(&demo).await;
    let mut looks = Vec::new();
    for (place, shown) in pages.iter().enumerate() {
        // Five is prime to the eight pairs: they take turns in no order that a page could follow.
        let pair = place * 5 % 8;
        let looked = |way: &usize| soak() || *way == pair || *way == 15 - pair;
        looks.extend((0..ways.len()).filter(looked).map(|way| (shown, ways[way])));
    }
    let wrong: Vec<String> = futures::stream::iter(looks)
        .map(async |(shown, way)| {
            let faults = look(&demo, shown, way).await;
            let told = faults
                .iter()
                .map(|it| format!("{} {way:?}: {it}", shown.path));
            told.collect::<Vec<String>>()
        })
        .buffer_unordered(AT_ONCE)
        .concat()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_page_arrives() {
    let demo = Running::start(&["demo", "--listen", "127.0.0.1:0"], &[]).await;
    let origin = slow_line_to(demo.origin.trim_start_matches("http://").to_owned()).await;
    let page = browser().await.page(Window::default()).await;
    for path in ["/runs", "/api", MOD] {
        page.goto(&format!("{origin}{path}")).await;
        let moved = moved(&page).await;
        assert_eq!(moved, 0, "{path} by a slow line");
    }
}

/// Hands on every answer in small pieces.
async fn slow_line_to(dashboard: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut browser, _) = listener.accept().await.unwrap();
            let dashboard = dashboard.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 8_192];
                let length = browser.read(&mut request).await?;
                let request = String::from_utf8_lossy(&request[..length]);
                let mut server = TcpStream::connect(dashboard).await?;
                // So the answer has an end, and its pieces are pieces of the page.
                let request = request.replace("keep-alive", "close");
                let request = request.replace("gzip", "identity");
                server.write_all(request.as_bytes()).await?;
                let mut piece = [0; 3_000];
                loop {
                    match server.read(&mut piece).await? {
                        0 => return browser.shutdown().await,
                        length => browser.write_all(&piece[..length]).await?,
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
    });
    origin
}

/// A page whose own scripts don't load, for what needs timers, which never come without JavaScript.
async fn without_its_scripts(url: &str, way: Window) -> Page<'static> {
    let window = Window {
        javascript: true,
        ..way
    };
    let page = browser().await.page(window).await;
    page.block("**/assets/*.js").await;
    page.goto(url).await;
    let errors = page.errors().await;
    let is_blocked = errors.iter().any(|it| it.contains("ERR_FAILED"));
    assert!(is_blocked, "{url} loads its scripts: {errors:?}");
    page
}

/// What is wrong with a page, looked at in one way.
async fn look(demo: &Running, shown: &Shown, way: Window) -> Vec<String> {
    let url = format!("{}{}", demo.origin, shown.path);
    let page = browser().await.page(way).await;
    let status = page.goto(&url).await;
    let other = match way.javascript {
        true => None,
        false => Some(without_its_scripts(&url, way).await),
    };
    let with_timers = other.as_ref().unwrap_or(&page);
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    must(status == shown.status, format!("answers {status}"));
    let moved = moved(with_timers).await;
    let seen = page
        .eval(
            "({
                wider: document.documentElement.scrollWidth - innerWidth,
                language: document.documentElement.lang,
                ground: getComputedStyle(document.body).backgroundColor,
            })",
        )
        .await;
    must(moved == 0, format!("moved by {moved}"));
    let wider = seen["wider"].as_i64().unwrap();
    must(wider <= 0, format!("scrolls sideways by {wider} px"));
    let language = seen["language"].as_str().unwrap();
    must(way.language.starts_with(language), format!("in {language}"));
    let ground = seen["ground"].as_str().unwrap();
    let is_dark = ground.trim_start_matches("rgb(").starts_with(['1', '2']) && ground.len() < 16;
    let dark = matches!(way.theme, Theme::Dark);
    must(is_dark == dark, format!("on a ground of {ground}"));
    let outside = page.requests_outside(&demo.origin).await;
    must(outside.is_empty(), format!("asks others: {outside:?}"));
    // That a page answers 404 or 400 is an error to the console.
    let told = |error: &String| !(shown.status != 200 && error.contains("status of"));
    let errors: Vec<_> = page.errors().await.into_iter().filter(told).collect();
    must(errors.is_empty(), format!("console: {errors:?}"));
    let violations = with_timers.violations().await;
    must(violations.is_empty(), format!("barriers: {violations:?}"));
    // Portrait A4 between our margins.
    page.print(688).await;
    let printed = page
        .eval(
            "({
                wider: document.documentElement.scrollWidth - innerWidth,
                ground: getComputedStyle(document.body).backgroundColor,
                useless: [...document.querySelectorAll('nav:not(:has(.addresses)), form, button, select, summary')]
                    .filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 80)),
                heading: document.querySelector('h1').checkVisibility(),
            })",
        )
        .await;
    let paper = serde_json::json!({
        "wider": 0, "ground": "rgb(255, 255, 255)", "useless": [], "heading": true,
    });
    must(printed == paper, format!("on paper: {printed}"));
    wrong
}
