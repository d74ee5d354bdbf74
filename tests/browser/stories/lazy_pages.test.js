// Pages whose code is a file of its own: what one sees while it is fetched, when it does not come, and when the server
// was given a new version meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, settled } from "../support/browser.js";
import { stage } from "../support/stage.js";

const { page, server } = await stage({ path: "/customers" });
const CODE = "**/assets/split_*.wasm";

/** Goes on as a followed link does, without loading the client again. */
async function follow(path) {
  await page.evaluate((path) => {
    const link = Object.assign(document.createElement("a"), { href: path });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL(server.address + path);
}

const heading = (name) => page.getByRole("heading", { level: 1, name, exact: true });
const alone = (work) => page.route(CODE, work);

test("a list fetches no code of other pages", async () => {
  // The way in has a file of its own, which who comes back does not need.
  await page.reload();
  await settled(page);
  const fetched = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  assert.ok(fetched.some((name) => /\/app-.*\.wasm$/.test(name)), "there is a program");
  assert.deepEqual(fetched.filter((name) => /\/(split|chunk)_.*\.wasm$/.test(name)), []);
});

test("code that does not come is told in words, and comes when asked again", async () => {
  await alone((route) => route.abort());
  await follow("/help");
  await heading("没有能够加载").waitFor();
  assert.match(await page.getByRole("alert").innerText(), /检查网络/);
  await assertAccessible(page);
  await page.unroute(CODE);
  await page.getByRole("button", { name: "重试" }).click();
  await heading("帮助").waitFor();
  page.complaints.expect(/ERR_FAILED|Failed to (load|fetch)|split_|TypeError/);
  page.assertQuiet();
});

test("the heading of such a page takes the focus once it is there, and its title is said", async () => {
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await alone(async (route) => {
    await held;
    await route.continue();
  });
  await follow("/me");
  await page.locator(".skeleton").waitFor();
  go();
  await heading("个人设置").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.getByRole("status").filter({ hasText: "个人设置 · 知音" }).waitFor({ state: "attached" });
  await page.unroute(CODE);
  page.assertQuiet();
});

test("a page that the new version has under another name is offered by a reload", async () => {
  await alone((route) => route.fulfill({ status: 404, body: "" }));
  const next = '<script data-wasm="/assets/app-ffffffffffff.wasm"></script>';
  await page.route(`${server.address}/`, (route) => route.fulfill({ contentType: "text/html", body: next }));
  await follow("/operations");
  await heading("知音已更新").waitFor();
  await assertAccessible(page);
  await page.unroute(CODE);
  await page.unroute(`${server.address}/`);
  await page.getByRole("button", { name: "立即刷新" }).click();
  await heading("操作记录").waitFor();
  page.complaints.expect(/404|split_|TypeError|CompileError/);
  page.assertQuiet();
});
