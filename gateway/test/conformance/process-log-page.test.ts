import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripComments } from "../support/strip-comments.ts";

const root = resolve(import.meta.dir, "../../..");
const page = readFileSync(join(root, "docs/reference/process-log.md"), "utf8");
const sources = readdirSync(join(root, "gateway/src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => stripComments(readFileSync(join(root, "gateway/src", path), "utf8")));

/** How the code names events: to the log itself, to a function that adds the level, and as a value that is passed on to it. */
const ways = [
  /\blog\(\s*"(?<level>info|warn|error)",\s*"(?<event>\w+)"/g,
  /\bfailed\(\s*"(?<event>\w+)", /g,
  /\(error\) => fail\("(?<event>\w+)"/g,
  /\bfailed\(\s*`(?<event>\w+_)\$\{/g,
  /\bonFailure\("(?<event>\w+)"\)/g,
  /readonly event: "(?<event>\w+)"(?: \| "(?<second>\w+)")?/g,
  /readonly type: "(?<event>budget_threshold)"/g,
];
const named = sources.flatMap((text) =>
  ways.flatMap((way) => [...text.matchAll(way)].map(({ groups }) => groups ?? {})),
);

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => /^\| `(?<event>\w+)…?` \| (?<levels>[a-z, ]+) \|/.exec(line)?.groups ?? {});

test("docs/reference/process-log.md tells the events that the code names, and no others", () => {
  const inCode = new Set(named.flatMap(({ event, second }) => [event, second]).filter((event) => event !== undefined));
  expect(inCode.size).toBeGreaterThan(35);
  expect(rows.map(({ event }) => event).toSorted()).toEqual([...inCode].toSorted());
});

test("levels are those of the code", () => {
  const wrong = named.filter(({ event, level }) => {
    const levels = rows.find((row) => row["event"] === event)?.["levels"] ?? "";
    return level !== undefined && !levels.split(", ").includes(level);
  });
  expect(wrong).toEqual([]);
});
