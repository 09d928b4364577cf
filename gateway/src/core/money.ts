/** Nano-USD (10⁻⁹ US dollars) in one dollar: the unit of every cost. */
const NANO_USD_PER_USD = 1e9;
/** Pico-USD in a nano-USD: prices per token are whole pico-USD, which is dollars per million tokens with six decimals. */
const PICO_PER_NANO = 1000;

const decimalText = /^(\d{1,40})(?:\.(\d{0,40}))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * `value` times 10^`exponent` as a whole number, exact in decimal: `scaledDecimal(0.075, 6)` is 75000. Digits beyond are rounded half up.
 * A number is read by its shortest decimal form, so what somebody wrote is what counts, not its binary neighbour.
 * Null when it is negative, not a decimal number, or too large for a whole number to be exact.
 */
export function scaledDecimal(value: number | string, exponent: number): number | null {
  const match = decimalText.exec(String(value));
  if (match === null) return null;
  const [, whole = "", fraction = "", power = "0"] = match;
  const shift = exponent - fraction.length + Number(power);
  const digits = BigInt(whole + fraction);
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : dividedHalfUp(digits, 10n ** BigInt(-shift));
  return scaled <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(scaled) : null;
}

/** Something that costs: `count` of it at `picoUsd` per `per` units. All whole numbers, none negative, `per` at least 1. */
export interface Charge {
  readonly count: number;
  readonly picoUsd: number;
  readonly per: number;
}

/** A factor as a fraction of whole numbers, so that it loses nothing. */
export interface Multiplier {
  readonly numerator: number;
  readonly denominator: number;
}

/** What all charges come to in nano-USD, `scaled` ones times `multiplier`: exact until one rounding, half up, at the end. */
export function sumCharges(
  charges: { readonly scaled: readonly Charge[]; readonly unscaled: readonly Charge[] },
  multiplier: Multiplier,
): number {
  const { numerator, denominator } = multiplier;
  const scaled = plainSum(charges.scaled);
  const unscaled = plainSum(charges.unscaled);
  const sum = scaled * numerator + unscaled * denominator;
  const divisor = denominator * PICO_PER_NANO;
  // Terms are whole and none is negative: when their sum is small enough to be exact, so was every step to it.
  if (sum + divisor <= Number.MAX_SAFE_INTEGER) {
    const remainder = sum % divisor;
    return (sum - remainder) / divisor + (remainder * 2 >= divisor ? 1 : 0);
  }
  return sumExactly(charges, multiplier);
}

/** The sum in pico-USD, or infinity when it takes more than plain numbers to know it. */
function plainSum(charges: readonly Charge[]): number {
  let sum = 0;
  for (const { count, picoUsd, per } of charges) sum += per === 1 ? count * picoUsd : Number.POSITIVE_INFINITY;
  return sum;
}

function sumExactly(
  charges: { readonly scaled: readonly Charge[]; readonly unscaled: readonly Charge[] },
  { numerator, denominator }: Multiplier,
): number {
  let sum = 0n;
  /** What `sum` is to be divided by, beside the multiplier's denominator: the product of every `per` so far. */
  let parts = 1n;
  const add = (list: readonly Charge[], factor: number) => {
    for (const { count, picoUsd, per } of list) {
      sum = sum * BigInt(per) + BigInt(count) * BigInt(picoUsd) * BigInt(factor) * parts;
      parts *= BigInt(per);
    }
  };
  add(charges.scaled, numerator);
  add(charges.unscaled, denominator);
  const nano = dividedHalfUp(sum, parts * BigInt(denominator) * BigInt(PICO_PER_NANO));
  return nano <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(nano) : Number.MAX_SAFE_INTEGER;
}

/** For numbers that are not negative. */
function dividedHalfUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator * 2n + denominator) / (denominator * 2n);
}

/** Nano-USD as the API's number of dollars: the nearest there is. */
export function usdFromNano(nanoUsd: number): number {
  return nanoUsd / NANO_USD_PER_USD;
}

/** Nano-USD as dollars in plain decimals, exact and without an exponent: `0.0000793`. For a whole number from 0 on. */
export function usdText(nanoUsd: number): string {
  const digits = String(nanoUsd).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, "");
}
