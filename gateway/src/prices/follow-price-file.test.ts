import { expect, test } from "bun:test";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { until } from "../../test/support/until.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { PriceEntry } from "../core/price-entry.ts";
import { followPriceFile } from "./follow-price-file.ts";
import { priceSource } from "./override-of-entry.ts";
import { createPriceBook } from "./price-book.ts";
import { stageFile } from "../core/stage-file.ts";
import { priceFilePath, priceFileText } from "./price-file.ts";

const list = createPriceBook({ format: 1, version: "l1", providers: { other: { models: [] } } });
const entry = (changes: Partial<PriceEntry> = {}): PriceEntry => ({
  id: "e1",
  provider: "openai",
  model: "m",
  fromMs: null,
  settings: { input_per_million: 2 },
  createdAtMs: 1,
  ...changes,
});

function follow(path: string, settings = {}) {
  const faults: string[] = [];
  const live = followPriceFile({ path, list, settings, onFault: (problem) => faults.push(problem) });
  const priceOf = (model: string, atMs = 0) => live.current.find({ slug: "openai", priceKey: null }, model)?.at(atMs);
  return { live, faults, priceOf };
}

test("a book follows its file within half a second, from the first moment on", async () => {
  using directory = temporaryDirectory();
  const path = priceFilePath(directory.path);
  stageFile(path, priceFileText([entry()])).commit();
  const { live, faults, priceOf } = follow(path);
  expect(priceOf("m")).toMatchObject({ version: "api@e1", base: { input: 2_000_000 } });
  stageFile(path, priceFileText([entry(), entry({ id: "e2", settings: { input_per_million: 3 } })])).commit();
  await until("the new price", () => priceOf("m")?.version === "api@e2", 500);
  stageFile(path, priceFileText([entry(), entry({ id: "e3", fromMs: 10, settings: null })])).commit();
  live.look();
  expect([priceOf("m", 9)?.version, priceOf("m", 10)]).toEqual(["api@e1", null]);
  live.stop();
  expect([faults, readdirSync(directory.path)]).toEqual([[], ["prices.json"]]);
});

test("a file that cannot be used changes nothing and is told once", () => {
  using directory = temporaryDirectory();
  const path = priceFilePath(directory.path);
  const { live, faults, priceOf } = follow(path);
  expect([faults, live.current]).toEqual([[], list]);
  writeFileSync(path, priceFileText([entry()]));
  live.look();
  const bad: [text: string, problem: string][] = [
    ["", "file: expected JSON"],
    [priceFileText([entry()]).slice(0, -9), "file: expected JSON"],
    ["null", "format: expected 1"],
    ['{"format":1,"entries":{}}', "entries: expected a list"],
    ['{"format":1,"entries":[null]}', "entries[0]: expected id"],
    [priceFileText([entry(), entry({ settings: { input_per_million: -1 } })]), "entries[1].settings.input_per_million"],
    [priceFileText([entry({ fromMs: Number.NaN, createdAtMs: 1.5 })]), "entries[0].createdAtMs"],
  ];
  for (const [text, problem] of bad) {
    writeFileSync(path, text);
    live.look();
    live.look();
    expect(faults.at(-1)).toContain(problem);
    expect(priceOf("m")?.version).toBe("api@e1");
  }
  expect(faults).toHaveLength(bad.length - 1);
  rmSync(path);
  live.look();
  expect([faults.at(-1), priceOf("m")?.version]).toEqual(["the file is gone", "api@e1"]);
  writeFileSync(path, priceFileText([entry({ id: "e9" })]));
  live.look();
  expect(priceOf("m")?.version).toBe("api@e9");
  live.stop();
});

test("what the configuration names is not set by the file; names that only fit are", () => {
  using directory = temporaryDirectory();
  const path = priceFilePath(directory.path);
  const entries = [entry(), entry({ id: "e2", model: "m-2" })];
  writeFileSync(path, priceFileText(entries));
  const { live, priceOf } = follow(path, { openai: { M: { input_per_million: 7 }, "m*": { input_per_million: 8 } } });
  expect([priceOf("m"), priceOf("m-2"), priceOf("m-3")].map((price) => price?.base.input)).toEqual([
    7_000_000, 2_000_000, 8_000_000,
  ]);
  expect(
    [priceOf("m")?.version, "api@e2", "l1", "override@2026-01-01"].map((version) => priceSource(version ?? "")),
  ).toEqual([
    { source: "file", entryId: null },
    { source: "api", entryId: "e2" },
    { source: "list", entryId: null },
    { source: "file", entryId: null },
  ]);
  live.stop();
});

test("a file that has no place leaves nothing behind", () => {
  using directory = temporaryDirectory();
  expect(() => stageFile(`${directory.path}/missing/prices.json`, "x")).toThrow("ENOENT");
  const path = priceFilePath(directory.path);
  stageFile(path, "x").discard();
  expect(readdirSync(directory.path)).toEqual([]);
});
