// Every screen, as everybody may have it: at a desk and on a phone, light and dark, Chinese and English. Each must be
// legible to a screen reader, keep to the width of the window, have all its words and complain of nothing. The pictures
// are for the eye.

import assert from "node:assert/strict";
import { test } from "node:test";

import { accessibility, openPage, picture, settled, wholeness } from "../support/browser.js";
import { ADMINISTRATOR, Api, SELLER, hire, knock, signIn, withCustomers } from "../support/people.js";
import { enrol } from "../support/phone.js";
import { stage } from "../support/stage.js";

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844, hasTouch: true, isMobile: true } };

const { api, browser, made, server } = await stage({ furnish: house });
const { careful, recoveryCodes, screens } = made;

/**
 * Fills the house with one of everything; answers the addresses of all screens by the names of their pictures, and the
 * id and recovery codes of somebody careful, who signs in by two steps.
 */
async function house(api) {
  const [customer] = await withCustomers(api);
  const contact = await api.create("contacts", { name: "王小明", customer_id: customer.id, is_primary: true });
  const gone = await api.create("customers", { name: "已经删除的公司" });
  await api.remove("customers", gone.id);
  const type = await api.create("customer-types", { name: "经销商" });
  const tag = await api.create("tags", { name: "重点客户", colour: "red" });
  const top = await api.create("departments", { name: "华东大区" });
  await api.create("departments", { name: "上海办事处", parent_id: top.id });
  await api.change("customers", customer.id, { level: "b", notes: "偏好电话联系。" });
  await api.send("POST", "/customers/bulk", { action: "edit", set: { level: "a" }, ids: [customer.id] }, { "idempotency-key": "one" });
  const first = async (resource) => (await api.list(resource, "?limit=1")).data[0].id;
  const [role, operation] = [await first("roles"), await first("operations")];
  const { id: administrator } = await api.send("GET", "/me");
  const [stage, pipeline] = [await first("stages"), await first("pipelines")];
  const deal = { name: "三号线信号改造", customer_id: customer.id, amount: "1200000", close_on: "2026-01-05" };
  const opportunity = await api.create("opportunities", deal);
  const product = await api.create("products", { name: "信号控制器 X200", code: "X200", price: "12800" });
  const seller = await hire(api, SELLER, ["销售"]);
  const { recoveryCodes } = await enrol(await Api.of(api.address, SELLER), SELLER.password);
  const screens = {
    workbench: "/",
    activity: "/activity",
    customers: "/customers",
    "customers-found": "/customers?q=huaxin",
    "customers-filtered": `/customers?filter=${encodeURIComponent(JSON.stringify({ and: [{ field: "level", op: "eq", value: "a" }, { or: [{ field: "city", op: "eq", value: "北京" }, { not: { field: "status", op: "eq", value: "lost" } }] }] }))}`,
    "customers-none-found": "/customers?q=nothing-like-it",
    "customer-new": "/customers/new",
    "customers-import": "/customers/import",
    "customers-merge": `/customers/merge?ids=${(await api.list("customers", "?limit=2")).data.map((one) => one.id).join(",")}`,
    "duplicate-rules": "/duplicate-rules",
    "customers-bin": "/customers/bin",
    customer: `/customers/${customer.id}`,
    "customer-edit": `/customers/${customer.id}/edit`,
    contacts: "/contacts",
    contact: `/contacts/${contact.id}`,
    opportunities: "/opportunities",
    "opportunities-board": "/opportunities/board",
    "opportunity-new": "/opportunities/new",
    opportunity: `/opportunities/${opportunity.id}`,
    pipelines: "/pipelines",
    pipeline: `/pipelines/${pipeline}`,
    stages: "/stages",
    stage: `/stages/${stage}`,
    products: "/products",
    product: `/products/${product.id}`,
    "customer-types": "/customer-types",
    "customer-type": `/customer-types/${type.id}`,
    tags: "/tags",
    tag: `/tags/${tag.id}`,
    users: "/users",
    "user-new": "/users/new",
    user: `/users/${administrator}`,
    "user-with-second-factor": `/users/${seller}`,
    departments: "/departments",
    department: `/departments/${top.id}`,
    roles: "/roles",
    role: `/roles/${role}`,
    "role-rights": `/roles/${role}/rights`,
    keys: "/keys",
    operations: "/operations",
    operation: `/operations/${operation}`,
    me: "/me",
    help: "/help",
    "help-article": "/help/customers",
    gallery: "/gallery",
    "not-found": "/no/such/page/anywhere",
  };
  return { careful: seller, recoveryCodes, screens };
}

/** Goes to a screen as a followed link does, without loading the client again. */
async function visit(page, path) {
  await page.evaluate((path) => {
    const link = Object.assign(document.createElement("a"), { href: path });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL(server.address + path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await settled(page);
}

for (const [locale, dark, size] of ["zh-CN", "en"].flatMap((locale) =>
  [false, true].flatMap((dark) => Object.keys(SIZES).map((size) => [locale, dark, size])),
)) {
  const look = `${locale}-${dark ? "dark" : "light"}-${size}`;
  test(`every screen is whole: ${look}`, async () => {
    const page = await openPage(browser, { locale, dark, reducedMotion: "reduce", ...SIZES[size] });
    const faults = [];
    const lookAt = async (name) => {
      await picture(page, `${look}/${name}`);
      const spoken = await page.evaluate(() => document.documentElement.lang);
      const tongue = spoken === locale ? [] : [`it speaks ${spoken}`];
      const found = [...tongue, ...(await wholeness(page)), ...(await accessibility(page))];
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    };
    await page.goto(server.address);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await lookAt("sign-in");
    // Inside, people have the language of their profile.
    // The walk takes longer than a token lives.
    const administrator = await Api.of(api.address, ADMINISTRATOR);
    await administrator.send("PATCH", "/me", { locale });
    await administrator.change("users", careful, { locale });
    await knock(page, server, SELLER);
    await page.getByLabel(/^(验证码|Code)/).waitFor();
    await settled(page);
    await lookAt("sign-in-code");
    await page.getByRole("button", { name: /^(使用恢复码|Use a recovery code)$/ }).click();
    await page.getByLabel(/^(恢复码|Recovery code)/).fill(recoveryCodes.pop());
    await lookAt("sign-in-recovery-code");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation").first().waitFor();
    await visit(page, "/me");
    await lookAt("me-with-second-factor");
    await page.context().clearCookies();
    await signIn(page, server, ADMINISTRATOR);
    // The client asks once whether the session is still there, whose cookie was taken away.
    page.complaints.expect(/401/);
    for (const [name, path] of Object.entries(screens)) {
      await visit(page, path);
      await lookAt(name);
    }
    assert.deepEqual(faults, []);
    page.assertQuiet();
    await page.context().close();
  });
}
