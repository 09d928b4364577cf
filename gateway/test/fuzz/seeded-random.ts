/** Chance that comes out the same for the same seed. */
export interface SeededRandom {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<Value>(values: readonly Value[]): Value;
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean;
  bytes(count: number): Buffer;
}

/** Chance by a seed: xorshift of 32 bits (Marsaglia 2003), begun with the seed well mixed. */
export function seededRandom(seed: number): SeededRandom {
  let state = mixed(seed) || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    pick: (values) => values[below(values.length)] as (typeof values)[number],
    chance: (share) => next() < share * 0x1_0000_0000,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}

/** The seed of one case of a run: neighbours have nothing in common. */
export function caseSeed(seed: number, index: number): number {
  return mixed(mixed(seed) + index);
}

function mixed(value: number): number {
  let hash = (value + 0x9e37_79b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0_aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a_2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}
