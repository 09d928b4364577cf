import { expect, test } from "bun:test";
import { createObservedCompletions } from "./observed-completions.ts";

test("a model not seen yet, one seen a little, and one seen often", () => {
  const completions = createObservedCompletions();
  expect(completions.p95("a/x")).toBe(1024);
  completions.observe("a/x", 7);
  expect(completions.p95("a/x")).toBe(7);
  for (let tokens = 8; tokens <= 26; tokens += 1) completions.observe("a/x", tokens);
  expect(completions.p95("a/x")).toBe(25);
  expect(completions.p95("a/y")).toBe(1024);
});

test("it follows what is answered, at most fifteen answers late, and forgets what is long ago", () => {
  const completions = createObservedCompletions();
  for (let answer = 0; answer < 128; answer += 1) {
    completions.observe("a/x", 10);
    completions.p95("a/x");
  }
  expect(completions.p95("a/x")).toBe(10);
  // Seven of 128 are more than five in a hundred.
  for (let answer = 0; answer < 7 + 15; answer += 1) {
    completions.observe("a/x", 1000);
    completions.p95("a/x");
  }
  expect(completions.p95("a/x")).toBe(1000);
  for (let answer = 0; answer < 128 + 15; answer += 1) {
    completions.observe("a/x", 20);
    completions.p95("a/x");
  }
  expect(completions.p95("a/x")).toBe(20);
});
