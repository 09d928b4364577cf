import { expect, jest, test } from "bun:test";
import { pruneInSteps } from "./prune-in-steps.ts";

function prunedBy(step: () => number, run: (calls: () => number) => void): string[] {
  jest.useFakeTimers();
  const causes: string[] = [];
  let calls = 0;
  const stop = pruneInSteps({
    step() {
      calls += 1;
      return step();
    },
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
  const causes = prunedBy(
    () => left.shift() ?? 0,
    (calls) => {
      jest.advanceTimersByTime(300);
      expect(calls()).toBe(3);
      jest.advanceTimersByTime(599_000);
      expect(calls()).toBe(3);
      jest.advanceTimersByTime(2000);
      expect(calls()).toBe(4);
    },
  );
  expect(causes).toEqual([]);
});

test("a store that fails is told and asked again later", () => {
  const fail = (): never => {
    throw new Error("disk I/O error");
  };
  const causes = prunedBy(fail, () => jest.advanceTimersByTime(700_000));
  expect(causes).toEqual(["Error: disk I/O error", "Error: disk I/O error"]);
});
