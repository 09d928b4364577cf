import type { Exchange } from "./exchange.ts";

/** Adds the fields the gateway gives every answer (reference §2.2) to the flat list `fields`. */
export function addGatewayFields(
  fields: string[],
  exchange: Exchange,
  answer: { readonly logId: string; readonly step: number },
): void {
  fields.push(
    "cf-aig-cache-status",
    "MISS",
    "cf-aig-step",
    String(answer.step),
    "cf-aig-log-id",
    answer.logId,
    "cf-aig-event-id",
    exchange.eventId,
    "cf-aig-request-id",
    exchange.requestId,
    "cf-aig-trace-id",
    exchange.traceId,
  );
}
