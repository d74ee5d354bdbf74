// Somebody who never touches the mouse, and somebody who types Chinese.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, page, server } = await stage({ furnish: withCustomers, path: "/" });

/** The name of the row that has the focus. */
const focused = () => page.evaluate(() => document.activeElement.closest("tr").querySelector("th").innerText.trim());

test("g c goes to the customers, arrows walk, x selects, Enter opens", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.getByRole("table", { name: "客户" }).or(page.getByRole("grid", { name: "客户" })).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("已选 1 条").waitFor();
  const here = await focused();
  await page.keyboard.press("x");
  await page.keyboard.press("Enter");
  await page.waitForURL(/customers\/[0-9a-f-]{36}/);
  await page.getByRole("heading", { level: 1, name: here, exact: true }).waitFor();
  page.assertQuiet();
});

test("e edits the cell under the focus, Escape leaves it as it was", async () => {
  await page.goto(`${server.address}/customers`);
  await page.getByRole("rowheader").first().waitFor();
  const name = (await page.getByRole("rowheader").first().innerText()).trim();
  await page.getByRole("rowheader").first().focus();
  await page.keyboard.press("e");
  const editor = page.getByRole("grid").getByRole("textbox");
  await editor.and(page.locator(":focus")).waitFor();
  await page.keyboard.insertText("改了的名字");
  await page.keyboard.press("Escape");
  await editor.waitFor({ state: "hidden" });
  assert.equal((await page.getByRole("rowheader").first().innerText()).trim(), name);
  page.assertQuiet();
});

test("the palette shows the first records found and leads to all of them", async () => {
  for (let at = 1; at <= 6; at++) await api.create("customers", { name: `江城第${at}分厂` });
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "命令面板" });
  const words = palette.getByRole("combobox", { name: "命令面板" });
  await words.fill("江城");
  await palette.getByRole("option", { name: /^江城第\d分厂/ }).nth(4).waitFor();
  // What was found stays in sight until what is typed now has been looked for.
  await page.route("**/api/v1/customers?*", async (route) => {
    assert.equal(await palette.getByRole("option", { name: /^江城第\d分厂/ }).count(), 5);
    await route.continue();
  }, { times: 1 });
  await words.fill("jiangcheng");
  await palette.getByRole("option", { name: "查看全部符合“jiangcheng”的客户" }).waitFor();
  for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/customers\?q=jiangcheng/);
  await page.getByText("共 6 条").waitFor();
  page.assertQuiet();
});

test("an arrow never leaves the chosen line of the palette out of sight", async () => {
  await page.keyboard.press("Control+k");
  await page.setViewportSize({ width: 1280, height: 420 });
  await page.keyboard.press("ArrowUp");
  const last = page.getByRole("option", { selected: true });
  await page.waitForFunction(() => {
    const [option, list] = ["[role=option][aria-selected=true]", "#palette-list"].map((name) => document.querySelector(name).getBoundingClientRect());
    return option.bottom <= list.bottom + 1 && option.top >= list.top - 1;
  });
  assert.notEqual(await last.getAttribute("id"), "palette-0");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "命令面板" }).waitFor({ state: "hidden" });
  page.assertQuiet();
});

test("the palette leads anywhere, and Escape gives the focus back", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "命令面板" }).fill("联系人");
  await page.keyboard.press("Enter");
  await page.waitForURL(/contacts/);
  // A reader of screens hears the new page: its heading has the focus.
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "快捷键" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.keyboard.press("F1");
  await page.getByRole("dialog", { name: "联系人" }).waitFor();
  await page.keyboard.press("Escape");
  page.assertQuiet();
});

test("single letters typed into a field are letters", async () => {
  await page.goto(`${server.address}/customers`);
  await page.getByRole("rowheader").first().waitFor();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "新建客户" });
  const name = dialog.getByLabel(/^客户名称/);
  await name.focus();
  await page.keyboard.type("gc?xe");
  assert.equal(await name.inputValue(), "gc?xe");
  assert.match(page.url(), /customers$/);
  page.assertQuiet();
});

test("the Enter that ends a composition does not submit", async () => {
  const dialog = page.getByRole("dialog", { name: "新建客户" });
  const name = dialog.getByLabel(/^客户名称/);
  await name.fill("");
  const session = await page.context().newCDPSession(page);
  await name.focus();
  await session.send("Input.imeSetComposition", { text: "zhi yin", selectionStart: 7, selectionEnd: 7 });
  // What Chromium sends while an input method is at work.
  await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "Enter", windowsVirtualKeyCode: 229 });
  await session.send("Input.insertText", { text: "知音乐器" });
  assert.equal(await name.inputValue(), "知音乐器");
  assert.ok(await dialog.isVisible(), "the dialog stays");
  await page.keyboard.press("Enter");
  await page.getByText("已新建 知音乐器").waitFor();
  page.assertQuiet();
});

test("a form is sent by Ctrl+Enter, and leaving it unsaved asks first", async () => {
  await page.goto(`${server.address}/customers/new`);
  await page.getByLabel(/^客户名称/).fill("键盘客户");
  await page.getByRole("link", { name: "取消" }).focus();
  await page.keyboard.press("Enter");
  const guard = page.getByRole("dialog", { name: "有未保存的修改" });
  await guard.getByRole("button", { name: "继续编辑" }).press("Enter");
  await guard.waitFor({ state: "hidden" });
  await page.getByLabel(/^客户名称/).focus();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { level: 1, name: "键盘客户" }).waitFor();
  page.assertQuiet();
});

test("the skip link comes first and leads past the navigation", async () => {
  await page.goto(`${server.address}/customers`);
  await page.getByRole("rowheader").first().waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  page.assertQuiet();
});
