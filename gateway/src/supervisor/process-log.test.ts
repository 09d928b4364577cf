import { expect, test } from "bun:test";
import { createProcessLog } from "./process-log.ts";

test("writes one JSON line whose head no field can replace", () => {
  const lines: string[] = [];
  const log = createProcessLog("worker", (line) => lines.push(line));
  log("warn", "something_seen", { text: "two\nlines", pid: 1, event: "other" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^\{"level":"warn","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","role":"worker","pid":\d+,"event":"something_seen"/,
  );
  expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    text: "two\nlines",
    pid: process.pid,
    event: "something_seen",
  });
});
