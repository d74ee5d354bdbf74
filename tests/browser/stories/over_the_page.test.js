// What opens over a page reads as well as the page: palette, filter, sheets, wizard, menus; both themes, desk and phone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { accessibility, openPage, picture, settled, wholeness } from "../support/browser.js";
import { ADMINISTRATOR, SELLER, hire, signIn, withCustomers } from "../support/people.js";
import { Phone, inTheMiddleOfAStep } from "../support/phone.js";
import { stage } from "../support/stage.js";

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844, hasTouch: true, isMobile: true } };

const FILE = "customer_id,company_name,phone\r\nOLD1,老客户有限公司,0512-55500001\r\nOLD2,,0512-55500002\r\n";

const { api, browser, made, server } = await stage({ furnish: withCustomers });
const [customer] = made;

const button = (scope, name) => scope.getByRole("button", { name, exact: true }).first();

/** Looks at what is open in a page, and keeps what is wrong with it. */
function observe(page, look) {
  const faults = [];
  const lookAt = async (name) => {
    await settled(page);
    await picture(page, `over/${look}/${name}`);
    const found = [...(await wholeness(page)), ...(await accessibility(page))];
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  };
  return { faults, lookAt };
}

/** What can be opened over the list of customers, at a desk and on a phone alike. */
const OVER_THE_LIST = {
  palette: (page) => page.keyboard.press("Control+k"),
  keys: (page) => page.keyboard.press("?"),
  help: (page) => page.keyboard.press("F1"),
  create: (page) => page.keyboard.press("c"),
  background: (page) => button(page, "通知与后台任务").click(),
  filter: async (page) => {
    await page.keyboard.press("f");
    const drawer = page.getByRole("dialog", { name: "筛选" });
    await button(drawer, "添加条件组").click();
    await drawer.getByLabel("字段").last().selectOption({ label: "负责人" });
    await drawer.getByRole("combobox", { name: "值" }).last().click();
    await page.getByRole("option", { name: "我自己" }).waitFor();
  },
};

for (const [dark, size] of [false, true].flatMap((dark) => Object.keys(SIZES).map((size) => [dark, size]))) {
  const look = `${dark ? "dark" : "light"}-${size}`;
  test(`dialogs, sheets and menus read well: ${look}`, async () => {
    const page = await openPage(browser, { dark, reducedMotion: "reduce", ...SIZES[size] });
    const { faults, lookAt } = observe(page, look);
    await signIn(page, server, ADMINISTRATOR, "/customers");
    await page.getByRole("link", { name: /北京华信/ }).waitFor();
    for (const [name, open] of Object.entries(OVER_THE_LIST)) {
      await open(page);
      await page.locator("dialog[open]").waitFor();
      await lookAt(name);
      while (await page.locator("dialog[open]").count()) {
        await page.keyboard.press("Escape");
        await settled(page);
      }
    }
    await button(page, "我的菜单").click();
    await page.getByRole("menu").waitFor();
    await lookAt("my-menu");
    await page.keyboard.press("Escape");

    await page.goto(`${server.address}/customers/${customer.id}`);
    await button(page, "更多").click();
    await page.getByRole("menuitem", { name: "分配" }).click();
    await page.getByRole("dialog", { name: "分配" }).waitFor();
    await lookAt("assign");
    await page.keyboard.press("Escape");

    await page.goto(`${server.address}/customers/${customer.id}/edit`);
    await page.getByLabel(/^客户名称/).fill("");
    await page.getByLabel(/^网址/).fill("不是网址");
    await button(page, "保存").click();
    await page.locator(".form-summary").waitFor();
    await lookAt("form-refused");
    await page.getByLabel(/^客户名称/).fill(customer.name);
    await page.getByLabel(/^网址/).fill("");
    await page.getByLabel(/^城市/).fill(`宜昌 ${look}`);
    await api.change("customers", customer.id, { city: `荆州 ${look}` });
    await button(page, "保存").click();
    const conflict = page.getByRole("dialog", { name: "修改有冲突" });
    await conflict.waitFor();
    await lookAt("conflict");
    await button(conflict, "按所选保存").click();
    await page.waitForURL(`${server.address}/customers/${customer.id}`);

    await page.goto(`${server.address}/customers/import`);
    await page.getByLabel("选择文件").setInputFiles({ name: "old.csv", mimeType: "text/csv", buffer: Buffer.from(FILE) });
    await page.getByText("已按列名猜出对应的字段").waitFor();
    await lookAt("import-columns");
    await button(page, "试运行").click();
    await page.getByRole("button", { name: /^导入 \d+ 行/ }).waitFor();
    await lookAt("import-trial");

    await page.goto(`${server.address}/keys`);
    await button(page, "更换").click();
    await page.getByRole("dialog", { name: "更换签名密钥" }).waitFor();
    await lookAt("key-replace");

    page.complaints.expect(/412/);
    assert.deepEqual(faults, []);
    page.assertQuiet();
    await page.context().close();
  });

  test(`the dialogs of two-step sign-in read well: ${look}`, async () => {
    const person = { ...SELLER, username: look };
    const id = await hire(api, person, ["销售"]);
    const page = await openPage(browser, { dark, reducedMotion: "reduce", ...SIZES[size] });
    const { faults, lookAt } = observe(page, look);
    const dialog = page.getByRole("dialog");
    await signIn(page, server, person, "/me");
    await button(page, "开启两步验证").click();
    await dialog.getByLabel("当前密码").fill(person.password);
    await lookAt("second-factor-password");
    await button(dialog, "下一步").click();
    const phone = new Phone(await dialog.getByRole("code").innerText());
    await lookAt("second-factor-scan");
    await dialog.getByLabel("验证码").fill(phone.wrongCode());
    await dialog.getByText("验证码不正确或已用过").waitFor();
    await lookAt("second-factor-wrong-code");
    await inTheMiddleOfAStep();
    await dialog.getByLabel("验证码").fill(phone.code(-1));
    await button(dialog, "我已保存").waitFor();
    await lookAt("second-factor-codes");
    await button(dialog, "我已保存").click();
    for (const [name, opens] of [["renew", "重新生成恢复码"], ["switch-off", "关闭两步验证"]]) {
      await button(page, opens).click();
      await dialog.getByLabel("验证码或恢复码").waitFor();
      await lookAt(`second-factor-${name}`);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
    }
    await page.context().clearCookies();
    await signIn(page, server, ADMINISTRATOR, `/users/${id}`);
    await button(page, "取消两步验证").click();
    await dialog.waitFor();
    await lookAt("second-factor-take-away");

    page.complaints.expect(/401|422/);
    assert.deepEqual(faults, []);
    page.assertQuiet();
    await page.context().close();
  });
}
