// Drives a headless Chromium for the tests: one JSON request per line on stdin, one JSON reply per
// line on stdout. Ends, and ends Chromium, when stdin closes.
//
// MODSTATS_TOOLS: the folder whose node_modules holds Playwright and axe. CHROME: the Chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.MODSTATS_TOOLS}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({ executablePath: process.env.CHROME });
const pages = new Map();
let opened = 0;

function page(id) {
  const found = pages.get(id);
  if (!found) throw new Error(`page ${id} is not open`);
  return found;
}

const methods = {
  async open({ width, height, theme, javascript, language }) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      javaScriptEnabled: javascript,
      locale: language,
      timezoneId: "UTC",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(15_000);
    const tab = await context.newPage();
    const errors = [];
    const requests = [];
    tab.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    tab.on("pageerror", (error) => errors.push(String(error)));
    tab.on("request", (request) => requests.push(request.url()));
    opened += 1;
    pages.set(opened, { context, tab, errors, requests });
    return opened;
  },

  async block({ page: id, pattern }) {
    await page(id).context.route(pattern, (route) => route.abort());
  },

  async goto({ page: id, url }) {
    const response = await page(id).tab.goto(url);
    if (!response) throw new Error(`${url} needs no request: is it the page that is shown already?`);
    return response.status();
  },

  async back({ page: id }) {
    await page(id).tab.goBack();
    return page(id).tab.url();
  },

  async forward({ page: id }) {
    await page(id).tab.goForward();
    return page(id).tab.url();
  },

  text: ({ page: id, selector }) => page(id).tab.locator(selector).innerText(),

  attribute: ({ page: id, selector, name }) => page(id).tab.locator(selector).getAttribute(name),

  async eval({ page: id, expression }) {
    return (await page(id).tab.evaluate(expression)) ?? null;
  },

  async holds({ page: id, expression }) {
    const { tab } = page(id);
    const end = Date.now() + 60_000;
    for (;;) {
      // A page that is just being loaded has no answer.
      const told = await tab.evaluate(expression).catch(String);
      if (told === true) return;
      if (Date.now() > end) throw new Error(`${expression} isn't so; last seen: ${told}`);
      await tab.waitForTimeout(50);
    }
  },

  click: ({ page: id, selector }) => page(id).tab.locator(selector).click(),

  async choose({ page: id, selector, value }) {
    await page(id).tab.locator(selector).selectOption(value);
  },

  press: ({ page: id, key }) => page(id).tab.keyboard.press(key),

  // Along the middle of an element; `from` and `to` are shares of its width.
  async drag({ page: id, selector, from, to }) {
    const { tab } = page(id);
    const target = tab.locator(selector);
    await target.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await target.boundingBox();
    await tab.mouse.move(x + from * width, y + height / 2);
    await tab.mouse.down();
    await tab.mouse.move(x + to * width, y + height / 2, { steps: 4 });
    await tab.mouse.up();
  },

  async arrive({ page: id, part }) {
    const { tab } = page(id);
    await tab.waitForURL((url) => url.href.includes(part));
    return tab.url();
  },

  // As it is printed on paper of that width.
  async paper({ page: id, width }) {
    const { tab } = page(id);
    await tab.emulateMedia({ media: "print" });
    await tab.setViewportSize({ width, height: width });
  },

  async screenshot({ page: id, path }) {
    await page(id).tab.screenshot({ path, fullPage: true });
  },

  errors: ({ page: id }) => page(id).errors,

  requests: ({ page: id }) => page(id).requests,

  async violations({ page: id }) {
    const { tab } = page(id);
    await tab.evaluate(axe);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const result = await tab.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), tags);
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      targets: nodes.map((node) => node.target.join(" ")),
    }));
  },

  async close({ page: id }) {
    await page(id).context.close();
    pages.delete(id);
  },
};

async function answer({ id, method, params }) {
  try {
    return { id, result: (await methods[method](params)) ?? null };
  } catch (error) {
    return { id, error: error.message };
  }
}

// Whoever has ended no longer reads what a page's closing replies.
process.stdout.on("error", () => {});

const requests = createInterface({ input: process.stdin });
requests.on("line", async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
});
requests.on("close", async () => {
  await browser.close();
  process.exit(0);
});
