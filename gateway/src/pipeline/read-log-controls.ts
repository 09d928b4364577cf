import type { Metadata } from "../core/exchange.ts";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { type CustomCost, parseCustomCost } from "../prices/custom-cost.ts";
import { readMetadata } from "./read-metadata.ts";
import { readSwitch } from "./read-switch.ts";

/** What is to be remembered of an exchange, and under which names (reference §2.1). */
export interface LogControls {
  /** The client's own event id; null when it gave none. */
  readonly eventId: string | null;
  readonly metadata: Metadata | null;
  /** Whether a log row is kept. Analytics count the exchange in any case. */
  readonly isLogged: boolean;
  /** Whether bodies are kept with the row. */
  readonly keepsBodies: boolean;
  /** The client's own prices (reference §11.4); null when it sent none. */
  readonly customCost: CustomCost | null;
  /** Whether a streamed answer should end with what it used and cost (`cf-aig-usage: true`). */
  readonly tellsUsage: boolean;
}

/** Longest `cf-aig-event-id` that is taken over. */
const MAX_EVENT_ID_LENGTH = 256;

/**
 * Reads the `cf-aig-*` headers about logging from a request, or from a universal step, whose headers win over the request's.
 * @param outer what the request said, for a step; null for the request itself, which falls back on the gateway's settings.
 * @param place prefix of the fault's path, e.g. `[0].headers.`; empty for request headers.
 * @throws GatewayError invalidRequest (7001) when a switch is neither `true` nor `false`, or a price is none.
 */
export function readLogControls(
  headers: HeaderList,
  { outer, settings, place }: { outer: LogControls | null; settings: GatewaySettings; place: string },
): LogControls {
  const isLogged = readSwitch(headers, "cf-aig-collect-log", place) ?? outer?.isLogged ?? settings.collect_logs;
  const keepsBodies = readSwitch(headers, "cf-aig-collect-log-payload", place) ?? outer?.keepsBodies ?? true;
  const customCost = headerValue(headers, "cf-aig-custom-cost");
  const eventId = headerValue(headers, "cf-aig-event-id");
  return {
    eventId: eventId === undefined || eventId === "" ? (outer?.eventId ?? null) : eventId.slice(0, MAX_EVENT_ID_LENGTH),
    metadata: readMetadata(headers) ?? outer?.metadata ?? null,
    isLogged,
    keepsBodies: isLogged && keepsBodies,
    customCost: customCost === undefined ? (outer?.customCost ?? null) : parseCustomCost(customCost),
    tellsUsage: readSwitch(headers, "cf-aig-usage", place) ?? outer?.tellsUsage ?? false,
  };
}
