// How figures have changed since the reader's last visit, as far as this browser remembers.
//
// <p data-visit-key="downloads default/some-mod" data-visit-value="1234">
//   <b data-visit-change></b> since your last visit</p>

const NAME = "modstats-visit";
// A visit ends when no page was viewed for so long.
const PAUSE = 30 * 60 * 1000;

// `seen`: the last view of a page. `now`: the figures as this visit has seen them; `then`: as the
// visits before have.
function remembered() {
  try {
    const { seen, now, then } = JSON.parse(localStorage.getItem(NAME));
    return Date.now() - seen > PAUSE ? { now: {}, then: { ...then, ...now } } : { now, then };
  } catch {
    // Nothing yet, or nothing may be kept.
    return { now: {}, then: {} };
  }
}

function remember(memory) {
  try {
    localStorage.setItem(NAME, JSON.stringify({ seen: Date.now(), ...memory }));
  } catch {
    // Then every visit is the first.
  }
}

const { now, then } = remembered();
const format = new Intl.NumberFormat(document.documentElement.lang, { signDisplay: "exceptZero" });
for (const element of document.querySelectorAll("[data-visit-key][data-visit-value]")) {
  const { visitKey: key, visitValue: value } = element.dataset;
  now[key] = Number(value);
  if (Number.isFinite(then[key])) {
    element.querySelector("[data-visit-change]").textContent = format.format(now[key] - then[key]);
    element.dataset.visitKnown = "";
  }
}
remember({ now, then });
