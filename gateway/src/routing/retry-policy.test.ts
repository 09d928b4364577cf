import { describe, expect, test } from "bun:test";
import { isRetryableStatus, pauseMs, readRetryAfterMs } from "./retry-policy.ts";

describe("pauseMs", () => {
  const cases = [
    ["constant", [100, 100, 100]],
    ["linear", [100, 200, 300]],
    ["exponential", [100, 200, 400]],
  ] as const;
  for (const [backoff, expected] of cases) {
    test(`grows ${backoff}`, () => {
      expect([1, 2, 3].map((attempt) => pauseMs({ maxAttempts: 5, delayMs: 100, backoff }, attempt, null))).toEqual([
        ...expected,
      ]);
    });
  }

  test("waits as long as the provider asks, a minute at most", () => {
    const policy = { maxAttempts: 5, delayMs: 100, backoff: "constant" } as const;
    expect(pauseMs(policy, 1, 5000)).toBe(5000);
    expect(pauseMs(policy, 1, 50)).toBe(100);
    expect(pauseMs(policy, 1, 3_600_000)).toBe(60_000);
  });
});

test("readRetryAfterMs reads seconds, dates and milliseconds, and nothing else", () => {
  const nowMs = Date.parse("2026-11-22T10:00:00Z");
  expect(readRetryAfterMs("2", undefined, nowMs)).toBe(2000);
  expect(readRetryAfterMs("Sun, 22 Nov 2026 10:00:30 GMT", undefined, nowMs)).toBe(30_000);
  expect(readRetryAfterMs("Sun, 22 Nov 2026 09:00:00 GMT", undefined, nowMs)).toBe(0);
  expect(readRetryAfterMs("9", "250", nowMs)).toBe(250);
  expect(readRetryAfterMs("soon", undefined, nowMs)).toBeNull();
  expect(readRetryAfterMs(undefined, undefined, nowMs)).toBeNull();
});

test("isRetryableStatus", () => {
  expect([408, 409, 425, 429, 500, 503, 529].every(isRetryableStatus)).toBe(true);
  expect([200, 400, 401, 403, 404, 422].some(isRetryableStatus)).toBe(false);
});
