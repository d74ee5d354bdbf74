// The person who installs the house opens it, signs out and comes back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, picture } from "../support/browser.js";
import { ADMINISTRATOR, signIn } from "../support/people.js";
import { setupLink } from "../support/server.js";
import { stage } from "../support/stage.js";

const { browser, server } = await stage({ empty: true });
const page = await openPage(browser);

test("the set-up link makes the first administrator and lets them in", async () => {
  await page.goto(setupLink(server));
  await picture(page, "set-up");
  await page.getByLabel("公司名称").fill("高山流水");
  await page.getByLabel(/^您的姓名/).fill(ADMINISTRATOR.name);
  await page.getByLabel(/^(登录名|用户名)/).fill(ADMINISTRATOR.username);
  await page.getByLabel(/^密码/).fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "开始使用" }).click();
  await page.getByRole("navigation", { name: "主导航" }).waitFor();
  assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /工作台|林知音/);
  await picture(page, "workbench-empty");
  page.assertQuiet();
});

test("somebody who made a link up is refused in words", async () => {
  const other = await openPage(browser);
  await other.goto(`${server.address}/setup?token=0123456789`);
  await other.getByLabel(/^您的姓名/).fill("某人");
  await other.getByLabel(/^密码/).fill("随便一个-1234-密码");
  await other.getByRole("button", { name: "开始使用" }).click();
  await other.getByRole("alert").filter({ hasText: /链接/ }).waitFor();
  other.complaints.expect(/410/);
  other.assertQuiet();
  await other.context().close();
});

test("after a reload one is still signed in", async () => {
  await page.reload();
  await page.getByRole("navigation", { name: "主导航" }).waitFor();
  page.assertQuiet();
});

test("signing out leaves nothing, and the password is needed to come back", async () => {
  await page.getByRole("button", { name: "我的菜单" }).click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await page.getByRole("button", { name: "登录", exact: true }).waitFor();
  await page.goto(`${server.address}/customers`);
  await page.getByRole("button", { name: "登录", exact: true }).waitFor();
  await picture(page, "sign-in");
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("a wrong password is refused without saying whether the name exists", async () => {
  const refused = async (username) => {
    await page.goto(server.address);
    await page.getByLabel(/^(登录名|用户名)/).fill(username);
    await page.getByLabel(/^密码/).fill("不是这个密码-123");
    await page.getByRole("button", { name: "登录", exact: true }).click();
    const alert = page.getByRole("alert").filter({ hasText: /\S/ });
    await alert.waitFor();
    return alert.innerText();
  };
  assert.equal(await refused(ADMINISTRATOR.username), await refused("nobody.at.all"));
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("the page that was asked for comes after signing in, and the session is in the list", async () => {
  await signIn(page, server, ADMINISTRATOR, "/me");
  const sessions = page.getByRole("listitem").filter({ hasText: "Chrome · Linux" });
  await sessions.first().waitFor();
  await page.getByText("本机").waitFor();
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("a session that is ended elsewhere asks for the password over the page", async () => {
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, ADMINISTRATOR, "/customers/new");
  await phone.getByLabel(/^客户名称/).fill("没有保存的客户");
  await page.reload();
  await page.getByRole("button", { name: "结束会话" }).first().click();
  await page.getByText("该会话已结束").waitFor();
  await phone.getByRole("button", { name: "保存", exact: true }).click();
  const dialog = phone.getByRole("dialog", { name: "会话已结束" });
  await dialog.getByLabel(/^密码/).fill(ADMINISTRATOR.password);
  await dialog.getByRole("button", { name: "登录", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await phone.getByLabel(/^客户名称/).inputValue(), "没有保存的客户");
  await phone.context().close();
});
