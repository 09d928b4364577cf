import { expect, test } from "bun:test";
import { changeOf, figuresOf, fitted, seriesOf } from "./figures.ts";
import { readOverviewSearch } from "./overview-search.ts";

const answer = {
  columns: ["time", "requests", "cost"],
  rows: [
    ["2026-01-01T01:00:00.000Z", 2, null],
    ["2026-01-01T00:00:00.000Z", 1, 0.5],
  ],
};

test("answers as figures and as series in order of time", () => {
  expect(figuresOf(answer)[0]).toEqual({ time: "2026-01-01T01:00:00.000Z", requests: 2, cost: null });
  expect(seriesOf(answer)).toEqual({
    timesMs: [Date.UTC(2026, 0, 1, 0), Date.UTC(2026, 0, 1, 1)],
    values: { requests: [1, 2], cost: [0.5, null] },
  });
});

test("changes are told only where there was something", () => {
  expect([changeOf(3, 2), changeOf(1, 2), changeOf(1, 0), changeOf(null, 1)]).toEqual([0.5, -0.5, null, null]);
  expect(fitted([1, 2, 3], 2)).toEqual([1, 2]);
  expect(fitted(undefined, 2)).toEqual([null, null]);
});

test("the overview is of the last day unless its address says otherwise", () => {
  expect(readOverviewSearch({ compare: "yes", gateway: "" })).toEqual({ range: "24h" });
  expect(readOverviewSearch({ compare: true, gateway: "g", range: "7d" })).toEqual({
    compare: true,
    gateway: "g",
    range: "7d",
  });
});
