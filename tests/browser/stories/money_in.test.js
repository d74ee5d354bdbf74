// Money in: an order is planned and billed, paid in two parts, and the statement of its customer closes at zero.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, eventually, openPage, picture } from "../support/browser.js";
import { signIn } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const customer = await api.create("customers", { name: "北京地铁运营公司", credit_code: "91350100M000100Y43", address: "北京市西城区 1 号" });
    const product = await api.create("products", { name: "地铁信号机", code: "XH-1", unit: "台" });
    const lines = [{ product_id: product.id, quantity: "3", price: "1200", tax_rate: "13" }];
    const order = await api.create("orders", { customer_id: customer.id, lines, status: "confirmed" });
    return { customer, order };
  },
  path: ({ order }) => `/orders/${order.id}`,
});
const { customer, order } = made;

const only = async (resource) => {
  const { data } = await api.list(resource, "?limit=2");
  assert.equal(data.length, 1, `one of ${resource}`);
  return data[0];
};

/** Lets something happen that stands in the menu of the record. */
async function happen(act, on = page) {
  await on.getByRole("button", { name: "更多", exact: true }).first().click();
  await on.getByRole("menuitem", { name: act, exact: true }).click();
}

const press = (name, on = page) => on.getByRole("button", { name, exact: true }).first().click();

test("out of the order comes a plan over all that is open, which is split as agreed", async () => {
  await page.getByRole("heading", { name: order.number }).waitFor();
  await happen("制定回款计划");
  await page.waitForURL(/\/payment-plans\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: /^PP-\d{4}-000001$/ }).waitFor();
  const plan = await only("payment-plans");
  assert.deepEqual([plan.customer_id, plan.order_id, plan.amount, plan.lines.length], [customer.id, order.id, "4068.00", 1]);
  const lines = [{ due_on: "2026-01-10", amount: "2000", note: "首付" }, { due_on: "2027-12-31", amount: "2068", note: "尾款" }];
  await api.send("PATCH", `/payment-plans/${plan.id}`, { lines }, { "if-match": `"${plan.etag}"` });
  await page.reload();
  await page.getByText("首付").first().waitFor();
  await picture(page, "plan");
  await assertAccessible(page);
  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByRole("textbox", { name: "备注" }).first().waitFor();
  await picture(page, "plan-form");
  await page.goto(`${server.address}/payment-plans`);
  await page.getByRole("link", { name: "逾期应收" }).or(page.getByRole("tab", { name: "逾期应收" })).or(page.getByRole("button", { name: "逾期应收" })).first().click();
  await page.getByRole("link", { name: plan.number }).first().waitFor();
  await picture(page, "plans-overdue");
});

test("the order is billed without a word typed again, and what is issued stays as it is", async () => {
  await page.goto(`${server.address}/orders/${order.id}`);
  await page.getByRole("heading", { name: order.number }).waitFor();
  await happen("开发票");
  await page.waitForURL(/\/invoices\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: /^IV-\d{4}-000001$/ }).waitFor();
  await page.getByText("91350100M000100Y43").first().waitFor();
  await press("开具");
  const asked = page.getByRole("dialog", { name: "开具" });
  await asked.getByLabel(/^发票号码/).fill("25327000000012345678");
  await asked.getByRole("button", { name: "开具" }).click();
  await page.getByText("已开", { exact: true }).first().waitFor();
  const invoice = await only("invoices");
  assert.deepEqual([invoice.order_id, invoice.amount, invoice.open, invoice.title], [order.id, "4068.00", "4068.00", customer.name]);
  assert.equal(await page.getByRole("link", { name: "编辑" }).count(), 0, "nobody is offered to change it");
  await picture(page, "invoice-issued");
  await assertAccessible(page);
});

test("two receipts pay it in parts: one out of the invoice, the other out of the plan, on a phone", async () => {
  await press("登记收款");
  await page.waitForURL(/\/payments\/[0-9a-f-]+$/);
  await page.getByRole("heading", { name: /^RC-\d{4}-000001$/ }).waitFor();
  await page.getByRole("link", { name: "编辑" }).click();
  const amounts = page.getByLabel(/^金额/);
  await amounts.first().fill("2000");
  await page.getByRole("textbox", { name: "金额" }).last().fill("2000");
  await picture(page, "receipt-form");
  await press("保存");
  await page.getByRole("heading", { name: /^RC-\d{4}-000001$/ }).waitFor();
  await press("确认到账");
  await page.getByText("已到账", { exact: true }).first().waitFor();
  await picture(page, "receipt-posted");
  await eventually(async () => assert.equal((await only("orders")).open, "2068.00"));
  const plan = await only("payment-plans");
  assert.deepEqual([plan.received, plan.next_due_on], ["2000.00", "2027-12-31"], "the plan of the order is paid by it too");

  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, undefined, `/payment-plans/${plan.id}`);
  await press("登记收款", phone);
  await phone.waitForURL(/\/payments\/[0-9a-f-]+$/);
  await phone.getByRole("heading", { name: /^RC-\d{4}-000002$/ }).waitFor();
  await picture(phone, "receipt-phone");
  await press("确认到账", phone);
  await phone.getByText("已到账", { exact: true }).first().waitFor();
  assert.equal((await only("orders")).open, "0.00");
  await phone.goto(`${server.address}/receivables`);
  await phone.getByText("没有应收款").first().waitFor();
  await phone.goto(`${server.address}/customers/${customer.id}/statement`);
  await phone.getByText("期末余额").first().waitFor();
  await picture(phone, "statement-phone");
  await assertAccessible(phone);
  phone.assertQuiet();
});

test("the statement closes at zero, each line opens its document, and a day before tells what was owed then", async () => {
  await page.goto(`${server.address}/customers/${customer.id}`);
  await page.getByRole("link", { name: "对账单" }).click();
  await page.getByRole("heading", { name: "对账单" }).waitFor();
  const table = page.getByRole("table");
  await table.getByText("期末余额").waitFor();
  const rows = await table.getByRole("row").allInnerTexts();
  assert.equal(rows.length, 6, rows.join("\n"));
  assert.match(rows.at(-1), /4,068\.00[^\d]+4,068\.00[^\d]+0\.00/);
  await picture(page, "statement");
  await assertAccessible(page);
  const file = page.waitForEvent("download");
  await press("导出 CSV");
  assert.match((await file).suggestedFilename(), /^statement-.*\.csv$/);
  await table.getByRole("link", { name: /发票 IV-/ }).click();
  await page.getByRole("heading", { name: /^IV-/ }).waitFor();

  const first = (await api.list("payments", "?filter[number][prefix]=RC&sort=number")).data[0];
  const body = { reversal_reason: "退票" };
  await api.send("POST", `/payments/${first.id}/reversal`, body, { "if-match": `"${first.etag}"` });
  await page.goto(`${server.address}/receivables`);
  const ageing = page.getByRole("table");
  await ageing.getByRole("link", { name: customer.name }).waitFor();
  await picture(page, "receivables");
  await assertAccessible(page);
  await ageing.getByRole("link", { name: /2,000\.00/ }).first().click();
  await page.waitForURL(/\/invoices\?/);
  await page.getByRole("link", { name: /^IV-/ }).first().waitFor();
  await picture(page, "receivables-rows");
  await page.goto(`${server.address}/customers/${customer.id}`);
  await page.getByText("应收余额").first().waitFor();
  await picture(page, "customer-owing");
  page.assertQuiet();
});
