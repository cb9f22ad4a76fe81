//! Names that say which way the text after them runs, as a browser shows them: ours runs as ever.

#[path = "../../../dashboard/tests/hostile/write.rs"]
mod write;

use modstats_tests::{Window, browser};
use serde_json::json;

use crate::collecting::dashboard;
use crate::ground::Ground;
use crate::store::at;

/// Overrides, and ends of what nobody began.
const TURNING: [&str; 7] = [
    "\u{202e}gnp.exe",
    "x\u{2069}\u{202e}gnp.exe",
    "\u{2067}\u{2068}open",
    "\u{5d0}\u{2066}\u{202d}open",
    "x\u{2029}\u{202e}line",
    "x\u{2069}\u{202c}\u{5d0}",
    "שלום (1)",
];

/// What lies to the left of what it stands behind, on one line: a name and the text after it, or two
/// letters of a text of ours.
const TURNED: &str = r#"(() => {
  const range = document.createRange();
  const turned = [];
  const letter = (text, at) => {
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  };
  const compare = (one, other, told) => {
    const onOneLine = one.top < other.bottom && other.top < one.bottom;
    if (one.width && other.width && onOneLine && other.left < one.left) turned.push(told);
  };
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const letters = [...text.data.matchAll(/[A-Za-z0-9]/g)].map((it) => it.index);
    if (!letters.length || text.parentElement.closest("bdi, svg, option, [hidden]")) continue;
    const [first, last] = [letters.at(0), letters.at(-1)];
    for (const at of letters.slice(1)) {
      compare(letter(text, at - 1), letter(text, at), `within: ${text.data}`);
    }
    const [before, after] = [text.previousSibling, text.nextSibling];
    if (before?.nodeName === "BDI") {
      compare(before.getBoundingClientRect(), letter(text, first), `after: ${text.data}`);
    }
    if (after?.nodeName === "BDI") {
      compare(letter(text, last), after.getBoundingClientRect(), `before: ${text.data}`);
    }
  }
  return [document.querySelectorAll("main bdi").length > 5, turned];
})()"#;

#[tokio::test(flavor = "multi_thread")]
async fn no_name_turns_the_direction_of_the_text_around_it() {
    let ground = Ground::sqlite().await;
    write::write(&ground.store, &TURNING.map(str::to_owned)).await;
    let served = dashboard(&ground.store, at("2026-11-22T15:20:00Z")).await;
    let page = browser().await.page(Window::default()).await;
    let mut addresses = vec![format!("{served}/"), format!("{served}/runs")];
    for place in 0..TURNING.len() {
        let name = write::mod_name(place);
        for tab in ["", "/modrinth", "/modpacks", "/history"] {
            addresses.push(format!("{served}/mods/default/{name}{tab}"));
        }
    }
    for address in addresses {
        assert_eq!(page.goto(&address).await, 200);
        assert_eq!(page.eval(TURNED).await, json!([true, []]), "{address}");
    }
}
