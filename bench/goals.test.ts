import { expect, test } from "bun:test";
import { spreadOver } from "./figures.ts";
import { judgeGoals } from "./goals.ts";
import type { RunResults } from "./goals.ts";
import { headlineNames, headlineOf } from "./history.ts";
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

test("with everything on the ratios are over nginx of the same rounds, and time to first byte is what was added", () => {
  const own = row("headgate-full", {
    cpuUsPerRequest: 45,
    cpuUsPerChunk: 9,
    halfFirstByteP50Ms: 0.9,
    halfFirstByteP50MsAdded: 0.4,
    halfFirstByteP99MsAdded: 3.5,
  });
  const nginx = row("nginx", { cpuUsPerRequest: 10, cpuUsPerChunk: 5 });
  const judged = verdicts({ full: { rows: [own, nginx], notes: [] } });
  expect(judged["everything on: ≤ 4 × nginx's CPU time per JSON request"]).toBe("falls short");
  expect(judged["everything on: ≤ 2 × nginx's CPU time per SSE chunk"]).toBe("pass");
  const added = (name: string, bound: string) =>
    judged[
      `everything on, at half of its peak: time to first byte, ${name}, < ${bound} ms more than without a gateway`
    ];
  expect(added("p50", "0.5")).toBe("pass");
  expect(added("p99", "3")).toBe("falls short");
});

test("memory in all is judged at 10,000 streams alone, limits by what they add, workers where throughput was measured", () => {
  const streams = (count: number, allPssBytes: number) => ({
    ...row("headgate", { openStreams: count, allPssBytes }),
    variant: "10,000 streams",
  });
  const few = { ...row("headgate", { openStreams: 1000, allPssBytes: 1e6 }), variant: "1,000 streams" };
  const inAll = (rows: readonly ReturnType<typeof streams>[]) =>
    verdicts({ "open-streams": { rows, notes: [] } })[
      "≤ 600 MB in all processes together (PSS) at 10,000 open streams"
    ];
  expect(inAll([few, streams(10_000, 599e6)])).toBe("pass");
  expect(inAll([few, streams(10_000, 601e6)])).toBe("falls short");
  expect(inAll([few])).toBe("not measured");
  expect(inAll([streams(9000, 100e6)])).toBe("not measured");
  const limits = { rows: [row("headgate", { cpuUsPerRequest: 90, limitsCpuUsAdded: 14 })], notes: [] };
  expect(verdicts({ limits })["three limits add < 15 µs of CPU time to a request"]).toBe("pass");
  const two = "two workers ≥ 1.8 × one's throughput";
  const workers = (one: Record<string, number>, both: Record<string, number>) =>
    verdicts({ workers: { rows: [row("headgate", one), row("headgate-two", both)], notes: [] } })[two];
  expect(workers({ requestsPerSecond: 1000 }, { requestsPerSecond: 1790 })).toBe("falls short");
  expect(workers({ cpuUsPerRequest: 90 }, { cpuUsPerRequest: 95 })).toBe("not measured");
});

test("the table by commit has ratios of a run's own figures, also of runs from before there were ratios", () => {
  const entry = {
    date: "2026-01-01T00:00Z",
    commit: "0123456789",
    isClean: true,
    cpu: "a processor",
    figures: { "µs per request": 60, "nginx's": 20, "limits add µs": 12 },
  };
  expect(headlineNames.slice(0, 2)).toEqual(["× nginx", "× nginx, chunk"]);
  expect(headlineOf(entry, "× nginx")).toBe(3);
  expect(headlineOf(entry, "× nginx, chunk")).toBeUndefined();
  expect(headlineOf(entry, "limits add µs")).toBe(12);
});
