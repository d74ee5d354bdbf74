// What the test runner prints: a line a story, and at the very end, where even a truncated log still shows it, the
// failed ones with their reason, a line each. `crates/xtask/src/check.rs` reads these lines.

import { basename } from "node:path";

/** Enough of a message to know what was waited for or compared. */
const LONGEST = 400;

export default async function* report(events) {
  const failures = [];
  const figures = [];
  for await (const { type, data } of events) {
    if (type === "test:pass") yield `ok ${title(data)}${notes(data)}\n`;
    if (type === "test:fail") {
      failures.push(`not ok ${title(data)}: ${reason(data.details.error)}\n`);
      yield `not ok ${title(data)}${notes(data)}\n${indented(data.details.error)}\n`;
    }
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    // The runner's own figures come last, one by one: "pass 3", "fail 0".
    if (type === "test:diagnostic") figures.push(`# ${data.message}\n`);
  }
  yield* failures.map((failure) => failure.replace("not ok", "FAILED"));
  yield* figures;
}

function title({ file, name }) {
  return file && !name.endsWith(".js") ? `${basename(file)}: ${name}` : basename(name);
}

function notes({ skip, details }) {
  const seconds = (details.duration_ms / 1000).toFixed(1);
  return skip === undefined ? ` (${seconds} s)` : ` (left out: ${skip})`;
}

/** The whole of an error, for whoever scrolls up. */
function indented(error) {
  return String(origin(error)?.stack ?? error).replaceAll(/^/gm, "    ");
}

/** An error in one line: what it says, without the colours of a terminal. */
function reason(error) {
  const words = String(origin(error)?.message ?? error).replaceAll(/\u001b\[\d+m/g, "").replaceAll(/\s+/g, " ").trim();
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

/** The runner wraps what a story threw. */
function origin(error) {
  return error?.cause instanceof Error ? error.cause : error;
}
