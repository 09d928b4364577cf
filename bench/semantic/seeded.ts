/** Numbers that look random and are the same for a seed. */
export interface Random {
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  /** So many different members of `values`. */
  pick<Value>(values: readonly Value[], count: number): Value[];
}

/** Mulberry32: 32 bits of state, good enough to draw samples. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    whole,
    pick(values, count) {
      const rest = [...values];
      return Array.from({ length: count }, () => rest.splice(whole(0, rest.length - 1), 1)).flat();
    },
  };
}
