// Somebody changes, hands over and deletes many records at once, and takes it back; and takes a list home as a file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { SELLER, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, page, server } = await stage({
  furnish: async (api) => {
    await withCustomers(api);
    await api.create("users", { name: SELLER.name, username: SELLER.username });
  },
  path: "/customers",
});

const choose = (name) => page.getByRole("checkbox", { name: `选择 ${name}` }).check();
const saved = async (field) => (await api.list("customers", "?sort=name")).data.map((customer) => customer[field]);

test("she gives two customers another level, and takes it back", async () => {
  await choose("北京华信科技有限公司");
  await choose("深圳南方制造集团");
  await page.getByText("已选 2 条").waitFor();
  await page.getByRole("button", { name: "批量编辑" }).click();
  const dialog = page.getByRole("dialog", { name: "批量编辑" });
  await dialog.getByLabel("要修改的字段").selectOption({ label: "客户级别" });
  await dialog.getByLabel(/^客户级别/).selectOption({ label: "D 级" });
  await picture(page, "bulk-edit");
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await page.getByText("已处理 2 条").waitFor();
  assert.equal((await saved("level")).filter((level) => level === "d").length, 2);
  await page.getByRole("status").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销批量操作").waitFor();
  assert.equal((await saved("level")).filter((level) => level === "a").length, 2);
  page.assertQuiet();
});

test("she hands customers over to a colleague", async () => {
  await page.getByRole("checkbox", { name: "选择本页全部" }).check();
  await page.getByRole("button", { name: "更换负责人" }).click();
  const dialog = page.getByRole("dialog", { name: "更换负责人" });
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await dialog.getByText("请选择新的负责人").waitFor();
  await dialog.getByRole("combobox").fill(SELLER.name);
  await dialog.getByRole("option", { name: new RegExp(SELLER.name) }).click();
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await page.getByText("已处理 5 条").waitFor();
  assert.equal(new Set(await saved("owner_id")).size, 1);
  page.assertQuiet();
});

test("she deletes three and brings them back by the keyboard", async () => {
  for (const name of ["北京华信科技有限公司", "上海远航贸易有限公司", "杭州西湖医药"]) await choose(name);
  await page.getByRole("button", { name: "删除", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("删除 3 条客户").waitFor();
  await dialog.getByRole("button", { name: "删除 3 条" }).click();
  await page.getByText("已处理 3 条").waitFor();
  assert.equal((await saved("name")).length, 2);
  // Until the list is read again it shows the deleted rows, and would seem restored at once.
  await page.getByRole("link", { name: "杭州西湖医药" }).waitFor({ state: "hidden" });
  await page.keyboard.press("Control+z");
  await page.getByRole("link", { name: "杭州西湖医药" }).waitFor();
  assert.equal((await saved("name")).length, 5);
  page.assertQuiet();
});

test("the list goes home as a file: its filter, its columns, once", async () => {
  await page.goto(`${server.address}/customers?filter[city][eq]=${encodeURIComponent("北京")}`);
  await page.getByRole("link", { name: "北京华信科技有限公司" }).waitFor();
  await page.getByRole("button", { name: "导出" }).click();
  await picture(page, "export");
  await page.getByRole("dialog").getByRole("button", { name: "开始导出" }).click();
  await page.getByText("导出的文件可以下载了").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("status").getByRole("button", { name: "下载" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  assert.ok(text.startsWith("\u{feff}"), "spreadsheets know it for UTF-8");
  assert.match(text, /客户名称/);
  assert.match(text, /北京华信科技有限公司/);
  assert.doesNotMatch(text, /上海远航/);
  await page.getByRole("button", { name: "后台任务" }).click();
  const drawer = page.getByRole("dialog", { name: "后台任务" });
  await drawer.getByText("已完成").first().waitFor();
  assert.equal(await drawer.getByRole("button", { name: "下载" }).count(), 0, "a file is fetched once");
  page.assertQuiet();
});
