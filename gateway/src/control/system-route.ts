import { z } from "zod";
import { success } from "../management/envelope.ts";
import { noParams } from "../management/path-parameters.ts";
import type { Route } from "../management/route.ts";
import type { SystemState } from "../telemetry/prometheus/system-state.ts";

const number = z.number();

const systemStateSchema = z
  .object({
    journal: z.object({ sizeBytes: number, droppedRecords: number, droppedBodies: number }),
    ledger: z.object({
      lagMs: number,
      queuedBytes: number,
      stored: number,
      duplicates: number,
      unlogged: number,
      refused: number,
      events: number,
      quarantined: number,
      lostSegments: number,
      prunedRows: number,
      prunedBodies: number,
      isStoreAvailable: z.boolean(),
      lastError: z.string().nullable(),
    }),
    exporters: z.array(
      z.object({
        name: z.string(),
        queuedSpans: number,
        queuedBytes: number,
        sentSpans: number,
        droppedSpans: z.record(z.string(), number),
        failedRequests: number,
        breaker: z.enum(["closed", "open", "half-open"]),
      }),
    ),
    logpush: z.array(
      z.object({
        name: z.string(),
        waitingBytes: number,
        deliveredRecords: number,
        droppedRecords: number,
        failedDeliveries: number,
      }),
    ),
    cache: z.object({ sizeBytes: number, maxBytes: number, unreadable: number, unwritten: number }),
  })
  .meta({ id: "SystemState" });

/** `GET /api/system`: journal, ledger, exporters, Logpush and cache as they are now, every drop counted. Permission `system.read`. */
export function systemRoute(stateOf: () => SystemState): Route {
  return {
    method: "GET",
    path: "/api/system",
    permission: "system.read",
    summary: "Get the state of records",
    description: "Counts are since the processes that count began.",
    tag: "System",
    params: noParams,
    answer: { kind: "result", schema: systemStateSchema },
    handle: () => Promise.resolve(success(stateOf())),
  };
}
