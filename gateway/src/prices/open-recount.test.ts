import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../core/exchange.ts";
import type { LedgerEntry } from "../core/ledger-entry.ts";
import { openBundledPriceBook } from "./open-bundled-price-book.ts";
import { openRecount } from "./open-recount.ts";

const book = openBundledPriceBook();
const recount = openRecount({ book: () => book, priceKeyOf: (slug) => (slug === "openai" ? "openai" : null) });

const response = Buffer.from(
  ["Streams", " that", " are", " cut"]
    .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    .join(""),
);
const request = Buffer.from(JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Say it" }] }));

function entryOf(record: Partial<ExchangeRecord>, more: Partial<LedgerEntry> = {}): LedgerEntry {
  const full = {
    provider: "openai",
    model: "gpt-4o",
    answerModel: "gpt-4o",
    createdAtMs: Date.parse("2026-11-01"),
    responseContentType: "text/event-stream; charset=utf-8",
    responseSizeBytes: response.length,
    isUsageEstimated: true,
    usage: { inputTokens: 999, outputTokens: 999 },
    cost: { state: "priced", nanoUsd: 1, priceVersion: "x" },
    ...record,
  } as ExchangeRecord;
  return { record: full, request, isRequestComplete: true, response, isResponseComplete: true, ...more };
}

test("an estimated record is counted and priced again", async () => {
  const { usage, cost } = await recount(entryOf({}));
  // Two words and four for the message; four words.
  expect(usage).toEqual({ inputTokens: 6, outputTokens: 4 });
  expect(cost).toEqual({ state: "priced", nanoUsd: 6 * 2500 + 4 * 10_000, priceVersion: book.version });
});

test("what the provider told of the prompt stays, and a body that was cut off counts for the whole", async () => {
  const told = { inputTokens: 50, inputCachedTokens: 10, outputTokens: 1 };
  const entry = entryOf({ usage: told, responseSizeBytes: response.length * 3 }, { isResponseComplete: false });
  expect((await recount(entry)).usage).toEqual({ ...told, outputTokens: 12 });
});

test("other records come back as they are", async () => {
  for (const entry of [
    entryOf({ isUsageEstimated: false }),
    entryOf({ usage: null }),
    entryOf({ cost: { state: "custom", nanoUsd: 5, priceVersion: null } }),
    entryOf({}, { response: null, request: null }),
  ])
    expect(await recount(entry)).toBe(entry.record);
});
