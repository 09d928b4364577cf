import { chmodSync, rmSync } from "node:fs";
import { everyAccount } from "../access/caller.ts";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { removeLeftOver } from "../core/remove-left-over.ts";
import { rememberManagementNames } from "../management/management-names.ts";
import { createRouter } from "../management/router.ts";
import type { Route } from "../management/route.ts";
import { settingsRoutes } from "../management/settings-routes.ts";
import { openInstallationKeys } from "../secrets/installation-keys.ts";
import type { KeyMaterial } from "../secrets/load-keys.ts";
import { openWorkerCounters } from "../supervisor/worker-counters.ts";
import { readWorkerBoards, type WorkerState } from "../supervisor/worker-board.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import type { RunningPart } from "../supervisor/running-part.ts";
import { dashboardFiles } from "./dashboard-files.ts";
import { documentationFiles } from "./documentation/documentation-files.ts";
import type { FileSource } from "./file-source.ts";
import { createCacheExplainer } from "./explain-cache.ts";
import { referenceFiles } from "./reference-files.ts";
import { settingsRoutesOptions } from "./settings-routes-options.ts";
import { startCache } from "./start-cache.ts";
import { startIdentity } from "./start-identity.ts";
import { startRecords } from "./start-records.ts";
import { startSettings } from "./start-settings.ts";
import { yieldToWorkers } from "./yield-to-workers.ts";

/** What the control process needs. */
export interface ControlOptions {
  readonly config: GatewayConfig;
  /** Names this start of the gateway. */
  readonly startId: string;
  /** The configuration file, taken in again when it changes; null when it is not followed. */
  readonly configFile: string | null;
  /** Unix socket to listen on; one left behind is removed. */
  readonly socketPath: string;
  readonly dashboard: FileSource;
  /** Markdown and pictures, served below `/docs`. */
  readonly documentation: FileSource;
  /** `HEADGATE_ADMIN_TOKEN`: may do everything. Null when it is not set; the first start then makes a token that may. */
  readonly adminToken: string | null;
  /** Of the installation; tokens are hashed and secrets sealed under them. */
  readonly keys: KeyMaterial;
  readonly log: ProcessLog;
}

/** Longest time for storing what the journal holds when the process ends. */
const STOP_GRACE_MS = 5000;

/**
 * Starts the control role: everything that happens to records after a worker wrote them down, and HTTP on a unix socket that
 * only this user may connect to, for the dashboard and the management API. Unknown paths get 404 and code 7003 (reference §14.0).
 */
export async function startControl(options: ControlOptions): Promise<RunningPart> {
  const { config, socketPath, adminToken, log } = options;
  const keys = openInstallationKeys(options.keys);
  const settings = await startSettings({ ...options, keys });
  const identity = await startIdentity({
    dataDirectory: config.dataDirectory,
    desk: settings.desk,
    sessionStore: settings.sessionStore,
    keys,
    adminToken,
    clock: systemClock,
    oidc: config.sign_in.oidc,
    log,
  });
  const cache = startCache({ config, controlSocket: socketPath, log });
  const counters = openWorkerCounters(config, log);
  const workers = (): WorkerState[] => workersNow(options);
  const records = startRecords({ config, settings: settings.desk, keys, cacheState: cache.state, workers, log });
  const names = rememberManagementNames();
  const routes = [
    ...settingsRoutes(
      settingsRoutesOptions(config, settings, {
        keys,
        purgeCache: cache.purge,
        isManagementName: names.has,
        counters: { peek: counters.store.peek, nowMs: systemClock.nowMs },
        explainCache: createCacheExplainer({ config, settings, keys }),
        workers,
      }),
    ),
    ...identity.routes,
    ...records.routes,
  ];
  const files = filesOf(options, routes);
  const stopYielding =
    config.workers === 0
      ? () => {}
      : yieldToWorkers({
          queuedBytes: () => records.readiness().queued_bytes,
          maxBytes: config.journal.max_bytes,
        });
  const answer = createRouter(routes, {
    async identify(request) {
      const caller = await identity.identify(request);
      if (caller.grants.has(everyAccount)) names.note(new URL(request.url).hostname);
      return caller;
    },
    onFault: (error, { method, path }) => log("error", "management_fault", { method, path, error: String(error) }),
  });
  rmSync(socketPath, { force: true });
  // Tails and exports live longer than the ten seconds after which idle connections are closed otherwise; the types know
  // the option for TCP only.
  const server = Bun.serve({
    ...({ idleTimeout: 0 } as object),
    unix: socketPath,
    development: false,
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/readyz") return Response.json(records.readiness());
      const isReading = request.method === "GET" || request.method === "HEAD";
      return (isReading ? files.get(pageOf(pathname))?.() : undefined) ?? answer(request);
    },
  });
  chmodSync(socketPath, 0o600);
  return {
    ...(identity.firstToken === null ? {} : { firstToken: identity.firstToken }),
    async stop() {
      stopYielding();
      await cache.stop();
      // The workers, its only clients, are gone by now or keep idle connections.
      await server.stop(true);
      removeLeftOver(socketPath);
      await records.stop(STOP_GRACE_MS);
      identity.stop();
      settings.stop();
      await counters.close();
    },
  };
}

function filesOf({ dashboard, documentation }: ControlOptions, routes: readonly Route[]): Map<string, () => Response> {
  return new Map([...dashboardFiles(dashboard), ...documentationFiles(documentation), ...referenceFiles(routes)]);
}

/** What the workers of this start tell of themselves. */
function workersNow({ config, startId }: ControlOptions): WorkerState[] {
  return readWorkerBoards(config, { startId, nowMs: systemClock.nowMs() });
}

/** Every page of the dashboard is the one at `/`, which looks at the path itself. */
function pageOf(pathname: string): string {
  if (pathname === "/docs/") return "/docs";
  return pathname === "/ui" || pathname.startsWith("/ui/") ? "/" : pathname;
}
