import { expect, test } from "bun:test";
import { laidOut, linesWith, wrapped } from "./body-lines.ts";

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
