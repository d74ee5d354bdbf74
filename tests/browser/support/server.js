// A real server for a story: the built executable with a PostgreSQL and a data folder of its own, on a free port.

import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const EXECUTABLE =
  process.env.ZHIYIN_EXECUTABLE ?? fileURLToPath(new URL("../../../target/debug/zhiyin", import.meta.url));

const SETUP_LINK = /https?:\/\/\S*\/setup\S*/;

/** Starts a server and waits until it is ready; its `stop` ends it. */
export async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), "zhiyin-story-"));
  // PostgreSQL runs under another account when the tests run as root, and must be able to come in.
  await chmod(folder, 0o755);
  const address = `http://localhost:${await freePort()}`;
  const child = spawn(EXECUTABLE, ["serve"], { env: settings(folder, address), stdio: ["ignore", "pipe", "pipe"] });
  const server = { address, folder, output: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (server.output += text));
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // A story that dies on the way takes its server with it.
  process.once("exit", () => child.kill("SIGTERM"));
  server.stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  await ready(server, child);
  return server;
}

/** The one-time link that the server printed at its first start. */
export function setupLink(server) {
  const link = SETUP_LINK.exec(server.output)?.[0];
  if (!link) throw new Error(`the server printed no set-up link:\n${server.output}`);
  return link;
}

/** Our own settings only: those of the developer's shell must not reach a test. */
function settings(folder, address) {
  const foreign = (name) => name.startsWith("ZHIYIN_") || name.startsWith("DATABASE_");
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
  const { host } = new URL(address);
  return {
    ...kept,
    ZHIYIN_DATA_DIR: folder,
    ZHIYIN_LISTEN: host,
    ZHIYIN_METRICS_LISTEN: "",
    ZHIYIN_PUBLIC_URL: address,
  };
}

async function ready(server, child) {
  const limit = Date.now() + 60_000;
  while (Date.now() < limit && child.exitCode === null) {
    const answer = await fetch(`${server.address}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop();
  throw new Error(`the server did not become ready:\n${server.output}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
