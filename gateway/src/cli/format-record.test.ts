import { expect, test } from "bun:test";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { formatRecord } from "./format-record.ts";

const withoutTime = (line: string): string => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, "");

test("tells status, model, path, tokens, times and outcome in one line", () => {
  expect(withoutTime(formatRecord(sampleRecord()))).toBe(
    "200  openai/gpt-4o-mini  /chat/completions  12>34 tokens  ttfb 232ms  640ms  complete",
  );
});

test("shows dashes for what is not known and the cause of a failure", () => {
  const refused = sampleRecord({
    provider: "",
    model: null,
    path: "/x",
    usage: null,
    timeToFirstByteMs: null,
    durationMs: 12_345,
    statusCode: 504,
    outcome: "timeout",
    cause: "first_byte_timeout",
    errorCode: 2005,
  });
  expect(withoutTime(formatRecord(refused))).toBe(
    "504  -  /x  ->- tokens  ttfb -  12.35s  timeout (first_byte_timeout, error 2005)",
  );
});

test("lets nothing in a record break the line or reach the terminal", () => {
  const line = formatRecord(sampleRecord({ path: "a\n\u001B[2Jb\u202Ec\u2028", model: "ü😀" }));
  expect(line).toContain(String.raw`/a\u000a\u001b[2Jb\u202ec\u2028`);
  expect(line).toContain("openai/ü😀");
});
