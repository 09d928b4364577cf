import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import type { BatchConsumer, LedgerEntry } from "../core/ledger-entry.ts";
import {
  defaultLogpushLimits,
  type JobOptions,
  type LogpushJob,
  type LogpushLimits,
  startLogpushJob,
} from "./logpush-job.ts";
import { logpushLine } from "./logpush-record.ts";
import type { LogpushState } from "./logpush-state.ts";
import { readPublicKey } from "./public-key.ts";
import type { LogpushTargetSettings } from "../core/export-settings.ts";
import type { ResolveSecret } from "./target.ts";
import { openTarget } from "./targets/open-target.ts";

/**
 * Logpush of all accounts, fed by the ledger before it commits: after a crash a record may come twice. Lines for which neither
 * the disk nor the spool's bound has room are dropped and counted.
 */
export interface Logpush extends BatchConsumer {
  /** One per target. */
  states(): readonly LogpushState[];
  /** Takes the gateways anew. @throws Error for a key that cannot be used; the gateways before it then stay. */
  configure(gateways: readonly LogpushGateway[]): void;
  /** Ends deliveries, which have up to `graceMs` (finite); what is left goes with the next process. */
  stop(graceMs: number): Promise<void>;
}

/** A gateway with `logpush: true`. */
export interface LogpushGateway {
  readonly accountId: string;
  readonly gatewayId: string;
  /** Its `logpush_public_key`. */
  readonly publicKey: string;
}

/** An account's targets. */
export interface LogpushAccount {
  readonly accountId: string;
  readonly targets: readonly LogpushTargetSettings[];
}

/** What Logpush is made of. */
export interface LogpushOptions extends Pick<JobOptions, "onFailure"> {
  readonly gateways: readonly LogpushGateway[];
  readonly accounts: readonly LogpushAccount[];
  /** Where records wait: a folder per account and target is made in it. */
  readonly directory: string;
  readonly resolveSecret: ResolveSecret;
  readonly limits?: Partial<LogpushLimits>;
}

/** Encrypting takes time; after so many records others get their turn. */
const recordsPerTurn = 32;

/**
 * Starts delivery of what waits, and takes what comes. Only records that are kept as logs are pushed (`collect_logs`).
 * @throws Error for a key that cannot be used.
 */
export function createLogpush(options: LogpushOptions): Logpush {
  const limits = { ...defaultLogpushLimits, ...options.limits };
  let keys = keysOf(options.gateways);
  const jobs = new Map(
    options.accounts.map(({ accountId, targets }) => [
      accountId,
      targets.map((settings) =>
        startLogpushJob({
          name: `${accountId}/${settings.name}`,
          directory: join(options.directory, accountId, settings.name),
          target: openTarget(settings, options.resolveSecret),
          limits,
          onFailure: options.onFailure,
        }),
      ),
    ]),
  );
  const allJobs = (): LogpushJob[] => [...jobs.values()].flat();

  return {
    name: "logpush",
    async prepare(batch) {
      const wanted = batch.flatMap((entry) => {
        const key = keys.get(scopeOf(entry.record));
        const targets = jobs.get(entry.record.accountId) ?? [];
        return key === undefined || targets.length === 0 || !entry.record.isLogged ? [] : [{ entry, key, targets }];
      });
      for (let from = 0; from < wanted.length; from += recordsPerTurn) {
        if (from > 0) await new Promise<void>((resolve) => setImmediate(resolve));
        appendLines(wanted.slice(from, from + recordsPerTurn));
      }
    },
    consume() {
      // All is done before the commit.
    },
    configure(gateways) {
      keys = keysOf(gateways);
    },
    states: () => allJobs().map(({ state }) => state),
    async stop(graceMs) {
      await Promise.all(allJobs().map((job) => job.stop(graceMs)));
    },
  };
}

function keysOf(gateways: readonly LogpushGateway[]): Map<string, KeyObject> {
  return new Map(gateways.map((each) => [scopeOf(each), readPublicKey(each.publicKey)]));
}

interface Wanted {
  readonly entry: LedgerEntry;
  readonly key: KeyObject;
  readonly targets: readonly LogpushJob[];
}

/** One append per target, whatever the number of records. */
function appendLines(wanted: readonly Wanted[]): void {
  const lines = new Map<LogpushJob, string[]>();
  for (const { entry, key, targets } of wanted) {
    const line = logpushLine(entry, key);
    for (const job of targets) lines.set(job, [...(lines.get(job) ?? []), line]);
  }
  for (const [job, own] of lines) job.append(own.join(""), own.length);
}

function scopeOf({ accountId, gatewayId }: { readonly accountId: string; readonly gatewayId: string }): string {
  return `${accountId}/${gatewayId}`;
}
