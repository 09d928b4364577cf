import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { slopeOf } from "../../../bench/figures.ts";
import { residentBytesOf } from "../../../bench/process-table.ts";
import { startManagedGateway } from "../support/management-client.ts";
import { changeSettings, processesOf, replaceWorker, rotateKeys, type SoakProcesses } from "./soak-disturbance.ts";
import { compareLedger, type LedgerComparison } from "./soak-ledger.ts";
import { newSoakAccount, sendOne, type SoakAccount } from "./soak-traffic.ts";
import { startSoakUpstream } from "./soak-upstream.ts";

/** How long, and how it is cut. */
export interface SoakPlan {
  readonly durationMs: number;
  /** Traffic between two looks at memory. */
  readonly roundMs: number;
  /** Quiet before each look. */
  readonly restMs: number;
  readonly clients: number;
  readonly say: (text: string) => void;
}

/** Memory and descriptors of one process at rest, over the run, the first third left out as warming up. */
export interface SoakGrowth {
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly bytesPerMinute: number;
  readonly firstDescriptors: number;
  readonly lastDescriptors: number;
}

/** What a soak comes to. */
export interface SoakResult {
  readonly account: SoakAccount;
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

/** Runs mixed traffic with disturbances against a real gateway of two workers, and stops it. */
export async function runSoak(plan: SoakPlan): Promise<SoakResult> {
  using upstream = startSoakUpstream();
  await using gateway = await startManagedGateway({
    yaml: `providers:\n  openai: { base_url: "${upstream.url}" }\n`,
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
    const traffic = drive(gateway.url, account, plan);
    await changeSettings(gateway, round);
    if (round % killEveryRounds === killEveryRounds - 1) {
      await Bun.sleep(plan.roundMs / 2);
      killedAtMs.push(Date.now());
      second = await replaceWorker(gateway.headgate, second);
    }
    await traffic;
    await Bun.sleep(plan.restMs);
    watched.look((performance.now() - startedAtMs) / 60_000);
    plan.say(`${account.requests} requests; ${watched.lastText()}`);
  }
  const database = join(gateway.headgate.directory, "data/headgate.db");
  gateway.headgate.kill("SIGTERM");
  await gateway.headgate.exited();
  const far = account.unansweredAtMs.filter((at) => killedAtMs.every((kill) => Math.abs(at - kill) > killWindowMs));
  const faults = ["management_fault", "journal_failed", "uncaught_exception", "unhandled_rejection"].flatMap((event) =>
    gateway.headgate.logged(event).map((line) => JSON.stringify(line)),
  );
  return {
    account,
    growth: watched.growth(),
    kills: killedAtMs.length,
    settingsChanges: 3 * round,
    ledger: compareLedger(database, account),
    unexplained: [...account.unexplained, ...far.map((at) => `failed at ${new Date(at).toISOString()}`), ...faults],
  };
}

async function drive(url: string, account: SoakAccount, { clients, roundMs }: SoakPlan): Promise<void> {
  const endMs = performance.now() + roundMs;
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) await sendOne(url, account);
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
        Object.keys(ids).map((name) => {
          const points = kept.map(({ minute, bytes }) => ({ x: minute, y: bytes[name] ?? 0 }));
          const descriptors = kept.map((look) => look.descriptors[name] ?? 0);
          return [
            name,
            {
              firstBytes: points[0]?.y ?? 0,
              lastBytes: points.at(-1)?.y ?? 0,
              bytesPerMinute: slopeOf(points),
              firstDescriptors: descriptors[0] ?? 0,
              lastDescriptors: descriptors.at(-1) ?? 0,
            },
          ];
        }),
      );
    },
  };
}

/** `12.3 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function descriptorsOf(processId: number): number {
  const folder = `/proc/${processId}/fd`;
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
