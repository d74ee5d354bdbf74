// What every story opens with: a real server, a real browser, and somebody who is signed in.

import { after } from "node:test";

import { launch, openPage } from "./browser.js";
import { setUp, signIn } from "./people.js";
import { startServer } from "./server.js";

/**
 * Sets the stage: a server that its administrator has set up (unless it is to be `empty`) and `furnish`ed, a browser,
 * and, if a `path` is named, a page of hers there. The path may depend on what furnishing `made`. All of it ends with
 * the story.
 */
export async function stage({ empty = false, furnish = () => {}, path } = {}) {
  const [browser, server] = await Promise.all([launch(), startServer()]);
  after(() => Promise.all([browser.close(), server.stop()]));
  if (empty) return { browser, server };
  const api = await setUp(server);
  const made = await furnish(api);
  if (!path) return { api, browser, made, server };
  const page = await openPage(browser);
  await signIn(page, server, undefined, typeof path === "function" ? path(made) : path);
  return { api, browser, made, page, server };
}
