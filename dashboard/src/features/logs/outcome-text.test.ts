import { expect, test } from "bun:test";
import { outcomeText } from "./outcome-text.ts";

const log = { outcome: "complete", success: false, cause: null, error_code: null, status_code: 503 };

test("every way in which an exchange ends has its sentence", async () => {
  const source = await Bun.file(`${import.meta.dir}/../../../../gateway/src/core/exchange.ts`).text();
  const union = source.slice(source.indexOf("ExchangeOutcome ="), source.indexOf('| "refused";') + 12);
  const outcomes = [...union.matchAll(/\| "(\w+)"/g)].map(([, outcome]) => outcome as string);
  expect(outcomes.length).toBeGreaterThan(7);
  const sentences = outcomes.map((outcome) => outcomeText({ ...log, outcome }));
  expect(new Set(sentences).size).toBe(outcomes.length);
});

test("what is known besides stands behind it, and success needs no words", () => {
  expect(outcomeText(log)).toBe("The provider answered with 503.");
  expect(outcomeText({ ...log, outcome: "refused", error_code: 2003, cause: "rate limit" })).toEndWith(
    "(rate limit, code 2003)",
  );
  expect(outcomeText({ ...log, success: true })).toBeNull();
});
