import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import type { LedgerEntry } from "../../src/core/ledger-entry.ts";
import { filterKinds, filterOperators } from "../../src/management/logs/filter-keys.ts";
import { matchesFilters } from "../../src/management/logs/matches-filters.ts";
import { parseFilters } from "../../src/management/logs/parse-filters.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { startLogsApi } from "../support/start-logs-api.ts";

const scope = { accountId: "default", gatewayId: "default" };

const entries: readonly LedgerEntry[] = [
  sampleEntry(),
  sampleEntry({
    eventId: "e1",
    provider: "",
    model: null,
    usage: null,
    cost: { state: "none", nanoUsd: null, priceVersion: null },
    userAgent: null,
  }),
  sampleEntry({
    success: false,
    statusCode: 500,
    outcome: "timeout",
    metadata: { user: 42, paid: true, "a b": "Öl" },
    userKey: null,
    tokenId: "t1",
    storedKey: { id: "k1", alias: "team" },
  }),
  sampleEntry({
    cacheStatus: "HIT",
    metadata: null,
    responseContentType: null,
    durationMs: 3,
    usage: { outputTokens: 5 },
  }),
  sampleEntry({
    model: "Ünïcode-Model",
    path: "embeddings",
    metadata: { user: "42", paid: "true", n: -1.5 },
    createdAtMs: 1_760_000_000_001,
  }),
  sampleEntry({
    metadata: { key: "value", user: false, n: 1e21 },
    requestType: "universal",
    cost: { state: "unpriced", nanoUsd: null, priceVersion: null },
  }),
];

/** Values that some record has, and some that none has. */
const texts = [
  "openai",
  "team",
  "",
  "gpt",
  "GPT-4O",
  "ünï",
  "Ünï",
  "e1",
  "user",
  "user:u1",
  "42",
  "true",
  "false",
  "Öl",
  "timeout",
  "chat",
  "embeddings",
  "value",
  "-1.5",
  "1e+21",
  "universal",
  "none",
  "nothing",
];
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: fc.constantFrom(...texts),
  metadata: fc.constantFrom(...texts, 42, -1.5, true),
  number: fc.constantFrom(0, 3, 5, 12, 34, 46, 200, 500, 640.25, 41.5),
  usd: fc.constantFrom(0, 0.0000222, 0.00002, 1),
  boolean: fc.boolean(),
  time: fc.constantFrom("2025-10-09T08:53:20Z", "2025-10-09T08:53:20.001Z", "2020-01-01"),
};

const keys = [
  ...Object.entries(filterKinds),
  ["metadata.user", "metadata"],
  ["metadata.entry.key", "metadata"],
  ["metadata.n", "metadata"],
] as const;

const filter = fc.constantFrom(...keys).chain(([key, kind]) =>
  fc.constantFrom(...filterOperators[kind as keyof typeof filterOperators]).chain((operator) => {
    const value = values[kind] as fc.Arbitrary<unknown>;
    const isEquality = operator === "eq" || operator === "neq";
    const fitting = isEquality ? fc.option(value) : value.filter((each) => each !== "");
    return fc.record({
      key: fc.constant(key),
      operator: fc.constant(operator),
      value: fc.array(fitting, { minLength: 1, maxLength: 3 }),
    });
  }),
);

test("the live tail lets through what the store finds", async () => {
  await using api = startLogsApi();
  await api.add(entries);
  await fc.assert(
    fc.asyncProperty(fc.array(filter, { minLength: 1, maxLength: 3 }), async (wire) => {
      const filters = parseFilters(new URLSearchParams({ filters: JSON.stringify(wire) }));
      const { logs } = await api.store.list(scope, {
        filters,
        search: null,
        orderBy: "created_at",
        direction: "asc",
        limit: 100,
        offset: 0,
        cursor: null,
        withTotal: false,
        withRanges: false,
      });
      const live = entries
        .map(({ record }): ExchangeRecord => record)
        .filter((record) => matchesFilters(record, filters));
      expect(live.map(({ id }) => id)).toEqual(logs.map(({ record }) => record.id));
    }),
    { numRuns: 1000 },
  );
});
