import { success } from "../management/envelope.ts";
import type { Route } from "../management/route.ts";
import type { SystemState } from "../telemetry/prometheus/system-state.ts";

/** `GET /api/system`: journal, ledger, exporters and Logpush as they are now, every drop counted. Permission `system.read`. */
export function systemRoute(stateOf: () => SystemState): Route {
  return {
    method: "GET",
    path: "/api/system",
    permission: "system.read",
    handle: () => Promise.resolve(success(stateOf())),
  };
}
