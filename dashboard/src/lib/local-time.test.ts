import { expect, test } from "bun:test";
import { isoTimeOf, localTimeOf } from "./local-time.ts";

test("times go to the viewer's zone and back, to the minute", () => {
  const iso = "2031-03-04T05:06:00.000Z";
  expect(isoTimeOf(localTimeOf(iso))).toBe(iso);
  expect(localTimeOf(iso)).toMatch(/^2031-03-0\dT\d\d:06$/);
});

test("no time is no time", () => {
  expect(localTimeOf(undefined)).toBe("");
  expect(isoTimeOf("")).toBeNull();
  expect(isoTimeOf("soon")).toBeNull();
});
