import { expect, test } from "bun:test";
import { spreadOver } from "./figures.ts";
import { judgeGoals } from "./goals.ts";
import type { RunResults } from "./goals.ts";
import type { Target } from "./target.ts";

function verdicts(results: RunResults): Record<string, string> {
  return Object.fromEntries(judgeGoals(results).map(({ text, verdict }) => [text, verdict]));
}

function row(target: Target["name"], figures: Record<string, number>) {
  return { target, figures: spreadOver([figures]) };
}

test("ratios hold against the peer of the same run, and are not measured without it", () => {
  const headgate = row("headgate", { cpuUsPerRequest: 40, requestsPerSecond: 9000 });
  const nginx = row("nginx", { cpuUsPerRequest: 10 });
  const portkey = row("portkey", { requestsPerSecond: 1000 });
  const judged = verdicts({ json: { rows: [headgate, nginx, portkey], notes: [] } });
  expect(judged["≤ 4 × nginx's CPU time per JSON request"]).toBe("pass");
  expect(judged["≥ 10 × Portkey's throughput, JSON"]).toBe("falls short");
  const alone = verdicts({ json: { rows: [headgate], notes: [] } });
  expect(alone["≤ 4 × nginx's CPU time per JSON request"]).toBe("not measured");
});

test("memory is judged by its worst round, and only when as many streams were open as the goal speaks of", () => {
  const goal = "≤ 120 MB per worker at 1,000 open streams";
  const judged = (rounds: readonly Record<string, number>[]) =>
    verdicts({ memory: { rows: [{ target: "headgate", figures: spreadOver(rounds) }], notes: [] } })[goal];
  const good = { openStreams: 1000, workerRssBytes: 100e6 };
  expect(judged([good, good])).toBe("pass");
  expect(judged([good, { openStreams: 1000, workerRssBytes: 121e6 }, good])).toBe("falls short");
  expect(judged([good, { openStreams: 990, workerRssBytes: 90e6 }])).toBe("not measured");
});

test("idle sockets are judged by what they added, only when as many were open as the goal speaks of", () => {
  const goal = "≤ 40 MB more per worker at 1,000 idle WebSocket sessions";
  const judged = (figures: Record<string, number>) =>
    verdicts({ sockets: { rows: [row("headgate", figures)], notes: [] } })[goal];
  expect(judged({ openSockets: 1000, socketsRssBytes: 39e6, workerRssBytes: 300e6 })).toBe("pass");
  expect(judged({ openSockets: 1000, socketsRssBytes: 41e6 })).toBe("falls short");
  expect(judged({ openSockets: 999, socketsRssBytes: 1e6 })).toBe("not measured");
});
