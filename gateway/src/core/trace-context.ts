import { headerCount, headerValue, type HeaderList } from "./header-list.ts";

/** A position in somebody's trace. Ids are lower-case hexadecimal and never all zero. */
export interface TraceParent {
  /** 32 characters. */
  readonly traceId: string;
  /** The caller's span, 16 characters. */
  readonly parentSpanId: string;
  /** Whether the caller records its own spans. */
  readonly sampled: boolean;
}

/** Where a request's spans belong. */
export interface TraceContext {
  /** Null when the request names no trace: one is then made for it. */
  readonly traceId: string | null;
  /** Null when the request names no span to continue from. */
  readonly parentSpanId: string | null;
}

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const allZero = /^0+$/;

/**
 * Reads a `traceparent` field, or null when it is not one: wrong lengths, upper case, ids of zeros, version `ff`, or more after the
 * flags of version `00`. Later versions may say more after the flags, which is ignored (W3C Trace Context, §3.2 and §4).
 */
export function parseTraceparent(value: string): TraceParent | null {
  const [, version, traceId, parentSpanId, flags, rest] = form.exec(value) ?? [];
  if (version === undefined || traceId === undefined || parentSpanId === undefined || flags === undefined) return null;
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (allZero.test(traceId) || allZero.test(parentSpanId)) return null;
  return { traceId, parentSpanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * The trace a request belongs to: `cf-aig-otel-trace-id` and `cf-aig-otel-parent-span-id` (reference §13.1; 32 and 16 hexadecimal
 * characters of any case), else W3C `traceparent`. A parent without a trace says nothing, and the parent of another trace is none.
 * What is malformed, or `traceparent` more than once, counts as absent.
 */
export function readTraceContext(headers: HeaderList): TraceContext {
  const own = hexadecimal(headerValue(headers, "cf-aig-otel-trace-id"), 32);
  const ownParent = hexadecimal(headerValue(headers, "cf-aig-otel-parent-span-id"), 16);
  const w3c =
    headerCount(headers, "traceparent") === 1 ? parseTraceparent(headerValue(headers, "traceparent") ?? "") : null;
  const traceId = own ?? w3c?.traceId ?? null;
  if (traceId === null) return { traceId: null, parentSpanId: null };
  const w3cParent = w3c?.traceId === traceId ? w3c.parentSpanId : null;
  return { traceId, parentSpanId: ownParent ?? w3cParent };
}

function hexadecimal(value: string | undefined, length: number): string | null {
  const text = value?.toLowerCase() ?? "";
  return text.length === length && /^[\da-f]+$/.test(text) && !allZero.test(text) ? text : null;
}

/** The 16 hexadecimal characters of a span's id for a log id: the random half of the UUIDv7, so the same attempt always has the same. */
export function spanIdFrom(logId: string): string {
  return logId.replaceAll("-", "").slice(16);
}
