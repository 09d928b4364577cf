import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseExposition } from "../../../test/support/parse-exposition.ts";
import { sampleEntry } from "../../../test/support/sample-entry.ts";
import { createRouter } from "../../management/router.ts";
import { createMetrics } from "./create-metrics.ts";
import { metricsRoutes } from "./metrics-routes.ts";
import type { SystemState } from "./system-state.ts";

const state: SystemState = {
  workers: [{ name: "w0", connections: 12, refusedConnections: 3 }],
  journal: { sizeBytes: 4096, droppedRecords: 3, droppedBodies: 5 },
  ledger: {
    lagMs: 250,
    queuedBytes: 128,
    stored: 1000,
    duplicates: 0,
    unlogged: 2,
    refused: 3,
    events: 11,
    quarantined: 1,
    lostSegments: 4,
    prunedRows: 5,
    prunedBodies: 6,
    isStoreAvailable: true,
  },
  exporters: [
    {
      name: "default/prod/0",
      queuedSpans: 7,
      queuedBytes: 9000,
      sentSpans: 50,
      droppedSpans: { queue_full: 2, unreadable: 0, rejected: 0, gave_up: 0, stopped: 0 },
      failedRequests: 4,
      breaker: "open",
    },
  ],
  logpush: [
    { name: "default/archive", waitingBytes: 10, deliveredRecords: 20, droppedRecords: 0, failedDeliveries: 1 },
  ],
  alerts: { delivered: 4, failedDeliveries: 2, givenUp: 1 },
  billing: [
    {
      name: "default/prod",
      waitingBytes: 11,
      deliveredEvents: 21,
      lostEvents: { incomplete: 1, refused: 2, expired: 0, no_room: 0, unreadable: 0 },
      failedTries: 4,
    },
  ],
  cache: {
    sizeBytes: 8192,
    maxBytes: 16_384,
    unreadable: 6,
    unwritten: 7,
    semantic: {
      entries: 4,
      maxEntries: 10,
      lookups: { found: 1, none: 2, refused: 3, busy: 4, late: 5, failed: 6 },
    },
  },
};
const stateOf = (): SystemState => state;

async function read(metrics: ReturnType<typeof createMetrics>) {
  const text = await metrics.render();
  const families = parseExposition(text);
  const value = (name: string, labels: Record<string, string> = {}): number | undefined => {
    const family = [...families].find(([prefix]) => name.startsWith(prefix))?.[1];
    return family?.samples.find((sample) => sample.name === name && Bun.deepEquals(sample.labels, labels))?.value;
  };
  return { text, families, value };
}

function fed(metrics = createMetrics({ stateOf })) {
  const fallback = { step: 1, provider: "second", model: "m2" } as const;
  const failed = { success: false, statusCode: 503, outcome: "superseded" } as const;
  void metrics.consume([
    sampleEntry({ durationMs: 700, timeToFirstByteMs: 80 }),
    sampleEntry({ ...failed, usage: null, cost: { state: "none", nanoUsd: null, priceVersion: null } }),
    sampleEntry({
      ...fallback,
      usage: { inputTokens: 5 },
      cost: { state: "unpriced", nanoUsd: null, priceVersion: null },
    }),
    sampleEntry({ model: 'we"ird\\\nname', cacheStatus: "HIT" }),
  ]);
  return metrics;
}

describe("what attempts leave behind", () => {
  const chat = { gateway: "default/default", provider: "openai", model: "gpt-4o-mini" };
  const second = { gateway: "default/default", provider: "second", model: "m2" };

  test("counters", async () => {
    const { value } = await read(fed());
    expect(value("headgate_requests_total", { gateway: "default/default" })).toBe(3);
    expect(value("headgate_attempts_total", { ...chat, status: "200" })).toBe(1);
    expect(value("headgate_attempts_total", { ...chat, status: "503" })).toBe(1);
    expect(value("headgate_errors_total", { ...chat, outcome: "superseded" })).toBe(1);
    expect(value("headgate_tokens_total", { ...chat, type: "input" })).toBe(12);
    expect(value("headgate_tokens_total", { ...chat, type: "output" })).toBe(34);
    expect(value("headgate_tokens_total", { ...second, type: "input" })).toBe(5);
    expect(value("headgate_unpriced_attempts_total", second)).toBe(1);
    expect(value("headgate_cost_usd_total", chat)).toBe(0.0000222);
    expect(value("headgate_cost_usd_total", second)).toBeUndefined();
    expect(value("headgate_cache_hits_total", { ...chat, model: 'we"ird\\\nname' })).toBe(1);
  });

  test("histograms in seconds", async () => {
    const { value } = await read(fed());
    const labels = { ...chat, status: "200" };
    expect(value("headgate_attempt_duration_seconds_sum", labels)).toBeCloseTo(0.7, 9);
    expect(value("headgate_attempt_duration_seconds_bucket", { le: "0.5", ...labels })).toBe(0);
    expect(value("headgate_attempt_duration_seconds_bucket", { le: "1", ...labels })).toBe(1);
    expect(value("headgate_time_to_first_byte_seconds_bucket", { le: "0.1", ...labels })).toBe(1);
    expect(value("headgate_overhead_seconds_count", { gateway: "default/default" })).toBe(4);
  });

  test("sums of money do not drift", async () => {
    const metrics = createMetrics({ stateOf });
    const entry = sampleEntry({ cost: { state: "priced", nanoUsd: 100_000_001, priceVersion: "1" } });
    for (let count = 0; count < 1000; count += 1) void metrics.consume([entry]);
    await read(metrics);
    expect((await read(metrics)).value("headgate_cost_usd_total", chat)).toBe(100.000001);
  });
});

test("what parts tell of themselves, as it is at the moment of reading", async () => {
  let now = state;
  const metrics = createMetrics({ stateOf: () => now });
  const { value } = await read(metrics);
  expect(value("headgate_journal_dropped_records_total")).toBe(3);
  expect(value("headgate_ledger_queued_bytes")).toBe(128);
  expect(value("headgate_ledger_lag_seconds")).toBe(0.25);
  expect(value("headgate_journal_lost_segments_total")).toBe(4);
  expect(value("headgate_otlp_dropped_spans_total", { exporter: "default/prod/0", reason: "queue_full" })).toBe(2);
  expect(value("headgate_otlp_breaker_open", { exporter: "default/prod/0" })).toBe(1);
  expect(value("headgate_logpush_waiting_bytes", { target: "default/archive" })).toBe(10);
  const cache = ["headgate_cache_bytes", "headgate_cache_unreadable_total", "headgate_cache_unwritten_total"];
  expect(cache.map((name) => value(name))).toEqual([8192, 6, 7]);
  expect(value("headgate_cache_semantic_entries")).toBe(4);
  expect(value("headgate_cache_semantic_lookups_total", { result: "refused" })).toBe(3);
  now = { ...state, exporters: [], ledger: { ...state.ledger, isStoreAvailable: false } };
  const later = await read(metrics);
  expect(later.value("headgate_log_store_available")).toBe(0);
  expect(later.families.get("headgate_otlp_breaker_open")?.samples).toEqual([]);
});

test("the number of series is bounded, and what is folded is counted", async () => {
  const metrics = createMetrics({ stateOf, limits: { maxModels: 10, maxSeries: 20 } });
  void metrics.consume(Array.from({ length: 100 }, (_, index) => sampleEntry({ model: `m${index}` })));
  const { value } = await read(metrics);
  const labels = { gateway: "default/default", provider: "openai", model: "other", status: "200" };
  expect(value("headgate_attempts_total", labels)).toBe(90);
  expect(value("headgate_metrics_folded_total", { label: "model" })).toBe(90);
  void metrics.consume(Array.from({ length: 500 }, (_, index) => sampleEntry({ gatewayId: `g${index}` })));
  const later = await read(metrics);
  const everything = { gateway: "other", provider: "other", model: "other", status: "other" };
  expect(later.value("headgate_attempts_total", everything)).toBe(491);
  expect(later.value("headgate_metrics_folded_total", { label: "series" })).toBe(491);
  expect(later.families.get("headgate_attempts_total")?.samples).toHaveLength(21);
  void metrics.consume([sampleEntry({ model: "m1", statusCode: 9999 }), sampleEntry({ model: "x".repeat(1000) })]);
  expect((await metrics.render()).includes("x".repeat(129))).toBe(false);
});

test("GET /metrics", async () => {
  const answer = await createRouter(metricsRoutes(fed()))(new Request("http://gateway/metrics"));
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(parseExposition(await answer.text()).size).toBeGreaterThan(20);
});

test("promtool has nothing to say", async () => {
  const promtool = process.env["PROMTOOL"] ?? Bun.which("promtool");
  if (promtool === null) {
    console.log("promtool not tried: it is not installed here (PROMTOOL names one)");
    return;
  }
  const { text } = await read(fed());
  const run = Bun.spawnSync([promtool, "check", "metrics"], { stdin: Buffer.from(text), timeout: 20_000 });
  expect({ exitCode: run.exitCode, said: run.stderr.toString() + run.stdout.toString() }).toEqual({
    exitCode: 0,
    said: "",
  });
});

test("docs/reference/metrics.md tells every metric as it is", async () => {
  const page = readFileSync(new URL("../../../../docs/reference/metrics.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `(headgate_\w+)` \| (\w+) \|([^|]*)\| (.*) \|$/gm)].map(
    ([, name, type, labels, help]) => ({
      name: name as string,
      type: type as string,
      labels: [...(labels as string).matchAll(/`(\w+)`/g)].map(([, label]) => label as string),
      help: help as string,
    }),
  );
  const { families } = await read(fed());
  const actual = [...families].map(([name, { type, help, samples }]) => ({
    name,
    type,
    labels: Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== "le"),
    help,
  }));
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  expect(told.toSorted(byName)).toEqual(actual.toSorted(byName));
});
