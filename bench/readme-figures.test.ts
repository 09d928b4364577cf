import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withReadmeFigures } from "./readme-figures.ts";

const readme = readFileSync(join(import.meta.dir, "../README.md"), "utf8");
const report = readFileSync(join(import.meta.dir, "RESULTS.md"), "utf8");

test("README.md tells the figures of bench/RESULTS.md (else bun bench/write-readme.ts)", () => {
  expect(withReadmeFigures(readme, report)).toBe(readme);
});

test("a report that lacks a figure makes no table", () => {
  expect(() => withReadmeFigures(readme, report.replaceAll("CPU µs per chunk", "CPU"))).toThrow(
    "the report has no CPU µs per chunk of **Headgate** in stream",
  );
  expect(() => withReadmeFigures("no place", report)).toThrow("README.md has no <!-- figures -->");
});
