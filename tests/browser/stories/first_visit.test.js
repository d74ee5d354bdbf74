// Somebody opens a fresh installation for the first time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, openPage, picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const { browser, server } = await stage({ empty: true });

test("the client comes up in the reader's language, without a complaint", async () => {
  for (const [locale, language] of [["zh-CN", "zh-CN"], ["en-GB", "en"]]) {
    const page = await openPage(browser, { locale });
    await page.goto(server.address);
    await page.locator("body :visible").first().waitFor();
    await page.locator("main").waitFor();
    assert.match(await page.title(), /知音|Zhiyin/);
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await picture(page, `first-visit-${language}`);
    await assertAccessible(page);
    page.assertQuiet();
    await page.context().close();
  }
});

test("any address of the client can be opened directly", async () => {
  const page = await openPage(browser);
  const answer = await page.goto(`${server.address}/relations/customers?view=mine`);
  assert.equal(answer.status(), 200);
  await page.locator("main").waitFor();
  page.assertQuiet();
});

test("what never changes is kept, what may change is asked for again", async () => {
  const page = await openPage(browser);
  const answers = new Map();
  page.on("response", (response) => answers.set(new URL(response.url()).pathname, response));
  // The first page is painted before the program arrives, so its parts say nothing about that.
  const program = page.waitForResponse((response) => new URL(response.url()).pathname.endsWith(".wasm"));
  await page.goto(server.address);
  const wasm = await program;
  assert.equal(wasm.headers()["content-type"], "application/wasm");
  assert.match(wasm.headers()["cache-control"], /immutable/);
  assert.equal(answers.get("/").headers()["cache-control"], "no-cache");
});

test("a missing file is missing, and not the page in disguise", async () => {
  const answer = await fetch(`${server.address}/chunk-0123456789abcdef.wasm`, { headers: { accept: "text/html" } });
  assert.equal(answer.status, 404);
  assert.match(answer.headers.get("content-type"), /problem\+json/);
});
