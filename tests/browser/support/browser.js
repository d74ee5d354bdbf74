// A real Chromium for a story. A page that complains in its console, breaks the content policy or misses a file fails
// the story, whatever the story itself looks at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Playwright wants a path, not a name. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const SCREENSHOTS = fileURLToPath(new URL("../screenshots/", import.meta.url));

/**
 * How long a story waits for what must come, in milliseconds. It says nothing about speed, which is measured elsewhere:
 * a machine that also compiles has taken over ten seconds to load a page. Only a story that fails waits so long.
 */
const PATIENCE = 45_000;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser; its `close` ends it. */
export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/**
 * Opens a page as a person would have it: language, theme and size can be chosen.
 * Call `page.assertQuiet()` at the end of the story.
 */
export async function openPage(browser, { locale = "zh-CN", dark = false, width = 1280, height = 800, ...rest } = {}) {
  const context = await browser.newContext({
    locale,
    colorScheme: dark ? "dark" : "light",
    viewport: { width, height },
    timezoneId: "Asia/Shanghai",
    ...rest,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.inFlight = 0;
  page.on("request", () => page.inFlight++);
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => page.inFlight--);
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left takes its requests with it; that is no fault.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`request: ${request.url()}`);
  });
  page.complaints = complaints;
  // A refusal that the story is about is written to the console by the browser itself.
  complaints.expect = (pattern) => complaints.splice(0, complaints.length, ...complaints.filter((text) => !pattern.test(text)));
  // What was told once is not held against the next story of the same page.
  page.assertQuiet = () => assert.deepEqual(complaints.splice(0), [], "the page complained");
  return page;
}

/** Repeats a check that fails until it passes or patience ends: for what no locator can wait for. */
export async function eventually(check) {
  const limit = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Waits until the page has what it asked for and has drawn it: no request, no skeleton, nothing that moves. */
export async function settled(page) {
  await eventually(async () => {
    assert.equal(page.inFlight, 0, "requests are under way");
    const busy = await page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const ends = (motion) => motion.playState === "running" && motion.effect.getComputedTiming().endTime !== Infinity;
      const motions = document.getAnimations().filter(ends).map((motion) => motion.effect.target?.className ?? "motion");
      // The gallery shows waiting for its own sake.
      const waiting = location.pathname === "/gallery" ? [] : document.querySelectorAll(".skeleton, [aria-busy=true]");
      return [...motions, ...[...waiting].map((element) => element.className)];
    });
    assert.deepEqual(busy, [], `${page.url()} is still being drawn`);
    assert.equal(page.inFlight, 0, "requests are under way");
  });
}

/** What a screen reader or a keyboard user would stumble over, in words. */
export async function accessibility(page) {
  // Through the debugger, because the content policy rightly refuses an injected script element.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }),
  );
  const why = (node) => `${node.html.slice(0, 300)} ${node.any.concat(node.all).map((check) => check.message).join(" ")}`;
  return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes.slice(0, 3).map(why).join(" | ")}`);
}

/** Fails on anything that a screen reader or a keyboard user would stumble over. */
export async function assertAccessible(page) {
  assert.deepEqual(await accessibility(page), [], "axe found faults");
}

/** The first words of all message keys, by which a key is known that found no words. */
const KEYS = new Set(
  ["crates/domain", "frontend"].flatMap((folder) => {
    const path = fileURLToPath(new URL(`../../../${folder}/messages/en.json`, import.meta.url));
    return Object.keys(JSON.parse(readFileSync(path, "utf8"))).map((key) => key.split(".")[0]);
  }),
);

/** What is broken about the screen at first sight: keys for words, open placeholders, a page wider than its window. */
export async function wholeness(page) {
  // A phone would make the page smaller until it fits, and innerWidth larger: the screen stays as wide as it is.
  const { width } = page.viewportSize();
  const { texts, scrollWidth } = await page.evaluate(() => {
    const named = [...document.querySelectorAll("[aria-label], [title], [placeholder]")];
    const attributes = named.flatMap((element) => ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name)));
    // What a text says to the eye; code in the help shows keys and braces on purpose.
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("code, pre")) texts.push(walker.currentNode.data);
    const { scrollWidth } = document.documentElement;
    return { texts: [document.title, ...texts, ...attributes.filter(Boolean)], scrollWidth };
  });
  const faults = texts.flatMap((text) => {
    const keys = text.match(/(?<![\w./@-])[a-z][a-z-]*(\.[a-z0-9_-]+)+(?![\w@/])/g) ?? [];
    const open = text.match(/\{[a-z_]+\}/g) ?? [];
    return [...keys.filter((key) => KEYS.has(key.split(".")[0])), ...open];
  });
  return scrollWidth > width ? [...faults, `it is ${scrollWidth} pixels wide`] : faults;
}

/** Keeps a picture of a screen for the eye, in tests/browser/screenshots, which is not committed. */
export async function picture(page, name) {
  const path = `${SCREENSHOTS}${name}.png`;
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path });
}
