import type { AttemptSummary } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import { newId, traceIdFrom } from "../core/ids.ts";
import { readTraceContext } from "../core/trace-context.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { asksForWebSocket } from "../websocket/handshake.ts";
import { isBindingTarget } from "./binding-call.ts";
import type { AnswerLead } from "./answer-lead.ts";
import type { LimitRule } from "../limits/limit-rule.ts";
import type { Reservation } from "../stores/ports/counter-store.ts";
import type { CacheHit } from "./cache-hit.ts";
import type { Gateway } from "./gateway.ts";
import { isFullTarget } from "./read-path.ts";
import { isRestTarget } from "./read-rest-path.ts";

/** One client request on its way through the stages. */
export interface Exchange {
  readonly request: IncomingRequest;
  readonly gateway: Gateway;
  /** Whether the client asked for the connection to become a WebSocket. */
  readonly isSocket: boolean;
  /** UUIDv7; also the log id of the first attempt. */
  readonly requestId: string;
  readonly eventId: string;
  readonly traceId: string;
  /** Span the client's trace continues from; null when it sent none. */
  readonly parentSpanId: string | null;
  /** Whether it came to the REST address or from a binding, whose clients read `errors` and `cf-ai-req-id`. */
  readonly isRest: boolean;
  /** Wall clock at arrival, Unix milliseconds. */
  readonly createdAtMs: number;
  /** Time spent waiting for the client's body, in milliseconds; grows while the exchange is planned. */
  clientWaitMs: number;
  /** Attempts made so far, oldest first; grows while the exchange runs. */
  readonly attempts: AttemptSummary[];
  /** Fields that tell the client its limits, of the rules that count the request as a whole. */
  limitFields: readonly string[];
  /** The same of the rules about its last try. */
  tryLimitFields: readonly string[];
  /** What is left of the money in the rule that has the least; null where money is not limited. */
  budgetRemaining: { readonly rule: LimitRule; readonly nanoUsd: number } | null;
  /** What the request holds of the rules that count it as a whole; null for nothing. */
  admission: Reservation | null;
  /** Whether anything was sent to a provider. */
  isSent: boolean;
  /** Whether attempts to come and waits are pointless because the client left. */
  isClientGone: boolean;
  /** Takes the answer under way into the cache; null when it is not to be cached. */
  lead: AnswerLead | null;
  /** A cached answer beyond its lifetime, for the case that the provider fails; null for none. */
  stale: CacheHit | null;
  /** Whether the client left and the exchange goes on for others who wait for its answer. */
  isDetached: boolean;
  /** What to stop when the client leaves; replaced as the exchange moves on. */
  onClientGone: () => void;
}

/** Longest `cf-aig-event-id` that is taken over. */
const MAX_EVENT_ID_LENGTH = 256;

/** Opens the exchange of a request: gives it its ids and watches for the client's leaving. */
export function openExchange(request: IncomingRequest, gateway: Gateway): Exchange {
  const requestId = newId();
  const trace = readTraceContext(request.head.headers);
  const given = headerValue(request.head.headers, "cf-aig-event-id");
  const exchange: Exchange = {
    request,
    gateway,
    isSocket: asksForWebSocket(request.head),
    requestId,
    eventId: given !== undefined && given !== "" ? given.slice(0, MAX_EVENT_ID_LENGTH) : requestId,
    traceId: trace.traceId ?? traceIdFrom(requestId),
    parentSpanId: trace.parentSpanId,
    isRest: isRest(request.head.target),
    createdAtMs: gateway.clock.nowMs(),
    clientWaitMs: 0,
    attempts: [],
    limitFields: [],
    tryLimitFields: [],
    budgetRemaining: null,
    admission: null,
    isSent: false,
    isClientGone: false,
    lead: null,
    stale: null,
    isDetached: false,
    onClientGone: () => {},
  };
  request.response.listener = {
    drained: () => {},
    clientGone: () => {
      if (goesOn(exchange)) return;
      exchange.isClientGone = true;
      exchange.onClientGone();
    },
  };
  return exchange;
}

function isRest(target: string): boolean {
  return !isFullTarget(target) && (isBindingTarget(target) || isRestTarget(target));
}

/** How often is looked whether anybody still waits for the answer to a client that left. */
const LOOK_EVERY_MS = 500;

/** Whether an exchange whose client left goes on because others wait for its answer; from then on until none of them does. */
export function goesOn(exchange: Exchange): boolean {
  if (exchange.lead?.isFollowed !== true) return false;
  if (exchange.isDetached) return true;
  exchange.isDetached = true;
  const looking = setInterval(() => {
    if (exchange.lead?.isFollowed === true) return;
    clearInterval(looking);
    exchange.isClientGone = true;
    exchange.onClientGone();
  }, LOOK_EVERY_MS);
  return true;
}
