/*! Contains uPlot 1.6.32, https://github.com/leeoniya/uPlot
The MIT License (MIT)
Copyright (c) 2022 Leon Sorokin
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:
The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.
THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
// Every reading of some projects on a canvas, to zoom into by dragging or by keyboard. See later.js for
// its place in the page.
import uPlot from "uplot";
import style from "uplot/dist/uPlot.min.css";

const DASHES = [[], [7, 4], [2, 4], [10, 4, 2, 4], [14, 4], [4, 4]];
const DAY = 24 * 60 * 60;
const HEIGHT = 320;
const STEP = 1.5;

const { lang, dataset } = document.documentElement;
const zone = dataset.zone ?? "UTC";
const count = new Intl.NumberFormat(lang);
const compact = new Intl.NumberFormat(lang, { notation: "compact" });
const format = (options) => new Intl.DateTimeFormat(lang, { timeZone: zone, ...options });
const instant = format({ dateStyle: "medium", timeStyle: "short" });
const day = format({ day: "numeric", month: "short" });
const month = format({ month: "short", year: "numeric" });
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// What stands below a tick: the time, the day where one begins, or the month.
function tick(at, step) {
  const time = clock.format(at * 1000);
  if (step < DAY && time !== "00:00") return time;
  return (step < 28 * DAY ? day : month).format(at * 1000);
}

const seconds = (text) => Date.parse(text) / 1000;

// The points of a project, with a hole in the middle of every gap.
function readings({ points, gaps }) {
  const all = points.map(({ at, value }) => [seconds(at), value]);
  for (const { from, to } of gaps) all.push([(seconds(from) + seconds(to)) / 2, null]);
  all.sort(([one], [other]) => one - other);
  return [all.map(([at]) => at), all.map(([, value]) => value)];
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

// A line of the read-out: a name, and its value under the cursor.
function line(list, name, className) {
  const [pair, term, value] = [make("div", ""), make("dt", className, name), make("dd", "")];
  pair.append(term, value);
  list.append(pair);
  return { term, value };
}

function adoptStyle() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets.push(sheet);
}

export async function explore(place) {
  const { explore: address, platform: only, time } = place.dataset;
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  const { projects } = await reply.json();
  const shown = projects.filter((it) => it.points.length && (!only || it.platform === only));

  adoptStyle();
  const view = place.querySelector(".view");
  const canvas = view.querySelector(".canvas");
  const list = make("dl", "readout");
  const when = line(list, time, "");
  const lines = shown.map(({ name, id, platform }) =>
    line(list, `${place.dataset[platform]} ${name ?? id}`, `key ${platform}`),
  );
  const status = make("p", "read-aloud");
  status.setAttribute("role", "status");
  view.hidden = false;
  view.append(list, status);

  const data = uPlot.join(shown.map(readings));
  const times = data[0];
  const whole = { min: times[0], max: times.at(-1) };
  const size = () => ({ width: canvas.clientWidth, height: HEIGHT });
  const colour = ({ term }) => getComputedStyle(term).color;
  const faint = { stroke: () => getComputedStyle(view).borderTopColor, width: 1 };
  const axis = { stroke: () => colour(when), grid: faint, ticks: faint };
  const plot = new uPlot(
    {
      ...size(),
      legend: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), zone),
      cursor: { drag: { x: true, y: false }, points: { size: 8 } },
      axes: [
        {
          ...axis,
          space: 80,
          values: (_plot, splits, _axis, _space, step) => splits.map((at) => tick(at, step)),
        },
        { ...axis, size: 64, values: (_plot, splits) => splits.map((value) => compact.format(value)) },
      ],
      series: [
        {},
        ...lines.map((line, index) => ({
          stroke: () => colour(line),
          width: 2,
          dash: DASHES[index % DASHES.length],
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [tell] },
    },
    data,
    canvas,
  );

  function tell({ cursor: { idx } }) {
    const at = times[idx];
    when.value.textContent = at === undefined ? "" : instant.format(at * 1000);
    lines.forEach(({ value }, index) => {
      const read = data[index + 1][idx];
      value.textContent = read == null ? "" : count.format(read);
    });
  }

  // The reading under the cursor, or the newest that is shown.
  function current() {
    const { min, max } = plot.scales.x;
    const { idx } = plot.cursor;
    if (idx != null && times[idx] >= min && times[idx] <= max) return idx;
    return times.findLastIndex((at) => at <= max);
  }

  // Moves the cursor, and what is shown with it where that is needed.
  function point(index) {
    const at = times[Math.min(Math.max(index, 0), times.length - 1)];
    const { min, max } = plot.scales.x;
    const past = Math.min(at - min, 0) + Math.max(at - max, 0);
    if (past) plot.setScale("x", { min: min + past, max: max + past });
    // The scale moves in a microtask of its own.
    queueMicrotask(() => {
      plot.setCursor({ left: plot.valToPos(at, "x"), top: 0 });
      const said = [when, ...lines].filter(({ value }) => value.textContent);
      status.textContent = said.map(({ term, value }) => `${term.textContent} ${value.textContent}`).join(". ");
    });
  }

  function zoom(factor) {
    const { min, max } = plot.scales.x;
    const index = current();
    const at = times[index];
    const scale = {
      min: Math.max(whole.min, at - (at - min) / factor),
      max: Math.min(whole.max, at + (max - at) / factor),
    };
    if (scale.max - scale.min > 60) plot.setScale("x", scale);
    queueMicrotask(() => point(index));
  }

  const act = {
    ArrowLeft: () => point(current() - 1),
    ArrowRight: () => point(current() + 1),
    PageUp: () => point(current() - 28),
    PageDown: () => point(current() + 28),
    Home: () => point(0),
    End: () => point(times.length - 1),
    "+": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    0: () => plot.setScale("x", whole),
    Escape: () => plot.setScale("x", whole),
  };
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(act, event.key)) return;
    event.preventDefault();
    act[event.key]();
  });
  new ResizeObserver(() => plot.setSize(size())).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  view.focus();
}
