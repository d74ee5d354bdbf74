// What is typed stays: in quick create over a reload, in a form one leaves by mistake, over the end of a session; and
// what was done can be taken back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "../support/browser.js";
import { ADMINISTRATOR, SELLER, hire, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, made: customers, page, server } = await stage({
  furnish: async (api) => {
    await hire(api, SELLER, ["销售"]);
    return withCustomers(api);
  },
  path: "/customers",
});

const quick = (resource = "客户") => page.getByRole("dialog", { name: `新建${resource}` });
const address = (customer) => `${server.address}/customers/${customer.id}`;
const title = (name) => page.getByRole("heading", { level: 1, name, exact: true });

test("quick create remembers what was typed: over Escape, over a reload, and on the way to all fields", async () => {
  await page.keyboard.press("c");
  await quick().getByLabel(/^客户名称/).fill("路上听说的客户");
  await page.keyboard.press("Escape");
  await quick().waitFor({ state: "hidden" });
  await page.reload();
  await page.getByRole("rowheader").first().waitFor();
  await page.keyboard.press("c");
  await quick().getByText("已恢复上次未保存的内容").waitFor();
  assert.equal(await quick().getByLabel(/^客户名称/).inputValue(), "路上听说的客户");
  await quick().getByRole("link", { name: "填写全部字段" }).click();
  await page.waitForURL(/customers\/new$/);
  await quick().waitFor({ state: "hidden" });
  await page.getByText("已恢复上次未保存的内容").waitFor();
  assert.equal(await page.getByLabel(/^客户名称/).inputValue(), "路上听说的客户");
  await page.getByRole("button", { name: "放弃草稿" }).click();
  await page.getByText("已恢复上次未保存的内容").waitFor({ state: "hidden" });
  assert.equal(await page.getByLabel(/^客户名称/).inputValue(), "");
  page.assertQuiet();
});

test("what is created on a record's page belongs to the record", async () => {
  await page.goto(address(customers[0]));
  await page.getByRole("button", { name: "新建联系人" }).click();
  await quick("联系人").getByLabel(/^姓名/).fill("赵敏");
  await quick("联系人").getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText("已新建 赵敏").waitFor();
  await page.getByRole("link", { name: /赵敏/ }).waitFor();
  const { data } = await api.list("contacts", `?q=${encodeURIComponent("赵敏")}`);
  assert.equal(data[0].customer_id, customers[0].id);
  page.assertQuiet();
});

test("leaving a changed form by a link, by the keyboard or by the palette asks first", async () => {
  await page.goto(`${address(customers[1])}/edit`);
  await page.getByLabel(/^简称/).fill("远航");
  const guard = page.getByRole("dialog", { name: "有未保存的修改" });
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "工作台" }).click();
  await guard.waitFor();
  await page.keyboard.press("Escape");
  await guard.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "保存", exact: true }).focus();
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await guard.getByRole("button", { name: "继续编辑" }).click();
  assert.equal(await page.getByLabel(/^简称/).inputValue(), "远航");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "工作台" }).click();
  await guard.getByRole("button", { name: "放弃修改" }).click();
  await page.waitForURL(`${server.address}/`);
  await page.goto(`${address(customers[1])}/edit`);
  await page.getByLabel(/^简称/).waitFor();
  assert.equal(await page.getByLabel(/^简称/).inputValue(), "", "what was given up is gone");
  page.assertQuiet();
});

test("Save and stay leaves no draft behind", async () => {
  await page.getByLabel(/^简称/).fill("远航贸易");
  await page.keyboard.press("Control+s");
  await page.getByText("已保存").waitFor();
  await page.reload();
  await page.getByLabel(/^简称/).waitFor();
  assert.equal(await page.getByLabel(/^简称/).inputValue(), "远航贸易");
  assert.equal(await page.getByText("已恢复上次未保存的内容").count(), 0);
  page.assertQuiet();
});

test("a session that ends under a form: a wrong password is refused, the right one goes on with everything typed", async () => {
  await page.getByLabel(/^简称/).fill("远航国际");
  const { data } = await api.send("GET", "/me/sessions");
  for (const session of data.filter((session) => !session.current)) await api.send("DELETE", `/me/sessions/${session.id}`);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "会话已结束" });
  await dialog.getByLabel(/^密码/).fill("不是这个密码-123");
  await dialog.getByRole("button", { name: "登录", exact: true }).click();
  await dialog.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  await dialog.getByLabel(/^密码/).fill(ADMINISTRATOR.password);
  await dialog.getByRole("button", { name: "登录", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await page.getByLabel(/^简称/).inputValue(), "远航国际");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await title(customers[1].name).waitFor();
  assert.equal((await api.send("GET", `/customers/${customers[1].id}`)).short_name, "远航国际");
  page.complaints.expect(/401/);
  page.assertQuiet();
});

test("from a list one walks its records by [ and ]", async () => {
  await page.goto(`${server.address}/customers?sort=name`);
  const rows = page.getByRole("rowheader");
  await rows.first().waitFor();
  const names = (await rows.allInnerTexts()).map((name) => name.trim());
  await page.getByRole("link", { name: names[0] }).click();
  await title(names[0]).waitFor();
  assert.ok(await page.getByRole("button", { name: "上一条" }).isDisabled());
  await page.keyboard.press("]");
  await title(names[1]).waitFor();
  await page.keyboard.press("]");
  await title(names[2]).waitFor();
  await page.keyboard.press("[");
  await title(names[1]).waitFor();
  page.assertQuiet();
});

test("a fact corrected on the record is taken back by Ctrl+Z, which is the field's own inside a field", async () => {
  await page.goto(address(customers[2]));
  await page.getByTitle("编辑城市").click();
  const city = page.getByRole("textbox", { name: "城市" });
  await city.fill("东莞");
  await page.keyboard.press("Enter");
  await page.getByText("已修改城市").waitFor();
  await page.getByTitle("编辑城市").filter({ hasText: "东莞" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.getByTitle("编辑城市").filter({ hasText: "深圳" }).waitFor();
  assert.equal((await api.send("GET", `/customers/${customers[2].id}`)).city, "深圳");
  page.assertQuiet();
});

test("a fact that the server refuses is told, and stays as it was", async () => {
  await page.route(`**/api/v1/customers/${customers[2].id}`, (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.continue(),
  );
  await page.getByTitle("编辑城市").click();
  await page.getByRole("textbox", { name: "城市" }).fill("珠海");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  await page.getByTitle("编辑城市").filter({ hasText: "深圳" }).waitFor();
  await page.unrouteAll();
  page.complaints.expect(/customers|Failed to load/);
  page.assertQuiet();
});

test("a customer is handed to a colleague; nobody can be chosen who is not there", async () => {
  await page.goto(address(customers[3]));
  await page.getByRole("button", { name: "更多" }).click();
  await page.getByRole("menuitem", { name: "分配" }).click();
  const dialog = page.getByRole("dialog", { name: "分配" });
  assert.ok(await dialog.getByRole("button", { name: "分配" }).isDisabled());
  const owner = dialog.getByRole("combobox");
  await owner.fill("查无此人");
  await dialog.getByText("没有符合的选项").waitFor();
  await owner.fill(SELLER.name);
  await dialog.getByRole("option", { name: new RegExp(SELLER.name) }).click();
  await picture(page, "assign");
  // Somebody changes the record before it is handed over.
  await api.change("customers", customers[3].id, { short_name: "西湖" });
  await dialog.getByRole("button", { name: "分配" }).click();
  await dialog.locator(".banner[data-tone=bad]").waitFor();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("button", { name: "更多" }).click();
  await page.getByRole("menuitem", { name: "分配" }).click();
  await owner.fill(SELLER.name);
  await dialog.getByRole("option", { name: new RegExp(SELLER.name) }).click();
  await dialog.getByRole("button", { name: "分配" }).click();
  await page.getByText(`已分配给 ${SELLER.name}`).waitFor();
  await page.locator(".figures").getByText(SELLER.name).waitFor();
  page.complaints.expect(/412/);
  page.assertQuiet();
});
