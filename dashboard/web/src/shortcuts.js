// Letters that click what carries them, `/` to search, `?` for the list of them all.
//
// <a href="…" data-shortcut="t">Total</a>   listed by data-shortcut-name, else by its text
// <label>Find a mod <input type="search" data-search></label>   listed by its label
// <dialog data-shortcuts-list> with a <dl> that holds what the page itself lists

const list = document.querySelector("dialog[data-shortcuts-list]");
const search = document.querySelector("[data-search]");

function entry(key, name) {
  const [line, term, cap, text] = ["div", "dt", "kbd", "dd"].map((tag) => document.createElement(tag));
  cap.textContent = key;
  text.textContent = name;
  term.append(cap);
  line.append(term, text);
  return line;
}

// What the key does here.
function action(key) {
  if (key === "?") return list && (() => list.showModal());
  if (key === "/") return search && (() => search.focus());
  const element = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  return element && (() => element.click());
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  // Where letters are written they are letters, and a dialog has the keyboard to itself.
  if (target.closest("input, textarea, select, [contenteditable]") || list?.open) return;
  const act = action(key);
  if (act) {
    event.preventDefault();
    act();
  }
}

if (document.documentElement.dataset.shortcuts !== "off") {
  if (list) {
    const carriers = [...document.querySelectorAll("[data-shortcut]")];
    const entries = carriers.map(({ dataset, textContent }) =>
      entry(dataset.shortcut, dataset.shortcutName ?? textContent.trim()),
    );
    if (search) entries.push(entry("/", search.labels[0].textContent.trim()));
    list.querySelector("dl").prepend(...entries);
  }
  document.addEventListener("keydown", onKey);
}
