import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayConfig } from "../core/gateway-settings.ts";

/** What a worker tells of itself. Times are Unix milliseconds. */
export interface WorkerState {
  /** `w0` on. */
  readonly name: string;
  readonly pid: number;
  /** Of the start of the gateway that it belongs to. */
  readonly startId: string;
  readonly startedAtMs: number;
  /** When it told this. */
  readonly toldAtMs: number;
  /** Connections of clients that are open. */
  readonly connections: number;
  /** Connections turned away since the worker started, because as many as may be were open. */
  readonly refusedConnections: number;
  readonly restingKeys: readonly ToldRestingKey[];
}

/** A stored key that a worker lets rest. */
export interface ToldRestingKey {
  /** Names the key in all of the installation. */
  readonly keyId: string;
  /** With which the provider refused it last; null when its secret could not be used. */
  readonly status: number | null;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Where a worker tells other processes how it is. */
export interface WorkerBoard {
  /** Never throws. */
  publish(state: WorkerState): void;
  /** Takes what was told away. Never throws. */
  close(): void;
}

/** Who has told nothing for so long is gone, or stuck. */
const SILENT_MS = 5000;

/** Where workers tell how they are. */
function boardDirectory({ dataDirectory }: Pick<GatewayConfig, "dataDirectory">): string {
  return join(dataDirectory, "workers");
}

/**
 * Opens the board of the worker called `name`.
 * @throws the system's error when its directory cannot be made.
 */
export function openWorkerBoard(config: Pick<GatewayConfig, "dataDirectory">, name: string): WorkerBoard {
  const directory = boardDirectory(config);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${name}.json`);
  const draft = `${path}.new`;
  return {
    publish(state) {
      try {
        writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
        renameSync(draft, path);
      } catch {
        // Whoever reads takes it for silent; the journal's board tells that the disk is full.
      }
    },
    close() {
      try {
        rmSync(draft, { force: true });
        rmSync(path, { force: true });
      } catch {
        // A disk that cannot be written to keeps it; whoever reads takes it for silent.
      }
    },
  };
}

/** What the workers of this start told in the last five seconds, by name. Empty where none has. */
export function readWorkerBoards(
  config: Pick<GatewayConfig, "dataDirectory">,
  { startId, nowMs }: { readonly startId: string; readonly nowMs: number },
): WorkerState[] {
  const directory = boardDirectory(config);
  return namesIn(directory)
    .map((name) => stateAt(join(directory, name)))
    .filter((state) => state !== null)
    .filter((state) => state.startId === startId && nowMs - state.toldAtMs < SILENT_MS)
    .toSorted((left, right) => left.name.localeCompare(right.name, "en", { numeric: true }));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

function stateAt(path: string): WorkerState | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as WorkerState;
  } catch {
    // Gone meanwhile, or cut off where the machine went down.
    return null;
  }
}
