//! A screen that everybody walks past, in a browser.

use modstats_store::model::Observations;
use modstats_tests::{Page, Window, browser};
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

/// The browser says that the network is back: then it looks at once, and not after minutes.
const BACK: &str = "void dispatchEvent(new Event('online'))";

const AWAY: &str = "void (() => {
  const { fetch } = window;
  window.fetch = () => Promise.reject();
  dispatchEvent(new Event('online'));
  window.fetch = fetch;
})()";

/// Until it has looked so often.
async fn looked(page: &Page<'_>, times: usize) {
    let looks =
        "performance.getEntriesByType('resource').filter((it) => it.initiatorType === 'fetch')";
    page.holds(&format!("{looks}.length === {times}")).await;
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
    // The first look is the page's own.
    looked(&page, 1).await;
    page.eval(BACK).await;
    looked(&page, 2).await;
    assert_eq!(page.eval("isTheSame").await, json!(true), "nothing is new");

    collected(&ground, "09", 5_678).await;
    page.eval(BACK).await;
    page.holds("document.querySelector('.big')?.textContent === '5,678'")
        .await;

    looked(&page, 1).await;
    page.eval("void (window.isTheSame = true)").await;
    page.eval(AWAY).await;
    page.eval(BACK).await;
    page.holds("window.isTheSame === undefined").await;
}
