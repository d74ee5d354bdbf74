// An administrator lets a seller in; the seller sees their own work and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, openPage, picture, settled } from "../support/browser.js";
import { Api, SELLER, knock, signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

let seller;

const { api, browser, server } = await stage({ furnish: withCustomers });
const page = await openPage(browser);

test("she makes a user with department and roles in one form, and hands over a password for the first day", async () => {
  await api.create("departments", { name: "华东销售部" });
  await api.create("departments", { name: "华南销售部" });
  await signIn(page, server, undefined, "/users");
  await page.getByRole("button", { name: "新建用户" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^姓名/).fill(SELLER.name);
  await dialog.getByLabel(/^登录名/).fill(SELLER.username);
  await dialog.getByRole("combobox", { name: /^所属部门/ }).fill("华东");
  await page.getByRole("option", { name: "华东销售部" }).click();
  await dialog.getByRole("combobox", { name: /^角色/ }).fill("销售");
  await page.getByRole("option", { name: "销售", exact: true }).click();
  await picture(page, "user-made");
  // The open list of roles lies over the button; leaving it closes it.
  await dialog.getByRole("button", { name: "保存", exact: true }).press("Enter");
  // What is left to do is offered without looking for it.
  const secret = page.getByRole("dialog", { name: "设置临时密码" });
  await secret.getByRole("button", { name: "设置临时密码" }).click();
  seller = { ...SELLER, first: await secret.getByRole("code").innerText() };
  assert.ok(seller.first.length >= 10, seller.first);
  await picture(page, "user-password");
  await secret.getByRole("button", { name: "关闭" }).last().click();
  page.assertQuiet();
});

test("the list shows department and roles, and a move to another department is an act of its own", async () => {
  const row = page.getByRole("row").filter({ hasText: SELLER.name });
  await page.goto(`${server.address}/users`);
  await row.getByText("华东销售部").waitFor();
  await row.getByText("销售", { exact: true }).waitFor();
  await picture(page, "users-list");
  await page.getByRole("link", { name: SELLER.name }).click();
  await page.getByRole("button", { name: "调动部门" }).click();
  const dialog = page.getByRole("dialog", { name: "调动部门" });
  await dialog.getByRole("combobox").fill("华南");
  await page.getByRole("option", { name: "华南销售部" }).click();
  await dialog.getByRole("button", { name: "调动部门" }).press("Enter");
  await page.getByText("已调动到华南销售部").waitFor();
  await picture(page, "user-moved");
  const { data } = await api.list("users", `?filter[username]=${SELLER.username}&expand=department`);
  assert.equal(data[0].department.name, "华南销售部");
  page.assertQuiet();
});

test("he chooses a password of his own before anything else", async () => {
  const his = await openPage(browser);
  await knock(his, server, { username: seller.username, password: seller.first }, "/customers");
  await his.getByRole("heading", { level: 1, name: "请设置自己的密码" }).waitFor();
  await his.getByLabel(/^当前密码/).fill(seller.first);
  await his.getByLabel(/^新密码/).fill("1234567890");
  await his.getByRole("button", { name: "修改密码" }).click();
  await his.locator("[aria-invalid=true]").first().waitFor();
  await his.getByLabel(/^新密码/).fill(SELLER.password);
  await picture(his, "password-first");
  await his.getByRole("button", { name: "修改密码" }).click();
  await his.getByRole("navigation", { name: "主导航" }).waitFor();
  await his.getByRole("heading", { level: 1, name: "客户" }).waitFor();
  his.complaints.expect(/4(03|22)/);
  his.assertQuiet();
  await his.context().close();
});

test("he sees the customers that are his, and no trace of the others", async () => {
  const hands = await Api.of(server.address, SELLER);
  await hands.create("customers", { name: "他自己的客户" });
  const his = await openPage(browser);
  await signIn(his, server, SELLER, "/customers");
  await his.getByRole("link", { name: "他自己的客户" }).waitFor();
  assert.equal(await his.getByRole("rowheader").count(), 1);
  await his.getByLabel("搜索名称、拼音、电话尾号").fill("华信");
  await his.getByRole("heading", { name: "没有符合条件的记录" }).waitFor();
  his.assertQuiet();
  await his.context().close();
});

test("he finds no menu and no button for what he may not do, and an address alone opens nothing", async () => {
  const his = await openPage(browser);
  await signIn(his, server, SELLER, "/customers");
  await his.getByRole("rowheader").first().waitFor();
  const menu = his.getByRole("navigation", { name: "主导航" });
  assert.equal(await menu.getByRole("link", { name: "角色" }).count(), 0);
  assert.equal(await his.getByRole("button", { name: "导出" }).count(), 0);
  await his.goto(`${server.address}/roles`);
  await his.getByText("没有查看权限").first().waitFor();
  await his.goto(`${server.address}/users`);
  await his.getByRole("rowheader").first().waitFor();
  assert.equal(await his.getByRole("button", { name: "新建用户" }).count(), 0);
  const foreign = (await api.list("customers", "?limit=1&sort=name")).data[0];
  await his.goto(`${server.address}/customers/${foreign.id}`);
  await his.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await his.getByText(foreign.name).count(), 0);
  his.complaints.expect(/404/);
  his.assertQuiet();
  await his.context().close();
});

test("a right that is taken away is gone without signing in again", async () => {
  const his = await openPage(browser);
  await signIn(his, server, SELLER, "/customers");
  await his.getByRole("rowheader").first().waitFor();
  const { data } = await api.list("users", `?filter[username]=${SELLER.username}`);
  await api.giveRoles(data[0].id, []);
  // A server remembers for some seconds what somebody may do.
  await eventually(async () => {
    await his.reload();
    await his.getByRole("heading", { level: 1 }).waitFor();
    await settled(his);
    assert.ok(await his.getByRole("main").getByRole("heading", { name: "没有查看权限" }).first().isVisible());
  });
  his.complaints.expect(/403/);
  his.assertQuiet();
  await his.context().close();
});
