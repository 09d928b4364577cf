const nanoPerUsd = 1_000_000_000;

/**
 * US dollars as nano-USD, to compare with. What floating point adds to a whole number of nano-USD is taken off; real fractions of
 * one stay.
 */
export function nanoUsdFrom(usd: number): number {
  const nanoUsd = usd * nanoPerUsd;
  const whole = Math.round(nanoUsd);
  return Math.abs(nanoUsd - whole) <= Math.abs(nanoUsd) * 1e-12 ? whole : nanoUsd;
}
