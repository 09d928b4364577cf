import { expect, test } from "bun:test";
import { failureTexts, testCounts } from "./test-summary.mjs";

test("reads the closing block", () => {
  const output =
    "a.test.ts:\n(pass) a\n\n 12 pass\n 3 skip\n 1 todo\n 0 fail\n 44 expect() calls\nRan 16 tests across 2 files. [4.00ms]\n";
  expect(testCounts(output)).toEqual({ passed: 12, failed: 0, skipped: 4 });
});

test("reads it in colours", () => {
  const output =
    "\n\u001b[0m\u001b[32m 5 pass\u001b[0m\n\u001b[0m\u001b[31m 2 fail\u001b[0m\nRan 7 tests across 1 file. [1s]\n";
  expect(testCounts(output)).toEqual({ passed: 5, failed: 2, skipped: 0 });
});

test("an error between tests is a failure even when none is counted", () => {
  expect(testCounts("\n 5 pass\n 0 fail\n 1 error\nRan 5 tests across 1 file. [1s]\n")?.failed).toBe(1);
});

test("does not take a test's own words for counts", () => {
  const output = " 99 pass\n(pass) prints counts\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [1s]\n";
  expect(testCounts(output)).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

test("says when there is no closing block", () => {
  expect(testCounts("(pass) a\nKilled")).toBeUndefined();
});

test("tells each failure with its error, once", () => {
  const output =
    "a.test.ts:\n(pass) a [1ms]\n1 | expect(1).toBe(2)\nerror: not equal\n\u001b[31m(fail)\u001b[0m b [2ms]\n(pass) c\n" +
    "error: late\n(fail) d\n\n2 tests failed:\n(fail) b [2ms]\n(fail) d\n\n 2 pass\n 2 fail\nRan 4 tests across 1 file. [1s]\n";
  expect(failureTexts(output)).toEqual([
    "1 | expect(1).toBe(2)\nerror: not equal\n(fail) b [2ms]",
    "error: late\n(fail) d",
  ]);
  expect(failureTexts(output, 1)).toEqual(["(fail) b [2ms]", "(fail) d"]);
  expect(failureTexts("(pass) a\n 1 pass\n")).toEqual([]);
});
