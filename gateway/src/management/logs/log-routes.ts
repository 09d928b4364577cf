import type { ManagementRequest, Route } from "../route.ts";
import { deleteLogs } from "./delete-logs.ts";
import { exportLogs } from "./export-logs.ts";
import { getBody } from "./get-body.ts";
import { getLog } from "./get-log.ts";
import { listLogs } from "./list-logs.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { patchLog } from "./patch-log.ts";
import { tailLogs } from "./tail-logs.ts";

const logsPath = "/client/v4/accounts/:accountId/ai-gateway/gateways/:gatewayId/logs";
const logPath = `${logsPath}/:logId`;

/** Every route of logs: those of reference §14.2, live tail and export. */
export function logRoutes(options: LogRoutesOptions): Route[] {
  const ask =
    (verb: (request: ManagementRequest, options: LogRoutesOptions) => Promise<Response>) =>
    (request: ManagementRequest): Promise<Response> =>
      verb(request, options);
  return [
    { method: "GET", path: logsPath, permission: "logs.read", handle: ask(listLogs) },
    { method: "DELETE", path: logsPath, permission: "logs.delete", handle: ask(deleteLogs) },
    { method: "GET", path: `${logsPath}/tail`, permission: "logs.read", handle: ask(tailLogs) },
    { method: "GET", path: `${logsPath}/export`, permission: "logs.read", handle: ask(exportLogs) },
    { method: "GET", path: logPath, permission: "logs.read", handle: ask(getLog) },
    { method: "PATCH", path: logPath, permission: "logs.edit", handle: ask(patchLog) },
    {
      method: "GET",
      path: `${logPath}/request`,
      permission: "logs.read-bodies",
      handle: (request) => getBody(request, options, "request"),
    },
    {
      method: "GET",
      path: `${logPath}/response`,
      permission: "logs.read-bodies",
      handle: (request) => getBody(request, options, "response"),
    },
  ];
}
