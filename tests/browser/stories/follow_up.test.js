// Somebody who speaks with customers: writes it down by one key, sees it at once, and does on the phone what was promised.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, picture } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customer = await api.create("customers", { name: "北京华信科技有限公司" });
    const other = await api.create("customers", { name: "上海远航贸易有限公司" });
    await api.create("contacts", { name: "李娜", customer_id: customer.id });
    await api.create("contacts", { name: "王芳", customer_id: other.id });
    return { customer };
  },
  path: ({ customer }) => `/customers/${customer.id}`,
});

/** A day where she lives, so many from today. */
const day = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });

test("n writes a follow-up down, which the timeline shows at once and which plans the next contact", async () => {
  await page.getByRole("heading", { name: "时间线" }).waitFor();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: /写跟进：北京华信/ });
  await dialog.getByLabel(/^内容/).fill("确认了样品的收货时间。\n下周寄出。");
  await dialog.getByText("有意向", { exact: true }).click();
  await dialog.getByRole("button", { name: "明天" }).click();
  await picture(page, "follow-up");
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "确认了样品的收货时间" }).waitFor();
  const { next_contact_on } = await api.send("GET", `/customers/${made.customer.id}`);
  assert.equal(next_contact_on, day(1));
  await page.getByText(day(1)).first().waitFor();
  page.assertQuiet();
});

test("only contacts of the customer are offered", async () => {
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: /写跟进/ });
  await dialog.getByLabel(/^联系人/).click();
  await page.getByRole("option", { name: /李娜/ }).waitFor();
  assert.equal(await page.getByRole("option", { name: /王芳/ }).count(), 0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  page.assertQuiet();
});

test("on a phone a task is made from the plus, done, and comes again", async () => {
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, undefined, `/customers/${made.customer.id}`);
  await phone.getByRole("heading", { name: "时间线" }).waitFor();
  await phone.getByRole("navigation", { name: "主要位置" }).getByRole("button", { name: "新建" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: "新建待办" }).click();
  const dialog = phone.getByRole("dialog", { name: /新建待办：北京华信/ });
  await dialog.getByLabel(/^待办内容/).fill("寄样品");
  await dialog.getByRole("button", { name: "保存", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  const [task] = (await api.list("tasks", "?filter[status]=open")).data;
  assert.equal(task.about_id, made.customer.id);
  await api.change("tasks", task.id, { due_on: day(0), repeat: "weekly" });
  await phone.getByRole("navigation", { name: "主要位置" }).getByRole("link", { name: "待办" }).click();
  await phone.getByRole("link", { name: "寄样品" }).click();
  await phone.getByRole("link", { name: "北京华信科技有限公司" }).waitFor();
  await phone.getByRole("button", { name: "完成", exact: true }).click();
  await phone.getByRole("button", { name: "重新打开" }).waitFor();
  await picture(phone, "task-done-phone");
  const open = (await api.list("tasks", "?filter[status]=open")).data;
  assert.deepEqual(open.map((task) => [task.subject, task.due_on]), [["寄样品", day(7)]]);
  phone.assertQuiet();
});
