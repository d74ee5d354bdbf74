// A sale from the first call to the signed contract, in which nothing is typed twice; and a request that comes after it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, eventually, openPage, picture } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, page, server } = await stage({
  furnish: async (api) => {
    await api.create("products", { name: "地铁信号机", code: "XH-1", unit: "台", price: "1200", tax_rate: "13" });
  },
  path: "/leads",
});

const only = async (resource, on = api) => {
  const { data } = await on.list(resource, "?limit=2");
  assert.equal(data.length, 1, `one of ${resource}`);
  return data[0];
};

/** Lets something happen that stands in the menu of the record. */
async function happen(act, on = page) {
  await on.getByRole("button", { name: "更多", exact: true }).first().click();
  await on.getByRole("menuitem", { name: act, exact: true }).click();
}

const press = (name, on = page) => on.getByRole("button", { name, exact: true }).first().click();

test("a lead is written down, and becomes customer, contact and opportunity at once", async () => {
  await page.getByRole("button", { name: "新建线索" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel(/^姓名/).fill("王小明");
  await form.getByLabel(/^公司/).fill("北京地铁运营公司");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByRole("link", { name: "王小明" }).click();
  await page.getByRole("heading", { name: "王小明" }).waitFor();
  await press("标为已联系");
  await page.getByText("已联系", { exact: true }).first().waitFor();
  await happen("转为客户");
  const asked = page.getByRole("dialog", { name: "转为客户" });
  await asked.getByLabel(/^新商机名称/).fill("三号线信号改造");
  await picture(page, "lead-conversion");
  await asked.getByRole("button", { name: "转为客户" }).click();
  await page.getByText("已转化", { exact: true }).first().waitFor();
  const [customer, contact, opportunity] = [await only("customers"), await only("contacts"), await only("opportunities")];
  assert.deepEqual([customer.name, contact.name, opportunity.name], ["北京地铁运营公司", "王小明", "三号线信号改造"]);
  assert.deepEqual([contact.customer_id, opportunity.customer_id], [customer.id, customer.id]);
  await picture(page, "lead-converted");
  await assertAccessible(page);
});

test("from the opportunity comes a quote, which goes out with its lines and is accepted", async () => {
  const opportunity = await only("opportunities");
  const product = await only("products");
  await api.send("PATCH", `/opportunities/${opportunity.id}`, { lines: [{ product_id: product.id, quantity: "3", price: "1200" }] }, { "if-match": `"${opportunity.etag}"` });
  await page.goto(`${server.address}/opportunities/${opportunity.id}`);
  await happen("生成报价单");
  await page.waitForURL(/\/quotes\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: /^QU-\d{4}-000001$/ }).waitFor();
  const quote = await only("quotes");
  assert.deepEqual([quote.customer_id, quote.opportunity_id, quote.net, quote.status], [opportunity.customer_id, opportunity.id, "3600.00", "draft"]);
  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByRole("textbox", { name: "税率（%）" }).fill("13");
  await page.getByLabel(/^有效期至/).fill("2027-01-31");
  await picture(page, "quote-form");
  await press("保存");
  await page.getByText("4,068.00").first().waitFor();
  await press("标为已发出");
  await page.getByText("已发出", { exact: true }).first().waitFor();
  await press("客户接受");
  await page.getByText("已接受", { exact: true }).first().waitFor();
  await picture(page, "quote-accepted");
  await assertAccessible(page);
});

test("the quote becomes an order, the order a contract, and each leads to the other", async () => {
  await press("转为订单");
  await page.waitForURL(/\/orders\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: /^SO-\d{4}-000001$/ }).waitFor();
  const [order, quote] = [await only("orders"), await only("quotes")];
  assert.deepEqual([order.amount, order.quote_id, quote.status], ["4068.00", quote.id, "ordered"]);
  await press("确认订单");
  await page.getByText("已确认", { exact: true }).first().waitFor();
  await picture(page, "order");
  await happen("生成合同");
  await page.waitForURL(/\/contracts\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: order.number }).waitFor();
  await press("签订");
  const asked = page.getByRole("dialog", { name: "签订" });
  await asked.getByRole("button", { name: "签订" }).click();
  await page.getByText("执行中", { exact: true }).first().waitFor();
  const contract = await only("contracts");
  assert.deepEqual([contract.order_id, contract.amount], [order.id, "4068.00"]);
  assert.match(contract.signed_on, /^\d{4}-\d{2}-\d{2}$/);
  await picture(page, "contract");
});

test("a confirmed order keeps its lines, and says so", async () => {
  const order = await only("orders");
  const answer = await api.send("PATCH", `/orders/${order.id}`, { lines: [] }, { "if-match": `"${order.etag}"` }).catch((error) => error);
  assert.match(String(answer), /422/);
  assert.equal((await only("orders")).amount, "4068.00");
});

test("on a phone a request is dispatched as a ticket, which is solved", async () => {
  const customer = await only("customers");
  const request = await api.create("service-requests", { subject: "信号机不亮", customer_id: customer.id, kind: "fault", description: "二号站台" });
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, undefined, `/service-requests/${request.id}`);
  await happen("派工单", phone);
  await phone.waitForURL(/\/tickets\/[0-9a-f-]+$/);
  await phone.getByRole("heading", { name: "信号机不亮" }).waitFor();
  await picture(phone, "ticket-phone");
  await happen("解决", phone);
  const asked = phone.getByRole("dialog", { name: "解决" });
  await asked.getByLabel(/^处理结果/).fill("更换电源");
  await asked.getByRole("button", { name: "解决" }).click();
  await phone.getByText("已解决", { exact: true }).first().waitFor();
  const ticket = await only("tickets");
  assert.deepEqual([ticket.service_request_id, ticket.description, ticket.solution], [request.id, "二号站台", "更换电源"]);
  await eventually(async () => assert.equal((await api.send("GET", `/service-requests/${request.id}`)).status, "accepted"));
  await assertAccessible(phone);
  phone.assertQuiet();
  page.assertQuiet();
});

test("products are seen as a tree of categories", async () => {
  const top = await api.create("product-categories", { name: "信号设备" });
  await api.create("product-categories", { name: "信号机", parent_id: top.id });
  await page.goto(`${server.address}/product-categories`);
  await page.getByRole("navigation", { name: "视图" }).getByRole("link", { name: "树形" }).click();
  await page.getByRole("treeitem", { name: /信号机/ }).first().waitFor();
  await picture(page, "category-tree");
  await assertAccessible(page);
  page.assertQuiet();
});
