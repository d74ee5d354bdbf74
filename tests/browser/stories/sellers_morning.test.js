// Somebody who keeps customers: makes, finds, sorts, corrects, deletes and brings back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, page, server } = await stage({ path: "/customers" });

const names = async () => {
  const rows = await page.getByRole("rowheader").allInnerTexts();
  return rows.map((row) => row.trim());
};
const rows = (count) => page.waitForFunction((count) => document.querySelectorAll("tbody th[scope=row]").length === count, count);

test("the empty list says what it is for and how to begin", async () => {
  await page.getByRole("heading", { name: "还没有客户" }).waitFor();
  await picture(page, "customers-empty");
});

test("she makes a customer and then another one", async () => {
  await page.getByRole("button", { name: "新建客户" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^客户名称/).fill("广州珠江物流");
  await picture(page, "quick-create");
  await dialog.getByRole("button", { name: "保存并新建" }).click();
  await page.getByText("已新建 广州珠江物流").waitFor();
  await dialog.getByLabel(/^客户名称/).fill("南京钟山教育");
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await rows(2);
  page.assertQuiet();
});

test("a name that is missing is told beside its field, and the dialog stays", async () => {
  await page.getByRole("button", { name: "新建客户" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await dialog.getByLabel(/^客户名称/).and(dialog.locator("[aria-invalid=true]")).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  page.assertQuiet();
});

test("she finds a customer by part of the name, by pinyin, by initials and by the phone's tail", async () => {
  await withCustomers(api);
  await page.reload();
  await rows(7);
  for (const [typed, found] of [["华信", "北京华信"], ["yuanhang", "上海远航"], ["hzxh", "杭州西湖"], ["5678", "上海远航"]]) {
    await page.getByLabel("搜索名称、拼音、电话尾号").fill(typed);
    await page.waitForFunction(
      (found) => [...document.querySelectorAll("tbody th")].map((cell) => cell.innerText).join().trim().startsWith(found),
      found,
    );
    await rows(1);
  }
  await page.getByLabel("搜索名称、拼音、电话尾号").fill("查无此人");
  await page.getByRole("heading", { name: "没有符合条件的记录" }).waitFor();
  await page.getByRole("main").getByRole("button", { name: "重置" }).first().click();
  await rows(7);
  page.assertQuiet();
});

test("a customer that is found by its contact says so", async () => {
  const [customer] = (await api.list("customers", `?q=${encodeURIComponent("北京华信")}`)).data;
  await api.create("contacts", { name: "欧阳修远", customer_id: customer.id, phones: ["139 1111 2468"] });
  const row = page.getByRole("row").filter({ hasText: "北京华信" });
  for (const [typed, why] of [["欧阳修", "联系人：欧阳修"], ["xiuyuan", "联系人：修远"], ["2468", "联系人：电话匹配"]]) {
    await page.getByLabel("搜索名称、拼音、电话尾号").fill(typed);
    await rows(1);
    await row.getByText(why, { exact: true }).waitFor();
  }
  await picture(page, "customers-by-contact");
  await page.getByRole("main").getByRole("button", { name: "重置" }).first().click();
  await rows(7);
  assert.equal(await page.getByText("联系人：").count(), 0);
  page.assertQuiet();
});

test("she filters by level, sorts by name, and the view survives a reload and the way back", async () => {
  await page.getByRole("button", { name: "筛选" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("字段").selectOption({ label: "客户级别" });
  await drawer.getByRole("combobox", { name: "值" }).click();
  await page.getByRole("option", { name: /^A/ }).click();
  await drawer.getByRole("button", { name: "应用筛选" }).click();
  await rows(2);
  await page.getByRole("columnheader", { name: "客户名称" }).getByRole("button").click();
  await page.waitForURL(/sort=name/);
  await page.waitForFunction(() => document.querySelector("th[aria-sort=ascending]"));
  // 北 bei goes before 深 shen.
  await page.waitForFunction(() => document.querySelector("tbody th")?.innerText.includes("北京"));
  const before = await names();
  await picture(page, "customers-filtered");
  await page.reload();
  await rows(2);
  assert.deepEqual(await names(), before);
  await page.getByRole("main").getByRole("button", { name: "重置" }).click();
  await rows(7);
  await page.goBack();
  await rows(2);
  await page.goForward();
  await rows(7);
  page.assertQuiet();
});

test("she corrects a cell in the list and takes it back", async () => {
  const row = page.getByRole("row").filter({ hasText: "成都锦里餐饮" });
  await row.getByText("流失").dblclick();
  await row.getByRole("combobox").selectOption({ label: "合作中" });
  await row.getByRole("combobox").press("Enter");
  await row.getByText("合作中").waitFor();
  await page.getByRole("button", { name: "撤销" }).first().click();
  await row.getByText("流失").waitFor();
  const { data } = await api.list("customers", `?q=${encodeURIComponent("锦里")}`);
  assert.equal(data[0].status, "lost");
  page.assertQuiet();
});

test("she opens a record, corrects a fact, and reads who changed what", async () => {
  await page.getByRole("link", { name: "北京华信科技有限公司" }).click();
  await page.getByRole("heading", { level: 1, name: "北京华信科技有限公司" }).waitFor();
  await page.getByTitle("编辑简称").click();
  await page.getByRole("textbox", { name: "简称" }).fill("华信");
  await page.keyboard.press("Enter");
  await page.getByText("已修改简称").waitFor();
  const history = page.getByRole("main").getByRole("listitem").filter({ hasText: "修改了" });
  await history.filter({ hasText: "华信" }).waitFor();
  assert.match(await history.first().innerText(), /林知音/);
  await picture(page, "customer");
  page.assertQuiet();
});

test("she deletes a customer and brings it back", async () => {
  await page.getByRole("button", { name: "更多" }).click();
  await page.getByRole("menuitem", { name: "删除" }).click();
  await page.getByText("已删除 北京华信科技有限公司").waitFor();
  await rows(6);
  await page.getByRole("status").getByRole("button", { name: "撤销" }).last().click();
  await rows(7);
  page.assertQuiet();
});

test("an address that leads nowhere says so", async () => {
  await page.goto(`${server.address}/customers/01890000-0000-7000-8000-000000000000`);
  await page.getByText(/不存在|找不到|没有/).first().waitFor();
  page.complaints.expect(/404/);
  page.assertQuiet();
});
