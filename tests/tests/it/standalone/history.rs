//! Back and forward: a page always shows what its address says, also in its forms, where browsers
//! like to put what was chosen before.

use modstats_tests::{Page, Window, browser};
use serde_json::Value;

use super::*;

/// An address, and what is chosen and told there.
#[derive(Debug, PartialEq)]
struct View {
    address: String,
    told: Value,
}

async fn view(page: &Page<'_>) -> View {
    let told = page
        .eval(
            "({
                chosen: [...document.querySelectorAll('main [aria-current]')].map((it) => it.textContent),
                filled: [...document.querySelectorAll('form :is(select, input)')].map((it) => [it.name, it.value, it.checked]),
                days: [...document.querySelectorAll('#figure-table tbody tr')].map((it) => it.dataset.from),
                found: [...document.querySelectorAll('.mod h2, .modpacks tbody th')].map((it) => it.textContent),
            })",
        )
        .await;
    let address = page.eval("location.href").await;
    View {
        address: address.as_str().unwrap().to_owned(),
        told,
    }
}

/// Submits the form that an element is in.
async fn submit(page: &Page<'_>, field: &str) {
    page.click(&format!("form:has({field}) button")).await;
}

/// Goes back to where it began, and forward to the end again.
async fn go_through(page: &Page<'_>, views: &[View]) {
    let (last, before) = views.split_last().unwrap();
    assert_eq!(view(page).await, *last);
    for earlier in before.iter().rev() {
        assert_eq!(page.back().await, earlier.address);
        assert_eq!(view(page).await, *earlier, "going back");
    }
    for later in &views[1..] {
        assert_eq!(page.forward().await, later.address);
        assert_eq!(view(page).await, *later, "going forward");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_the_address_says_back_and_forward() {
    let demo = Running::start(&["demo", "--listen", "127.0.0.1:0"], &[]).await;
    let page = browser().await.page(Window::default()).await;

    page.goto(&format!("{}/mods/default/quillhaven-gears", demo.origin))
        .await;
    let project = page
        .attribute("select[name=project] option:last-child", "value")
        .await
        .unwrap();
    let mut views = vec![view(&page).await];
    page.click(".periods [data-shortcut=q]").await;
    page.arrive("period=91d").await;
    views.push(view(&page).await);
    page.drag(".plot", 0.3, 0.7).await;
    page.arrive("period=custom").await;
    views.push(view(&page).await);
    page.choose("select[name=project]", &project).await;
    submit(&page, "select[name=project]").await;
    page.arrive("project=").await;
    views.push(view(&page).await);
    go_through(&page, &views).await;

    page.goto(&format!("{}/", demo.origin)).await;
    let mut views = vec![view(&page).await];
    page.choose("select[name=show]", "moving").await;
    // Where Playwright drives it, no page is kept whole: it is only told that it was.
    page.eval("void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        .await;
    assert_eq!(view(&page).await, views[0], "shown again");
    page.choose("select[name=show]", "moving").await;
    submit(&page, "select[name=show]").await;
    page.arrive("show=moving").await;
    views.push(view(&page).await);
    page.choose("select[name=sort]", "name").await;
    submit(&page, "select[name=sort]").await;
    page.arrive("sort=name").await;
    views.push(view(&page).await);
    go_through(&page, &views).await;

    assert_eq!(page.errors().await, Vec::<String>::new());
}
