import * as fc from "fast-check";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import type { LogFilter, NewLog } from "../../src/stores/ports/log-store.ts";
import { sampleId, sampleLog, sampleStartMs } from "./sample-log.ts";

const texts = ["openai", "Anthropic", "o", "", "1", "true", "ä€😀"];

/** Rows that differ in every member, with nulls, by a fixed rule. */
export function manyLogs(count: number): NewLog[] {
  const pick = <Value>(list: readonly Value[], index: number): Value => list[index % list.length] as Value;
  return Array.from({ length: count }, (_, index) => {
    const record: Partial<ExchangeRecord> = {
      provider: pick(texts, index),
      model: pick(["m1", null, "m2"], index),
      path: pick(["chat/completions", "v1/embeddings", "x"], index),
      success: index % 3 !== 0,
      cacheStatus: pick(["HIT", "MISS", null], index),
      statusCode: pick([200, 429, 500], index),
      durationMs: (index * 37) % 50,
      userAgent: pick([null, "SDK/1", "curl"], index),
      usage: pick(
        [null, { inputTokens: index % 5 }, { outputTokens: 3 }, { inputTokens: 2, outputTokens: index }],
        index,
      ),
      cost: pick(
        [
          { state: "priced", nanoUsd: (index * 11) % 40, priceVersion: "v1" },
          { state: "none", nanoUsd: null, priceVersion: null },
        ],
        index,
      ),
      metadata: pick(
        [null, { user: "u1" }, { user: 1, x: true }, { "": "true", x: 1.5 }, { user: "1", y: "Text" }],
        index,
      ),
      ...(index % 4 === 0 ? { eventId: "shared" } : {}),
    };
    return sampleLog(index * 3, record);
  });
}

const anyValue = fc.oneof(
  fc.constantFrom(...texts, "u1", "m1", "shared", "chat", "TE", "x", "user", "priced", "1.5"),
  fc.integer({ min: -1, max: 60 }),
  fc.constantFrom(1.5, 200, 429, sampleStartMs + 60, sampleStartMs + 61),
  fc.boolean(),
  fc.constant(null),
  fc.nat(79).map((index) => sampleId(index * 3)),
);

const anyOperator = fc.constantFrom("eq", "neq", "contains", "lt", "gt");

/** Any filter, often one that some of `manyLogs` fulfil. */
export const anyFilter: fc.Arbitrary<LogFilter> = fc.oneof(
  fc.record({
    key: fc.constantFrom(
      ...([
        "id",
        "created_at",
        "success",
        "cached",
        "provider",
        "model",
        "model_type",
        "cost",
        "tokens",
        "tokens_in",
      ] as const),
      ...(["tokens_out", "duration", "event_id", "status_code", "path", "user_agent", "metadata.key"] as const),
      ...(["metadata.value", "wholesale", "dlp_action", "cost_state", "feedback", "user"] as const),
    ),
    operator: anyOperator,
    values: fc.array(anyValue, { maxLength: 3 }),
  }),
  fc.record({
    key: fc.constant("metadata.entry" as const),
    name: fc.constantFrom("user", "x", "", "nothing"),
    operator: anyOperator,
    values: fc.array(anyValue, { maxLength: 3 }),
  }),
);
