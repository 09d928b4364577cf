import type { Exchange } from "./exchange.ts";

/** The fields the gateway adds to every answer (reference §2.2), flat. */
export function gatewayFields(exchange: Exchange, answer: { readonly logId: string; readonly step: number }): string[] {
  return [
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
  ];
}
