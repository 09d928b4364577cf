import { expect, test } from "bun:test";
import { logLine, type LogLineSource } from "./log-line.ts";

const row: LogLineSource = {
  id: "id-1",
  created_at: "2026-11-20T09:15:02.412Z",
  status_code: 200,
  model: "openai/gpt-5-mini",
  provider: "openai",
  path: "chat/completions",
  tokens_in: 21,
  tokens_out: 37,
  time_to_first_byte: 640,
  duration: 1812,
  cost: 0.0000793,
  cost_state: "priced",
  usage_estimated: false,
  cached: false,
  outcome: "complete",
  cause: null,
  error_code: null,
};
const withoutTime = (line: string): string => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}/, "");

test("tells what a log says in one line", () => {
  expect(withoutTime(logLine(row))).toBe(
    "200  openai/gpt-5-mini  /chat/completions  21>37 tokens  ttfb 640ms  1.81s  $0.0000793  complete  id-1",
  );
});

test("shows what is estimated, unpriced, unknown, cached or failed", () => {
  const text = logLine({
    ...row,
    usage_estimated: true,
    tokens_out: null,
    cost: null,
    cost_state: "unpriced",
    outcome: "timeout",
    cause: "idle_timeout",
    error_code: 2005,
  });
  expect(text).toContain("  ~21>- tokens  ");
  expect(text).toContain("  unpriced  timeout (idle_timeout, error 2005)  ");
  expect(logLine({ ...row, cached: true, cost: 0, model: "unknown", provider: "" })).toMatch(
    /  -  .*\$0\.00  cached, complete/,
  );
  expect(logLine({ ...row, cost: 12 })).toContain("  $12.00  ");
});

test("lets nothing in a row break the line or reach the terminal", () => {
  expect(logLine({ ...row, path: "/a\n\u001B[2J\u202Eb" })).toContain(String.raw`/a\u000a\u001b[2J\u202eb`);
});
