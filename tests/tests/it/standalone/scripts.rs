//! What the pages' scripts add, in a browser, on the demo's pages.

use modstats_tests::{Page, Window, browser};
use serde_json::Value;

use super::*;

const MOD: &str = "/mods/default/quillhaven-gears";

/// The row that the cursor is on, by what is said of it.
async fn said(page: &Page<'_>) -> String {
    let said = page.text(".plot .read-aloud").await;
    said.split('.').next().unwrap().to_owned()
}

/// The days of the table from the oldest on.
async fn days(page: &Page<'_>) -> Vec<String> {
    let days = page
        .eval("[...document.querySelectorAll('#figure-table tbody tr')].map(row => row.dataset.from).reverse()")
        .await;
    serde_json::from_value(days).unwrap()
}

/// The same days as people read them.
async fn names(page: &Page<'_>) -> Vec<String> {
    let names = page
        .eval("[...document.querySelectorAll('#figure-table tbody th')].map(row => row.textContent.trim()).reverse()")
        .await;
    serde_json::from_value(names).unwrap()
}

async fn focus(page: &Page<'_>, selector: &str) {
    let focus = format!("document.querySelector('{selector}').focus({{ focusVisible: true }})");
    page.eval(&focus).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_a_page_and_a_visit_can_be_explored_by_keyboard_and_by_pointer() {
    let demo = Running::start(&["demo", "--listen", "127.0.0.1:0"], &[]).await;
    let address = format!("{}{MOD}", demo.origin);
    let page = browser().await.page(Window::default()).await;
    page.goto(&address).await;

    // The cursor, from the newest day.
    let (all, names) = (days(&page).await, names(&page).await);
    let newest = all.len() - 1;
    focus(&page, ".plot").await;
    for (key, index) in [
        ("ArrowLeft", newest - 1),
        ("PageUp", newest - 8),
        ("ArrowRight", newest - 7),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("PageDown", 7),
        ("End", newest),
    ] {
        page.press(key).await;
        assert_eq!(said(&page).await, names[index], "after {key}");
        assert_eq!(page.text(".tip caption").await, names[index], "after {key}");
    }
    assert!(
        page.violations().await.is_empty(),
        "{:?}",
        page.violations().await
    );
    page.press("Escape").await;
    assert_eq!(page.text(".plot .read-aloud").await, "");

    // A range.
    for key in [
        "End",
        "ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Enter",
    ] {
        page.press(key).await;
    }
    let zoomed = page.arrive("period=custom").await;
    let wanted = format!("from={}&to={}", all[newest - 3], all[newest - 1]);
    assert!(zoomed.contains(&wanted), "{zoomed} has no {wanted}");
    assert_eq!(days(&page).await, all[newest - 3..newest]);
    page.goto(&address).await;
    page.drag(".plot", 0.3, 0.7).await;
    let dragged = page.arrive("period=custom").await;
    let inner = days(&page).await;
    assert!(
        inner.len() > 7 && inner.len() < newest,
        "{dragged}: {inner:?}"
    );

    // Letters.
    page.goto(&address).await;
    page.press("?").await;
    let keys = page.text("dialog[open] dl").await;
    for key in ["Total", "Growth", "28 days", "These keys"] {
        assert!(keys.contains(key), "{keys:?} lacks {key}");
    }
    assert!(
        page.violations().await.is_empty(),
        "{:?}",
        page.violations().await
    );
    // They are the dialog's until it is closed.
    page.press("t").await;
    page.press("Escape").await;
    assert_eq!(
        page.eval("document.querySelector('dialog').open").await,
        false
    );
    assert_eq!(page.eval("location.search").await, "");
    page.press("Control+t").await;
    page.press("t").await;
    page.arrive("chart=total").await;

    // Visits.
    let change = "document.querySelector('.card [data-visit-change]')";
    let shown = format!("getComputedStyle({change}).visibility");
    page.goto(&address).await;
    assert_eq!(page.eval(&shown).await, "hidden", "within the first visit");
    page.eval(
        "(() => {
            const memory = JSON.parse(localStorage.getItem('modstats-visit'));
            memory.seen -= 31 * 60 * 1000;
            for (const key in memory.now) memory.now[key] -= 1234;
            localStorage.setItem('modstats-visit', JSON.stringify(memory));
        })()",
    )
    .await;
    for view in ["the first", "a later"] {
        page.goto(&address).await;
        assert_eq!(page.eval(&shown).await, "visible", "{view} view");
        let text = page.eval(&format!("{change}.textContent")).await;
        assert_eq!(text, "+1,234", "{view} view");
    }

    // Every reading on a canvas, whose script is loaded when it is asked for.
    page.goto(&address).await;
    let chunks =
        "performance.getEntriesByType('resource').filter(it => it.name.includes('/chunk-')).length";
    assert_eq!(page.eval(chunks).await, 0);
    page.eval("document.querySelector('.explore button').click()")
        .await;
    page.eval("new Promise(done => { const look = () => document.querySelector('.explore canvas') ? done() : setTimeout(look, 50); look(); })").await;
    assert_eq!(page.eval(chunks).await, 1);
    for key in ["End", "ArrowLeft", "+", "+", "Home"] {
        page.press(key).await;
        let said = page.text(".explore .read-aloud").await;
        let told = said.contains("Modrinth ") && said.contains("CurseForge ");
        assert!(told, "after {key}: {said:?}");
    }
    assert!(
        page.violations().await.is_empty(),
        "{:?}",
        page.violations().await
    );

    assert_eq!(page.errors().await, Vec::<String>::new());
    let outside = page.requests_outside(&demo.origin).await;
    assert_eq!(outside, Vec::<String>::new());
    help_says_what_every_key_does(&demo).await;
    nothing_moves(&demo).await;
}

async fn help_says_what_every_key_does(demo: &Running) {
    let page = browser().await.page(Window::default()).await;
    for path in ["/", &format!("{MOD}/modpacks")] {
        page.goto(&format!("{}{path}", demo.origin)).await;
        page.press("?").await;
        let listed = page
            .eval(
                "[...document.querySelectorAll('dialog[open] dl div')]
                    .map(({ children: [key, does] }) => [key.textContent, does.textContent])",
            )
            .await;
        let listed: Vec<[String; 2]> = serde_json::from_value(listed).unwrap();
        let has_search = listed.contains(&["/", "Search"].map(str::to_owned));
        let is_filled = listed.iter().flatten().all(|text| !text.is_empty());
        assert!(has_search && is_filled, "{path}: {listed:?}");
    }
}

async fn nothing_moves(demo: &Running) {
    for (width, height) in [(320, 640), (1280, 800)] {
        let window = Window {
            width,
            height,
            ..Window::default()
        };
        let page = browser().await.page(window).await;
        for path in ["/", MOD] {
            page.goto(&format!("{}{path}", demo.origin)).await;
            let moved = moved(&page).await;
            assert_eq!(moved, 0, "{path} at {width} px");
            let wider = page
                .eval("document.documentElement.scrollWidth > innerWidth")
                .await;
            assert_eq!(wider, Value::Bool(false), "{path} at {width} px");
        }
    }
}
