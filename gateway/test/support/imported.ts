import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "bun:test";
import { parse } from "yaml";
import type { ImportResult } from "../../src/cli/import/finish-import.ts";
import { valueAt } from "../../src/cli/import/import-draft.ts";
import { importFile, type ImportKind } from "../../src/cli/import/import-file.ts";
import { parseSource } from "../../src/cli/import/import-source.ts";
import { reportText } from "../../src/cli/import/report-text.ts";
import { parseConfig } from "../../src/config/load-config.ts";
import { catalogue } from "../../src/providers/catalogue.ts";

const samples = join(import.meta.dir, "import-samples");
/** Text of a file of `import-samples`. */
export const sampleText = (name: string): string => readFileSync(join(samples, name), "utf8");
const place = { account: "default", gateway: "default" };
/** The account of the samples. */
export const sampleAccount = "0123456789abcdef0123456789abcdef";

/** An import and what is seen of it. */
export interface Imported {
  readonly result: ImportResult;
  readonly report: string;
  /** headgate.yaml as data. */
  readonly file: unknown;
  /** What stands at a path of it, or undefined. */
  readonly at: (...path: readonly (string | number)[]) => unknown;
}

/** Imports a text. */
export function imported(kind: ImportKind, text: string, name = "source"): Imported {
  const source = parseSource(name, text);
  const result = importFile(kind, source, place);
  const file: unknown = parse(result.yaml);
  return { result, report: reportText(result), file, at: (...path) => valueAt(file, path) };
}

/** What the report says of a path, without place and padding. */
export function told({ report }: Imported, path: string): readonly string[] {
  const lines = report.split("\n").map((line) => /^\S+:\d+\s+(.*)$/.exec(line)?.[1]?.replaceAll(/ {2,}/g, "  "));
  return lines.filter(
    (line) => line !== undefined && new RegExp(`  ${RegExp.escape(path)}(?: ->|:)`).test(`${line}`),
  ) as string[];
}

type Path = readonly string[];

/** Every scalar and every empty list and mapping, found without the code under test. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function isAtOrBelow(path: Path, above: readonly (string | number)[]): boolean {
  return above.length <= path.length && above.every((key, index) => String(key) === path[index]);
}

/** Holds an import to what holds of any: nothing silent, nothing invented, no planted secret copied, and a file that loads. */
export function expectInvariants({ result, report, file }: Imported): void {
  const { findings } = result;
  const leaves = leavesOf(result.source.root.value);
  expect(leaves.filter((leaf) => !findings.some(({ path }) => isAtOrBelow(leaf, path)))).toEqual([]);
  const invented = findings.filter(({ path }) => !leaves.some((leaf) => isAtOrBelow(leaf, path)));
  expect(invented).toEqual([]);
  const targets = findings.map(({ target }) => target).filter((target) => target !== null);
  expect(targets.filter((target) => valueAt(file, target) === undefined)).toEqual([]);
  const written = leavesOf(file ?? {}).filter((leaf) => !isPlainGateway(file, leaf));
  expect(written.filter((leaf) => !targets.some((target) => isAtOrBelow(leaf, target)))).toEqual([]);
  for (const { outcome, text, target } of findings) {
    expect(outcome === "mapped").toBe(target !== null);
    if (target === null) expect(text).not.toBe("");
  }
  expect(`${result.yaml}\n${report}`).not.toMatch(/plain-|sk-plain|AKIAPLAIN/);
  const wanted = new Set(result.secrets.map(({ name }) => name));
  const references = [...result.yaml.matchAll(/env:(\w+)/g)].map(([, name]) => name as string);
  expect(references.filter((name) => !wanted.has(name))).toEqual([]);
  const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);
  expect(() => parseConfig(result.yaml, {}, { providerSlugs })).not.toThrow();
}

/** A gateway that has no setting of its own, as which a whole import may go. */
function isPlainGateway(file: unknown, leaf: Path): boolean {
  return (
    leaf.length === 0 || (leaf[0] === "accounts" && leaf.length === 4 && JSON.stringify(valueAt(file, leaf)) === "{}")
  );
}
