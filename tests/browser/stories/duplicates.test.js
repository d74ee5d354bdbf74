// A seller types what is there already and is told; two customers that are one are put together, and taken apart again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SELLER, hire, signIn } from "../support/people.js";
import { assertAccessible, openPage, picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const first = await api.create("customers", { name: "深圳市华信科技有限公司", phones: ["13800005678"], city: "深圳" });
    const second = await api.create("customers", { name: "华信科技（深圳）", phones: ["13900001111"], level: "a" });
    const contact = await api.create("contacts", { name: "王小明", customer_id: second.id, is_primary: true });
    await api.create("contacts", { name: "李娜", customer_id: first.id, is_primary: true });
    const deal = await api.create("opportunities", { name: "三号线改造", customer_id: second.id });
    await hire(api, SELLER, ["销售"]);
    return { first, second, contact, deal };
  },
  path: "/customers/new",
});

test("whoever types a number that is there already is told whose it is before saving", async () => {
  await page.getByLabel("客户名称").fill("广东省深圳市华信科技股份有限公司");
  await page.getByText("可能与以下记录重复").waitFor();
  const told = page.getByRole("listitem").filter({ hasText: "深圳市华信科技有限公司" });
  await told.getByText("公司名称相同").waitFor();
  await told.getByText("负责人").waitFor();
  await picture(page, "duplicates-form");
  await assertAccessible(page);
  await page.getByLabel("客户名称").fill("完全另外的一家");
  await page.getByText("可能与以下记录重复").waitFor({ state: "detached" });
  page.assertQuiet();
});

test("a rule that refuses says so while one types, and lets who merges save it all the same", async () => {
  const rules = await api.list("duplicate-rules", "?filter[likeness]=phone&filter[resource]=customers&filter[among]=customers");
  await api.change("duplicate-rules", rules.data[0].id, { strength: "refuse" });
  const phone = page.getByRole("textbox", { name: /^电话/ }).first();
  await phone.fill("+86 138 0000 5678");
  await phone.press("Enter");
  await page.getByText("按查重规则不能保存").waitFor();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByRole("button", { name: "仍然保存" }).waitFor();
  await picture(page, "duplicates-refused");
  await page.getByRole("button", { name: "仍然保存" }).click();
  await page.getByRole("heading", { level: 1, name: "完全另外的一家" }).waitFor();
  await api.change("duplicate-rules", rules.data[0].id, { strength: "warn" });
});

test("a seller is told of another's record with its owner and nothing else", async () => {
  const desk = await openPage(browser, { width: 1280, height: 800 });
  await signIn(desk, server, SELLER, "/customers/new");
  await desk.getByLabel("客户名称").fill("深圳华信科技");
  const told = desk.getByRole("listitem").filter({ hasText: "您无权查看的一条记录" });
  await told.getByText("负责人").waitFor();
  assert.equal(await told.getByRole("link").count(), 0);
  assert.equal(await desk.getByText("深圳市华信科技有限公司").count(), 0);
  await picture(desk, "duplicates-unseen");
  await desk.context().close();
});

test("two customers become one by the keyboard, with what hangs on both, and two again", async () => {
  await page.goto(`${server.address}/customers`);
  for (const name of ["深圳市华信科技有限公司", "华信科技（深圳）"]) await page.getByRole("checkbox", { name: `选择 ${name}` }).check();
  await page.getByRole("button", { name: "合并", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "合并客户" }).waitFor();
  const row = (name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
  const column = async (name) => (await page.getByRole("columnheader").allInnerTexts()).findIndex((text) => text.trim() === name) - 1;
  await row("保留的记录").waitFor();
  const at = await column("深圳市华信科技有限公司");
  await row("保留的记录").getByRole("radio").nth(at).focus();
  await page.keyboard.press("Space");
  await row("客户名称").getByRole("radio").nth(await column("华信科技（深圳）")).check();
  assert.ok(await row("电话").getByRole("radio").last().isChecked(), "lists are joined");
  await picture(page, "merge-desk");
  await assertAccessible(page);
  await page.getByRole("button", { name: "合并这 2 条" }).click();
  await page.getByRole("heading", { level: 1, name: "华信科技（深圳）" }).waitFor();
  const merged = await api.send("GET", `/customers/${made.first.id}`);
  assert.deepEqual([merged.name, merged.level, merged.city, merged.phones.length], ["华信科技（深圳）", "a", "深圳", 2]);
  assert.equal((await api.send("GET", `/opportunities/${made.deal.id}`)).customer_id, made.first.id);
  await picture(page, "merge-done");
  // The old address leads to where it went.
  const other = await openPage(browser);
  await signIn(other, server, undefined, `/customers/${made.second.id}`);
  await other.waitForURL(`**/customers/${made.first.id}`);
  await other.context().close();
  await page.getByRole("status").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销批量操作").waitFor();
  assert.equal((await api.send("GET", `/contacts/${made.contact.id}`)).customer_id, made.second.id);
  assert.equal((await api.send("GET", `/customers/${made.first.id}`)).name, "深圳市华信科技有限公司");
  // The rule of the story before refused.
  page.complaints.expect(/409/);
  page.assertQuiet();
});

test("on a phone and in the dark the values stand below each other", async () => {
  const phone = await openPage(browser, { width: 390, height: 844, dark: true, hasTouch: true, isMobile: true });
  await signIn(phone, server, undefined, `/customers/merge?ids=${made.first.id},${made.second.id}`);
  await phone.getByRole("button", { name: "合并这 2 条" }).waitFor();
  await picture(phone, "merge-phone");
  await assertAccessible(phone);
  await phone.goto(`${server.address}/customers/merge`);
  await phone.getByText("请选择 2 到 5 条记录来合并").waitFor();
  phone.assertQuiet();
  await phone.context().close();
});

test("rules are rows that an administrator reads and edits", async () => {
  await page.goto(`${server.address}/duplicate-rules`);
  await page.getByRole("link", { name: "客户电话与其他客户相同" }).first().waitFor();
  await picture(page, "duplicate-rules");
});
