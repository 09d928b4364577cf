import { chmodSync, rmSync } from "node:fs";
import { errorCatalogue } from "../core/errors.ts";
import type { RunningPart } from "../supervisor/running-part.ts";
import { dashboardFiles } from "./dashboard-files.ts";

/** What the control process needs. */
export interface ControlOptions {
  /** Unix socket to listen on; one left behind is removed. */
  readonly socketPath: string;
  /** The dashboard's built files; may be missing. */
  readonly dashboardDirectory: string;
}

/**
 * Starts the control role: HTTP on a unix socket that only this user may connect to. Serves the dashboard; every other path,
 * those of `/client/v4` and `/api` among them, is answered with 404 and code 7003 in the v4 envelope (reference §14.0).
 */
export async function startControl(options: ControlOptions): Promise<RunningPart> {
  const files = dashboardFiles(options.dashboardDirectory);
  rmSync(options.socketPath, { force: true });
  const server = Bun.serve({
    unix: options.socketPath,
    fetch(request) {
      const { pathname } = new URL(request.url);
      const answer = request.method === "GET" || request.method === "HEAD" ? files.get(pathname) : undefined;
      return answer === undefined ? routeNotFound(pathname) : answer();
    },
  });
  chmodSync(options.socketPath, 0o600);
  return {
    async stop() {
      // The workers, its only clients, are gone by now or keep idle connections.
      await server.stop(true);
      rmSync(options.socketPath, { force: true });
    },
  };
}

function routeNotFound(pathname: string): Response {
  const { code, status } = errorCatalogue.routeNotFound;
  const errors = [{ code, message: `Could not route to ${pathname}, perhaps your object identifier is invalid?` }];
  return Response.json({ success: false, errors, messages: [], result: null }, { status });
}
