import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../gateway/test/support/temporary-directory.ts";
import { closeContext, openContext, upstreamCounts } from "./bench-context.ts";
import type { BenchContext } from "./bench-context.ts";
import { historyEntry } from "./history.ts";
import { runConditions } from "./machine.ts";
import { processStat, processTree } from "./process-table.ts";
import { renderReport } from "./report.ts";
import { runWorkloads } from "./run-workloads.ts";
import type { RunScale } from "./scale.ts";
import { directTarget } from "./target-direct.ts";
import { headgateTarget } from "./target-headgate.ts";
import { bodiesWorkload } from "./workload-bodies.ts";
import { fullWorkload } from "./workload-full.ts";
import { jsonWorkload } from "./workload-json.ts";
import { limitsWorkload } from "./workload-limits.ts";
import { openStreamsWorkload } from "./workload-open-streams.ts";
import { streamWorkload } from "./workload-stream.ts";
import { workersWorkload } from "./workload-workers.ts";

const tiny: RunScale = {
  rounds: 2,
  warmUpMs: 40,
  windowMs: 250,
  connections: 4,
  streams: 10,
  openStreams: 10,
  fewerRounds: 1,
  openStreamLevels: [20],
  bodyBytes: [1_048_576],
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
    context = await openContext({ proxy: null, load: null, two: null, all: null }, (text) => said.push(text));
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
      semantic: null,
      soaks: [],
    });
    expect(report).toContain("| no gateway |");
    expect(report).toContain("CPU µs per request");
    expect(report).toContain("- a note");
    expect(report).toContain(`| ≤ 4 × nginx's CPU time per JSON request | – | **not measured** |`);
    expect(report).toMatch(/\| commit \| ([0-9a-f]{10}|none yet), /);
    expect(report).not.toMatch(/NaN|undefined/);
    expect(said.join("\n")).toContain("running stream");
  }, 20_000);

  test("measures this gateway with everything on: each request another, spans exported, nothing refused", async () => {
    const before = await upstreamCounts(context);
    const { full } = await runWorkloads({ context, scale: tiny, targets: [headgateTarget] }, [fullWorkload]);
    expect(full?.notes).toEqual([]);
    const own = full?.rows.find(({ target }) => target === "headgate-full")?.figures;
    expect(own?.["failures"]?.max).toBe(0);
    for (const figure of ["cpuUsPerRequest", "cpuUsPerChunk", "hitCpuUsPerRequest", "fallbackCpuUsPerRequest"])
      expect(own?.[figure]?.min).toBeGreaterThan(0);
    expect(own?.["halfFirstByteP99MsAdded"]?.rounds).toBe(1);
    const after = await upstreamCounts(context);
    expect(after.exports).toBeGreaterThan(before.exports);
    // Of the closed loop's requests none came from the cache: half of them in a second, and those of half the rate.
    const halfRate = own?.["halfRate"]?.median ?? Number.NaN;
    expect(after.requests - before.requests).toBeGreaterThan((3 * halfRate * tiny.windowMs) / 1000);
  }, 20_000);

  test("measures open streams, sizes of bodies, limits and workers of this gateway", async () => {
    const workloads = [openStreamsWorkload, bodiesWorkload, limitsWorkload, workersWorkload];
    const scale = { ...tiny, rounds: 1 };
    const results = await runWorkloads({ context, scale, targets: [headgateTarget] }, workloads);
    const rows = Object.values(results).flatMap((result) => result.rows);
    expect(rows.map(({ target, variant }) => `${target} ${variant ?? ""}`)).toEqual([
      "headgate 20 streams",
      "headgate 1 MB",
      "headgate ",
      "headgate ",
      "headgate-two ",
    ]);
    for (const { figures } of rows) expect(figures["failures"]?.max).toBe(0);
    expect(results["open-streams"]?.rows.map(({ figures }) => figures["openStreams"]?.min)).toEqual([20]);
    expect(results["open-streams"]?.rows[0]?.figures["allRssBytes"]?.min).toBeGreaterThan(100e6);
    expect(results.limits?.rows[0]?.figures["limitsCpuUsAdded"]?.rounds).toBe(1);
    expect(results.workers?.rows.map(({ figures }) => figures["workers"]?.min)).toEqual([1, 2]);
  }, 30_000);

  test.skipIf(Bun.which("setpriv") === null)(
    "a killed run leaves no process behind",
    async () => {
      using folder = temporaryDirectory();
      const run = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), "--quick", "--only", "workers"], {
        stdio: ["ignore", "ignore", "ignore"],
        // Whoever is killed does not tidy up.
        env: { ...process.env, TMPDIR: folder.path },
      });
      try {
        // The run, its upstream, and two gateways of a supervisor, a control process and workers.
        const tree = await waitFor(() => {
          const all = processTree(run.pid);
          return all.length >= 7 ? all : null;
        });
        run.kill("SIGKILL");
        await run.exited;
        await waitFor(() =>
          tree.every(({ processId, startedAtTicks }) => processStat(processId)?.startedAtTicks !== startedAtTicks),
        );
      } finally {
        run.kill("SIGKILL");
      }
    },
    30_000,
  );
});

async function waitFor<Value>(look: () => Value | null | false): Promise<Value> {
  const deadlineMs = performance.now() + 12_000;
  while (performance.now() < deadlineMs) {
    const seen = look();
    if (seen !== null && seen !== false) return seen;
    await Bun.sleep(20);
  }
  throw new Error("it did not come to that within twelve seconds");
}
