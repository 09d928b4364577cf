import { expect, test } from "bun:test";
import { nextRestartDelay, type RestartState } from "./restart-delay.ts";

function delaysOf(livesMs: readonly number[]): number[] {
  let state: RestartState = { delayMs: 0, startedMs: 0 };
  return livesMs.map((lifeMs) => {
    state = nextRestartDelay(state, state.startedMs + lifeMs);
    return state.delayMs;
  });
}

test("doubles from 100 ms to 5 s", () => {
  expect(delaysOf(Array(9).fill(20))).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
});

test("begins anew after ten seconds of running", () => {
  expect(delaysOf([20, 20, 9_999, 10_000, 20])).toEqual([100, 200, 400, 100, 200]);
});
