// What was deleted last week is brought back from the bin, with what went with it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, picture } from "../support/browser.js";
import { SELLER, hire, signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customer = await api.create("customers", { name: "北京华信科技有限公司" });
    await api.create("contacts", { name: "王小明", customer_id: customer.id });
    await api.remove("customers", customer.id);
    await hire(api, SELLER, ["销售"]);
    return { customer };
  },
  path: "/customers",
});

test("a list leads to its bin, which tells who deleted what, and brings it back with its contacts", async () => {
  await page.getByRole("button", { name: "回收站" }).first().click();
  await page.getByRole("heading", { name: "客户回收站" }).waitFor();
  await page.getByText("北京华信科技有限公司").waitFor();
  await picture(page, "bin");
  await page.getByRole("button", { name: "恢复", exact: true }).click();
  await page.getByText("没有可以恢复的记录").waitFor();
  const { data } = await api.list("contacts");
  assert.deepEqual(data.map((contact) => contact.name), ["王小明"]);
  assert.equal((await api.send("GET", `/customers/${made.customer.id}`)).name, "北京华信科技有限公司");
  page.assertQuiet();
});

test("on a phone the bin is in the menu of the list", async () => {
  await api.remove("customers", made.customer.id);
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, undefined, "/customers");
  await phone.getByRole("button", { name: "更多" }).first().click();
  await phone.getByRole("menuitem", { name: "回收站" }).click();
  await phone.getByText("北京华信科技有限公司").waitFor();
  await picture(phone, "bin-phone");
  phone.assertQuiet();
});
