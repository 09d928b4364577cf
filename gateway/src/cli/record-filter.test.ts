import { expect, test } from "bun:test";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { recordFilter, type RecordFilterOptions } from "./record-filter.ts";

const records = [
  sampleRecord({ id: "ok" }),
  sampleRecord({ id: "limited", provider: "anthropic", statusCode: 429, success: false }),
  sampleRecord({ id: "broken", provider: "groq", statusCode: 200, success: false }),
  sampleRecord({ id: "down", statusCode: 503, success: false }),
];
const passing = (options: RecordFilterOptions): string[] => records.filter(recordFilter(options)).map(({ id }) => id);

test("without conditions everything passes", () => {
  expect(passing({})).toEqual(["ok", "limited", "broken", "down"]);
});

test("each condition narrows, and they add up", () => {
  expect(passing({ provider: "openai" })).toEqual(["ok", "down"]);
  expect(passing({ provider: "anthropic, groq" })).toEqual(["limited", "broken"]);
  expect(passing({ status: "429,5xx" })).toEqual(["limited", "down"]);
  expect(passing({ status: "2XX" })).toEqual(["ok", "broken"]);
  expect(passing({ failed: true })).toEqual(["limited", "broken", "down"]);
  expect(passing({ failed: true, status: "200", provider: "groq" })).toEqual(["broken"]);
});

test("statuses that are none are refused", () => {
  for (const status of ["20", "2000", "0xx", "5x", "ok", "4.."])
    expect(() => recordFilter({ status })).toThrow("--status takes");
});
