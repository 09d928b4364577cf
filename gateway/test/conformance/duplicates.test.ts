import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripComments } from "../support/strip-comments.ts";

const root = resolve(import.meta.dir, "../../..");
const folders = ["gateway/src", "gateway/test", "dashboard/src", "bench", "scripts", "examples"];
/** Lines that a block has. */
const BLOCK_LINES = 8;

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Lines that say something: no blank ones, comments, imports, lone brackets. */
function tellingLines(source: string): Line[] {
  const code = stripComments(source).replaceAll(/^import\b[^;]*;$/gm, (whole) => whole.replaceAll(/[^\n]/g, ""));
  const lines = code.split("\n").map((text, index) => ({ text: text.trim(), number: index + 1 }));
  return lines.filter(({ text }) => !/^[()[\]{}<>;,/]*$/.test(text));
}

/** Numbers of the lines that are in a block which stands somewhere else, too, by file. */
function repeatedLines(files: ReadonlyMap<string, readonly Line[]>): Map<string, Set<number>> {
  const places = new Map<string, { readonly file: string; readonly numbers: readonly number[] }[]>();
  for (const [file, lines] of files) {
    for (let start = 0; start + BLOCK_LINES <= lines.length; start += 1) {
      const block = lines.slice(start, start + BLOCK_LINES);
      const key = block.map(({ text }) => text).join("\n");
      const known = places.get(key) ?? [];
      known.push({ file, numbers: block.map(({ number }) => number) });
      places.set(key, known);
    }
  }
  const repeated = new Map<string, Set<number>>();
  for (const { file, numbers } of [...places.values()].filter((found) => found.length > 1).flat()) {
    repeated.set(file, new Set([...(repeated.get(file) ?? []), ...numbers]));
  }
  return repeated;
}

function linesOfProject(): ReadonlyMap<string, readonly Line[]> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(?:ts|tsx|mjs)$/.test(path) && !/generated|node_modules/.test(path))
      .map((path) => `${folder}/${path}`),
  );
  return new Map(paths.map((path) => [path, tellingLines(readFileSync(join(root, path), "utf8"))]));
}

test("blocks of eight lines that stand twice are under one percent of the source", () => {
  const files = linesOfProject();
  const all = [...files.values()].reduce((sum, lines) => sum + lines.length, 0);
  const repeated = [...repeatedLines(files)].map(([file, numbers]) => `${numbers.size} lines of ${file}`);
  const share = repeated.reduce((sum, line) => sum + Number.parseInt(line, 10), 0) / all;
  expect(all).toBeGreaterThan(50_000);
  // With where they stand, so that a failure tells what to look at.
  expect({ isUnderOnePercent: share < 0.01, repeated: share < 0.01 ? [] : repeated }).toEqual({
    isUnderOnePercent: true,
    repeated: [],
  });
});

test("a block that stands twice is found, one that is a line shorter is not", () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_none, index) => `call(${index});`).join("\n\n");
  const of = (first: string, second: string) =>
    repeatedLines(
      new Map([
        ["a", tellingLines(first)],
        ["b", tellingLines(second)],
      ]),
    );
  expect(of(lines(8), `import { x } from "y";\n${lines(8)}`).get("b")?.size).toBe(8);
  expect(of(lines(7), lines(7)).size).toBe(0);
});
