import { GatewayError } from "../core/errors.ts";
import type { GatewaySettings, RetryBackoff } from "../core/gateway-settings.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { MAX_PAUSE_MS, type RetryPolicy } from "../routing/retry-policy.ts";

/** What one level (request headers, step headers, step config) says of tries and time; null where it says nothing. */
export interface TryControls {
  /** Time to the first byte of the answer in milliseconds; 0 for none. */
  readonly requestTimeoutMs: number | null;
  readonly maxAttempts: number | null;
  readonly retryDelayMs: number | null;
  readonly backoff: RetryBackoff | null;
}

const MAX_TIMEOUT_MS = 86_400_000;
const DEFAULT_DELAY_MS = 500;

/**
 * Reads the `cf-aig-*` headers that steer tries and time (reference §2.1).
 * @param place prefix of the fault's path, e.g. `[0].headers.`; empty for request headers.
 * @throws GatewayError invalidRequest (7001) naming the header and its range.
 */
export function readTryControls(headers: HeaderList, place = ""): TryControls {
  return {
    requestTimeoutMs: readInteger(headers, "cf-aig-request-timeout", { place, least: 0, most: MAX_TIMEOUT_MS }),
    maxAttempts: readInteger(headers, "cf-aig-max-attempts", { place, least: 1, most: 5 }),
    retryDelayMs: readInteger(headers, "cf-aig-retry-delay", { place, least: 0, most: MAX_PAUSE_MS }),
    backoff: readBackoff(headerValue(headers, "cf-aig-backoff"), `${place}cf-aig-backoff`),
  };
}

/**
 * Reads the `config` of a universal step (reference §1.6).
 * @throws GatewayError invalidRequest (7001) naming the member and its range.
 */
export function readStepConfig(config: unknown, place: string): TryControls {
  if (config === undefined || config === null) return NO_CONTROLS;
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new GatewayError("invalidRequest", { path: place, message: `${place} must be an object` });
  }
  const given = config as Record<string, unknown>;
  const integer = (name: string, range: { least: number; most: number }): number | null => {
    const value = given[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== "number") throw rangeError(`${place}.${name}`, range, JSON.stringify(value));
    return requireRange(value, `${place}.${name}`, range);
  };
  return {
    requestTimeoutMs: integer("requestTimeout", { least: 0, most: MAX_TIMEOUT_MS }),
    maxAttempts: integer("maxAttempts", { least: 1, most: 5 }),
    retryDelayMs: integer("retryDelay", { least: 0, most: MAX_PAUSE_MS }),
    backoff: given["backoff"] === undefined ? null : readBackoff(textFor(given["backoff"]), `${place}.backoff`),
  };
}

/** Nothing said. */
const NO_CONTROLS: TryControls = { requestTimeoutMs: null, maxAttempts: null, retryDelayMs: null, backoff: null };

/** The policy that holds for a step: earlier levels win over later ones, then the gateway's settings, then one try. */
export function retryPolicy(levels: readonly TryControls[], settings: GatewaySettings): RetryPolicy {
  return {
    maxAttempts: firstSaid(levels, (level) => level.maxAttempts) ?? settings.retry_max_attempts ?? 1,
    delayMs: firstSaid(levels, (level) => level.retryDelayMs) ?? settings.retry_delay ?? DEFAULT_DELAY_MS,
    backoff: firstSaid(levels, (level) => level.backoff) ?? settings.retry_backoff ?? "exponential",
  };
}

/** Time to first byte that holds for a step, earlier levels first; null when none was asked for. */
export function requestTimeoutMs(levels: readonly TryControls[]): number | null {
  return firstSaid(levels, (level) => level.requestTimeoutMs) || null;
}

function firstSaid<Value>(levels: readonly TryControls[], read: (level: TryControls) => Value | null): Value | null {
  for (const level of levels) {
    const value = read(level);
    if (value !== null) return value;
  }
  return null;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function readInteger(headers: HeaderList, name: string, range: Range & { place: string }): number | null {
  const value = headerValue(headers, name);
  if (value === undefined) return null;
  if (!/^\d{1,12}$/.test(value)) throw rangeError(`${range.place}${name}`, range, value);
  return requireRange(Number(value), `${range.place}${name}`, range);
}

function requireRange(value: number, path: string, range: Range): number {
  if (!Number.isInteger(value) || value < range.least || value > range.most)
    throw rangeError(path, range, String(value));
  return value;
}

function rangeError(path: string, range: Range, got: string): GatewayError {
  const message = `${path} must be a whole number from ${range.least} to ${range.most}, got "${got.slice(0, 64)}"`;
  return new GatewayError("invalidRequest", { path, message });
}

/** A text as it is, anything else as it was written. */
function textFor(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readBackoff(value: string | undefined, path: string): RetryBackoff | null {
  if (value === undefined) return null;
  if (value === "constant" || value === "linear" || value === "exponential") return value;
  const message = `${path} must be constant, linear or exponential, got "${value.slice(0, 64)}"`;
  throw new GatewayError("invalidRequest", { path, message });
}
