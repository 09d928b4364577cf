import type { StoredKey } from "../core/stored-key.ts";
import type { KeyHealth } from "./key-health.ts";

/** What a choice depends on. */
export interface KeyChoice {
  readonly health: KeyHealth;
  /** Full ids of keys that have been tried already. */
  readonly tried: ReadonlySet<string>;
  /** Monotonic. */
  readonly nowMs: number;
  /** Requests with the same value get the same key as long as it is ready; null spreads them by weight. */
  readonly affinity: string | null;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * The key of a pool to go on with: of those that are ready and have not been tried, by affinity or by chance, both in the keys'
 * weights. Where all rest and none has been tried, the one that is ready first, so that a pool never refuses by itself. Null when
 * what is left rests, or nothing is.
 */
export function chooseKey(pool: readonly StoredKey[], choice: KeyChoice): StoredKey | null {
  const { health, tried, nowMs, affinity, random } = choice;
  const ready = pool.filter(({ fullId }) => !tried.has(fullId) && health.readyAtMs(fullId) <= nowMs);
  if (ready.length > 0)
    return affinity === null ? byChance(ready, random) : bestOf(ready, (key) => rank(affinity, key));
  return tried.size > 0 ? null : bestOf(pool, ({ fullId }) => -health.readyAtMs(fullId));
}

function byChance(keys: readonly StoredKey[], random: () => number): StoredKey {
  let left = random() * keys.reduce((sum, { weight }) => sum + weight, 0);
  for (const key of keys) {
    left -= key.weight;
    if (left < 0) return key;
  }
  return keys.at(-1) as StoredKey;
}

/**
 * Rank of a key for a value: a draw that is the same in every worker and changes for no other key when one comes or goes
 * (weighted rendezvous hashing).
 */
function rank(affinity: string, { fullId, weight }: StoredKey): number {
  const draw = (Number(Bun.hash(`${affinity}\n${fullId}`) & 0xffff_ffff_ffffn) + 1) / 2 ** 48;
  return weight / -Math.log(Math.min(draw, 1 - Number.EPSILON));
}

function bestOf(keys: readonly StoredKey[], valueOf: (key: StoredKey) => number): StoredKey | null {
  let best: StoredKey | null = null;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const key of keys) {
    const value = valueOf(key);
    if (value <= bestValue) continue;
    best = key;
    bestValue = value;
  }
  return best;
}
