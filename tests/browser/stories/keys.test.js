// An administrator replaces the keys that sign and seal, while her own page goes on; somebody else may only look.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, openPage, picture } from "../support/browser.js";
import { SELLER, hire, signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const AUDITOR = { name: "钱审计", username: "qian", password: "高山-流水-审计-秋" };

/** A new key is used by everybody after ten seconds, and sealing anew begins then. */
const PATIENCE = { timeout: 45_000 };

const { api, browser, page, server } = await stage({
  furnish: async (api) => {
    await withCustomers(api);
    await hire(api, SELLER, ["销售"]);
    await hire(api, AUDITOR, ["审计员"]);
  },
  path: "/keys",
});

const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const group = (page, name) => page.getByRole("region", { name, exact: true });
const key = (name) => page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
const toast = (words) => page.getByText(words).waitFor();

async function replace(purpose, reason) {
  await button(group(page, purpose), "更换").click();
  const dialog = page.getByRole("dialog", { name: `更换${purpose}` });
  await dialog.getByLabel("原因").fill(reason);
  await button(dialog, "更换").click();
  await dialog.waitFor({ state: "hidden" });
}

/** Withdraws a key; its successor may be too young for that yet, and then the dialog says so and waits. */
async function withdraw(name) {
  await button(key(name), "收回").click();
  const dialog = page.getByRole("dialog", { name: `收回 ${name}` });
  await eventually(async () => {
    await button(dialog, "收回").click();
    const refusal = dialog.getByText("尚未在所有服务器上启用");
    await page.getByText(`已收回 ${name}`).or(refusal).first().waitFor();
    assert.equal(await refusal.count(), 0, "its successor is too young");
  });
}

test("the menu leads to the keys, and each says what it is for", async () => {
  await page.getByRole("navigation").getByRole("link", { name: "密钥" }).waitFor();
  for (const [name, id] of [["签名密钥", "sign-1"], ["加密密钥", "seal-1"], ["查找密钥", "blind-1"], ["翻页与会话密钥", "cursor-1"]]) {
    await group(page, name).getByText(id).waitFor();
  }
  assert.equal(await button(page, "更换").count(), 2, "the others stay");
  assert.equal(await button(page, "收回").count(), 0, "nothing has been replaced yet");
  page.assertQuiet();
});

test("the keys that sign and seal are replaced, and come into use without anybody doing more", async () => {
  await replace("签名密钥", "每季度更换");
  await toast("已生成 sign-2");
  await key("sign-2").getByText("即将启用").waitFor();
  await key("sign-2").getByText("林知音").waitFor();
  await key("sign-2").getByText("每季度更换").waitFor();
  await replace("加密密钥", "");
  await key("seal-2").getByText("即将启用").waitFor();
  await page.getByRole("progressbar", { name: "正在重新加密" }).waitFor();
  await picture(page, "keys-announced");
  await key("sign-2").getByText("使用中").waitFor(PATIENCE);
  await key("sign-1").getByText("保留").waitFor();
  await page.getByText("旧内容已全部重新加密").waitFor(PATIENCE);
  page.assertQuiet();
});

test("what is too early is refused in words, and nothing typed is lost", async () => {
  await replace("签名密钥", "再换一次");
  await key("sign-3").getByText("即将启用").waitFor();
  await key("sign-3").getByText("使用中").waitFor(PATIENCE);
  // Somebody else has withdrawn the key meanwhile.
  await button(key("sign-2"), "收回").click();
  const dialog = page.getByRole("dialog", { name: "收回 sign-2" });
  await dialog.getByLabel("原因").fill("可能已泄露");
  await api.send("POST", "/keys/sign-2/withdraw", {});
  await button(dialog, "收回").click();
  await dialog.getByText("sign-2 已经收回").waitFor();
  assert.equal(await dialog.getByLabel("原因").inputValue(), "可能已泄露");
  await page.keyboard.press("Escape");
  page.complaints.expect(/409/);
  page.assertQuiet();
});

test("an old key is withdrawn, and the page that it let in goes on", async () => {
  for (const name of ["seal-1", "sign-1"]) {
    await withdraw(name);
    await key(name).getByText("已收回").waitFor();
  }
  await picture(page, "keys-withdrawn");
  await eventually(async () => assert.equal((await api.answer("GET", "/me")).status, 401, "what sign-1 signed is refused"));
  await page.getByRole("navigation").getByRole("link", { name: "客户", exact: true }).click();
  await page.getByRole("link", { name: /北京华信/ }).first().waitFor();
  page.complaints.expect(/401|409/);
  page.assertQuiet();
});

test("an auditor looks and changes nothing; a seller sees neither the page nor the way to it", async () => {
  const auditors = await openPage(browser);
  await signIn(auditors, server, AUDITOR, "/keys");
  await group(auditors, "签名密钥").getByText("sign-3").waitFor();
  assert.equal(await button(auditors, "更换").count() + (await button(auditors, "收回").count()), 0);
  auditors.assertQuiet();
  const sellers = await openPage(browser);
  await signIn(sellers, server, SELLER, "/keys");
  await sellers.getByRole("heading", { name: "没有查看权限" }).first().waitFor();
  assert.equal(await sellers.getByRole("link", { name: "密钥" }).count(), 0);
  sellers.assertQuiet();
});
