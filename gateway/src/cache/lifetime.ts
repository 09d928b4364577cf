/** Bounds of a lifetime in seconds (reference §3): a minute to thirty days. */
export const leastLifetimeSeconds = 60;
export const mostLifetimeSeconds = 2_592_000;

/** Lifetime of an answer that is cached only because its request names a key. */
const NAMED_SECONDS = 300;

/** What decides whether an answer is cached, and for how long. Times are seconds. */
export interface LifetimeQuestion {
  /** `cache_ttl` of the gateway; null and 0 mean that it caches nothing by itself. */
  readonly gatewaySeconds: number | null;
  /** What the request asks for; null when it says nothing. */
  readonly askedSeconds: number | null;
  /** Whether the request names a key, which caches its answer whatever the gateway says. */
  readonly isNamed: boolean;
}

/** Seconds that the answer to a request is kept; null when it is not cached. A gateway's own number is moved into the bounds. */
export function lifetimeSeconds({ gatewaySeconds, askedSeconds, isNamed }: LifetimeQuestion): number | null {
  const isOn = gatewaySeconds !== null && gatewaySeconds > 0;
  if (!isOn && !isNamed) return null;
  const own = isOn ? Math.min(Math.max(gatewaySeconds, leastLifetimeSeconds), mostLifetimeSeconds) : NAMED_SECONDS;
  return askedSeconds ?? own;
}
