import { z } from "zod";
import { success } from "../management/envelope.ts";
import { noParams } from "../management/path-parameters.ts";
import type { Route } from "../management/route.ts";
import { version } from "../core/version.ts";
import type { WorkerState } from "../supervisor/worker-board.ts";
import type { SystemState } from "../telemetry/prometheus/system-state.ts";

const number = z.number();

const systemStateSchema = z
  .object({
    version: z.string().meta({ description: "Of this program." }),
    workersWanted: z.int().meta({ description: "How many workers are to serve." }),
    workers: z
      .array(
        z.object({
          name: z.string(),
          pid: z.int(),
          startedAt: z.iso.datetime(),
          connections: z.int().meta({ description: "Connections of clients that are open." }),
          refusedConnections: z
            .int()
            .meta({ description: "Connections turned away because the limit of open files allows no more." }),
          restingKeys: z.int().meta({ description: "Stored keys that it does not use for the moment." }),
        }),
      )
      .meta({ description: "Those that were heard of in the last five seconds." }),
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
    alerts: z.object({ delivered: number, failedDeliveries: number, givenUp: number }),
    billing: z.array(
      z.object({
        name: z.string(),
        waitingBytes: number,
        deliveredEvents: number,
        lostEvents: z.record(z.string(), number),
        failedTries: number,
      }),
    ),
    cache: z.object({
      sizeBytes: number,
      maxBytes: number,
      unreadable: number,
      unwritten: number,
      semantic: z
        .object({
          entries: number,
          maxEntries: number,
          lookups: z.object({
            found: number,
            none: number,
            refused: number,
            busy: number,
            late: number,
            failed: number,
          }),
        })
        .nullable(),
    }),
  })
  .meta({ id: "SystemState" });

/** What the state is made of. */
export interface SystemRouteOptions {
  readonly stateOf: () => SystemState;
  readonly workers: () => readonly WorkerState[];
  readonly workersWanted: number;
}

/** `GET /api/system`: workers, journal, ledger, exporters, Logpush, billing and cache as they are now, every drop counted. Permission `system.read`. */
export function systemRoute({ stateOf, workers, workersWanted }: SystemRouteOptions): Route {
  return {
    method: "GET",
    path: "/api/system",
    permission: "system.read",
    summary: "Get the state of the installation",
    description: "Counts are since the processes that count began.",
    tag: "System",
    params: noParams,
    answer: { kind: "result", schema: systemStateSchema },
    handle: () =>
      Promise.resolve(success({ version, workersWanted, ...stateOf(), workers: workers().map(shownWorker) })),
  };
}

function shownWorker({ name, pid, startedAtMs, connections, refusedConnections, restingKeys }: WorkerState): object {
  const startedAt = new Date(startedAtMs).toISOString();
  return { name, pid, startedAt, connections, refusedConnections, restingKeys: restingKeys.length };
}
