import { expect, test } from "bun:test";
import { laidOut, linePartsOf, linesWith, wrapped } from "./body-lines.ts";

test("long lines are cut between characters, and nothing is lost", () => {
  expect(wrapped("ab\ncdef\r\n\rg", 3)).toEqual(["ab", "cde", "f", "", "g"]);
  const smiles = "😀".repeat(10);
  const lines = wrapped(smiles, 3);
  expect(lines.join("")).toBe(smiles);
  expect(lines.every((line) => line.isWellFormed())).toBe(true);
  expect(wrapped("", 5)).toEqual([""]);
});

test("five megabytes take a moment", () => {
  const startedMs = performance.now();
  const lines = wrapped("x".repeat(5_000_000), 100);
  expect(lines.length).toBe(50_000);
  expect(linesWith(lines, "X").length).toBe(10_000);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test("JSON is laid out, everything else is left alone", () => {
  expect(laidOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(laidOut("{half")).toBe("{half");
  expect(laidOut("data: {}\n\n")).toBe("data: {}\n\n");
  expect(linesWith(["One", "two", "ONE"], "one")).toEqual([0, 2]);
  expect(linesWith(["One"], "")).toEqual([]);
});

test("lines of JSON come apart into names and values, and lose nothing", () => {
  const kinds = (line: string): string =>
    linePartsOf(line)
      .map(({ kind, text }) => `${kind}:${text}`)
      .join("|");
  expect(kinds('  "a\\"b": "c: d",')).toBe('rest:  |name:"a\\"b"|rest:: |text:"c: d",');
  expect(kinds('"n": -1.5')).toBe('name:"n"|rest:: |literal:-1.5');
  expect(kinds('42 in the middle of a text"')).toBe('rest:42 in the middle of a text"');
  expect(kinds("  },")).toBe("rest:  |rest:},");
  expect(kinds('  "only a text"')).toBe('rest:  |text:"only a text"');
  for (const line of ["", "half of a long text", '"open', '  "a": {', "שלום"]) {
    expect(
      linePartsOf(line)
        .map(({ text }) => text)
        .join(""),
    ).toBe(line);
  }
});
