// Somebody asks a question with several conditions, sends its address to a colleague, and changes it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, picture } from "../support/browser.js";
import { SELLER, hire, signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, page, server } = await stage({
  furnish: async (api) => {
    await withCustomers(api);
    await hire(api, SELLER, ["销售经理"]);
  },
  path: "/customers",
});

const drawer = () => page.getByRole("dialog", { name: "筛选" });
const rows = (count) => page.waitForFunction((count) => document.querySelectorAll("tbody th[scope=row]").length === count, count);
const names = async () => (await page.getByRole("rowheader").allInnerTexts()).map((name) => name.trim());

/** Opens the drawer with the filter in force. */
async function open() {
  await page.keyboard.press("f");
  await drawer().waitFor();
}

/** Fills the last condition of a group: field, comparison, value. */
async function condition(group, field, operator, choose) {
  const rule = group.locator(":scope > .rule").last();
  await rule.getByLabel("字段").selectOption({ label: field });
  if (operator) await rule.getByLabel("比较方式").selectOption({ label: operator });
  await choose(rule);
}

const pick = (option) => async (rule) => {
  await rule.getByRole("combobox", { name: "值" }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
};

test("conditions are nested, joined by and, or, not; me and today move with whoever asks and when", async () => {
  await rows(5);
  await open();
  const outer = drawer().getByRole("group", { name: "条件组" }).first();
  await condition(outer, "负责人", "等于", pick("我自己"));
  await outer.getByRole("button", { name: "添加条件", exact: true }).click();
  await condition(outer, "创建时间", "等于", (rule) => rule.getByLabel("值").selectOption({ label: "今天" }));
  await outer.getByRole("button", { name: "添加条件组" }).click();
  const inner = outer.getByRole("group", { name: "条件组" }).first();
  await inner.getByRole("checkbox", { name: "取反" }).check();
  await condition(inner, "城市", "等于", (rule) => rule.getByLabel("值").fill("北京"));
  await inner.getByRole("button", { name: "添加条件", exact: true }).click();
  await condition(inner, "状态", "等于", pick("流失"));
  assert.equal(await inner.getByLabel("条件之间的关系").inputValue(), "or");
  await picture(page, "filter-nested");
  await drawer().getByRole("button", { name: "应用筛选" }).click();
  await rows(3);
  assert.ok(!(await names()).some((name) => /北京|成都/.test(name)));
  for (const chip of [/负责人.*我自己/, /创建时间.*今天/, /非（.*城市.*或.*状态.*）/]) {
    await page.getByText(chip).first().waitFor();
  }
  page.assertQuiet();
});

test("the address bar carries all of it: after a reload the view and the builder are the same", async () => {
  const before = await names();
  await page.reload();
  await rows(3);
  assert.deepEqual(await names(), before);
  await open();
  const inner = drawer().getByRole("group", { name: "条件组" }).nth(1);
  assert.ok(await inner.getByRole("checkbox", { name: "取反" }).isChecked());
  assert.equal(await inner.getByLabel("值").first().inputValue(), "北京");
  assert.equal(await drawer().getByRole("combobox", { name: "值" }).first().inputValue(), "我自己");
  await page.keyboard.press("Escape");
  page.assertQuiet();
});

test("a colleague who opens the same address sees their own", async () => {
  const his = await openPage(browser);
  const { pathname, search } = new URL(page.url());
  await signIn(his, server, SELLER, pathname + search);
  await his.getByRole("heading", { name: "没有符合条件的记录" }).waitFor();
  his.assertQuiet();
  await his.context().close();
});

test("a chip is taken away, and the way back brings it again", async () => {
  await page.getByRole("button", { name: /^移除.*条件组/ }).click();
  await rows(5);
  await page.goBack();
  await rows(3);
  page.assertQuiet();
});

test("a condition without a value is marked and not left out, and one that nobody touched is none", async () => {
  await page.goto(`${server.address}/customers`);
  await rows(5);
  await open();
  await drawer().getByRole("button", { name: "应用筛选" }).click();
  await rows(5);
  assert.equal(new URL(page.url()).search, "");
  await open();
  const outer = drawer().getByRole("group", { name: "条件组" }).first();
  await condition(outer, "城市", "等于", () => {});
  await drawer().getByRole("button", { name: "应用筛选" }).click();
  await drawer().getByText("还没有填值", { exact: true }).waitFor();
  await drawer().getByText(/有条件还没有填值/).waitFor();
  await picture(page, "filter-unfinished");
  await outer.getByLabel("值").fill("北京");
  await drawer().getByText("还没有填值", { exact: true }).waitFor({ state: "hidden" });
  await drawer().getByRole("button", { name: "应用筛选" }).click();
  await page.getByText(/城市.*等于 北京/).first().waitFor();
  page.assertQuiet();
});

test("between has two ends, and a choice is found by pinyin", async () => {
  await page.goto(`${server.address}/customers`);
  await rows(5);
  await open();
  const outer = drawer().getByRole("group", { name: "条件组" }).first();
  await condition(outer, "创建时间", "介于", async (rule) => {
    await rule.getByLabel("从").selectOption({ label: "上月" });
    await rule.getByLabel("到").selectOption({ label: "今天" });
  });
  await outer.getByRole("button", { name: "添加条件", exact: true }).click();
  await condition(outer, "状态", "不等于", async (rule) => {
    await rule.getByRole("combobox", { name: "值" }).click();
    await page.keyboard.type("liushi");
    await page.getByRole("option", { name: "流失", exact: true }).click();
  });
  await picture(page, "filter-between");
  await drawer().getByRole("button", { name: "应用筛选" }).click();
  await page.getByText(/创建时间.*介于 上月 至 今天/).first().waitFor();
  await page.reload();
  await page.getByText(/创建时间.*介于 上月 至 今天/).first().waitFor();
  page.assertQuiet();
});

test("an address that cannot be read says so and lists nothing until it is cleared", async () => {
  await page.goto(`${server.address}/customers?filter=${encodeURIComponent('{"field":"city","op":"eq","val')}`);
  await page.getByRole("alert").filter({ hasText: "无法识别" }).waitFor();
  await rows(0);
  await picture(page, "filter-unreadable");
  await page.getByRole("button", { name: "清除条件，查看全部" }).click();
  await rows(5);
  assert.equal(new URL(page.url()).search, "");
  page.assertQuiet();
});

test("a condition that the server refuses is told", async () => {
  await page.goto(`${server.address}/customers?filter[no_such_field]=1`);
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  await page.getByRole("main").getByRole("button", { name: "重置" }).first().click();
  await rows(5);
  page.complaints.expect(/400|422/);
  page.assertQuiet();
});
