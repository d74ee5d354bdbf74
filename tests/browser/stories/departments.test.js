// Somebody draws the company's tree: branches are made, moved and renamed; what cannot be is refused in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const { api, page, server } = await stage({ path: "/departments" });

const branch = (name) => page.getByRole("treeitem").filter({ hasText: name });
const level = async (name) => Number(await branch(name).getAttribute("aria-level"));

async function make(name) {
  await page.getByRole("button", { name: "新建部门" }).first().click();
  const dialog = page.getByRole("dialog", { name: "新建部门" });
  await dialog.getByLabel(/^名称/).fill(name);
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await branch(name).waitFor();
}

test("a department is made at the top, and another one under it", async () => {
  await make("华东大区");
  assert.equal(await level("华东大区"), 1);
  await branch("华东大区").click();
  await page.getByRole("button", { name: "新建部门" }).first().click();
  const dialog = page.getByRole("dialog", { name: "新建部门" });
  await dialog.waitFor();
  // The chosen department is known by its name, and goes with the new one.
  await page.waitForFunction(() => [...document.querySelectorAll("dialog[open] [role=combobox]")].some((input) => input.value === "华东大区"));
  await dialog.getByLabel(/^名称/).fill("上海办事处");
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await branch("上海办事处").waitFor();
  assert.equal(await level("上海办事处"), 2);
  page.assertQuiet();
});

test("the tree is walked by arrows and folded", async () => {
  await branch("华东大区").focus();
  await page.keyboard.press("ArrowLeft");
  await branch("上海办事处").waitFor({ state: "hidden" });
  await branch("华东大区").and(page.locator(":focus")).waitFor();
  await page.keyboard.press("ArrowRight");
  await branch("上海办事处").waitFor();
  await picture(page, "departments");
  page.assertQuiet();
});

test("it moves under another one, with a new name", async () => {
  await branch("华东大区").click();
  await api.create("departments", { name: "华南大区" });
  await page.reload();
  await branch("上海办事处").click();
  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByLabel(/^名称/).fill("深圳办事处");
  await page.getByRole("combobox", { name: /^上级部门/ }).fill("华南");
  await page.getByRole("option", { name: "华南大区" }).click();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "深圳办事处" }).waitFor();
  await page.goto(`${server.address}/departments`);
  await branch("深圳办事处").waitFor();
  const order = await page.getByRole("treeitem").allInnerTexts();
  const place = (name) => order.findIndex((text) => text.includes(name));
  assert.equal(place("深圳办事处"), place("华南大区") + 1, order.join());
  assert.equal(await level("深圳办事处"), 2);
  page.assertQuiet();
});

test("a department under itself is refused beside the field, and nothing moves", async () => {
  await branch("华南大区").click();
  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByRole("combobox", { name: /^上级部门/ }).fill("深圳");
  await page.getByRole("option", { name: "深圳办事处" }).click();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.locator(".form-summary").waitFor();
  const { data } = await api.list("departments", `?filter[name]=${encodeURIComponent("华南大区")}`);
  assert.equal(data[0].parent_id, null);
  page.complaints.expect(/4(09|22)/);
  page.assertQuiet();
});

test("what was typed stays in the form while the server is away", async () => {
  await page.getByRole("link", { name: "取消" }).click();
  await page.getByRole("dialog", { name: "有未保存的修改" }).getByRole("button", { name: "放弃修改" }).click();
  await page.goto(`${server.address}/departments/new`);
  await page.getByLabel(/^名称/).fill("西部大区");
  await page.route("**/api/v1/departments", (route) => route.abort());
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.locator(".form-summary").waitFor();
  assert.equal(await page.getByLabel(/^名称/).inputValue(), "西部大区");
  await page.unroute("**/api/v1/departments");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "西部大区" }).waitFor();
  page.complaints.expect(/departments|Failed to load/);
  page.assertQuiet();
});
