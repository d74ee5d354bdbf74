// How soon somebody with a middling phone on a slow line can sign in: the profile of ux.md, section 9.
//
//   node tests/bench/paint.js http://127.0.0.1:8080     prints one line of JSON, the medians of several visits

import { launch } from "../browser/support/browser.js";

const address = process.argv[2];
const VISITS = 3;
const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;

/** Keeps what the browser tells of painting and of things that jump. */
function watch() {
  window.seen = { largest: 0, what: "", shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      window.seen.largest = entry.startTime;
      window.seen.what = entry.element?.textContent.trim().slice(0, 40) ?? "";
    }
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

/** From the beginning of the visit until the first field can be typed into. */
async function visit(page) {
  await page.goto(address, { waitUntil: "commit" });
  await page.locator("input[autocomplete=username]").waitFor({ state: "visible", timeout: 60_000 });
  const usable = await page.evaluate(() => performance.now());
  // What is painted a moment later counts too.
  await page.waitForTimeout(1000);
  const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  return { first, usable, ...(await page.evaluate(() => window.seen)) };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const browser = await launch();
const cold = [];
const warm = [];
for (let count = 0; count < VISITS; count++) {
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
  const context = await browser.newContext({ ...phone, locale: "zh-CN" });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", LINE);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  cold.push(await visit(page));
  warm.push(await visit(page));
  await context.close();
}
await browser.close();
console.log(
  JSON.stringify({
    first: median(cold.map((each) => each.first)),
    largest: median(cold.map((each) => each.largest)),
    what: cold[0].what,
    shift: median(cold.map((each) => each.shift)),
    cold: median(cold.map((each) => each.usable)),
    warm: median(warm.map((each) => each.usable)),
  }),
);
