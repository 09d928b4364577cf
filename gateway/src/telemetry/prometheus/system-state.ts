import type { LedgerState } from "../../ledger/start-ledger.ts";
import type { LogpushState } from "../../logpush/logpush-state.ts";
import type { ExporterState } from "../otlp/otlp-exporter.ts";

/** What the parts of the gateway tell of themselves when somebody asks. Counts are since the process that counts began. */
export interface SystemState {
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
}
