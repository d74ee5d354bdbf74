// Somebody in service sees masked numbers and looks behind a mask with a reason; the administrator changes by the
// keyboard what a role gives, and whoever holds it sees the difference.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, openPage, picture, settled } from "../support/browser.js";
import { hire, signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const AGENT = { name: "周宁", username: "zhou.ning", password: "锦瑟-无端-2026-夏" };
const NUMBER = /138.?1234.?5678/;

const { api, browser, made, server } = await stage({
  furnish: async (api) => ({ customer: (await withCustomers(api))[1], agent: await hire(api, AGENT, ["客服"]) }),
});
const { agent, customer } = made;
const [his, hers] = await Promise.all([openPage(browser), openPage(browser)]);
await signIn(his, server, AGENT, `/customers/${customer.id}`);
await signIn(hers, server);

/** Reads the page anew until it shows what the server forgets to allow, or begins to. */
const eventuallyAnew = (page, check) =>
  eventually(async () => {
    await page.reload();
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await settled(page);
    await check();
  });

const fact = (page, name) => page.locator(".fact").filter({ has: page.getByText(name, { exact: true }) });

test("a masked number is shown in part, in the list and on the record", async () => {
  const phones = fact(his, "电话");
  await phones.getByText("****").first().waitFor();
  assert.equal(await his.getByText(NUMBER).count(), 0);
  assert.equal(await phones.getByRole("link").count(), 0, "there is nothing to dial");
  await picture(his, "masked");
});

test("without a reason nothing is shown; with one it is, and the history tells who looked and why", async () => {
  const phones = fact(his, "电话");
  await phones.getByRole("button", { name: "查看电话" }).click();
  const dialog = his.getByRole("dialog", { name: "查看电话" });
  await dialog.getByRole("button", { name: "查看", exact: true }).click();
  await dialog.locator("input[aria-invalid=true]").waitFor();
  assert.equal(await his.getByText(NUMBER).count(), 0);
  await dialog.getByLabel(/^查看原因/).fill("客户来电要求回拨");
  await his.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  await phones.getByText(NUMBER).first().waitFor();
  assert.match(await phones.getByRole("link", { name: /^拨打/ }).first().getAttribute("href"), /^tel:[+\d]*13812345678$/);
  const looked = his.getByRole("listitem").filter({ hasText: "查看了脱敏信息" });
  await looked.filter({ hasText: "客户来电要求回拨" }).filter({ hasText: AGENT.name }).waitFor();
  his.complaints.expect(/422/);
  his.assertQuiet();
  await his.reload();
  await fact(his, "电话").getByText("****").first().waitFor();
});

test("the administrator walks the matrix by the keyboard and takes the look behind masks away", async () => {
  const role = (await api.list("roles", "?limit=100")).data.find((role) => role.name === "客服");
  await hers.goto(`${server.address}/roles/${role.id}/rights`);
  const cell = (name) => hers.getByRole("combobox", { name, exact: true });
  await cell("客户 查看").focus();
  await hers.keyboard.press("ArrowRight");
  assert.ok(await cell("客户 新建").evaluate((cell) => cell === document.activeElement), "right goes along the row");
  await hers.keyboard.press("PageDown");
  assert.ok(await cell("联系人 新建").evaluate((cell) => cell === document.activeElement), "page down goes to the next row");
  await hers.keyboard.press("PageUp");
  const reveal = cell("客户 查看脱敏信息");
  while (!(await reveal.evaluate((cell) => cell === document.activeElement))) await hers.keyboard.press("ArrowRight");
  await hers.keyboard.press("Home");
  assert.equal(await reveal.inputValue(), "");
  await hers.getByRole("button", { name: "保存", exact: true }).press("Enter");
  await hers.getByText("已保存").waitFor();
  await picture(hers, "role-rights");
  hers.assertQuiet();
  await eventuallyAnew(his, async () => {
    await fact(his, "电话").getByText("****").first().waitFor();
    assert.equal(await his.getByRole("button", { name: "查看电话" }).count(), 0);
  });
});

test("a matrix that somebody else has saved meanwhile is not overwritten", async () => {
  const role = (await api.list("roles", "?limit=100")).data.find((role) => role.name === "客服");
  await hers.reload();
  const cell = hers.getByRole("combobox", { name: "客户 导出", exact: true });
  await cell.selectOption({ label: "全部" });
  const rights = await api.send("GET", `/roles/${role.id}/rights`);
  await api.send("PUT", `/roles/${role.id}/rights`, { ...rights, personal: "none" }, { "if-match": rights.tag });
  await hers.getByRole("button", { name: "保存", exact: true }).click();
  await hers.locator(".banner[data-tone=bad]").waitFor();
  assert.equal(await cell.inputValue(), "all", "what was chosen stays");
  assert.equal((await api.send("GET", `/roles/${role.id}/rights`)).personal, "none");
  hers.complaints.expect(/412/);
  hers.assertQuiet();
});

test("a field of which one may see nothing is nowhere", async () => {
  await eventuallyAnew(his, async () => assert.equal(await fact(his, "电话").count(), 0));
  his.assertQuiet();
});

test("rights of several roles add up, and go with the role", async () => {
  await hers.goto(`${server.address}/users/${agent}`);
  const roles = hers.getByRole("combobox", { name: "角色" });
  await roles.fill("客服经理");
  await hers.getByRole("option", { name: "客服经理", exact: true }).click();
  await hers.getByRole("button", { name: "保存", exact: true }).press("Enter");
  await hers.getByText("已保存").last().waitFor();
  await eventuallyAnew(his, () => fact(his, "电话").getByText(NUMBER).first().waitFor({ timeout: 2000 }));
  await hers.getByRole("button", { name: "移除 客服经理" }).click();
  await hers.getByRole("button", { name: "保存", exact: true }).press("Enter");
  await eventuallyAnew(his, async () => assert.equal(await fact(his, "电话").count(), 0));
  his.assertQuiet();
  hers.assertQuiet();
});
