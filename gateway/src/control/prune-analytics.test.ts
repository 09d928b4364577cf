import { expect, jest, test } from "bun:test";
import { pruneAnalytics, type PruneStep } from "./prune-analytics.ts";

const settings = { keep_minutes_days: 3, keep_hours_days: 5, keep_days_days: 7 };

function prunedBy(prune: PruneStep, run: (calls: () => number) => void): string[] {
  jest.useFakeTimers();
  const causes: string[] = [];
  let calls = 0;
  const stop = pruneAnalytics({
    settings,
    prune: (days, nowMs) => {
      calls += 1;
      return prune(days, nowMs);
    },
    clock: { nowMs: () => 1234 },
    onFailure: (cause) => causes.push(cause),
  });
  try {
    run(() => calls);
    stop();
    const before = calls;
    jest.advanceTimersByTime(10_000_000);
    expect(calls).toBe(before);
  } finally {
    jest.useRealTimers();
  }
  return causes;
}

test("goes on in short steps while rows go, then rests", () => {
  const left = [2000, 7, 0, 0];
  const asked: unknown[] = [];
  const prune: PruneStep = (days, nowMs) => {
    asked.push(days, nowMs);
    return left.shift() ?? 0;
  };
  prunedBy(prune, (calls) => {
    jest.advanceTimersByTime(300);
    expect(calls()).toBe(3);
    jest.advanceTimersByTime(599_000);
    expect(calls()).toBe(3);
    jest.advanceTimersByTime(2000);
    expect(calls()).toBe(4);
  });
  expect(asked.slice(0, 2)).toEqual([{ minuteDays: 3, hourDays: 5, dayDays: 7 }, 1234]);
});

test("a store that fails is told and asked again later", () => {
  const fail: PruneStep = () => {
    throw new Error("disk I/O error");
  };
  const causes = prunedBy(fail, () => jest.advanceTimersByTime(700_000));
  expect(causes).toEqual(["Error: disk I/O error", "Error: disk I/O error"]);
});
