// Somebody who counts: each figure opens just the records behind it, and these add up to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, picture, settled } from "../support/browser.js";
import { withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

async function furnish(api) {
  const customers = await withCustomers(api);
  const opportunity = (name, amount, currency = "CNY") =>
    api.create("opportunities", { name, amount, currency, customer_id: customers[0].id });
  for (let at = 1; at <= 60; at++) await opportunity(`年度服务 ${at}`, `${at}000.50`);
  return { customers, opportunity };
}

const { api, made, page, server } = await stage({ furnish, path: "/" });

const main = page.getByRole("main");
const counted = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();

test("each figure of the workbench opens as many records as it says, and the chart is one request", async () => {
  const bar = main.getByRole("link", { name: "合作中 2" });
  await bar.waitFor();
  await settled(page);
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/customers/summary") && asked.push(request.postDataJSON()));
  await page.reload();
  await bar.waitFor();
  await settled(page);
  assert.equal(asked.filter(({ by }) => by?.[0] === "status").length, 1);
  assert.equal(new Set(asked.map((body) => JSON.stringify(body))).size, asked.length, "nothing is asked twice");
  for (const word of ["潜在 1", "合作中 2", "沉默 1", "流失 1"]) await main.getByRole("link", { name: word }).waitFor();
  for (const [name, count] of [["全部客户", 5], ["本周新增", 5]]) {
    const figure = main.getByRole("link", { name });
    await figure.getByText(String(count), { exact: true }).waitFor();
    await figure.click();
    await counted(`共 ${count} 条`);
    await page.goBack();
  }
  await bar.click();
  await counted("共 2 条");
  await page.goBack();
  page.assertQuiet();
});

test("figures of deals tell their amounts, and all of them are one's own, the department's or everybody's", async () => {
  await page.goto(server.address);
  const open = main.getByRole("link", { name: /^进行中的商机/ });
  await open.getByText("60", { exact: true }).waitFor();
  await open.getByText("¥1,830,030", { exact: true }).waitFor();
  const whose = page.getByRole("navigation", { name: "范围" });
  await whose.getByRole("link", { name: "全部" }).click();
  await page.waitForURL(/\?scope=all$/);
  await settled(page);
  await assertAccessible(page);
  await picture(page, "workbench-all");
  await page.reload();
  await whose.locator('[aria-current="page"]').filter({ hasText: "全部" }).waitFor();
  await open.click();
  await counted("共 60 条");
  const filter = JSON.stringify({ field: "status", op: "eq", value: "open" });
  assert.equal(new URL(page.url()).searchParams.get("filter"), filter, "of everybody's");
  page.assertQuiet();
});

test("a part that does not come says so, and is tried again by itself", async () => {
  await page.route("**/opportunities/summary", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.goto(server.address);
  const failed = main.getByRole("alert").filter({ hasText: "进行中的商机" });
  await failed.getByText("没有加载出来").waitFor();
  await main.getByRole("link", { name: /^全部客户/ }).getByText("5", { exact: true }).waitFor();
  const chart = main.getByRole("region", { name: "商机阶段" });
  await chart.getByRole("alert").waitFor();
  await picture(page, "workbench-failed");
  await page.unroute("**/opportunities/summary");
  await failed.getByRole("button", { name: "重试" }).click();
  await main.getByRole("link", { name: /^进行中的商机/ }).getByText("60", { exact: true }).waitFor();
  await chart.getByRole("button", { name: "重试" }).click();
  await chart.getByRole("link", { name: "初步接洽 60" }).waitFor();
  page.complaints.expect(/503/);
  page.assertQuiet();
});

test("the foot of a list tells the sum of all that is listed, of more than the page", async () => {
  await page.goto(`${server.address}/opportunities?limit=20`);
  const foot = main.getByRole("row").filter({ hasText: "合计" });
  await foot.getByText("¥1,830,030.00").waitFor();
  assert.equal(await page.locator("tbody th[scope=row]").count(), 20);
  await picture(page, "opportunities-sum");
  const few = { field: "amount", op: "lte", value: 3000 };
  await page.goto(`${server.address}/opportunities?filter=${encodeURIComponent(JSON.stringify(few))}`);
  await foot.getByText("¥3,001.00").waitFor();
  page.assertQuiet();
});

test("of several currencies nothing is added up, and each sum opens its own", async () => {
  await made.opportunity("海外订单", "99.99", "USD");
  await page.goto(`${server.address}/opportunities`);
  const foot = main.getByRole("row").filter({ hasText: "合计" });
  await foot.getByRole("link", { name: "¥1,830,030.00" }).waitFor();
  await foot.getByRole("link", { name: "US$99.99" }).click();
  await counted("共 1 条");
  await foot.getByText("US$99.99").waitFor();
  page.assertQuiet();
});

test("on a phone the sums stand below the cards", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.address}/opportunities`);
  await main.getByText("¥1,830,030.00").waitFor();
  await picture(page, "opportunities-sum-phone");
  page.assertQuiet();
});
