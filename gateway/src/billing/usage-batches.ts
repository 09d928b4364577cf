import { gunzipSync } from "node:zlib";
import type { MeteringService, UsageEvent } from "../core/usage-event.ts";
import type { Spool } from "../spool/spool.ts";
import { sendInLanes } from "./send-in-lanes.ts";
import type { UsageBillingState } from "./usage-billing-state.ts";

/** What is left of a batch of events. */
export interface UsageBatch {
  readonly id: string;
  readonly events: readonly UsageEvent[];
}

/** What became of a batch: what has to be tried again, how many events arrived, and how long the service wants to be left alone. */
export interface UsageBatchResult {
  readonly left: readonly UsageEvent[];
  readonly delivered: number;
  readonly retryAfterMs: number;
}

/** Batches on their way from the disk to the service, and what became of them. */
export interface UsageBatches {
  /** The oldest that is closed; null when there is none, or when the disk fails. */
  next(): Promise<UsageBatch | null>;
  /** Tries each event once, until one has to be tried again. Never rejects. */
  send(batch: UsageBatch): Promise<UsageBatchResult>;
  readonly counts: Pick<UsageBillingState, "deliveredEvents" | "failedTries"> & {
    readonly lost: Readonly<Record<"refused" | "expired" | "unreadable", number>>;
  };
}

/** What batches are sent with. */
export interface UsageBatchesOptions {
  /** Account and gateway: `default/prod`. */
  readonly name: string;
  readonly spool: Pick<Spool, "oldest">;
  readonly service: MeteringService;
  /** The key to send with; null when there is none by now. Asked before each try. */
  readonly readKey: () => Promise<string | null>;
  readonly nowMs: () => number;
  /** Breaks off what is under way. */
  readonly signal: AbortSignal;
  /** Told of tries that failed: a status or a word. */
  readonly onFailure: (name: string, cause: string) => void;
  /** Told of events the service did not want, once for each batch. */
  readonly onRefused: (
    name: string,
    first: { readonly identifier: string; readonly cause: string; readonly count: number },
  ) => void;
}

/** Takes batches out of a spool, in which they stay until somebody removes them. */
export function openUsageBatches(options: UsageBatchesOptions): UsageBatches {
  const { name, service, nowMs, signal } = options;
  const lost = { refused: 0, expired: 0, unreadable: 0 };
  let deliveredEvents = 0;
  let failedTries = 0;
  const failed = (cause: string): void => {
    failedTries += 1;
    options.onFailure(name, cause);
  };
  return {
    async next() {
      try {
        const batch = await options.spool.oldest();
        if (batch === null) return null;
        const events = readEvents(batch.bytes);
        lost.unreadable += batch.recordCount - events.length;
        return { id: batch.id, events };
      } catch {
        failed("disk");
        return null;
      }
    },
    async send(batch) {
      const events = batch.events.filter(({ atMs }) => nowMs() - atMs <= service.maxAgeMs);
      lost.expired += batch.events.length - events.length;
      const key = await options.readKey().catch(() => null);
      if (key === null && events.length > 0) failed("secret_missing");
      if (key === null) return { left: events, delivered: 0, retryAfterMs: 0 };
      const { delivered, refused, left, failure } = await sendInLanes(events, { service, key, signal });
      deliveredEvents += delivered;
      lost.refused += refused.length;
      const [first] = refused;
      if (first !== undefined) {
        const { event, cause } = first;
        options.onRefused(name, { identifier: event.identifier, cause, count: refused.length });
      }
      if (failure !== null) failed(failure.cause);
      return { left, delivered, retryAfterMs: failure?.retryAfterMs ?? 0 };
    },
    get counts() {
      return { deliveredEvents, failedTries, lost };
    },
  };
}

/** Events of a batch's lines; what cannot be read is left out. */
function readEvents(bytes: Uint8Array): UsageEvent[] {
  try {
    const lines = gunzipSync(bytes).toString().split("\n");
    return lines.flatMap((line) => (line === "" ? [] : readEvent(line)));
  } catch {
    return [];
  }
}

function readEvent(line: string): UsageEvent[] {
  try {
    return [JSON.parse(line) as UsageEvent];
  } catch {
    return [];
  }
}
