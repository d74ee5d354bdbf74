// Somebody with a slow line waits no longer than promised: the sizes of what the browser fetches, compressed.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const DIST = fileURLToPath(new URL("../../../frontend/dist/", import.meta.url));

/** Limits in bytes, by what a file is called without its hash. */
const LIMITS = [
  [/^styles-.*\.css$/, 20_000],
  [/^icons-.*\.svg$/, 6_000],
  [/^messages-.*\.json$/, 40_000],
  [/^help-.*\.json$/, 50_000],
];

/** What is fetched before anything can be used, and all there is; see frontend/README.md for what comes later. */
const FIRST = 400_000;
const EVERYTHING = 900_000;
const SHELL = 15_000;

const assets = readdirSync(`${DIST}assets`).filter((name) => !/\.(br|gz)$/.test(name));

/** As the server sends it: the file compressed ahead of time if there is one. */
function size(path) {
  if (existsSync(`${path}.br`)) return readFileSync(`${path}.br`).length;
  return brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

test("styles, icons, words and help keep to their sizes", () => {
  for (const [pattern, limit] of LIMITS) {
    const found = assets.filter((name) => pattern.test(name));
    assert.ok(found.length > 0, `nothing is called ${pattern}`);
    for (const name of found) {
      const bytes = size(`${DIST}assets/${name}`);
      assert.ok(bytes <= limit, `${name} has ${bytes} bytes, ${limit} are allowed`);
    }
  }
});

test("the page that is painted first is small", () => {
  const styles = assets.filter((name) => name.startsWith("styles-")).map((name) => size(`${DIST}assets/${name}`));
  const bytes = size(`${DIST}index.html`) + Math.max(...styles);
  assert.ok(bytes <= SHELL, `${bytes} bytes, ${SHELL} are allowed`);
});

const isSmall = assets.some((name) => existsSync(`${DIST}assets/${name}.br`));
const skip = !isSmall && "the client was built with --dev, which does not shrink it";
const bytesOf = (names) => names.map((name) => size(`${DIST}assets/${name}`)).reduce((sum, each) => sum + each, 0);
const first = assets.filter((name) => /^(app|boot)-.*\.(wasm|js)$/.test(name));
// The gallery is built for these tests alone; nobody is sent it.
const later = assets.filter((name) => /^(split|chunk)_.*\.wasm$/.test(name) && !name.startsWith("split_gallery"));

test("the program that is needed first keeps to its size", { skip }, () => {
  const bytes = bytesOf(first);
  assert.ok(bytes > 100_000, "there is a program");
  assert.ok(bytes <= FIRST, `${bytes} bytes, ${FIRST} are allowed`);
});

test("all of the program keeps to its size", { skip }, () => {
  assert.ok(later.length > 3, "there are pages that come later");
  const bytes = bytesOf([...first, ...later]);
  assert.ok(bytes <= EVERYTHING, `${bytes} bytes, ${EVERYTHING} are allowed`);
});
