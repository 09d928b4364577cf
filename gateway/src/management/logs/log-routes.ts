import { z } from "zod";
import { gatewayParams, idParam } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { deleteLogs } from "./delete-logs.ts";
import { exportLogs } from "./export-logs.ts";
import { getBody } from "./get-body.ts";
import { getLog } from "./get-log.ts";
import { listLogs } from "./list-logs.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { patchLog } from "./patch-log.ts";
import { deletedSchema, logDetailSchema, logSchema } from "./log-schemas.ts";
import { deleteQuery, exportQuery, listQuery, patchBody, tailQuery } from "./schemas.ts";
import { tailLogs } from "./tail-logs.ts";

const logsPath = "/client/v4/accounts/:accountId/ai-gateway/gateways/:gatewayId/logs";
const logPath = `${logsPath}/:logId`;
const logParams = gatewayParams.extend({ logId: idParam("Id of a log.") });

/** Every route of logs: those of reference §14.2, live tail and export. */
export function logRoutes(options: LogRoutesOptions): Route[] {
  const ask =
    (verb: (request: ManagementRequest, options: LogRoutesOptions) => Promise<Response>) =>
    (request: ManagementRequest): Promise<Response> =>
      verb(request, options);
  return [
    {
      method: "GET",
      path: logsPath,
      permission: "logs.read",
      summary: "List logs",
      description: "The newest first unless ordered otherwise. Numbered pages beyond the end are empty.",
      tag: "Logs",
      params: gatewayParams,
      query: listQuery,
      answer: { kind: "page", item: logSchema },
      handle: ask(listLogs),
    },
    {
      method: "DELETE",
      path: logsPath,
      permission: "logs.delete",
      summary: "Delete logs",
      description: "The first ones of the order that match; without filters any match.",
      tag: "Logs",
      params: gatewayParams,
      query: deleteQuery,
      answer: { kind: "json", schema: deletedSchema },
      handle: ask(deleteLogs),
    },
    {
      method: "GET",
      path: `${logsPath}/tail`,
      permission: "logs.read",
      summary: "Follow logs",
      description: "New logs as server-sent events, from now on: log, and lost with how many a slow reader missed.",
      tag: "Logs",
      params: gatewayParams,
      query: tailQuery,
      answer: { kind: "bytes", contentTypes: ["text/event-stream"] },
      handle: ask(tailLogs),
    },
    {
      method: "GET",
      path: `${logsPath}/export`,
      permission: "logs.read",
      summary: "Export logs",
      description: "Every log that matches, as lines. What ends is whole: a fault on the way breaks the connection.",
      tag: "Logs",
      params: gatewayParams,
      query: exportQuery,
      answer: { kind: "bytes", contentTypes: ["application/x-ndjson", "text/csv"] },
      handle: ask(exportLogs),
    },
    {
      method: "GET",
      path: logPath,
      permission: "logs.read",
      summary: "Get a log",
      tag: "Logs",
      params: logParams,
      answer: { kind: "result", schema: logDetailSchema },
      handle: ask(getLog),
    },
    {
      method: "PATCH",
      path: logPath,
      permission: "logs.edit",
      summary: "Set feedback, score and metadata of a log",
      description: "What is left out stays, null clears. Metadata is replaced as a whole.",
      tag: "Logs",
      params: logParams,
      body: patchBody,
      answer: { kind: "result", schema: z.object({}) },
      handle: ask(patchLog),
    },
    bodyRoute(options, "request", "Get what a request sent"),
    bodyRoute(options, "response", "Get what a provider answered"),
  ];
}

function bodyRoute(options: LogRoutesOptions, which: "request" | "response", summary: string): Route {
  return {
    method: "GET",
    path: `${logPath}/${which}`,
    permission: "logs.read-bodies",
    summary,
    description:
      "The body as it was kept, under its own content type. headgate-body-complete tells whether it was cut.",
    tag: "Logs",
    params: logParams,
    answer: { kind: "bytes", contentTypes: ["*/*"] },
    handle: (request) => getBody(request, options, which),
  };
}
