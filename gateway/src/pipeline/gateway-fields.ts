import type { ExchangeRecord } from "../core/exchange.ts";
import { headerValue } from "../core/header-list.ts";
import { usdText } from "../core/money.ts";
import { addBudgetField } from "./reserve.ts";
import type { Exchange } from "./exchange.ts";

/** Field by which Workers AI names a request, and its clients read it (reference §1.10). */
const RUN_ID_FIELD = "cf-ai-req-id";

/** A provider's page is none of this host's: it may run no script, nor see what the dashboard's pages see here. */
const NO_PAGE = ["content-security-policy", "sandbox", "x-content-type-options", "nosniff"];

/**
 * Whether a browser asks for something that it shows or runs, rather than a program in a page or anywhere else. Where a connection is not
 * secure it does not say so, but still that it would like HTML.
 */
function isShownByBrowser({ request }: Exchange): boolean {
  const { headers } = request.head;
  const destination = headerValue(headers, "sec-fetch-dest");
  if (destination === undefined) return headerValue(headers, "accept")?.includes("text/html") === true;
  return destination !== "empty" && destination !== "websocket";
}

/** Adds the fields the gateway gives every answer (reference §2.2) to the flat list `fields`. */
export function addGatewayFields(
  fields: string[],
  exchange: Exchange,
  answer: { readonly logId: string; readonly step: number; readonly cacheStatus?: "HIT" },
): void {
  fields.push(
    "cf-aig-cache-status",
    answer.cacheStatus ?? "MISS",
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
    ...exchange.limitFields,
    ...exchange.tryLimitFields,
  );
  addBudgetField(fields, exchange);
  if (isShownByBrowser(exchange)) fields.push(...NO_PAGE);
  if (exchange.isRest && headerValue(fields, RUN_ID_FIELD) === undefined) fields.push(RUN_ID_FIELD, exchange.requestId);
}

/**
 * Adds what an answer used and cost, where it is known when the head leaves: `cf-aig-cost` in USD, tokens, `cf-aig-duration`
 * and `cf-aig-overhead` in milliseconds, `cf-aig-attempts`.
 */
export function addUsageFields(fields: string[], record: ExchangeRecord, exchange: Exchange): void {
  const { usage, cost } = record;
  // What was told of a cached answer was paid when it was given.
  const isHit = record.cacheStatus === "HIT";
  const tokens = (count: number): string => (isHit ? "0" : String(count));
  if (isHit) fields.push("cf-aig-cost", "0");
  else if (cost.nanoUsd !== null) fields.push("cf-aig-cost", usdText(cost.nanoUsd));
  if (usage?.inputTokens !== undefined) fields.push("cf-aig-tokens-in", tokens(usage.inputTokens));
  if (usage?.outputTokens !== undefined) fields.push("cf-aig-tokens-out", tokens(usage.outputTokens));
  fields.push("cf-aig-duration", String(Math.round(record.durationMs)), "cf-aig-overhead", String(record.overheadMs));
  fields.push("cf-aig-attempts", String(exchange.attempts.length));
}
