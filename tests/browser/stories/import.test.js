// Somebody brings the customers of an old system in, twice, and takes them back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { picture } from "../support/browser.js";
import { stage } from "../support/stage.js";

const HEADER = "customer_id,company_name,contact_name,contact_title,address,city,postal_code,country,phone,remark";

const { api, page, server } = await stage({ path: "/customers" });
const file = join(server.folder, "old-customers.csv");
await writeFile(file, lines(40));

/** A file as another system writes it; two of its lines cannot be customers. */
function lines(count) {
  const good = Array.from({ length: count }, (_, at) =>
    [`OLD${at}`, `老客户${at}有限公司`, `联系人${at}`, "经理", `人民路 ${at} 号`, "苏州", "215000", "中国", `0512-5550${String(at).padStart(3, "0")}`, ""].join(","),
  );
  const nameless = "OLD-X,,某人,经理,,苏州,215000,中国,12,";
  const twice = `OLD1,老客户1又一次,某人,经理,,苏州,215000,中国,,`;
  return [HEADER, ...good, nameless, twice].join("\r\n");
}

/** A cell at fault of a line. */
const cell = (line, heading) => page.getByRole("listitem").filter({ hasText: `第 ${line} 行` }).getByLabel(heading);

const figure = async (name) => {
  const text = page.locator(".figure").filter({ hasText: name }).locator("dd");
  return Number(await text.innerText());
};

test("from the empty list she comes to the wizard and hands the file over", async () => {
  await page.getByRole("link", { name: "导入客户" }).click();
  await page.getByText("把文件拖到这里").waitFor();
  await picture(page, "import-choose");
  page.assertQuiet();
});

test("the template has a column for everything, and the importer understands all of them", async () => {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载模板" }).click();
  const template = await download;
  assert.equal(template.suggestedFilename(), "客户导入模板.csv");
  const heads = (await readFile(await template.path(), "utf8")).trim();
  assert.match(heads, /^"外部编号","客户名称",.*"联系人姓名"/);
  const filled = join(server.folder, "template.csv");
  await writeFile(filled, `\ufeff${heads}\r\nOLD1,老客户有限公司\r\n`);
  await page.getByLabel("选择文件").setInputFiles(filled);
  await page.getByText("已按列名猜出对应的字段").waitFor();
  const targets = await page.getByRole("main").getByRole("list").getByRole("combobox").all();
  assert.equal(targets.length, heads.split(",").length);
  for (const target of targets) assert.notEqual(await target.inputValue(), "");
  await page.getByRole("button", { name: "换一个文件" }).click();
  page.assertQuiet();
});

test("she hands the file of the old system over", async () => {
  await page.getByLabel("选择文件").setInputFiles(file);
  await page.getByText("已按列名猜出对应的字段").waitFor();
  page.assertQuiet();
});

test("the columns are understood; a required field without a column is told", async () => {
  const target = (header) => page.getByLabel(`“${header}”列对应的字段`);
  assert.equal(await target("company_name").inputValue(), "name");
  assert.equal(await target("customer_id").inputValue(), "external_id");
  assert.equal(await target("contact_name").inputValue(), "contact.name");
  assert.equal(await target("phone").inputValue(), "phones");
  await page.getByText("老客户0有限公司").waitFor();
  await picture(page, "import-columns");
  await target("company_name").selectOption("");
  await page.getByText("还缺少必填的字段：客户名称").waitFor();
  assert.ok(await page.getByRole("button", { name: "试运行" }).isDisabled());
  await target("company_name").selectOption("city");
  await page.getByText("多列对应了同一个字段：城市").waitFor();
  await target("company_name").selectOption("name");
  page.assertQuiet();
});

test("the step survives a reload", async () => {
  await page.getByLabel("“remark”列对应的字段").selectOption("");
  await page.reload();
  await page.getByText("已按列名猜出对应的字段").waitFor();
  assert.equal(await page.getByLabel("“remark”列对应的字段").inputValue(), "");
  assert.equal(await page.getByLabel("“company_name”列对应的字段").inputValue(), "name");
  page.assertQuiet();
});

test("the rehearsal goes over the whole file and writes nothing", async () => {
  await page.getByRole("button", { name: "试运行" }).click();
  await page.getByRole("button", { name: /^导入 \d+ 行/ }).waitFor();
  assert.equal(await figure("新建"), 40);
  assert.equal(await figure("有错误"), 2);
  await cell(42, "company_name").waitFor();
  await page.getByText("不能为空").waitFor();
  await picture(page, "import-trial");
  assert.equal((await api.list("customers", "?count=exact")).page.total, 0);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载错误明细" }).click()]);
  assert.equal(saved.suggestedFilename(), "errors.csv");
  page.assertQuiet();
});

test("what is at fault is mended where it is told, checked again, and kept for the import", async () => {
  await cell(42, "company_name").fill("补上的有限公司");
  await page.getByText("改了 1 行").waitFor();
  assert.equal(await page.getByRole("button", { name: /^导入/ }).count(), 0, "what was not checked is not imported");
  await page.getByRole("link", { name: "返回对应列" }).click();
  await page.getByRole("button", { name: "继续编辑" }).click();
  assert.equal(await cell(42, "company_name").inputValue(), "补上的有限公司");
  await picture(page, "import-mending");
  await page.getByRole("button", { name: "重新检查" }).click();
  await page.getByRole("button", { name: /^导入 40 行/ }).waitFor();
  assert.equal(await cell(42, "company_name").count(), 0, "the name is no fault any more");
  assert.equal(await cell(42, "phone").inputValue(), "12");
  await cell(42, "phone").fill("0512-55501042");
  await page.getByRole("button", { name: "重新检查" }).click();
  await page.getByRole("button", { name: /^导入 41 行/ }).waitFor();
  assert.equal(await figure("有错误"), 1);
  page.assertQuiet();
});

test("what was mended outlives a reload and a look at the columns", async () => {
  await page.reload();
  await page.getByRole("button", { name: /^导入 41 行/ }).waitFor();
  await page.getByRole("link", { name: "返回对应列" }).click();
  await page.getByRole("button", { name: "试运行" }).click();
  await page.getByRole("button", { name: /^导入 41 行/ }).waitFor();
  page.assertQuiet();
});

test("she imports it, and the result names what came of every row", async () => {
  await page.getByRole("button", { name: /^导入 41 行/ }).click();
  await page.getByRole("button", { name: "整体撤销" }).waitFor();
  assert.equal(await figure("新建"), 41);
  await picture(page, "import-result");
  assert.equal((await api.list("customers", "?count=exact")).page.total, 41);
  const [mended] = (await api.list("customers", `?q=${encodeURIComponent("补上的")}`)).data;
  assert.equal(mended.phones[0], "0512-55501042");
  page.assertQuiet();
});

test("the same file again changes nothing", async () => {
  await page.getByRole("link", { name: "导入另一个文件" }).click();
  await page.getByLabel("选择文件").setInputFiles(file);
  await page.getByRole("button", { name: "试运行" }).click();
  await page.getByText("没有变化").waitFor();
  await page.getByRole("button", { name: /^导入 \d+ 行/ }).waitFor();
  assert.equal(await figure("没有变化"), 40);
  page.assertQuiet();
});

test("it stands among the operations, and is taken back as a whole", async () => {
  await page.goto(`${server.address}/operations`);
  await page.getByRole("link", { name: /^导入客户/ }).last().click();
  await page.getByRole("button", { name: "整体撤销" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销 41 条" }).click();
  await page.getByText("已撤销 41 条").waitFor();
  await picture(page, "operation-undone");
  assert.equal((await api.list("customers", "?count=exact")).page.total, 0);
  assert.equal(await page.getByRole("button", { name: "整体撤销" }).count(), 0);
  page.assertQuiet();
});

test("a file that is none is refused in words", async () => {
  await page.goto(`${server.address}/customers/import`);
  await page.getByLabel("选择文件").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("") });
  await page.getByRole("alert").filter({ hasText: "无法读取这个文件" }).waitFor();
  page.complaints.expect(/4(00|22)/);
  page.assertQuiet();
});
