// Somebody wants more than a password in front of their customers, and one day loses the phone.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { accessibility, openPage, picture, settled, wholeness } from "../support/browser.js";
import { ADMINISTRATOR, Api, SELLER, hire, knock, signIn } from "../support/people.js";
import { Phone, enrol, inTheMiddleOfAStep } from "../support/phone.js";
import { stage } from "../support/stage.js";

const { api, browser, made: seller, page, server } = await stage({ furnish: (api) => hire(api, SELLER, ["销售"]), path: "/me" });
const { id: administrator } = await api.send("GET", "/me");

const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const inside = (page) => page.getByRole("navigation").first().waitFor();
const refused = (scope, words) => scope.getByRole("alert").filter({ hasText: words }).waitFor();

let phone;
let recoveryCodes;

test("it is switched on with the password, a QR code and a first code", async () => {
  await button(page, "开启两步验证").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("当前密码").fill("不是这个密码-123");
  await button(dialog, "下一步").click();
  await dialog.getByText("当前密码不正确").waitFor();
  await dialog.getByLabel("当前密码").fill(ADMINISTRATOR.password);
  await page.keyboard.press("Enter");
  const picture = dialog.getByRole("img", { name: "供验证器应用扫描的二维码" });
  await picture.waitFor();
  assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 0), "the picture is drawn");
  phone = new Phone(await dialog.getByRole("code").innerText());
  assert.equal(await page.evaluate(() => document.activeElement.id), "first-code");
  await inTheMiddleOfAStep();
  await dialog.getByLabel("验证码").fill(phone.wrongCode());
  await dialog.getByText("验证码不正确或已用过").waitFor();
  const code = phone.code(-1);
  await dialog.getByLabel("验证码").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await dialog.getByRole("heading", { name: "保存恢复码" }).waitFor();
  recoveryCodes = await dialog.getByRole("listitem").allInnerTexts();
  assert.equal(recoveryCodes.length, 10);
  await page.keyboard.press("Escape");
  const [file] = await Promise.all([page.waitForEvent("download"), button(dialog, "下载为文本").click()]);
  const text = await readFile(await file.path(), "utf8");
  assert.ok(recoveryCodes.every((code) => text.includes(code)) && text.includes(ADMINISTRATOR.username), text);
  await button(dialog, "我已保存").click();
  await page.getByText("恢复码还剩 10 个").waitFor();
  page.complaints.expect(/422/);
  page.assertQuiet();
});

test("from now on the password is half the way in", async () => {
  await button(page, "我的菜单").click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await knock(page, server, ADMINISTRATOR, "/customers");
  const code = page.getByLabel("验证码");
  await code.waitFor();
  await settled(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), "code");
  assert.equal(await code.getAttribute("autocomplete"), "one-time-code");
  await code.fill(phone.wrongCode());
  await refused(page, /验证码不正确/);
  assert.equal(await code.inputValue(), "");
  await inTheMiddleOfAStep();
  await code.evaluate((input, text) => {
    input.focus();
    document.execCommand("insertText", false, text);
  }, ` ${phone.code().slice(0, 3)} ${phone.code().slice(3)} `);
  await inside(page);
  await page.waitForURL(`${server.address}/customers`);
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("a recovery code takes the place of the phone, once", async () => {
  const other = await openPage(browser);
  await knock(other, server, ADMINISTRATOR, "/me");
  await button(other, "使用恢复码").click();
  await other.getByLabel("恢复码").fill(recoveryCodes[0].toUpperCase());
  await button(other, "登录").click();
  await other.getByText("恢复码还剩 9 个").waitFor();
  await button(other, "我的菜单").click();
  await other.getByRole("menuitem", { name: "退出登录" }).click();
  await knock(other, server, ADMINISTRATOR);
  await button(other, "使用恢复码").click();
  await other.getByLabel("恢复码").fill(recoveryCodes[0]);
  await other.keyboard.press("Enter");
  await refused(other, /验证码不正确/);
  await button(other, "返回").click();
  await other.getByLabel(/^密码/).waitFor();
  other.complaints.expect(/401/);
  other.assertQuiet();
  await other.context().close();
});

test("who takes too long begins again, and is told why", async () => {
  const own = await Api.of(server.address, SELLER);
  const { recoveryCodes } = await enrol(own, SELLER.password);
  const late = await openPage(browser);
  await knock(late, server, SELLER);
  await late.getByLabel("验证码").waitFor();
  // Another password ends half a sign-in just as five minutes do.
  const fresh = "渔舟-唱晚-2027-琴";
  await own.send("POST", "/me/password", { current: SELLER.password, new: fresh });
  await late.getByLabel("验证码").fill("123456");
  await refused(late, /登录超时.*请重新输入/s);
  assert.equal(await late.getByLabel(/^密码/).inputValue(), "");
  await late.getByLabel(/^密码/).fill(fresh);
  await button(late, "登录").click();
  await button(late, "使用恢复码").click();
  await late.getByLabel("恢复码").fill(recoveryCodes[0]);
  await button(late, "登录").click();
  await inside(late);
  await own.send("POST", "/me/password", { current: fresh, new: SELLER.password });
  late.complaints.expect(/401/);
  late.assertQuiet();
  await late.context().close();
});

test("whoever lost the phone is let in by an administrator", async () => {
  await page.goto(`${server.address}/users/${seller}`);
  await button(page, "取消两步验证").click();
  const dialog = page.getByRole("dialog", { name: "取消两步验证" });
  await button(dialog, "取消两步验证").click();
  await page.getByText("两步验证：未开启").waitFor();
  await page.reload();
  await page.getByText("取消了此人的两步验证").waitFor();
  const back = await openPage(browser);
  await signIn(back, server, SELLER);
  back.assertQuiet();
  await back.context().close();
  await page.goto(`${server.address}/users/${administrator}`);
  await page.getByText(/两步验证：自 .* 起开启/).waitFor();
  assert.equal(await button(page, "取消两步验证").count(), 0, "one's own is switched off on one's own page");
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("it is switched off with the password and a code, and new recovery codes are made likewise", async () => {
  await page.goto(`${server.address}/me`);
  await button(page, "重新生成恢复码").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("当前密码").fill(ADMINISTRATOR.password);
  await dialog.getByLabel("验证码或恢复码").fill(recoveryCodes[2]);
  await button(dialog, "重新生成恢复码").click();
  await dialog.getByRole("heading", { name: "保存恢复码" }).waitFor();
  const [fresh] = await dialog.getByRole("listitem").allInnerTexts();
  await button(dialog, "我已保存").click();
  await page.getByText("恢复码还剩 10 个").waitFor();
  await button(page, "关闭两步验证").click();
  await dialog.getByLabel("当前密码").fill(ADMINISTRATOR.password);
  await dialog.getByLabel("验证码或恢复码").fill(recoveryCodes[3]);
  await button(dialog, "关闭两步验证").click();
  await dialog.getByText("验证码不正确或已用过").waitFor();
  await dialog.getByLabel("验证码或恢复码").fill(fresh);
  await page.keyboard.press("Enter");
  await page.getByText("两步验证已关闭").waitFor();
  await button(page, "开启两步验证").waitFor();
  page.complaints.expect(/422/);
  page.assertQuiet();
});

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844, hasTouch: true, isMobile: true } };

/** What is pressed and filled in, in this order. */
const [ON, PASSWORD, NEXT, CODE, KEPT, RENEW, RECOVERY, REMOVE] = [
  "Switch on two-step sign-in",
  /^Present password/,
  "Continue",
  /^Code/,
  "I have kept them",
  "Make new recovery codes",
  "Use a recovery code",
  "Take two-step sign-in away",
];

// The story about what lies over a page opens the dialogs too, in Chinese.
for (const [dark, size] of [[true, "desk"], [false, "phone"]]) {
  const [locale, look] = ["en", `en-${dark ? "dark" : "light"}-${size}`];
  test(`each of its states reads well in English: ${look}`, async () => {
    // The sessions of an earlier story ended when it switched the second step on.
    const api = await Api.of(server.address, ADMINISTRATOR);
    const person = { name: "俞伯牙", username: look, password: SELLER.password };
    const id = await hire(api, person, ["销售"]);
    const open = async () => {
      const page = await openPage(browser, { locale, dark, reducedMotion: "reduce", ...SIZES[size] });
      // What this device remembers goes before the language of the profile.
      await page.addInitScript((language) => localStorage.setItem("zhiyin.language", language), locale);
      return page;
    };
    const faults = [];
    const lookAt = async (name, page) => {
      await settled(page);
      await page.evaluate(() => scrollTo(0, 0));
      await picture(page, `second-factor/${look}/${name}`);
      faults.push(...[...(await wholeness(page)), ...(await accessibility(page))].map((fault) => `${name}: ${fault}`));
    };
    const page = await open();
    await signIn(page, server, person, "/me");
    await lookAt("off", page);
    await button(page, ON).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(PASSWORD).waitFor();
    await lookAt("password", page);
    await dialog.getByLabel(PASSWORD).fill(person.password);
    await button(dialog, NEXT).click();
    const phone = new Phone(await dialog.getByRole("code").innerText());
    await lookAt("scan", page);
    await dialog.getByLabel(CODE).fill(phone.wrongCode());
    await dialog.locator(".field-error").waitFor();
    await lookAt("wrong-code", page);
    await inTheMiddleOfAStep();
    await dialog.getByLabel(CODE).fill(phone.code(-1));
    await button(dialog, KEPT).waitFor();
    await lookAt("codes", page);
    await button(dialog, KEPT).click();
    await button(page, RENEW).waitFor();
    await lookAt("on", page);
    await button(page, RENEW).click();
    await dialog.getByLabel(PASSWORD).waitFor();
    await lookAt("renew", page);
    await page.context().clearCookies();
    await knock(page, server, person);
    await page.getByLabel(CODE).waitFor();
    await lookAt("sign-in", page);
    await page.getByLabel(CODE).fill(phone.wrongCode());
    await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
    await lookAt("sign-in-refused", page);
    await button(page, RECOVERY).click();
    await lookAt("sign-in-recovery", page);
    page.complaints.expect(/401|422/);
    page.assertQuiet();
    await page.context().close();
    const other = await open();
    await signIn(other, server, ADMINISTRATOR, `/users/${id}`);
    await button(other, REMOVE).click();
    await lookAt("remove", other);
    await other.keyboard.press("Escape");
    await other.getByRole("dialog").waitFor({ state: "hidden" });
    await lookAt("user", other);
    await other.context().close();
    assert.deepEqual(faults, []);
  });
}
