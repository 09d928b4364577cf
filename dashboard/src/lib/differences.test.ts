import { expect, test } from "bun:test";
import { differencesOf, isSame } from "./differences.ts";

test("members that differ are named by their path, in order", () => {
  const before = { b: 1, same: [1], deep: { x: 1, gone: true } };
  const after = { b: 2, same: [1], deep: { x: 1, come: null } };
  expect(differencesOf(before, after)).toEqual([
    { path: "b", before: 1, after: 2 },
    { path: "deep.come", after: null },
    { path: "deep.gone", before: true },
  ]);
});

test("lists and what came or went as a whole are one difference", () => {
  expect(differencesOf({ a: [1, 2] }, { a: [2, 1] })).toEqual([{ path: "a", before: [1, 2], after: [2, 1] }]);
  expect(differencesOf(null, { a: 1 })).toEqual([{ path: "", before: null, after: { a: 1 } }]);
  expect(differencesOf({ a: 1 }, { a: 1 })).toEqual([]);
});

test("the order of members makes no difference", () => {
  expect(isSame({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(isSame({ a: undefined }, {})).toBe(true);
  expect(isSame({ a: null }, {})).toBe(false);
});
