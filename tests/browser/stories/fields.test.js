// An administrator gives customers a field of the house's own, and it is there: asked for, shown, filtered by, retired.

import assert from "node:assert/strict";
import { test } from "node:test";

import openapiTS, { astToString } from "openapi-typescript";

import { openPage, picture } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customer = await api.create("customers", { name: "北京华信科技有限公司" });
    await api.create("customers", { name: "上海远航贸易有限公司" });
    return { customer };
  },
  path: "/fields/new",
});

const save = (scope) => scope.getByRole("button", { name: "保存", exact: true }).first().click();

test("a choice with two words is made in the form", async () => {
  await page.getByLabel(/^名称/).first().fill("客户等第");
  await page.getByLabel(/^英文名称/).first().fill("Grade");
  await page.getByLabel(/^所属对象/).selectOption({ label: "客户" });
  await page.getByLabel(/^类型/).selectOption({ label: "单选" });
  for (const label of ["金牌", "银牌"]) {
    await page.getByRole("button", { name: "添加一行" }).click();
    await page.getByRole("textbox", { name: "名称", exact: true }).last().fill(label);
  }
  await picture(page, "fields-form");
  await save(page);
  await page.getByRole("heading", { name: "客户等第" }).waitFor();
  const { data } = await api.send("GET", "/fields");
  assert.deepEqual(data[0].choices.map((one) => one.word), ["jin_pai", "yin_pai"]);
  assert.equal(data[0].key, "x_ke_hu_deng_di");
  await picture(page, "fields-record");
  page.assertQuiet();
});

test("a client that is generated now knows it", async () => {
  const text = astToString(await openapiTS(await api.send("GET", "/openapi.json")));
  const customer = text.slice(text.indexOf("\n        Customer: {"));
  assert.match(customer.slice(0, customer.indexOf("\n        };")), /x_ke_hu_deng_di\?: "jin_pai" \| "yin_pai"/);
});

test("the form of customers asks for it without another reload, and their page shows it", async () => {
  await page.getByRole("navigation").getByRole("link", { name: "客户", exact: true }).first().click();
  await page.getByRole("link", { name: "北京华信科技有限公司" }).click();
  await page.getByRole("heading", { name: "北京华信科技有限公司" }).waitFor();
  await page.keyboard.press("e");
  await page.getByLabel(/^客户等第/).selectOption({ label: "金牌" });
  await picture(page, "fields-customer-form");
  await save(page);
  await page.getByText("金牌").first().waitFor();
  assert.equal((await api.send("GET", `/customers/${made.customer.id}`)).x_ke_hu_deng_di, "jin_pai");
  page.assertQuiet();
});

test("on a phone a list is filtered by it", async () => {
  const filter = encodeURIComponent(JSON.stringify({ field: "x_ke_hu_deng_di", op: "eq", value: "jin_pai" }));
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, undefined, `/customers?filter=${filter}`);
  await phone.getByText("北京华信科技有限公司").waitFor();
  assert.equal(await phone.getByText("上海远航贸易有限公司").count(), 0);
  await phone.getByText(/客户等第|Grade/).first().waitFor();
  await picture(phone, "fields-filter-phone");
  phone.assertQuiet();
});

test("retired it is gone, brought back it is as it was", async () => {
  const { data } = await api.send("GET", "/fields");
  await page.goto(`${server.address}/fields/${data[0].id}`);
  await page.getByRole("button", { name: "停用" }).click();
  await page.getByRole("button", { name: "恢复" }).waitFor();
  await page.goto(`${server.address}/customers/${made.customer.id}`);
  await page.getByRole("heading", { name: "北京华信科技有限公司" }).waitFor();
  assert.equal(await page.getByText("金牌").count(), 0);
  await page.goto(`${server.address}/fields/${data[0].id}`);
  await page.getByRole("button", { name: "恢复" }).click();
  await page.getByRole("button", { name: "停用" }).waitFor();
  await page.goto(`${server.address}/customers/${made.customer.id}`);
  await page.getByText("金牌").first().waitFor();
  page.assertQuiet();
});
