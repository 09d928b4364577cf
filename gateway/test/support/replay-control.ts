import { headerLineValues, splitHeaderLine } from "./header-lines.ts";

/** How a body is cut into separately flushed writes: every n bytes, at each byte, in two at an offset, or after each event. */
export type SplitRule =
  | { readonly kind: "size"; readonly bytes: number }
  | { readonly kind: "at"; readonly offset: number }
  | { readonly kind: "events" };

/** What a broken try looks like. */
export type FailMode = "status" | "reset" | "close" | "hang";

/**
 * How the replay upstream treats one request. Every member can be set by a route or by the request header named
 * beside it; the header wins. Sizes and offsets count bytes of the body as sent, content coding included, framing not.
 */
export interface ReplayControl {
  /** `x-replay-delay-ms`: wait before the head. */
  readonly delayMs?: number;
  /** `x-replay-first-byte-delay-ms`: wait between head and body. */
  readonly firstByteDelayMs?: number;
  /** `x-replay-split`: `<n>`, `every`, `at:<offset>` or `events`. */
  readonly split?: SplitRule;
  /** `x-replay-slow-ms`: pause between pieces. */
  readonly slowMs?: number;
  /** `x-replay-cut-after`: stop after so many bytes. */
  readonly cutAfterBytes?: number;
  /** `x-replay-cut-after-events`: stop after so many events. */
  readonly cutAfterEvents?: number;
  /** `x-replay-cut-mode`: how it stops there; default close. */
  readonly cutMode?: "close" | "reset" | "hang";
  /** `x-replay-corrupt`: turn over all bits of the byte at this offset, before any content coding. */
  readonly corruptOffset?: number;
  /** `x-replay-reset`: TCP reset instead of an answer. */
  readonly resetBeforeHead?: boolean;
  /** `x-replay-close-before-head`: orderly close instead of an answer. */
  readonly closeBeforeHead?: boolean;
  /** `x-replay-hang`: never answer. */
  readonly hang?: boolean;
  /** `x-replay-garbage`: bytes that are not HTTP instead of an answer. */
  readonly garbage?: boolean;
  /** `x-replay-head-bytes`: a head padded to at least this size. */
  readonly headBytes?: number;
  /** `x-replay-framing`; default chunked for streams, length for the rest. */
  readonly framing?: "length" | "chunked" | "close";
  /** `x-replay-encoding`: content coding put on the body. */
  readonly encoding?: "gzip" | "br" | "zstd" | "deflate";
  /** `x-replay-status`: instead of the recorded status. */
  readonly status?: number;
  /** `x-replay-early`: answer as soon as the request's head is there, not its body. */
  readonly early?: boolean;
  /** `x-replay-refuse-continue`: never send 100 (Continue). */
  readonly refuseContinue?: boolean;
  /** `x-replay-read-pause-ms`: read nothing of the request body for this long. */
  readonly readPauseMs?: number;
  /** `x-replay-fail-times`: fail so many requests of one key, then answer. */
  readonly failTimes?: number;
  /** `x-replay-fail-key`: what is counted together; default the replay id or the target. */
  readonly failKey?: string;
  /** `x-replay-fail-mode`; default status. */
  readonly failMode?: FailMode;
  /** `x-replay-fail-status`; default 503. */
  readonly failStatus?: number;
  /** `x-replay-retry-after`: `retry-after` of the failing answers. */
  readonly retryAfter?: string;
  /** `x-replay-generate-bytes`: a made-up body of this size instead of the recorded one, made as it is sent. */
  readonly generateBytes?: number;
  /** Field lines added to the answer's head as they are; routes only. */
  readonly headerLines?: readonly string[];
}

const readers: Readonly<Record<string, (value: string) => ReplayControl>> = {
  "x-replay-delay-ms": (value) => ({ delayMs: count(value) }),
  "x-replay-first-byte-delay-ms": (value) => ({ firstByteDelayMs: count(value) }),
  "x-replay-split": (value) => ({ split: splitRule(value) }),
  "x-replay-slow-ms": (value) => ({ slowMs: count(value) }),
  "x-replay-cut-after": (value) => ({ cutAfterBytes: count(value) }),
  "x-replay-cut-after-events": (value) => ({ cutAfterEvents: count(value) }),
  "x-replay-cut-mode": (value) => ({ cutMode: oneOf(value, ["close", "reset", "hang"] as const) }),
  "x-replay-corrupt": (value) => ({ corruptOffset: count(value) }),
  "x-replay-reset": () => ({ resetBeforeHead: true }),
  "x-replay-close-before-head": () => ({ closeBeforeHead: true }),
  "x-replay-hang": () => ({ hang: true }),
  "x-replay-garbage": () => ({ garbage: true }),
  "x-replay-head-bytes": (value) => ({ headBytes: count(value) }),
  "x-replay-framing": (value) => ({ framing: oneOf(value, ["length", "chunked", "close"] as const) }),
  "x-replay-encoding": (value) => ({ encoding: oneOf(value, ["gzip", "br", "zstd", "deflate"] as const) }),
  "x-replay-status": (value) => ({ status: count(value) }),
  "x-replay-early": () => ({ early: true }),
  "x-replay-refuse-continue": () => ({ refuseContinue: true }),
  "x-replay-read-pause-ms": (value) => ({ readPauseMs: count(value) }),
  "x-replay-fail-times": (value) => ({ failTimes: count(value) }),
  "x-replay-fail-key": (value) => ({ failKey: value }),
  "x-replay-fail-mode": (value) => ({ failMode: oneOf(value, ["status", "reset", "close", "hang"] as const) }),
  "x-replay-fail-status": (value) => ({ failStatus: count(value) }),
  "x-replay-retry-after": (value) => ({ retryAfter: value }),
  "x-replay-generate-bytes": (value) => ({ generateBytes: count(value) }),
};

/** The control that a request's own `x-replay-*` lines ask for; throws on one that is unknown or has a bad value. */
export function controlFromHeaders(headerLines: readonly string[]): ReplayControl {
  const control: ReplayControl = {};
  for (const line of headerLines) {
    const [rawName, value] = splitHeaderLine(line);
    const name = rawName.toLowerCase();
    if (!name.startsWith("x-replay-") || name === "x-replay-id") continue;
    const read = readers[name];
    if (read === undefined) throw new Error(`unknown control header ${name}`);
    Object.assign(control, read(value));
  }
  return control;
}

/** The exchange asked for by `x-replay-id`; null when the request names none. */
export function replayIdOf(headerLines: readonly string[]): string | null {
  return headerLineValues(headerLines, "x-replay-id")[0] ?? null;
}

function count(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new Error(`expected a whole number, got ${JSON.stringify(value)}`);
  return Number(value);
}

function oneOf<T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`expected one of ${allowed.join(", ")}, got ${JSON.stringify(value)}`);
  return found;
}

function splitRule(value: string): SplitRule {
  if (value === "events") return { kind: "events" };
  if (value === "every") return { kind: "size", bytes: 1 };
  if (value.startsWith("at:")) return { kind: "at", offset: count(value.slice(3)) };
  return { kind: "size", bytes: Math.max(1, count(value)) };
}
