// The people of the stories, and what they do in every one of them: set the house up, sign in, keep records by the API
// that a story only needs to find.

import assert from "node:assert/strict";

import { setupLink } from "./server.js";

export const ADMINISTRATOR = { name: "林知音", username: "lin", password: "高山流水-1978-琴" };
export const SELLER = { name: "陈晓", username: "chen.xiao", password: "伯牙-子期-2026-秋" };

/** Sets the house up by the link that the server printed; answers the administrator's hands on the API. */
export async function setUp(server, person = ADMINISTRATOR) {
  const token = new URL(setupLink(server)).searchParams.get("token");
  const api = new Api(server.address);
  const { access_token } = await api.send("POST", "/setup", { token, company: "高山流水", locale: "zh-CN", ...person });
  api.token = access_token;
  return api;
}

/** Signs in as a person does, on whatever page the person wanted, and is inside. */
export async function signIn(page, server, person = ADMINISTRATOR, path = "/") {
  await knock(page, server, person, path);
  await page.getByRole("navigation").first().waitFor();
}

/** Sends name and password, whatever comes of it. */
export async function knock(page, server, person = ADMINISTRATOR, path = "/") {
  await page.goto(server.address + path);
  await page.getByLabel(/^(登录名|用户名|User ?name)/).fill(person.username);
  await page.getByLabel(/^(密码|Password)/).fill(person.password);
  await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
}

/** Lets somebody in who has chosen a password of their own already; answers their id. */
export async function hire(api, person, roles = []) {
  const { id } = await api.create("users", { name: person.name, username: person.username });
  await api.giveRoles(id, roles);
  const { tag } = await api.send("GET", `/users/${id}`);
  const { password } = await api.send("POST", `/users/${id}/password`, {}, { "if-match": tag });
  const own = await Api.of(api.address, { ...person, password });
  await own.send("POST", "/me/password", { current: password, new: person.password });
  return id;
}

/** The API in the hands of one person. */
export class Api {
  constructor(address) {
    this.address = address;
    this.token = null;
  }

  static async of(address, { username, password }) {
    const api = new Api(address);
    api.token = (await api.send("POST", "/auth/login", { username, password })).access_token;
    return api;
  }

  async send(method, path, body, headers = {}) {
    const answer = await this.answer(method, path, body, headers);
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    const value = text ? JSON.parse(text) : {};
    return Object.defineProperty(value, "tag", { value: answer.headers.get("etag") });
  }

  answer(method, path, body, headers = {}) {
    const media = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": media }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  list(resource, query = "") {
    return this.send("GET", `/${resource}${query}`);
  }

  create(resource, record) {
    return this.send("POST", `/${resource}`, record);
  }

  /** Gives a person exactly these roles, by their names. */
  async giveRoles(user, names) {
    const { data } = await this.list("roles", "?limit=100");
    const roles = names.map((name) => data.find((role) => role.name === name).id);
    const { tag } = await this.send("GET", `/users/${user}/roles`);
    return this.send("PUT", `/users/${user}/roles`, { roles }, { "if-match": tag });
  }

  async remove(resource, id) {
    const { tag } = await this.send("GET", `/${resource}/${id}`);
    return this.send("DELETE", `/${resource}/${id}`, undefined, { "if-match": tag });
  }

  /** Changes a record as somebody else would, while a person looks at it. */
  async change(resource, id, patch) {
    const { tag } = await this.send("GET", `/${resource}/${id}`);
    return this.send("PATCH", `/${resource}/${id}`, patch, { "if-match": tag });
  }
}

/** A day's worth of customers, as they come in any trade. */
export const CUSTOMERS = [
  { name: "北京华信科技有限公司", level: "a", status: "active", industry: "information", city: "北京", phones: ["010-8888 6666"] },
  { name: "上海远航贸易有限公司", level: "b", status: "active", industry: "trade", city: "上海", phones: ["138 1234 5678"] },
  { name: "深圳南方制造集团", level: "a", status: "potential", industry: "manufacturing", city: "深圳" },
  { name: "杭州西湖医药", level: "c", status: "dormant", industry: "health", city: "杭州" },
  { name: "成都锦里餐饮", status: "lost", industry: "hospitality", city: "成都" },
];

export async function withCustomers(api, customers = CUSTOMERS) {
  const made = [];
  for (const customer of customers) made.push(await api.create("customers", customer));
  return made;
}
