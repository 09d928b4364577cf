import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { scaledDecimal, sumCharges, usdFromNano, usdText, type Charge } from "./money.ts";

const once = { numerator: 1, denominator: 1 };

describe("scaledDecimal", () => {
  test.each([
    [0.075, 6, 75_000],
    [7.5e-8, 12, 75_000],
    [1e-6, 12, 1_000_000],
    [0.003625, 6, 3625],
    [1.1, 6, 1_100_000],
    ["0.1e1", 0, 1],
    [0, 9, 0],
    [0.08333333333333334, 6, 83_333],
    [0.0000005, 6, 1],
    [0.00000049, 6, 0],
  ])("%p times ten to the %p is %p", (value, exponent, scaled) => {
    expect(scaledDecimal(value, exponent)).toBe(scaled);
  });

  test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ["1,5"], [""], ["0x10"], [1e300]])(
    "%p is none",
    (value) => {
      expect(scaledDecimal(value, 6)).toBeNull();
    },
  );

  test("holds every price of four decimals without loss", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (tenThousandths) => {
        expect(scaledDecimal(tenThousandths / 10_000, 6)).toBe(tenThousandths * 100);
      }),
    );
  });
});

describe("sumCharges", () => {
  test("rounds once, half up, at the end", () => {
    const half: Charge = { count: 1, picoUsd: 500, per: 1 };
    expect(sumCharges({ scaled: [half], unscaled: [] }, once)).toBe(1);
    expect(sumCharges({ scaled: [half, half, half], unscaled: [] }, once)).toBe(2);
    expect(sumCharges({ scaled: [{ count: 1, picoUsd: 499, per: 1 }], unscaled: [] }, once)).toBe(0);
  });

  test("the multiplier is for one side only", () => {
    const charge: Charge = { count: 2, picoUsd: 3000, per: 1 };
    expect(sumCharges({ scaled: [charge], unscaled: [charge] }, { numerator: 1, denominator: 2 })).toBe(9);
  });

  test("an hour's price for seconds that do not divide it", () => {
    const audio: Charge = { count: 250, picoUsd: 111_000_000_000, per: 3_600_000 };
    expect(sumCharges({ scaled: [], unscaled: [audio, audio, audio] }, once)).toBe(23_125);
  });

  test("is the exact sum, whatever the sizes and however the terms are split", () => {
    const charge = fc.record({
      count: fc.integer({ min: 0, max: 2 ** 40 }),
      picoUsd: fc.integer({ min: 0, max: 2 ** 36 }),
      per: fc.constantFrom(1, 1, 1, 60, 3_600_000),
    });
    const charges = fc.record({
      scaled: fc.array(charge, { maxLength: 6 }),
      unscaled: fc.array(charge, { maxLength: 3 }),
    });
    const factor = fc.record({
      numerator: fc.integer({ min: 1, max: 20 }),
      denominator: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(charges, factor, ({ scaled, unscaled }, multiplier) => {
        const common = 3_600_000n;
        const sum = (list: readonly Charge[], times: number) =>
          list.reduce(
            (total, { count, picoUsd, per }) =>
              total + (BigInt(count) * BigInt(picoUsd) * BigInt(times) * common) / BigInt(per),
            0n,
          );
        const numerator = sum(scaled, multiplier.numerator) + sum(unscaled, multiplier.denominator);
        const denominator = common * BigInt(multiplier.denominator) * 1000n;
        const expected = (numerator * 2n + denominator) / (denominator * 2n);
        const cap = BigInt(Number.MAX_SAFE_INTEGER);
        expect(BigInt(sumCharges({ scaled, unscaled }, multiplier))).toBe(expected < cap ? expected : cap);
      }),
      { numRuns: 500 },
    );
  });
});

test("dollars on the wire", () => {
  expect(JSON.stringify([79_300, 380_000, 0, 1, 12_345_678_901].map(usdFromNano))).toBe(
    "[0.0000793,0.00038,0,1e-9,12.345678901]",
  );
});

test("dollars as text", () => {
  const texts = [79_300, 1, 0, 1e9, 20_000_000_000, 12_345_678_901, Number.MAX_SAFE_INTEGER].map(usdText);
  expect(texts).toEqual(["0.0000793", "0.000000001", "0", "1", "20", "12.345678901", "9007199.254740991"]);
});
