// A change of more records than are answered at once is tried first, and runs in the background.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const COUNT = 260;

const { api, page, server } = await stage({
  furnish: async (api) => {
    const customers = Array.from({ length: COUNT }, (_, at) => ({ name: `批量客户 ${at}`, city: "长沙" }));
    // Ten at a time: enough to be quick, few enough for a small machine.
    while (customers.length > 0) {
      await Promise.all(customers.splice(0, 10).map((customer) => api.create("customers", customer)));
    }
  },
  path: "/customers",
});

test("however long the list, at most 60 rows are in the document", async () => {
  await page.getByRole("rowheader").first().waitFor();
  assert.ok((await page.locator("tbody tr").count()) <= 60);
  await page.goto(`${server.address}/customers?limit=500`);
  await page.getByRole("rowheader").first().waitFor();
  await page.getByText(`共 ${COUNT} 条`).or(page.getByText(`约 ${COUNT} 条`)).waitFor();
  assert.ok((await page.locator("tbody tr").count()) <= 60);
  page.assertQuiet();
});

test("everything that matches is selected beyond the page, tried, and then changed", async () => {
  await page.goto(`${server.address}/customers?filter[city][eq]=${encodeURIComponent("长沙")}`);
  await page.getByRole("checkbox", { name: "选择本页全部" }).check();
  await page.getByRole("button", { name: /^选择全部/ }).click();
  await page.getByText(`已选 ${COUNT} 条`).waitFor();
  await page.getByRole("button", { name: "批量编辑" }).click();
  const dialog = page.getByRole("dialog", { name: "批量编辑" });
  await dialog.getByLabel("要修改的字段").selectOption({ label: "客户级别" });
  await dialog.getByLabel(/^客户级别/).selectOption({ label: "C 级" });
  await dialog.getByRole("button", { name: "应用修改" }).click();
  const rehearsal = page.getByRole("dialog", { name: "先试算一遍" });
  await rehearsal.getByRole("button", { name: `执行，改动 ${COUNT} 条` }).waitFor();
  await picture(page, "bulk-rehearsal");
  const level = async () => (await api.list("customers", "?filter[level][eq]=c&count=exact&limit=1")).page.total;
  assert.equal(await level(), 0, "trying changes nothing");
  await rehearsal.getByRole("button", { name: `执行，改动 ${COUNT} 条` }).click();
  await page.getByText("批量操作已完成").waitFor();
  assert.equal(await level(), COUNT);
  page.assertQuiet();
});
