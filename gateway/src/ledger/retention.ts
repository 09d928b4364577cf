import type { LogScope, LogStore, RetentionRule } from "../stores/ports/log-store.ts";

/** How much of one gateway's logs is kept; null members set no bound. Sizes are what the store takes for them. */
export interface GatewayRetention {
  /** `log_management` (reference §10.3). */
  readonly maxRows: number | null;
  /** `log_management_strategy`: `stop` takes no new rows at the bound, `delete` lets the oldest go. */
  readonly whenFull: "stop" | "delete";
  readonly rowMaxAgeMs: number | null;
  readonly rowMaxBytes: number | null;
  readonly bodyMaxAgeMs: number | null;
  readonly bodyMaxBytes: number | null;
}

/** Keeps everything. */
export const noRetention: GatewayRetention = {
  maxRows: null,
  whenFull: "delete",
  rowMaxAgeMs: null,
  rowMaxBytes: null,
  bodyMaxAgeMs: null,
  bodyMaxBytes: null,
};

/** Rows of one step: a few milliseconds, so that no writer waits long. */
const stepRows = 250;

/** Pause between two steps, as long as a step takes. */
const pauseMs = 5;

/** What one pass works with. */
export interface RetentionOptions {
  readonly store: LogStore;
  readonly retentionOf: (scope: LogScope) => GatewayRetention;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** What one pass removed. */
export interface RetentionResult {
  readonly rows: number;
  readonly bodies: number;
}

/**
 * Brings every gateway within its bounds, in many small steps, oldest first. Ends early when `signal` aborts. Rejects with the store's
 * errors; what was removed by then stays so.
 */
export async function applyRetention({
  store,
  retentionOf,
  nowMs,
  signal,
}: RetentionOptions): Promise<RetentionResult> {
  const removed = { rows: 0, bodies: 0 };
  for (const scope of await store.statistics()) {
    for (const rule of rulesOf(retentionOf(scope), nowMs)) {
      while (!signal.aborted) {
        const count = await store.prune(scope, rule, stepRows);
        removed[rule.of] += count;
        if (count === 0) break;
        await Bun.sleep(pauseMs);
      }
    }
  }
  return removed;
}

function rulesOf(retention: GatewayRetention, nowMs: number): RetentionRule[] {
  const { maxRows, whenFull, rowMaxAgeMs, rowMaxBytes, bodyMaxAgeMs, bodyMaxBytes } = retention;
  const rules: RetentionRule[] = [];
  if (rowMaxAgeMs !== null) rules.push({ of: "rows", olderThanMs: nowMs - rowMaxAgeMs });
  if (maxRows !== null && whenFull === "delete") rules.push({ of: "rows", beyondRows: maxRows });
  if (rowMaxBytes !== null) rules.push({ of: "rows", beyondBytes: rowMaxBytes });
  if (bodyMaxAgeMs !== null) rules.push({ of: "bodies", olderThanMs: nowMs - bodyMaxAgeMs });
  if (bodyMaxBytes !== null) rules.push({ of: "bodies", beyondBytes: bodyMaxBytes });
  return rules;
}
