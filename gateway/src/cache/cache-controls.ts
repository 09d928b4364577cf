/** What a request, or a step of it, says of the cache in its headers (reference §2.1, §3). */
export interface CacheControls {
  /** Whether a cached answer is passed over; a new one still takes its place. */
  readonly isSkipped: boolean;
  /** Lifetime asked for; null when nothing is said. */
  readonly lifetimeSeconds: number | null;
  /** The client's own name for what it asks; null for none. */
  readonly name: string | null;
  /** Names under which the answer can be purged later. */
  readonly tags: readonly string[];
  /** Seconds beyond its lifetime that an answer is served while a new one is got in the background; null when nothing is said. */
  readonly whileRevalidateSeconds: number | null;
  /** Seconds beyond its lifetime that an answer is served when the provider fails; null when nothing is said. */
  readonly ifErrorSeconds: number | null;
  /** Whether a cached stream comes in the rhythm in which it was received, not at once. */
  readonly isPaced: boolean;
  /** Whether the answer to a question alike will do: how alike it has to be, `true` for as much as is usual, `false` for no; null when nothing is said. */
  readonly semantic: number | boolean | null;
}

/** Nothing said. */
export const noCacheControls: CacheControls = {
  isSkipped: false,
  lifetimeSeconds: null,
  name: null,
  tags: [],
  whileRevalidateSeconds: null,
  ifErrorSeconds: null,
  isPaced: false,
  semantic: null,
};
