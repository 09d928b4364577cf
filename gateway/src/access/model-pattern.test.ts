import { expect, test } from "bun:test";
import fc from "fast-check";
import { matchesModel } from "./model-pattern.ts";

test("a star stands for any run of characters within a part of the name", () => {
  const is = (pattern: string, name: string): boolean => matchesModel(pattern, { provider: "p", name });
  expect(is("*", "gpt-4o")).toBe(true);
  expect(is("*", "a/b")).toBe(false);
  expect(is("*/*", "a/b")).toBe(true);
  expect(is("a/*", "a/b/c")).toBe(false);
  expect(is("p/a/*", "a/b")).toBe(true);
  expect(is("gpt-4o", "gpt-4o-mini")).toBe(false);
  expect(is("GPT-4o", "gpt-4o")).toBe(false);
  expect(is("g.t-4o", "gpt-4o")).toBe(false);
  expect(is("", "gpt-4o")).toBe(false);
});

test("it is the match that a regular expression finds", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 12 });
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const name = text.replaceAll("*", "c");
      const expression = new RegExp(`^${pattern.replaceAll("*", "[^/]*")}$`);
      // A provider that no pattern of these letters begins with leaves the name alone to match.
      expect(matchesModel(pattern, { provider: "\0", name })).toBe(
        expression.test(name) || expression.test(`\0/${name}`),
      );
    }),
    { numRuns: 3000 },
  );
});

test("many stars take no longer than they must", () => {
  const startedAtMs = performance.now();
  const pattern = `${"*a".repeat(200)}b`;
  expect(matchesModel(pattern, { provider: "p", name: "a".repeat(10_000) })).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(2000);
});
