// Somebody puts tags on customers, finds them by their tags, and merges two tags that mean the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, eventually, openPage, picture } from "../support/browser.js";
import { signIn, withCustomers } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customers = await withCustomers(api);
    const key = await api.create("tags", { name: "重点客户", colour: "red" });
    const fair = await api.create("tags", { name: "展会 2026", colour: "blue" });
    await api.change("customers", customers[1].id, { tag_ids: [fair.id] });
    return { customers, key, fair };
  },
  path: "/customers",
});

const choose = (name) => page.getByRole("checkbox", { name: `选择 ${name}` }).check();
const chips = (name) => page.getByRole("row").filter({ hasText: name }).locator(".tag-list .tag");
const names = async () => (await page.getByRole("rowheader").allInnerTexts()).map((name) => name.trim());
const saved = async () => {
  const tags = new Map((await api.list("tags")).data.map((tag) => [tag.id, tag.name]));
  const customers = (await api.list("customers", "?sort=name")).data;
  return Object.fromEntries(customers.map((one) => [one.name, one.tag_ids.map((id) => tags.get(id)).sort()]));
};

test("two customers get a tag found by pinyin and one made on the spot, and lose them again", async () => {
  await choose("北京华信科技有限公司");
  await choose("上海远航贸易有限公司");
  await page.getByRole("button", { name: "加标签" }).click();
  const dialog = page.getByRole("dialog", { name: "加标签" });
  await dialog.getByRole("combobox").fill("zdkh");
  await dialog.getByRole("option", { name: "重点客户" }).click();
  await dialog.getByRole("combobox").fill("老客户");
  await dialog.getByRole("option", { name: /新建.*老客户|老客户/ }).last().click();
  await dialog.locator(".tag", { hasText: "老客户" }).waitFor();
  await picture(page, "tags-add");
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await page.getByText("已处理 2 条").waitFor();
  assert.deepEqual((await saved())["上海远航贸易有限公司"], ["展会 2026", "老客户", "重点客户"].sort());
  await chips("上海远航贸易有限公司").nth(2).waitFor();
  assert.equal(await chips("北京华信科技有限公司").filter({ hasText: "重点客户" }).getAttribute("data-hue"), "red");
  await picture(page, "tags-list");
  await page.getByRole("status").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销批量操作").waitFor();
  assert.deepEqual((await saved())["上海远航贸易有限公司"], ["展会 2026"]);
  page.assertQuiet();
});

test("a tag is taken off many, whatever else they bear", async () => {
  await choose("上海远航贸易有限公司");
  await page.getByRole("button", { name: "去标签" }).click();
  const dialog = page.getByRole("dialog", { name: "去标签" });
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await dialog.locator(".field-error").first().waitFor();
  await dialog.getByRole("combobox").fill("zh");
  await dialog.getByRole("option", { name: "展会 2026" }).click();
  await dialog.getByRole("button", { name: "应用修改" }).click();
  await page.getByText("已处理 1 条").waitFor();
  assert.deepEqual((await saved())["上海远航贸易有限公司"], []);
  page.assertQuiet();
});

test("on the record's page a tag is chosen in place", async () => {
  await page.goto(`${server.address}/customers/${made.customers[0].id}`);
  const fact = page.locator(".fact").filter({ hasText: "标签" });
  await fact.getByRole("button").click();
  await fact.getByRole("combobox").fill("展会");
  await page.getByRole("option", { name: "展会 2026" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1 }).click();
  await fact.locator('.tag[data-hue="blue"]').waitFor();
  await picture(page, "tags-record");
  await assertAccessible(page);
  assert.deepEqual((await saved())["北京华信科技有限公司"], ["展会 2026"]);
  page.assertQuiet();
});

test("customers are found by any, all or none of some tags", async () => {
  await api.change("customers", made.customers[1].id, { tag_ids: [made.key.id] });
  await api.change("customers", made.customers[2].id, { tag_ids: [made.key.id, made.fair.id] });
  for (const [operator, found] of [["属于", 3], ["包含全部", 1], ["都不包含", 2]]) {
    await page.goto(`${server.address}/customers`);
    await page.getByRole("link", { name: "成都锦里餐饮" }).waitFor();
    await page.keyboard.press("f");
    const drawer = page.getByRole("dialog", { name: "筛选" });
    const rule = drawer.locator(".rule").last();
    await rule.getByLabel("字段").selectOption({ label: "标签" });
    await rule.getByLabel("比较方式").selectOption({ label: operator });
    for (const tag of ["重点客户", "展会 2026"]) {
      await rule.getByRole("combobox", { name: "值" }).fill(tag);
      await page.getByRole("option", { name: tag }).first().click();
    }
    if (operator === "包含全部") await picture(page, "tags-filter");
    await drawer.getByRole("button", { name: "应用筛选" }).click();
    await page.getByText(new RegExp(`标签.*${operator}.*(重点客户|展会)`)).first().waitFor();
    await eventually(async () => assert.equal((await names()).length, found, operator));
  }
  page.assertQuiet();
});

test("two tags that mean the same become one on every record, and come back", async () => {
  await page.goto(`${server.address}/tags`);
  await choose("展会 2026");
  await page.getByRole("button", { name: "合并到…" }).click();
  const dialog = page.getByRole("dialog", { name: "合并到…" });
  await dialog.getByRole("button", { name: "合并", exact: true }).click();
  await dialog.locator(".field-error").first().waitFor();
  await dialog.getByRole("combobox").fill("重点");
  await dialog.getByRole("option", { name: "重点客户" }).click();
  await picture(page, "tags-merge");
  await dialog.getByRole("button", { name: "合并", exact: true }).click();
  await page.getByText("已处理 1 条").waitFor();
  const merged = await saved();
  assert.deepEqual(merged["深圳南方制造集团"], ["重点客户"]);
  assert.deepEqual(merged["北京华信科技有限公司"], ["重点客户"]);
  await page.getByRole("status").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销批量操作").waitFor();
  assert.deepEqual((await saved())["深圳南方制造集团"], ["展会 2026", "重点客户"].sort());
  page.assertQuiet();
});

test("on a phone and in the dark the colours can be read", async () => {
  const phone = await openPage(browser, { width: 390, height: 800, dark: true });
  await signIn(phone, server, undefined, `/customers/${made.customers[2].id}`);
  await phone.locator('.tag[data-hue="red"]').first().waitFor();
  await picture(phone, "tags-phone");
  await assertAccessible(phone);
  phone.assertQuiet();
  await phone.context().close();
});
