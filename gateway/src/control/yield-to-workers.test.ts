import { expect, jest, test } from "bun:test";
import { yieldToWorkers } from "./yield-to-workers.ts";

test("is polite while little waits, takes its share when much does, and bears a refusal", () => {
  jest.useFakeTimers();
  try {
    const asked: number[] = [];
    let waiting = 0;
    let isAllowed = false;
    const stop = yieldToWorkers({
      queuedBytes: () => waiting,
      maxBytes: 1000,
      setNice(nice) {
        asked.push(nice);
        if (nice === 0 && !isAllowed) throw new Error("EACCES");
      },
    });
    jest.advanceTimersByTime(3000);
    expect(asked).toEqual([10]);
    waiting = 251;
    jest.advanceTimersByTime(2000);
    expect(asked).toEqual([10, 0, 0]);
    isAllowed = true;
    jest.advanceTimersByTime(2000);
    expect(asked).toEqual([10, 0, 0, 0]);
    waiting = 250;
    jest.advanceTimersByTime(1000);
    expect(asked.at(-1)).toBe(10);
    stop();
    waiting = 900;
    jest.advanceTimersByTime(5000);
    expect(asked).toHaveLength(5);
  } finally {
    jest.useRealTimers();
  }
});
