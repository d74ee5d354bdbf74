// Somebody who speaks with customers: writes it down by one key, sees it at once, does on the phone what was promised, and
// is reminded of what she wanted to be reminded of.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, eventually, openPage, picture, settled } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customer = await api.create("customers", { name: "北京华信科技有限公司" });
    const other = await api.create("customers", { name: "上海远航贸易有限公司" });
    await api.create("contacts", { name: "李娜", customer_id: customer.id });
    await api.create("contacts", { name: "王芳", customer_id: other.id });
    // The house looks every minute; by the end of the story it has.
    const reminded = await api.create("tasks", { subject: "回电给李娜", remind_at: new Date(Date.now() - 1000).toISOString() });
    return { customer, reminded };
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
  const [task] = (await api.list("tasks", "?filter[subject]=寄样品")).data;
  assert.equal(task.about_id, made.customer.id);
  await api.change("tasks", task.id, { due_on: day(0), repeat: "weekly" });
  await phone.getByRole("navigation", { name: "主要位置" }).getByRole("link", { name: "待办" }).click();
  await phone.getByRole("link", { name: "寄样品" }).click();
  await phone.getByRole("link", { name: "北京华信科技有限公司" }).waitFor();
  await phone.getByRole("button", { name: "完成", exact: true }).click();
  await phone.getByRole("button", { name: "重新打开" }).waitFor();
  await picture(phone, "task-done-phone");
  const open = (await api.list("tasks", "?filter[status]=open")).data.filter(({ id }) => id !== made.reminded.id);
  assert.deepEqual(open.map((task) => [task.subject, task.due_on]), [["寄样品", day(7)]]);
  phone.assertQuiet();
});

const waiting = (on) => on.getByRole("navigation").getByRole("link", { name: /^待办/ });

test("a task is ticked where it stands, the menu tells what is due, and the tick is taken back", async () => {
  const about = { about_type: "customers", about_id: made.customer.id };
  const task = await api.create("tasks", { subject: "核对合同", due_on: day(-1), ...about });
  await page.goto(`${server.address}/tasks`);
  const row = page.getByRole("row").filter({ hasText: "核对合同" });
  await row.getByRole("link", { name: "北京华信科技有限公司" }).waitFor();
  await waiting(page).filter({ hasText: "1 项到期" }).waitFor();
  await settled(page);
  await assertAccessible(page);
  await picture(page, "tasks");
  const tick = page.getByRole("checkbox", { name: "完成：核对合同" });
  await tick.click();
  const notice = page.getByRole("status").filter({ hasText: "完成：核对合同" });
  await notice.waitFor();
  await page.locator('.tick[aria-label="完成：核对合同"][aria-checked="true"]').waitFor();
  assert.equal((await api.send("GET", `/tasks/${task.id}`)).status, "done");
  await waiting(page).filter({ hasNotText: "项到期" }).waitFor();
  await notice.getByRole("button", { name: "撤销" }).click();
  await waiting(page).filter({ hasText: "1 项到期" }).waitFor();
  assert.equal((await api.send("GET", `/tasks/${task.id}`)).status, "open");
  page.assertQuiet();
});

test("on the workbench and in the timeline a task is ticked too, and on a phone by one tap on its card", async () => {
  await api.create("tasks", { subject: "寄发票", due_on: day(0), about_type: "customers", about_id: made.customer.id });
  await page.goto(server.address);
  const panel = page.locator("section.card").filter({ hasText: "该做的事" });
  await panel.getByText("北京华信科技有限公司").first().waitFor();
  await panel.getByRole("checkbox", { name: "完成：核对合同" }).click();
  await panel.getByText("核对合同").waitFor({ state: "detached" });
  await panel.getByText("寄发票").waitFor();
  await page.goto(`${server.address}/customers/${made.customer.id}`);
  const told = page.getByRole("listitem").filter({ hasText: "寄发票" });
  await told.getByRole("checkbox", { name: "完成：寄发票" }).click();
  await page.locator('.moment .tick[aria-label="完成：寄发票"][aria-checked="true"]').waitFor();
  await told.getByRole("checkbox", { name: "完成：寄发票" }).click();
  await page.locator('.moment .tick[aria-label="完成：寄发票"][aria-checked="false"]').waitFor();
  page.assertQuiet();

  const phone = await openPage(browser, { width: 390, height: 844, hasTouch: true, isMobile: true });
  await signIn(phone, server, undefined, "/tasks");
  const tick = phone.getByRole("checkbox", { name: "完成：寄发票" });
  await tick.waitFor();
  const { width, height } = await tick.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} × ${height}`);
  const bar = phone.getByRole("navigation", { name: "主要位置" });
  await bar.getByRole("link", { name: /1 项到期/ }).waitFor();
  await settled(phone);
  await picture(phone, "tasks-phone");
  await tick.tap();
  await bar.getByRole("link", { name: /项到期/ }).waitFor({ state: "detached" });
  await assertAccessible(phone);
  phone.assertQuiet();
});

test("a follow-up is written on top of the timeline, which goes on as one scrolls and keeps what is there", async () => {
  const older = (number) => ({ subject: `往来 ${number}`, customer_id: made.customer.id, happened_at: `2026-01-${String(number).padStart(2, "0")}T02:00:00Z` });
  for (let number = 1; number <= 30; number++) await api.create("contact-records", older(number));
  await page.goto(`${server.address}/customers/${made.customer.id}`);
  await page.getByRole("button", { name: /^写跟进：说了什么/ }).click();
  const form = page.getByRole("form", { name: "写跟进" });
  await form.getByLabel(/^内容/).fill("定下了验收的日子。");
  await settled(page);
  await picture(page, "timeline-composer");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await form.waitFor({ state: "detached" });
  await page.locator(".timeline").getByRole("link", { name: "定下了验收的日子" }).waitFor();

  const entries = page.locator(".timeline > li");
  await settled(page);
  const shown = await entries.count();
  assert.ok(shown < 30, `${shown} came without being asked for`);
  await page.route("**/timeline?*before=*", (route) => route.fulfill({ status: 503, body: "{}" }));
  await entries.last().scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 5000);
  await page.getByText("更早的内容没有加载出来").waitFor();
  assert.equal(await entries.count(), shown, "what was there stays");
  await page.unroute("**/timeline?*before=*");
  await page.getByRole("button", { name: "重试" }).click();
  await eventually(async () => assert.ok((await entries.count()) > shown));
  await eventually(async () => {
    await page.mouse.wheel(0, 5000);
    await page.locator(".timeline").getByRole("link", { name: "往来 1", exact: true }).waitFor({ timeout: 300 });
  });
  page.complaints.expect(/503/);
  page.assertQuiet();
});

test("when the moment has come the bell reminds", { timeout: 150_000 }, async () => {
  const until = Date.now() + 100_000;
  const reminders = async () => (await api.list("notifications", "?filter[reason]=reminder")).data;
  while ((await reminders()).length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 1000));
  await page.reload();
  await page.getByRole("button", { name: /通知.*未读/ }).click();
  const drawer = page.getByRole("dialog", { name: /通知/ });
  const reminder = drawer.getByRole("button", { name: /待办提醒.*回电给李娜/ });
  await reminder.waitFor();
  await settled(page);
  await picture(page, "reminder");
  await reminder.click();
  await page.waitForURL(`**/tasks/${made.reminded.id}`);
  await eventually(async () => assert.ok((await reminders())[0].read_at));
  page.assertQuiet();
});
