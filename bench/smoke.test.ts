import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { closeContext, openContext, upstreamCounts } from "./bench-context.ts";
import type { BenchContext } from "./bench-context.ts";
import { historyEntry } from "./history.ts";
import { runConditions } from "./machine.ts";
import { processStat } from "./process-table.ts";
import { renderReport } from "./report.ts";
import { runWorkloads } from "./run-workloads.ts";
import type { RunScale } from "./scale.ts";
import { directTarget } from "./target-direct.ts";
import { jsonWorkload } from "./workload-json.ts";
import { streamWorkload } from "./workload-stream.ts";

const tiny: RunScale = {
  rounds: 2,
  warmUpMs: 40,
  windowMs: 250,
  connections: 4,
  streams: 10,
  openStreams: 10,
  openSockets: 50,
  soakRequests: 100,
  soakAborts: 10,
  starts: 1,
};

// /proc is where the figures come from.
describe.skipIf(process.platform !== "linux")("the benchmark against its own upstream", () => {
  let context: BenchContext;
  const said: string[] = [];

  beforeAll(async () => {
    context = await openContext({ proxy: null, load: null, all: null }, (text) => said.push(text));
  });

  afterAll(async () => {
    await closeContext(context);
    expect(processStat(context.upstream.processId)).toBeUndefined();
  });

  test("measures JSON requests and streams and renders the report", async () => {
    const workloads = [jsonWorkload, streamWorkload];
    const results = await runWorkloads({ context, scale: tiny, targets: [directTarget] }, workloads);

    const json = results.json?.rows[0]?.figures;
    expect(json?.["requestsPerSecond"]?.rounds).toBe(2);
    expect(json?.["requestsPerSecond"]?.min).toBeGreaterThan(100);
    expect(json?.["cpuUsPerRequest"]?.max).toBeGreaterThan(0);
    expect(json?.["closedP99Ms"]?.median).toBeGreaterThanOrEqual(json?.["closedP50Ms"]?.median ?? Infinity);
    expect(json?.["failures"]?.max).toBe(0);

    const stream = results.stream?.rows[0]?.figures;
    expect(stream?.["chunksPerSecond"]?.median).toBeGreaterThan(500);
    expect(stream?.["chunkDelayP50Ms"]?.median).toBeLessThan(1000);
    expect(stream?.["failures"]?.max).toBe(0);

    const counts = await upstreamCounts(context);
    expect(counts.requests).toBeGreaterThan(200);
    expect(counts.streamsAborted).toBe(2 * tiny.streams);
    expect(counts.streamsOpen).toBe(0);

    const conditions = runConditions(join(import.meta.dir, ".."));
    const history = [historyEntry(conditions, results)];
    const report = renderReport({
      conditions,
      scale: tiny,
      workloads,
      results,
      notes: ["a note"],
      history,
      records: [],
    });
    expect(report).toContain("| no gateway |");
    expect(report).toContain("CPU µs per request");
    expect(report).toContain("- a note");
    expect(report).toContain(`| ≤ 4 × nginx's CPU time per JSON request | – | **not measured** |`);
    expect(report).toMatch(/\| commit \| ([0-9a-f]{10}|none yet), /);
    expect(report).not.toMatch(/NaN|undefined/);
    expect(said.join("\n")).toContain("running stream");
  }, 20_000);
});
