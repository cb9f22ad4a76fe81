//! A screen that everybody walks past, in a browser.

use std::time::Duration;

use modstats_store::model::Observations;
use modstats_tests::{Page, Window, browser, eventually};
use serde_json::json;

use crate::collecting::dashboard;
use crate::ground::Ground;
use crate::store::{at, collect, observed};

async fn collected(ground: &Ground, hour: &str, downloads: i64) {
    let asked_at = at(&format!("2026-11-22T{hour}:12:00Z"));
    let observations = Observations {
        projects: vec![observed("A", asked_at, downloads)],
        ..Default::default()
    };
    collect(&ground.store, "a", observations).await;
}

async fn until(page: &Page<'_>, what: &str, expression: &str) {
    eventually(Duration::from_secs(60), what, async || {
        let told = page.eval(expression).await;
        (told == json!(true)).then_some(()).ok_or(told)
    })
    .await;
}

/// The browser says that the network is back: then it looks at once, and not after minutes.
async fn look(page: &Page<'_>, times: usize) {
    page.eval("void dispatchEvent(new Event('online'))").await;
    let looked = format!(
        "performance.getEntriesByType('resource').filter((it) => it.initiatorType === 'fetch').length === {times}"
    );
    until(page, "a look", &looked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_shows_by_itself_and_an_outage_is_outlasted() {
    let ground = Ground::sqlite().await;
    collected(&ground, "03", 1_234).await;
    let served = dashboard(&ground.store, at("2026-11-22T15:20:00Z")).await;
    let page = browser().await.page(Window::default()).await;
    assert_eq!(page.goto(&format!("{served}/kiosk/default/a")).await, 200);
    assert_eq!(page.text(".big").await, "1,234");
    page.eval("void (window.isTheSame = true)").await;
    // The first look was the page's own.
    look(&page, 2).await;
    assert_eq!(page.eval("isTheSame").await, json!(true), "nothing is new");

    collected(&ground, "09", 5_678).await;
    page.eval("void dispatchEvent(new Event('online'))").await;
    until(
        &page,
        "what is new",
        "document.querySelector('.big')?.textContent === '5,678'",
    )
    .await;

    let away = "void (() => {
      window.isTheSame = true;
      const { fetch } = window;
      window.fetch = () => Promise.reject();
      dispatchEvent(new Event('online'));
      window.fetch = fetch;
    })()";
    until(
        &page,
        "the page's own look",
        "performance.getEntriesByType('resource').some((it) => it.initiatorType === 'fetch')",
    )
    .await;
    page.eval(away).await;
    page.eval("void dispatchEvent(new Event('online'))").await;
    until(
        &page,
        "a new page after an outage",
        "window.isTheSame === undefined",
    )
    .await;
}
