// A cursor over a chart, by pointer and by keyboard, and a range to look at more closely.
//
// <div class="plot" data-chart="ID of the table" data-how="ID of the help" data-name="…">
//   <svg class="chart wide" data-from data-to data-frame="left right">, and the narrow one</div>
// <p class="how" id>what can be done</p>
// <table id> has a row per step: <tr data-from="2026-11-01" data-to="2026-11-07">

import { sentence, tip } from "./table.js";

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;

// The steps of a chart in the order of time. A day is meant with its whole length; a row without an
// end is an instant.
function stepsOf(table) {
  const steps = [...table.tBodies[0].rows].map((row) => {
    const { from, to } = row.dataset;
    const start = Date.parse(from);
    return { row, from, to, start, end: to ? Date.parse(to) + DAY : start };
  });
  return steps.sort((one, other) => one.start - other.start);
}

// How time lies on the drawing that is shown, in shares of its width.
function scaleOf(plot) {
  const svg = [...plot.querySelectorAll("svg")].find((it) => it.getClientRects().length);
  const [left, right] = svg.dataset.frame.split(" ").map((x) => x / svg.viewBox.baseVal.width);
  const [from, to] = [svg.dataset.from, svg.dataset.to].map(Date.parse);
  return {
    share: (time) => left + ((time - from) / (to - from)) * (right - left),
    time: (share) => from + ((share - left) / (right - left)) * (to - from),
  };
}

function explore(plot) {
  const steps = stepsOf(document.getElementById(plot.dataset.chart));
  const last = steps.length - 1;
  const layer = (name) => {
    const element = document.createElement("div");
    element.className = name;
    element.hidden = true;
    element.setAttribute("aria-hidden", "true");
    plot.append(element);
    return element;
  };
  const [range, day, box] = ["range", "day", "tip"].map(layer);
  const status = document.createElement("p");
  status.className = "read-aloud";
  status.setAttribute("role", "status");
  plot.append(status);

  // The step under the cursor, and where a range began.
  let at;
  let anchor;

  const clamp = (index) => Math.min(Math.max(index, 0), last);
  const stepAt = (time) => clamp(steps.findLastIndex(({ start }) => start <= time));
  const ends = () => [steps[Math.min(at, anchor)], steps[Math.max(at, anchor)]];

  function lay(element, start, end) {
    const { share } = scaleOf(plot);
    element.style.left = `${share(start) * 100}%`;
    element.style.width = `${(share(end) - share(start)) * 100}%`;
    element.hidden = false;
  }

  function clear() {
    at = anchor = undefined;
    range.hidden = day.hidden = box.hidden = true;
    status.textContent = "";
  }

  function show(index) {
    at = index;
    const { row, start, end } = steps[at];
    lay(day, start, end);
    range.hidden = anchor === undefined;
    if (!range.hidden) {
      const [first, final] = ends();
      lay(range, first.start, final.end);
    }
    box.replaceChildren(...tip(row));
    box.hidden = false;
    // Beside the step, on the side that has more room.
    const [left, width] = [day.offsetLeft, day.offsetWidth];
    const place = left + width / 2 < plot.clientWidth / 2 ? left + width + 12 : left - box.offsetWidth - 12;
    box.style.left = `${Math.max(0, Math.min(place, plot.clientWidth - box.offsetWidth))}px`;
  }

  const spanned = () => ends().map(({ row }) => row.cells[0].textContent).join(" – ");

  function zoom() {
    const [first, final] = ends();
    clear();
    const address = new URL(location);
    const { searchParams: query } = address;
    query.delete("version");
    query.set("period", "custom");
    query.set("from", first.from.slice(0, 10));
    query.set("to", (final.to ?? final.from).slice(0, 10));
    location.assign(address);
  }

  const moves = {
    ArrowLeft: () => at - 1,
    ArrowRight: () => at + 1,
    PageUp: () => Math.min(at - 1, stepAt(steps[at].start - WEEK)),
    PageDown: () => Math.max(at + 1, stepAt(steps[at].start + WEEK)),
    Home: () => 0,
    End: () => last,
  };

  function onKey(event) {
    const { key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Enter" && anchor !== undefined) zoom();
    else if (key === "Escape" && at !== undefined) clear();
    else if (Object.hasOwn(moves, key)) {
      at ??= last;
      anchor = shiftKey ? (anchor ?? at) : undefined;
      show(clamp(moves[key]()));
      status.textContent = anchor === undefined ? sentence(steps[at].row) : spanned();
    } else return;
    event.preventDefault();
  }

  function onPointer({ type, pointerType, button, clientX, pointerId }) {
    const { left, width } = plot.getBoundingClientRect();
    const under = stepAt(scaleOf(plot).time((clientX - left) / width));
    // A finger scrolls and looks; only what points more exactly chooses a range.
    if (type === "pointerdown" && pointerType !== "touch" && button === 0) {
      anchor = under;
      plot.setPointerCapture(pointerId);
    }
    show(under);
    if (type === "pointerup" && anchor !== undefined) {
      if (anchor === at) anchor = undefined;
      else zoom();
    }
  }

  plot.tabIndex = 0;
  plot.setAttribute("role", "application");
  plot.setAttribute("aria-label", plot.dataset.name);
  plot.setAttribute("aria-describedby", plot.dataset.how);
  // The tip says more than these, and says it of both drawings.
  for (const hint of plot.querySelectorAll(".hint")) hint.remove();

  plot.addEventListener("keydown", onKey);
  plot.addEventListener("focus", () => {
    if (at === undefined && plot.matches(":focus-visible")) show(last);
  });
  plot.addEventListener("blur", clear);
  for (const type of ["pointerdown", "pointermove", "pointerup"]) plot.addEventListener(type, onPointer);
  plot.addEventListener("pointercancel", clear);
  plot.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType !== "touch" && !plot.matches(":focus-visible")) clear();
  });
  // Places are those of the drawing that was shown.
  addEventListener("resize", clear);
}

document.querySelectorAll("[data-chart]").forEach(explore);
