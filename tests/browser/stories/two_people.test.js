// Two people work on the same customer at the same time; nobody's words are lost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const { api, made: customer, page, server } = await stage({
  furnish: (api) => api.create("customers", { name: "武汉江汉建设", city: "武汉" }),
  path: (customer) => `/customers/${customer.id}/edit`,
});

test("changes of different fields are joined without asking", async () => {
  await page.getByLabel(/^简称/).fill("江汉");
  await api.change("customers", customer.id, { website: "https://jianghan.example.com" });
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "武汉江汉建设", exact: true }).waitFor();
  const saved = await api.send("GET", `/customers/${customer.id}`);
  assert.equal(saved.short_name, "江汉");
  assert.equal(saved.website, "https://jianghan.example.com");
});

test("of the same field one chooses, with all three values in sight", async () => {
  await page.goto(`${server.address}/customers/${customer.id}/edit`);
  await page.getByLabel(/^城市/).fill("宜昌");
  await api.change("customers", customer.id, { city: "荆州" });
  await page.getByRole("button", { name: "保存", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "修改有冲突" });
  for (const value of ["武汉", "宜昌", "荆州"]) await dialog.getByText(value).first().waitFor();
  await picture(page, "conflict");
  await dialog.getByRole("radio", { name: /对方|荆州/ }).first().check();
  await dialog.getByRole("button", { name: "按所选保存" }).click();
  await page.getByRole("heading", { level: 1, name: "武汉江汉建设", exact: true }).waitFor();
  assert.equal((await api.send("GET", `/customers/${customer.id}`)).city, "荆州");
  page.complaints.expect(/412/);
  page.assertQuiet();
});

test("a cell of a list that somebody else changed is not overwritten", async () => {
  await page.goto(`${server.address}/customers`);
  const row = page.getByRole("row").filter({ hasText: "武汉江汉建设" });
  await row.getByText("潜在").waitFor();
  await api.change("customers", customer.id, { status: "active" });
  await row.getByText("潜在").dblclick();
  await row.getByRole("combobox").selectOption({ label: "流失" });
  await row.getByRole("combobox").press("Enter");
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  await row.getByText("合作中").waitFor();
  assert.equal((await api.send("GET", `/customers/${customer.id}`)).status, "active");
  page.complaints.expect(/412/);
  page.assertQuiet();
});
