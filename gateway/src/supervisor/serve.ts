import { mkdirSync } from "node:fs";
import { finishRestore } from "../backup/finish-restore.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { newId } from "../core/ids.ts";
import { isRotating } from "../secrets/key-files.ts";
import { type KeyMaterial, loadKeys } from "../secrets/load-keys.ts";
import { discardControlSocketPath, prepareControlSocketPath } from "./control-socket-path.ts";
import { claimPort } from "./claim-port.ts";
import { journalDirectory } from "./journal-directory.ts";
import { lockDataDirectory } from "./data-directory-lock.ts";
import { exitStatus, type ExitStatus } from "./exit-status.ts";
import { refuseOpenStart } from "./refuse-open-start.ts";
import type { ProcessLog } from "./process-log.ts";
import { prepareCounters } from "./worker-counters.ts";
import { renewOnSignal } from "./renew-on-signal.ts";
import { type RunningPart, shutdownGraceMs } from "./running-part.ts";
import { listenForStop, type StopSignals } from "./stop-signals.ts";

/** What it takes to serve. */
export interface ServeOptions {
  readonly config: GatewayConfig;
  /** `HEADGATE_MASTER_KEY`; null when it is not set. */
  readonly masterKey: string | null;
  /** `HEADGATE_NEW_MASTER_KEY`, to end a rotation that was broken off; null when it is not set. */
  readonly newMasterKey: string | null;
  readonly log: ProcessLog;
  /** Starts all roles, in processes or in this one; settles when they serve. */
  readonly startParts: (settled: SettledStart) => Promise<RunningPart>;
  /** Called once, when everything serves; the configuration then holds the port in use. `firstToken` is to be shown this once. */
  readonly onReady: (config: GatewayConfig, firstToken: string | null) => void;
}

/** What is known once data directory and port are claimed. */
export interface SettledStart {
  /** Holds the port in use. */
  readonly config: GatewayConfig;
  /** Names this start. */
  readonly startId: string;
  readonly controlSocket: string;
  readonly keys: KeyMaterial;
}

/**
 * Runs the gateway until a signal stops it: claims data directory and port, starts the parts, waits for SIGTERM or SIGINT and
 * drains for `timeouts.shutdown_ms`, or until the signal is repeated. Answers the exit status.
 * @throws StartError when it cannot start, MasterKeyError when its secrets could not be opened.
 */
export async function serve(options: ServeOptions): Promise<ExitStatus> {
  const { dataDirectory } = options.config;
  const signals = listenForStop();
  try {
    const lock = lockDataDirectory(dataDirectory);
    try {
      const controlSocket = prepareControlSocketPath(dataDirectory);
      await serveLocked({ ...options, controlSocket }, signals);
      discardControlSocketPath(controlSocket, dataDirectory);
    } finally {
      lock.release();
    }
    return exitStatus.ok;
  } finally {
    signals.dispose();
  }
}

interface LockedOptions extends ServeOptions {
  readonly controlSocket: string;
}

async function serveLocked(options: LockedOptions, signals: StopSignals): Promise<void> {
  const { log } = options;
  if (finishRestore(options.config.dataDirectory)) log("info", "restore_ended");
  // Here and not with the first record, so that it can be watched before there is one.
  mkdirSync(journalDirectory(options.config), { recursive: true, mode: 0o700 });
  prepareCounters(options.config, log);
  const keys = await findKeys(options);
  refuseOpenStart(options.config);
  const config = { ...options.config, port: claimPort(options.config.host, options.config.port) };
  const parts = await startUnlessStopped(
    options,
    { config, startId: newId(), controlSocket: options.controlSocket, keys },
    signals,
  );
  if (parts === null) return;
  if (!signals.wasRequested()) {
    log("info", "serving", { host: config.host, port: config.port, workers: config.workers });
    options.onReady(config, parts.firstToken ?? null);
  }
  using _ = renewOnSignal(parts, log);
  const signal = await signals.requested;
  log("info", "stopping", { reason: signal });
  await Promise.race([parts.stop(shutdownGraceMs(config)), breakOffWhenInsisted(parts, signals)]);
  log("info", "stopped");
}

/** The installation's keys. A rotation that was broken off is ended first. */
async function findKeys({ config, masterKey, newMasterKey }: ServeOptions): Promise<KeyMaterial> {
  const { dataDirectory } = config;
  const place = { dataDirectory, environmentKey: masterKey, newEnvironmentKey: newMasterKey };
  if (isRotating(dataDirectory)) {
    const [{ finishRotation }, { openSealedSettings }] = await Promise.all([
      import("../secrets/rotate-master-key.ts"),
      import("../control/sealed-settings.ts"),
    ]);
    using store = openSealedSettings(dataDirectory);
    await finishRotation({ place, store });
  }
  return loadKeys(place);
}

async function startUnlessStopped(
  options: ServeOptions,
  settled: SettledStart,
  signals: StopSignals,
): Promise<RunningPart | null> {
  try {
    return await options.startParts(settled);
  } catch (error) {
    // Stopped so early, the failure is of no interest.
    if (signals.wasRequested()) return null;
    throw error;
  }
}

async function breakOffWhenInsisted(parts: RunningPart, signals: StopSignals): Promise<void> {
  await signals.insisted;
  await parts.stop(0);
}
