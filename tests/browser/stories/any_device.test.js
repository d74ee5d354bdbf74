// The same person at a desk, in the evening, abroad, on the phone and in a tunnel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, openPage, picture } from "../support/browser.js";
import { signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { browser, server } = await stage({ furnish: withCustomers });

/** The mean of red, green and blue of a colour as browsers write it, from 0 to 255. */
function brightness(colour) {
  const parts = colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  const mean = parts.reduce((sum, part) => sum + part) / 3;
  return colour.startsWith("rgb") ? mean : mean * 255;
}

test("the language changes without a reload, and stays", async () => {
  const page = await openPage(browser);
  await signIn(page, server, undefined, "/customers");
  await page.getByRole("rowheader").first().waitFor();
  await page.evaluate(() => (globalThis.neverReloaded = true));
  await page.getByRole("button", { name: "我的菜单" }).click();
  await page.getByRole("menuitemcheckbox", { name: "English" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  assert.ok(await page.evaluate(() => globalThis.neverReloaded));
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await picture(page, "customers-en");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  page.assertQuiet();
  await page.context().close();
});

test("dark is chosen by the system or by hand", async () => {
  const page = await openPage(browser, { dark: true });
  await signIn(page, server, undefined, "/customers");
  await page.getByRole("rowheader").first().waitFor();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  assert.ok(brightness(dark) < 64, `dark by the system: ${dark}`);
  await picture(page, "customers-dark");
  await page.getByRole("button", { name: "我的菜单" }).click();
  await page.getByRole("menuitemcheckbox", { name: "浅色" }).click();
  // Colours change over a moment.
  await eventually(async () => assert.ok(brightness(await ground()) > 192, `light by hand: ${await ground()}`));
  page.assertQuiet();
  await page.context().close();
});

test("on the phone five places lie under the thumb, lists are cards, and nothing scrolls sideways", async () => {
  const page = await openPage(browser, { width: 390, height: 844, hasTouch: true, isMobile: true });
  await signIn(page, server);
  const bar = page.getByRole("navigation", { name: "主要位置" });
  assert.equal(await bar.locator("a, button").count(), 5);
  await bar.getByRole("link", { name: "客户" }).tap();
  await page.getByRole("link", { name: /北京华信/ }).waitFor();
  await picture(page, "customers-phone");
  const tops = await bar.locator("a, button").evaluateAll((places) => places.map((place) => place.getBoundingClientRect().height));
  assert.ok(Math.min(...tops) >= 44, `targets are ${tops}`);
  for (const path of ["/", "/customers", "/customers/new", "/me", "/help"]) {
    await page.goto(server.address + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(whole <= inner, `${path} is ${whole} wide`);
  }
  await page.goto(`${server.address}/customers`);
  await page.getByRole("link", { name: /北京华信/ }).tap();
  await page.getByRole("heading", { level: 1, name: "北京华信科技有限公司" }).waitFor();
  await picture(page, "customer-phone");
  await bar.getByRole("button", { name: "新建" }).tap();
  // On a record what people write about it comes first.
  await page.getByRole("dialog").getByRole("button", { name: "新建其他记录" }).tap();
  await page.getByRole("dialog", { name: "新建客户" }).waitFor();
  page.assertQuiet();
  await page.context().close();
});

test("without network it is said at once, and what was loaded stays readable", async () => {
  const page = await openPage(browser);
  await signIn(page, server, undefined, "/customers");
  await page.getByRole("rowheader").first().waitFor();
  // The page's own clock: that of the test also counts what the machine does besides.
  await page.evaluate(() => {
    addEventListener("offline", () => (globalThis.offlineSince = performance.now()));
    new MutationObserver(() => {
      if (document.querySelector(".offline")) globalThis.toldAt ??= performance.now();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.context().setOffline(true);
  await page.getByText(/网络已断开/).waitFor();
  const waited = await page.evaluate(() => globalThis.toldAt - globalThis.offlineSince);
  assert.ok(waited < 2000, `told after ${waited} ms`);
  assert.ok(await page.getByRole("link", { name: /北京华信/ }).isVisible());
  await picture(page, "offline");
  await page.context().setOffline(false);
  await page.getByText(/网络已断开/).waitFor({ state: "hidden" });
  await page.context().close();
});

test("a draft that was not saved is there again", async () => {
  const page = await openPage(browser);
  await signIn(page, server, undefined, "/customers/new");
  await page.getByLabel(/^客户名称/).fill("路上想到的客户");
  // A browser that is closed asks nothing and saves nothing, so the draft must be kept by now.
  await page.waitForFunction(() => Object.entries(localStorage).some(([key, text]) => key.includes("draft") && text.includes("路上")));
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.getByText("已恢复上次未保存的内容").waitFor();
  assert.equal(await page.getByLabel(/^客户名称/).inputValue(), "路上想到的客户");
  await page.context().close();
});
