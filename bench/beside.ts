import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../gateway/src/core/clock.ts";
import { openJournalWriter } from "../gateway/src/journal/journal-writer.ts";
import { closeContext, openContext, type BenchContext } from "./bench-context.ts";
import { pinThisProcess, planCores } from "./cores.ts";
import { percentile } from "./figures.ts";
import { createLogGenerator } from "./ledger-generate.ts";
import { runOpenLoad } from "./load-open.ts";
import { fetchOnce } from "./load-once.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import type { RunningTarget } from "./target.ts";
import { startHeadgate } from "./target-headgate.ts";

// Measures what the ledger costs the requests beside it, and prints figures as JSON:
//   bun bench/beside.ts [--rows 1000000] [--rounds 5]
// First the same load with the control process at work and stopped, in turn; then while a backlog of so many records drains.

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, rounds: { type: "string", default: "5" } },
});
const backlogRecords = Number(values.rows);
const rounds = Number(values.rounds);
const busyRate = 2000;
const quietRate = 500;
const windowMs = 8000;

const cores = await planCores();
pinThisProcess(cores);
const context = await openContext(cores, () => {});
try {
  const ingesting = await measureIngesting(context);
  const backlog = await measureBacklog(context);
  console.log(JSON.stringify({ requestsPerSecond: busyRate, ingesting, backlog }, null, 2));
} finally {
  await closeContext(context);
}

/** The percentiles of the same load, with every record taken in as it comes and with the control process stopped. */
async function measureIngesting(bench: BenchContext) {
  const target = await startHeadgate(bench, { workers: 1, cores: null });
  const [, ...controlIds] = target.restIds;
  const told: { with: Percentiles[]; without: Percentiles[] } = { with: [], without: [] };
  await loadAt(target, busyRate);
  for (let round = 0; round < rounds; round += 1) {
    told.with.push(await loadAt(target, busyRate));
    for (const id of controlIds) process.kill(id, "SIGSTOP");
    told.without.push(await loadAt(target, busyRate));
    for (const id of controlIds) process.kill(id, "SIGCONT");
    await untilDrained(target);
  }
  await target.stop();
  return { with: middleOf(told.with), without: middleOf(told.without) };
}

/** How long a backlog takes to drain beside a load, and what that load feels meanwhile and afterwards. */
async function measureBacklog(bench: BenchContext) {
  const options = { workers: 1, cores: null } as const;
  const target = await startHeadgate(bench, { ...options, fill: fillJournal });
  const startedMs = performance.now();
  const draining: Percentiles[] = [];
  while ((await queuedBytes(target)) > 65_536) draining.push(await loadAt(target, quietRate));
  const seconds = (performance.now() - startedMs) / 1000;
  const after = [await loadAt(target, quietRate), await loadAt(target, quietRate), await loadAt(target, quietRate)];
  await target.stop();
  return {
    records: backlogRecords,
    seconds: Math.round(seconds),
    requestsPerSecond: quietRate,
    while: middleOf(draining),
    after: middleOf(after),
  };
}

function fillJournal(dataDirectory: string): void {
  const endMs = Date.UTC(2026, 9, 1);
  const generator = createLogGenerator({ startMs: endMs, stepMs: 2, words: 0, bodyEvery: 0 });
  const journal = openJournalWriter({
    directory: join(dataDirectory, "journal"),
    worker: "w9",
    segmentBytes: 67_108_864,
    maxBytes: 100_000_000_000,
    clock: systemClock,
  });
  for (let index = 0; index < backlogRecords; index += 1) journal.append(generator.record(index), null);
  journal.close();
  if (journal.droppedRecords > 0) throw new Error(`the journal took ${journal.droppedRecords} records too few`);
}

interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function loadAt(target: RunningTarget, requestsPerSecond: number): Promise<Percentiles> {
  const request = target.request(chatBody(jsonModel, false));
  const { latenciesMs, failures } = await runOpenLoad({
    port: target.port,
    request,
    requestsPerSecond,
    durationMs: windowMs,
  });
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
}

async function untilDrained(target: RunningTarget): Promise<void> {
  while ((await queuedBytes(target)) > 65_536) await Bun.sleep(200);
}

async function queuedBytes(target: RunningTarget): Promise<number> {
  const request = Buffer.from("GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
  const { body } = await fetchOnce(target.port, request, 5000);
  const { checks } = JSON.parse(body) as { checks: { records: { queued_bytes: number } | "silent" } };
  return checks.records === "silent" ? Number.POSITIVE_INFINITY : checks.records.queued_bytes;
}

function middleOf(all: readonly Percentiles[]): Percentiles {
  const middle = (name: keyof Percentiles): number =>
    Math.round(
      percentile(
        all.map((each) => each[name]),
        0.5,
      ) * 1000,
    ) / 1000;
  return { p50Ms: middle("p50Ms"), p99Ms: middle("p99Ms") };
}
