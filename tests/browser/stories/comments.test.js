// Colleagues who speak of a record where it stands: one mentions the other, who is told and comes to the comment; a
// screenshot is pasted and looked at, and a page that somebody attached is never opened.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, openPage, picture, settled } from "../support/browser.js";
import { Api, hire, signIn, SELLER } from "../support/people.js";
import { stage } from "../support/stage.js";

const { api, browser, made, page, server } = await stage({
  furnish: async (api) => {
    const seller = await hire(api, SELLER, ["销售"]);
    const customer = await api.create("customers", { name: "北京华信科技有限公司", owner_id: seller });
    return { seller, customer };
  },
  path: ({ customer }) => `/customers/${customer.id}`,
});

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mNQaLhAEmIY1TCqYfhqAADz/nAQLQpksAAAAABJRU5ErkJggg==";

/** Gives files to the page as the clipboard or a drag would. */
const give = (type, files) =>
  page.evaluate(
    ([type, files]) => {
      const data = new DataTransfer();
      for (const { name, kind, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: kind }));
      }
      const event =
        type === "paste"
          ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    [type, files],
  );

test("a comment is written with a mention by pinyin, and what is not sent yet is kept", async () => {
  const comment = page.getByRole("textbox", { name: "写评论" });
  await comment.fill("请 ");
  await comment.press("End");
  await comment.pressSequentially("@chenx");
  await page.getByRole("option", { name: /陈晓/ }).waitFor();
  await comment.press("Enter");
  assert.equal(await comment.inputValue(), "请 @陈晓 ");
  await comment.pressSequentially("看一下报价");
  await page.reload();
  await comment.waitFor();
  assert.equal(await comment.inputValue(), "请 @陈晓 看一下报价");
  await picture(page, "comment-writing");
  await comment.press("Control+Enter");
  await page.locator(".comment-text", { hasText: "请 @陈晓 看一下报价" }).waitFor();
  assert.equal(await comment.inputValue(), "");
  const [sent] = (await api.list("comments")).data;
  assert.equal(sent.text, `请 @[陈晓](${made.seller}) 看一下报价`);
  page.assertQuiet();
});

test("who is mentioned sees it at the bell and comes to the comment", async () => {
  const phone = await openPage(browser, { width: 390, height: 844 });
  await signIn(phone, server, SELLER);
  await phone.getByRole("button", { name: "通知，1 条未读" }).click();
  const drawer = phone.getByRole("dialog", { name: "通知与后台任务" });
  const news = drawer.getByRole("button", { name: /林知音 提到了你/ });
  await news.waitFor();
  await picture(phone, "mentions-phone");
  await news.click();
  await phone.locator(".comment-text", { hasText: "看一下报价" }).waitFor();
  assert.match(phone.url(), /#comment-/);
  await phone.getByRole("button", { name: "通知与后台任务" }).waitFor();
  phone.assertQuiet();
});

test("a comment is changed by its writer, deleted and brought back", async () => {
  await page.getByRole("button", { name: "修改评论" }).click();
  const text = page.getByRole("textbox", { name: "修改评论" });
  assert.equal(await text.inputValue(), "请 @陈晓 看一下报价");
  await text.press("End");
  await text.pressSequentially("，谢谢");
  await text.press("Control+Enter");
  await page.locator(".comment-text", { hasText: "请 @陈晓 看一下报价，谢谢" }).waitFor();
  await page.getByRole("button", { name: "删除评论" }).click();
  await page.getByText("还没有评论。").waitFor();
  await page.getByRole("button", { name: "撤销" }).click();
  await page.locator(".comment-text", { hasText: "，谢谢" }).waitFor();
  page.assertQuiet();
});

test("a screenshot is pasted and looked at, a page is only kept", async () => {
  await give("paste", [{ name: "截图.png", kind: "image/png", base64: PNG }]);
  const shown = page.getByRole("button", { name: "查看 截图.png" });
  await shown.waitFor();
  const html = { name: "假图片.png", kind: "image/png", base64: btoa("<!doctype html><script>alert(1)</script>") };
  await give("drop", [html]);
  await page.getByRole("button", { name: "下载 假图片.png" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "查看 假图片.png" }).count(), 0, "whatever its name says");
  await picture(page, "attachments");
  await shown.click();
  const dialog = page.getByRole("dialog", { name: "截图.png" });
  await dialog.getByRole("img", { name: "截图.png" }).waitFor();
  assert.ok(await dialog.getByRole("img").evaluate((image) => image.complete && image.naturalWidth === 16));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "下载 假图片.png" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "假图片.png");
  await page.getByRole("button", { name: "删除 截图.png" }).click();
  await shown.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "撤销" }).last().click();
  await shown.waitFor();
  page.assertQuiet();
});

test("who follows a record is told when somebody else changes it, and the stream tells it too", { timeout: 200_000 }, async () => {
  await page.goto(`${server.address}/customers/${made.customer.id}`);
  await page.getByRole("button", { name: "关注", exact: true }).click();
  await page.getByRole("button", { name: "已关注" }).waitFor();
  const seller = await Api.of(api.address, SELLER);
  // What somebody does before the house has looked for the first time is no news; by now it has.
  await seller.change("customers", made.customer.id, { notes: "偏好电话联系。" });
  const until = Date.now() + 150_000;
  const told = async () => (await api.list("notifications", "?filter[reason]=followed")).data;
  while ((await told()).length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 1000));
  await page.reload();
  await page.getByRole("button", { name: /通知.*未读/ }).click();
  const news = page.getByRole("dialog").getByRole("button", { name: /陈晓 更新了您关注的记录/ });
  await news.click();
  await page.getByRole("button", { name: "已关注" }).click();
  await page.getByRole("button", { name: "关注", exact: true }).waitFor();

  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "动态" }).click();
  const entry = page.getByRole("listitem").filter({ hasText: "陈晓" }).filter({ hasText: "备注" });
  await entry.getByRole("link", { name: "北京华信科技有限公司" }).waitFor();
  await settled(page);
  await assertAccessible(page);
  await picture(page, "activity");
  await entry.getByRole("link", { name: "北京华信科技有限公司" }).click();
  await page.waitForURL(`**/customers/${made.customer.id}`);
  page.assertQuiet();
});
