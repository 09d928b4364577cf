import { systemClock } from "../core/clock.ts";
import type { GatewayEvent } from "../core/gateway-event.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { openJournalWriter } from "../journal/journal-writer.ts";
import { openDropBoard } from "../journal/published-drops.ts";
import { segmentBytesFor } from "../journal/segment-bytes-for.ts";
import { type InstallationKeys, openInstallationKeys } from "../secrets/installation-keys.ts";
import { loadHashKey } from "../secrets/hash-key.ts";
import type { CounterStore } from "../stores/ports/counter-store.ts";
import type { ExchangeJournal } from "../stores/ports/exchange-journal.ts";
import type { StartMessage } from "./ipc-messages.ts";
import { dropBoardDirectory, journalDirectory } from "./journal-directory.ts";
import { listenProblem } from "./listen-problem.ts";
import { openWorkerCounters } from "./worker-counters.ts";
import { openWorkerBoard, type WorkerState } from "./worker-board.ts";
import type { ProcessLog } from "./process-log.ts";
import type { RunningPart } from "./running-part.ts";

/** Starts the data plane; the composition root says which one. */
export type StartProxy = (options: {
  readonly config: GatewayConfig;
  readonly journal: ExchangeJournal;
  readonly counters: CounterStore;
  readonly onEvent: (event: GatewayEvent) => void;
  readonly controlSocket: string | null;
  readonly reusePort: boolean;
  readonly hashKey: Buffer;
  readonly keys: InstallationKeys;
  readonly startId: string;
  readonly adminTokenHash: string | null;
  readonly onFault: (fault: { readonly requestId: string; readonly error: unknown }) => void;
  readonly onPriceFileFault: (problem: string) => void;
  readonly onSettingsFileFault: (problem: string) => void;
  readonly onCacheFault: (problem: string) => void;
}) => StartedProxy | Promise<StartedProxy>;

/** A data plane at work. */
interface StartedProxy extends RunningPart {
  /** How it is at this moment. */
  state(): Pick<WorkerState, "connections" | "refusedConnections" | "restingKeys">;
}

const listenErrorCodes: ReadonlySet<string | undefined> = new Set(["EADDRINUSE", "EADDRNOTAVAIL", "EACCES", "EPERM"]);

/** How often a worker tells what its journal could not take, and how it is. */
const TELL_EVERY_MS = 1000;

/**
 * Starts a proxy worker: its journal, and the data plane on the configured port.
 * @throws StartError when the address cannot be bound.
 */
export async function startWorker(start: StartMessage, startProxy: StartProxy, log: ProcessLog): Promise<RunningPart> {
  const { config, controlSocket } = start;
  const journal = openJournalWriter({
    directory: journalDirectory(config),
    worker: start.name,
    segmentBytes: segmentBytesFor(config),
    maxBytes: config.journal.max_bytes,
    clock: systemClock,
    onEvent: ({ event, ...fields }) => log(event === "journal_failed" ? "error" : "warn", event, fields),
  });
  const counters = openWorkerCounters(config, log);
  const hashKey = loadHashKey(config.dataDirectory);
  const drops = openDropBoard(dropBoardDirectory(config), start.name);
  const board = openWorkerBoard(config, start.name);
  const identity = { name: start.name, pid: process.pid, startId: start.startId, startedAtMs: systemClock.nowMs() };
  let telling: Timer | null = null;
  const end = async (): Promise<void> => {
    if (telling !== null) clearInterval(telling);
    drops.close();
    board.close();
    await counters.close();
    journal.close();
  };
  try {
    const proxy = await startProxy({
      config,
      journal,
      counters: counters.store,
      onEvent: ({ type, ...event }) => log("warn", type, event),
      onFault: ({ requestId, error }) => log("error", "request_fault", { requestId, error: stackOf(error) }),
      controlSocket,
      reusePort: config.workers > 0,
      hashKey,
      keys: openInstallationKeys(start.keys),
      startId: start.startId,
      adminTokenHash: start.adminTokenHash,
      onPriceFileFault: (problem) => log("warn", "price_file_refused", { problem }),
      onSettingsFileFault: (problem) => log("warn", "settings_file_refused", { problem }),
      onCacheFault: (problem) => log("error", "cache_unavailable", { problem }),
    });
    let refusedTold = 0;
    const tell = (): void => {
      const state = proxy.state();
      const { connections, refusedConnections } = state;
      if (refusedConnections > refusedTold) log("warn", "connections_refused", { refusedConnections, connections });
      refusedTold = refusedConnections;
      drops.publish({ records: journal.droppedRecords, bodies: journal.droppedBodies });
      board.publish({ ...identity, toldAtMs: systemClock.nowMs(), ...state });
    };
    tell();
    telling = setInterval(tell, TELL_EVERY_MS);
    return {
      async stop(graceMs) {
        await proxy.stop(graceMs);
        await end();
      },
    };
  } catch (error) {
    await end();
    const { code } = error as NodeJS.ErrnoException;
    throw listenErrorCodes.has(code) ? listenProblem(error, config.host, config.port) : error;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
