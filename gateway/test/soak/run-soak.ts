import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lineThrough, type Point } from "../../../bench/figures.ts";
import { residentBytesOf } from "../../../bench/process-table.ts";
import type { SoakGrowth } from "../../../bench/soak-run.ts";
import { startManagedGateway } from "../support/management-client.ts";
import { openRecordedTraffic, type RecordedTraffic } from "./recorded-traffic.ts";
import { changeSettings, processesOf, replaceWorker, rotateKeys, type SoakProcesses } from "./soak-disturbance.ts";
import { compareLedger, type LedgerComparison } from "./soak-ledger.ts";
import { newSoakAccount, type SoakAccount } from "./soak-account.ts";
import { sendOne } from "./soak-traffic.ts";
import { generatedProvider, startSoakUpstream } from "./soak-upstream.ts";

/** How long, and how it is cut. */
export interface SoakPlan {
  readonly durationMs: number;
  /** Traffic between two looks at memory. */
  readonly roundMs: number;
  /** Quiet before each look. */
  readonly restMs: number;
  readonly clients: number;
  /** Requests at most, spread over the run: each leaves a row with its bodies, and the client's account remembers it. */
  readonly mostRequests: number;
  /** Folder of recorded exchanges, and the most of each provider; null where there are none and all traffic is made up. */
  readonly recordings: { readonly directory: string; readonly most?: number } | null;
  readonly say: (text: string) => void;
}

/** What a soak comes to. */
export interface SoakResult {
  readonly account: SoakAccount;
  /** Of what the recorded part of the traffic was drawn; null when all of it was made up. */
  readonly recorded: { readonly exchanges: number; readonly providers: number } | null;
  /** The worker that is never killed, the control process, and the supervisor. */
  readonly growth: Readonly<Record<string, SoakGrowth>>;
  readonly kills: number;
  readonly settingsChanges: number;
  readonly ledger: LedgerComparison;
  /** Failures of requests further than a few seconds from any kill, and what else nobody asked for. */
  readonly unexplained: readonly string[];
}

/** So long before and after a kill requests may fail. */
const killWindowMs = 5000;
const killEveryRounds = 3;
const pacePauseMs = 10;
const takenInTimeoutMs = 120_000;
/** Growth over the run, as a share of memory, that garbage collection makes it wander. */
const flatShare = 0.05;
/** Of the requests, where there are recordings. */
const madeUpShare = 0.4;

/** Runs mixed traffic with disturbances against a real gateway of two workers, and stops it. */
export async function runSoak(plan: SoakPlan): Promise<SoakResult> {
  using upstream = startSoakUpstream();
  const { recordings } = plan;
  using recorded = recordings === null ? null : await openRecordedTraffic(recordings.directory, recordings.most);
  await using gateway = await startManagedGateway({
    yaml: configurationOf(upstream.url, recorded),
    environment: { HEADGATE_WORKERS: "2" },
  });
  const processes = processesOf(gateway.headgate);
  const account = newSoakAccount();
  const watched = watch(processes);
  const killedAtMs: number[] = [];
  const pool: { id: string; key: string }[] = [];
  const startedAtMs = performance.now();
  let second = processes.workers[1] as number;
  let round = 0;
  for (; performance.now() - startedAtMs < plan.durationMs; round += 1) {
    await rotateKeys(gateway, upstream, pool);
    const traffic = drive({ url: gateway.url, account, recorded, startedAtMs }, plan);
    await changeSettings(gateway, round);
    if (round % killEveryRounds === killEveryRounds - 1) {
      await Bun.sleep(plan.roundMs / 2);
      killedAtMs.push(Date.now());
      second = await replaceWorker(gateway.headgate, second);
    }
    await traffic;
    recorded?.forget();
    await Bun.sleep(plan.restMs);
    watched.look((performance.now() - startedAtMs) / 60_000);
    plan.say(`${account.requests} requests; ${watched.lastText()}`);
  }
  await untilTakenIn(gateway.url);
  const database = join(gateway.headgate.directory, "data/headgate.db");
  gateway.headgate.kill("SIGTERM");
  await gateway.headgate.exited();
  const far = account.unansweredAtMs.filter((at) => killedAtMs.every((kill) => Math.abs(at - kill) > killWindowMs));
  const faults = ["management_fault", "journal_failed", "uncaught_exception", "unhandled_rejection"].flatMap((event) =>
    gateway.headgate.logged(event).map((line) => JSON.stringify(line)),
  );
  return {
    account,
    recorded: recorded === null ? null : { exchanges: recorded.exchanges, providers: recorded.providers },
    growth: watched.growth(),
    kills: killedAtMs.length,
    settingsChanges: 3 * round,
    ledger: compareLedger(database, account),
    unexplained: [...account.unexplained, ...far.map((at) => `failed at ${new Date(at).toISOString()}`), ...faults],
  };
}

function configurationOf(upstreamUrl: string, recorded: RecordedTraffic | null): string {
  const members = `${generatedProvider}: { base_url: "${upstreamUrl}" }\n${recorded?.providersYaml ?? ""}`;
  return `providers:\n${members.replaceAll(/^(?=.)/gm, "  ")}`;
}

/** Waits until the ledger has taken in what the journals hold; for two minutes at most. */
async function untilTakenIn(url: string): Promise<void> {
  const deadlineMs = performance.now() + takenInTimeoutMs;
  while (performance.now() < deadlineMs) {
    const { checks } = (await (await fetch(`${url}/readyz`)).json()) as Readiness;
    if (checks.records !== "silent" && checks.records.queued_bytes === 0) return;
    await Bun.sleep(100);
  }
}

interface Readiness {
  readonly checks: { readonly records: { readonly queued_bytes: number } | "silent" };
}

interface Traffic {
  readonly url: string;
  readonly account: SoakAccount;
  readonly recorded: RecordedTraffic | null;
  readonly startedAtMs: number;
}

async function drive({ url, account, recorded, startedAtMs }: Traffic, plan: SoakPlan): Promise<void> {
  const { clients, roundMs, durationMs, mostRequests } = plan;
  const endMs = performance.now() + roundMs;
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const due = (mostRequests * (performance.now() - startedAtMs)) / durationMs;
      if (account.requests >= due) {
        await Bun.sleep(pacePauseMs);
        continue;
      }
      const isMadeUp = recorded === null || Math.random() < madeUpShare;
      await (isMadeUp ? sendOne(url, account) : recorded.sendOne(url, account));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function watch(processes: SoakProcesses) {
  const ids: Readonly<Record<string, number>> = {
    worker: processes.workers[0] as number,
    control: processes.control,
    supervisor: processes.supervisor,
  };
  const looks: { minute: number; bytes: Record<string, number>; descriptors: Record<string, number> }[] = [];
  const each = (measure: (id: number) => number): Record<string, number> =>
    Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, measure(id)]));
  return {
    look: (minute: number) =>
      void looks.push({ minute, bytes: each((id) => residentBytesOf([id])), descriptors: each(descriptorsOf) }),
    lastText() {
      const last = looks.at(-1);
      return Object.keys(ids)
        .map((name) => `${name} ${mebibytes(last?.bytes[name] ?? 0)}, ${last?.descriptors[name]} descriptors`)
        .join("; ");
    },
    growth(): Record<string, SoakGrowth> {
      const kept = looks.slice(Math.floor(looks.length / 3));
      return Object.fromEntries(
        Object.keys(ids).map((name) => [
          name,
          growthOf(
            kept.map(({ minute, bytes }) => ({ x: minute, y: bytes[name] ?? 0 })),
            kept.map((look) => look.descriptors[name] ?? 0),
          ),
        ]),
      );
    },
  };
}

function growthOf(points: readonly Point[], descriptors: readonly number[]): SoakGrowth {
  const [first, last] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  const { slope, standardError } = lineThrough(points);
  return {
    firstBytes: first.y,
    lastBytes: last.y,
    bytesPerMinute: slope,
    errorBytesPerMinute: standardError,
    isFlat: slope <= 2 * standardError || slope * (last.x - first.x) <= flatShare * first.y,
    firstDescriptors: descriptors[0] ?? 0,
    lastDescriptors: descriptors.at(-1) ?? 0,
  };
}

/** `12.3 MiB`. */
function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function descriptorsOf(processId: number): number {
  const folder = `/proc/${processId}/fd`;
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
