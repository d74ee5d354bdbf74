// A seller's afternoon with the board: what stands where is moved by keyboard, by mouse, by a finger and by the menu;
// what is lost says why, and what somebody else changed meanwhile goes to where it really stands.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, eventually, openPage, settled } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const NAMES = ["三号线信号改造", "仓储管理系统", "冷链监控试点", "门店收银升级", "数据中心迁移"];

const { api, browser, made, page, server } = await stage({ furnish: opportunities, path: "/opportunities/board" });

/** One opportunity of each name in the first stage; answers them and the stages by their names. */
async function opportunities(api) {
  const customer = await api.create("customers", { name: "北京华信科技有限公司" });
  const made = {};
  for (const name of NAMES) {
    made[name] = await api.create("opportunities", { name, customer_id: customer.id, amount: "120000", close_on: "2026-01-05" });
  }
  const { data } = await api.list("stages", "?sort=position&limit=20");
  return { ...made, stages: data };
}

const now = (name) => api.send("GET", `/opportunities/${made[name].id}`);
const column = (name, on = page) => on.getByRole("region", { name: new RegExp(`^${name}`) });
const card = (name, on = page) => on.getByRole("listitem").filter({ has: on.getByRole("link", { name, exact: true }) });
const link = (name, on = page) => on.getByRole("link", { name, exact: true });

async function standsIn(name, where, on = page) {
  await column(where, on).getByRole("link", { name, exact: true }).waitFor();
}

async function drag(name, to) {
  await link(name).scrollIntoViewIfNeeded();
  const from = await card(name).boundingBox();
  const over = await column(to).boundingBox();
  await page.mouse.move(from.x + 40, from.y + 40);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 50, { steps: 3 });
  await page.mouse.move(over.x + over.width / 2, over.y + 200, { steps: 8 });
  await page.mouse.up();
}

test("the columns are the stages in their order, then what was won and lost this month", async () => {
  await standsIn(NAMES[0], "初步接洽");
  const heads = await page.getByRole("heading", { level: 2 }).allTextContents();
  assert.deepEqual(heads, [...made.stages.map((stage) => stage.name), "赢单（本月）", "输单（本月）"]);
  await card(NAMES[0]).getByText(/^逾期 \d+ 天$/).waitFor();
  await assertAccessible(page);
});

test("by the keyboard a card goes from stage to stage until it is won", async () => {
  await link(NAMES[4]).focus();
  await page.keyboard.press("ArrowDown");
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), NAMES[3]));
  await page.keyboard.press("Shift+ArrowRight");
  await standsIn(NAMES[3], "需求确认");
  await eventually(async () => assert.equal((await now(NAMES[3])).stage_id, made.stages[1].id));
  assert.equal((await now(NAMES[3])).probability, 30, "the chance of the stage");
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), NAMES[3]));
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: new RegExp(`^移动到…`) });
  await dialog.getByRole("button", { name: "赢单（本月）" }).click();
  await standsIn(NAMES[3], "赢单");
  await eventually(async () => assert.equal((await now(NAMES[3])).status, "won"));
  await page.getByRole("status").filter({ hasText: `“${NAMES[3]}”已移到“赢单（本月）”` }).waitFor();
});

test("by the mouse it is dragged to another stage, and the move is taken back", async () => {
  await drag(NAMES[0], "方案报价");
  await standsIn(NAMES[0], "方案报价");
  await eventually(async () => assert.equal((await now(NAMES[0])).stage_id, made.stages[2].id));
  const notice = page.getByRole("status").filter({ hasText: `“${NAMES[0]}”已移到“方案报价”` });
  await notice.getByRole("button", { name: "撤销" }).last().click();
  await standsIn(NAMES[0], "初步接洽");
  await eventually(async () => assert.equal((await now(NAMES[0])).stage_id, made.stages[0].id));
});

test("what is lost says why", async () => {
  await card(NAMES[1]).getByRole("button", { name: /^移动到…/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "输单（本月）" }).click();
  const dialog = page.getByRole("dialog", { name: "输单" });
  await dialog.getByRole("button", { name: "输单" }).click();
  await dialog.getByText("必填").first().waitFor();
  await standsIn(NAMES[1], "初步接洽");
  await dialog.getByLabel(/^输单原因/).selectOption("price");
  await dialog.getByLabel(/^输单说明/).fill("低价竞标");
  await dialog.getByRole("button", { name: "输单" }).click();
  await standsIn(NAMES[1], "输单");
  await eventually(async () => assert.equal((await now(NAMES[1])).loss_note, "低价竞标"));
});

test("what somebody else moved meanwhile goes to where it stands, and the reason is told", async () => {
  const { tag } = await now(NAMES[2]);
  await api.send("POST", `/opportunities/${made[NAMES[2]].id}/advancement`, { stage_id: made.stages[4].id }, { "if-match": tag });
  await drag(NAMES[2], "需求确认");
  await standsIn(NAMES[2], "合同签订");
  await page.getByRole("alert").filter({ hasText: /\S/ }).first().waitFor();
  assert.equal((await now(NAMES[2])).stage_id, made.stages[4].id, "the other one's move stands");
  page.complaints.expect(/412/);
});

test("a long column is walked to its end, and only what is seen is drawn", async () => {
  const { customer_id, stage_id } = await now(NAMES[4]);
  const record = (number) => ({ name: `批量 ${number}`, customer_id, stage_id: made.stages[3].id, amount: "1.10" });
  const items = Array.from({ length: 150 }, (_, number) => ({ op: "create", data: record(number) }));
  await api.send("POST", "/opportunities/batch", { atomic: true, items }, { "idempotency-key": "long-column" });
  assert.notEqual(stage_id, made.stages[3].id);
  await page.reload();
  const long = column("商务谈判");
  await long.getByText("150", { exact: true }).waitFor();
  await long.getByText("¥165", { exact: true }).waitFor();
  const cards = long.getByRole("list");
  await eventually(async () => {
    await cards.evaluate((list) => list.parentElement.scrollBy(0, 3000));
    await link("批量 0").waitFor({ timeout: 200 });
  });
  assert.ok((await cards.getByRole("listitem").count()) < 30, "all of a long column was drawn");
});

test("search and filter are in the address, and the list has them too", async () => {
  await page.getByRole("textbox", { name: "搜索名称、拼音" }).fill("数据中心");
  await page.waitForURL(/\/opportunities\/board\?q=/);
  await link(NAMES[0]).waitFor({ state: "detached" });
  await standsIn(NAMES[4], "初步接洽");
  await page.getByRole("navigation", { name: "视图" }).getByRole("link", { name: "列表" }).click();
  await page.waitForURL(/\/opportunities\?q=/);
  await page.getByRole("link", { name: NAMES[4], exact: true }).waitFor();
  page.assertQuiet();
});

test("a filter that nobody can read shows no cards, and figures that do not come are said", async () => {
  await page.goto(`${server.address}/opportunities/board?filter=%7Bbroken`);
  await page.getByRole("heading", { name: "这个地址里的筛选条件无法识别" }).waitFor();
  assert.equal(await link(NAMES[0]).count(), 0, "all cards would be taken for those that are meant");
  await page.route("**/opportunities/summary", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.getByRole("button", { name: "清除条件，查看全部" }).click();
  await standsIn(NAMES[0], "初步接洽");
  const told = page.getByRole("alert").filter({ hasText: "各列的数量和金额没有加载出来" });
  await told.waitFor();
  await page.unroute("**/opportunities/summary");
  await told.getByRole("button", { name: "重试" }).click();
  await told.waitFor({ state: "detached" });
  await column("商务谈判").getByText("150", { exact: true }).waitFor();
  page.complaints.expect(/503/);
  page.assertQuiet();
});

test("on a phone one column is seen at a time, and a finger that rests takes a card", async () => {
  const phone = await openPage(browser, { width: 390, height: 844, hasTouch: true, isMobile: true });
  await signIn(phone, server, undefined, "/opportunities/board");
  await standsIn(NAMES[4], "初步接洽", phone);
  await settled(phone);
  await phone.getByRole("combobox", { name: "查看的列" }).selectOption("需求确认");
  await eventually(async () => assert.ok((await column("需求确认", phone).boundingBox()).x < 100));
  await phone.getByRole("combobox", { name: "查看的列" }).selectOption("初步接洽");
  await eventually(async () => assert.ok((await card(NAMES[4], phone).boundingBox()).x > 0));
  await assertAccessible(phone);
  const { x, y } = await card(NAMES[4], phone).boundingBox();
  const touch = await phone.context().newCDPSession(phone);
  const at = (type, x, y) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  await at("touchStart", x + 60, y + 60);
  await eventually(async () => assert.equal(await phone.locator(".board-ghost").count(), 1));
  for (let step = 0; step < 40 && (await column("需求确认", phone).boundingBox()).x > 120; step++) {
    await at("touchMove", 380, y + 70 + (step % 2));
  }
  await at("touchMove", 200, y + 80);
  await at("touchEnd");
  await standsIn(NAMES[4], "需求确认", phone);
  await eventually(async () => assert.equal((await now(NAMES[4])).stage_id, made.stages[1].id));
  phone.assertQuiet();
});
