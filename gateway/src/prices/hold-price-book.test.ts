import { expect, test } from "bun:test";
import { holdPriceBook } from "./hold-price-book.ts";
import { createPriceBook } from "./price-book.ts";

function listOf(version: string, dollars: readonly unknown[]) {
  const models = dollars.map((input_mtok, index) => ({
    id: `m${index}`,
    match: { equals: `m${index}` },
    prices: [{ prices: { input_mtok } }],
  }));
  return { format: 1, version, providers: { a: { models } } };
}

test("a sound list replaces the book, anything else leaves it in use", () => {
  const first = createPriceBook(listOf("1", [1, 1, 1, 1]));
  const holder = holdPriceBook(first);
  const bad: readonly (readonly [unknown, string])[] = [
    [null, "prices: expected an object"],
    ["<html>", "prices: expected an object"],
    [listOf("2", [1, 1, 1, -1]), "a.m3.prices[0].prices.input_mtok"],
    [listOf("2", [1, 1, 1, null]), "a.m3.prices[0].prices.input_mtok"],
    [listOf("2", [1]), "1 models are left of 4"],
    [{ ...listOf("2", [1, 1, 1, 1]), format: 2 }, "format"],
  ];
  for (const [list, problem] of bad) {
    expect(holder.propose(list)).toEqual({ isAccepted: false, problem: expect.stringContaining(problem) });
    expect(holder.current).toBe(first);
  }
  expect(holder.propose(listOf("2", [2, 2, 2]))).toEqual({ isAccepted: true, version: "2" });
  expect(holder.current.version).toBe("2");
  expect(holder.current.find({ slug: "a", priceKey: "a" }, "m0")?.at(0)?.base.input).toBe(2_000_000);
});
