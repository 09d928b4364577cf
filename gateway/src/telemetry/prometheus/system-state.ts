import type { AlertsState } from "../alerts/deliver-alerts.ts";
import type { UsageBillingState } from "../../billing/usage-billing-state.ts";
import type { LedgerState } from "../../ledger/start-ledger.ts";
import type { LogpushState } from "../../logpush/logpush-state.ts";
import type { WorkerState } from "../../supervisor/worker-board.ts";
import type { ExporterState } from "../otlp/otlp-exporter.ts";

/** Cached answers on the disk. Counts are since the cache's directory was made. */
export interface CacheState {
  /** About what they take up. */
  readonly sizeBytes: number;
  readonly maxBytes: number;
  /** Entries that were damaged and taken for misses. */
  readonly unreadable: number;
  /** Answers that were not kept: the room was taken, or the disk full or failing. */
  readonly unwritten: number;
  /** Questions compared; null where nothing compares them. */
  readonly semantic: SemanticState | null;
}

/** What became of requests that asked for questions alike. */
export interface SemanticState {
  readonly entries: number;
  readonly maxEntries: number;
  /**
   * `found`: there was one alike. `none`: none was near enough. `refused`: one was, and the guards told it from the question. `busy`, `late`,
   * `failed`: nobody could tell.
   */
  readonly lookups: Readonly<Record<"found" | "none" | "refused" | "busy" | "late" | "failed", number>>;
}

/** What the parts of the gateway tell of themselves when somebody asks. Counts are since the process that counts began. */
export interface SystemState {
  /** Those that were heard of lately. */
  readonly workers: readonly Pick<WorkerState, "name" | "connections" | "refusedConnections">[];
  readonly journal: {
    /** Of all segments. */
    readonly sizeBytes: number;
    /** Records that workers could not append. */
    readonly droppedRecords: number;
    /** Bodies that workers left out for want of space. */
    readonly droppedBodies: number;
  };
  readonly ledger: Omit<LedgerState, "lastError">;
  readonly exporters: readonly ExporterState[];
  readonly logpush: readonly LogpushState[];
  readonly billing: readonly UsageBillingState[];
  readonly alerts: AlertsState;
  readonly cache: CacheState;
}
