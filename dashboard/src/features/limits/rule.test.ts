import { expect, test } from "bun:test";
import { isSplit, sharesOf } from "./rule.ts";

const standing = { metric: "cost", left: 0, resets_in_seconds: 0 };

test("a bar tells spent from reserved and never goes beyond its end", () => {
  expect(sharesOf({ ...standing, limit: 10, used: 5, reserved: 1 })).toEqual({ spent: 40, reserved: 10 });
  expect(sharesOf({ ...standing, limit: 10, used: 30, reserved: 15 })).toEqual({ spent: 100, reserved: 0 });
  expect(sharesOf({ ...standing, limit: 10, used: 12, reserved: 4 })).toEqual({ spent: 80, reserved: 20 });
  expect(sharesOf({ ...standing, limit: 0, used: 0, reserved: 0 })).toEqual({ spent: 100, reserved: 0 });
});

test("what is split by anything has no one count", () => {
  const rule = { id: "r", enabled: true, limit: 1 };
  expect(isSplit(rule)).toBe(false);
  expect(isSplit({ ...rule, per: ["user"] })).toBe(true);
  expect(isSplit({ ...rule, key: "user + model" })).toBe(true);
});
