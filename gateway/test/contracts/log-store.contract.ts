import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  InvalidLogQuery,
  type LogFilter,
  type LogOrderKey,
  type LogQuery,
  type LogStore,
} from "../../src/stores/ports/log-store.ts";
import { fulfils } from "../support/evaluate-filter.ts";
import { anyFilter, manyLogs } from "../support/many-logs.ts";
import { sampleId, sampleLog, sampleQuery, sampleStartMs } from "../support/sample-log.ts";
import { idsOf, type LogStoreUnderTest, scope, withLogStore } from "./log-store-under-test.ts";

/** What every adapter of the port `LogStore` has to do. */
export function describeLogStore(adapter: string, open: () => LogStoreUnderTest): void {
  const withStore = withLogStore(open);

  describe(`log store: ${adapter}`, () => {
    test(
      "gives back rows and bodies as they were",
      withStore(async (store) => {
        const plain = sampleLog(1, {
          metadata: { user: "ü", paid: true, seats: 2.5 },
          eventId: "their-event",
          model: null,
        });
        const bodies = {
          request: Buffer.from('{"a":1}'),
          response: Buffer.from("x".repeat(9)),
          isResponseComplete: false,
        };
        const full = sampleLog(2, {}, bodies);
        expect(await store.ingest([plain, full], [])).toEqual({
          stored: 2,
          duplicates: 0,
          unlogged: 0,
          refused: 0,
          events: 0,
        });
        const [second, first] = (await store.list(scope, sampleQuery())).logs;
        expect(first?.record).toEqual(plain.record);
        expect(second?.record).toEqual(full.record);
        expect(await store.get(scope, full.record.id)).toEqual({
          record: full.record,
          modelType: "chat",
          feedback: null,
          score: null,
          hasRequestBody: true,
          hasResponseBody: true,
        });
        expect(await store.body(scope, full.record.id, "request")).toEqual({
          bytes: Buffer.from('{"a":1}'),
          isComplete: true,
          contentType: "application/json",
        });
        expect((await store.body(scope, full.record.id, "response"))?.isComplete).toBe(false);
        expect(await store.body(scope, plain.record.id, "request")).toBeNull();
        expect(await store.get(scope, sampleId(99))).toBeNull();
        expect(await store.get(scope, "' OR 1=1 --")).toBeNull();
      }),
    );

    test(
      "keeps gateways apart in every answer",
      withStore(async (store) => {
        const other = { ...scope, gatewayId: "other" };
        await store.ingest(
          [sampleLog(1, {}, { searchText: "river" }), sampleLog(2, { gatewayId: "other" }, { searchText: "river" })],
          [],
        );
        const [mine, theirs] = [sampleId(1), sampleId(2)];
        expect(await idsOf(store, { search: "river" })).toEqual([mine]);
        expect(await idsOf(store, { filters: [{ key: "id", operator: "eq", values: [mine, theirs] }] })).toEqual([
          mine,
        ]);
        expect(await idsOf(store, { filters: [{ key: "event_id", operator: "eq", values: [theirs] }] })).toEqual([]);
        expect(await store.get(scope, theirs)).toBeNull();
        expect(await store.patch(scope, theirs, { feedback: 1 })).toBe(false);
        expect(
          await store.delete(scope, sampleQuery({ filters: [{ key: "id", operator: "eq", values: [theirs] }] })),
        ).toBe(0);
        expect(await store.prune(scope, { of: "rows", beyondRows: 0 }, 10)).toBe(1);
        expect((await store.get(other, theirs))?.record.gatewayId).toBe("other");
        expect((await store.list({ ...scope, gatewayId: "nothing" }, sampleQuery({ withTotal: true }))).total).toBe(0);
      }),
    );

    test(
      "stores a record once, however often it is given, with its checkpoint",
      withStore(async (store) => {
        const batch = [sampleLog(1), sampleLog(2), sampleLog(2)];
        expect(await store.ingest(batch, [{ segment: "w0-1", offset: 100 }])).toMatchObject({
          stored: 2,
          duplicates: 1,
        });
        expect(await store.ingest([...batch, sampleLog(3)], [])).toMatchObject({ stored: 1, duplicates: 3 });
        await store.ingest(
          [],
          [
            { segment: "w0-1", offset: 200 },
            { segment: "w1-1", offset: 8 },
          ],
        );
        expect(await store.checkpoints()).toEqual(
          new Map([
            ["w0-1", 200],
            ["w1-1", 8],
          ]),
        );
        await store.ingest([], [{ segment: "w0-1", offset: null }]);
        expect([...(await store.checkpoints()).keys()]).toEqual(["w1-1"]);
        expect((await store.list(scope, sampleQuery({ withTotal: true }))).total).toBe(3);
      }),
    );

    test(
      "a batch it cannot keep whole leaves nothing behind",
      withStore(async (store) => {
        const broken = sampleLog(2, { id: "no id at all" });
        expect(await rejection(store.ingest([sampleLog(1), broken], [{ segment: "w0-1", offset: 9 }]))).toBeInstanceOf(
          Error,
        );
        expect(await idsOf(store, {})).toEqual([]);
        expect((await store.checkpoints()).size).toBe(0);
        expect(await store.ingest([sampleLog(1)], [])).toMatchObject({ stored: 1 });
      }),
    );

    test(
      "orders by id whatever the clock said, and tells apart ids of one millisecond",
      withStore(async (store) => {
        const late = sampleLog(5, { createdAtMs: sampleStartMs - 3_600_000 });
        const twins = [0, 1, 2].map((digit) => sampleLog(7, { id: sampleId(7).slice(0, -1) + digit }));
        await store.ingest([late, ...twins.toReversed()], []);
        await store.ingest([sampleLog(3), sampleLog(9)], []);
        const expected = [sampleId(3), sampleId(5), ...twins.map(({ record }) => record.id), sampleId(9)];
        expect(await idsOf(store, { direction: "asc" })).toEqual(expected);
        for (const id of expected) expect((await store.get(scope, id))?.record.id).toBe(id);
        const before = { key: "created_at", operator: "lt", values: [sampleStartMs] } as const;
        expect(await idsOf(store, { filters: [before] })).toEqual([late.record.id]);
      }),
    );

    test(
      "pages by cursor and by number give every row once, in any order",
      withStore(async (store) => {
        await store.ingest(manyLogs(60), []);
        const orders: LogOrderKey[] = [
          "created_at",
          "provider",
          "model",
          "success",
          "cached",
          "cost",
          "tokens_in",
          "duration",
        ];
        for (const orderBy of orders) {
          for (const direction of ["asc", "desc"] as const) {
            const all = await idsOf(store, { orderBy, direction, limit: 100 });
            expect(new Set(all).size).toBe(60);
            expect(await allPages(store, sampleQuery({ orderBy, direction, limit: 7 }))).toEqual(all);
            expect(await idsOf(store, { orderBy, direction, limit: 7, offset: 14 })).toEqual(all.slice(14, 21));
            expect(await idsOf(store, { orderBy, direction, limit: 7, offset: 70 })).toEqual([]);
          }
        }
        const { nextCursor } = await store.list(scope, sampleQuery({ limit: 5 }));
        for (const wrong of ["nonsense", "W10", nextCursor as string]) {
          const query = sampleQuery({ cursor: wrong, orderBy: "cost" });
          expect(await rejection(store.list(scope, query))).toBeInstanceOf(InvalidLogQuery);
        }
      }),
    );

    test(
      "any filters find what they say, as counted and ranged",
      withStore(async (store) => {
        const logs = manyLogs(80);
        await store.ingest(logs, []);
        await fc.assert(
          fc.asyncProperty(
            fc.array(anyFilter, { maxLength: 3 }),
            fc.constantFrom("asc", "desc"),
            async (filters, direction) => {
              const page = await store.list(
                scope,
                sampleQuery({ filters, direction, limit: 100, withTotal: true, withRanges: true }),
              );
              const expected = logs
                .map(({ record }) => record)
                .filter((record) => filters.every((filter) => fulfils(record, filter)));
              if (direction === "desc") expected.reverse();
              expect(page.logs.map(({ record }) => record.id)).toEqual(expected.map(({ id }) => id));
              expect(page.total).toBe(expected.length);
              expect(page.ranges?.costNanoUsd).toEqual(rangeOf(expected.map(({ cost }) => cost.nanoUsd)));
              expect(page.ranges?.tokensOut).toEqual(rangeOf(expected.map(({ usage }) => usage?.outputTokens ?? null)));
              const sorted = await idsOf(store, { filters, orderBy: "duration", limit: 100 });
              expect(sorted.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
            },
          ),
          { numRuns: 300 },
        );
      }),
      30_000,
    );

    test(
      "pairs name and value of metadata on one entry",
      withStore(async (store) => {
        await store.ingest(
          [sampleLog(1, { metadata: { user: 1, x: 42 } }), sampleLog(2, { metadata: { user: "42" } })],
          [],
        );
        const apart: LogFilter[] = [
          { key: "metadata.key", operator: "eq", values: ["user"] },
          { key: "metadata.value", operator: "eq", values: ["42"] },
        ];
        expect(await idsOf(store, { filters: apart })).toEqual([sampleId(2), sampleId(1)]);
        const paired: LogFilter = { key: "metadata.entry", name: "user", operator: "eq", values: [42] };
        expect(await idsOf(store, { filters: [paired] })).toEqual([sampleId(2)]);
        expect(await idsOf(store, { filters: [{ ...paired, operator: "neq" }] })).toEqual([sampleId(1)]);
      }),
    );

    test(
      "searches words in prompts and answers, whatever is typed",
      withStore(async (store) => {
        const texts = [
          "Der Rhein fließt",
          "the Amazon river",
          "river delta Nile",
          "Café au lait \u{E000}1",
          "naïve 北京 c++ node.js",
        ];
        await store.ingest(
          texts.map((searchText, index) => sampleLog(index, {}, { searchText })),
          [],
        );
        const found = async (search: string): Promise<number[]> =>
          (await idsOf(store, { search, direction: "asc" })).map((id) => Number.parseInt(id.slice(-4), 16));
        expect(await found("RIVER")).toEqual([1, 2]);
        expect(await found("river nile")).toEqual([2]);
        expect(await found("ama*")).toEqual([1]);
        expect(await found("ama")).toEqual([]);
        expect(await found("fließt")).toEqual([0]);
        expect(await found("cafe")).toEqual([3]);
        expect(await found("c++ node.js 北京")).toEqual([4]);
        expect(await found(" -- ")).toEqual([0, 1, 2, 3, 4]);
        expect(await found("\u{E000}1")).toEqual([3]);
        expect(await found("\u{E000}1 river")).toEqual([]);
        // Marks that are parts of no words, and letters that were none for long.
        for (const parting of ["\u0305", "\u0343", "\u19b0", "\u1cf2"])
          expect(await found(`river${parting}nile`)).toEqual([2]);
        const odd = fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string(),
          fc.constantFrom('"', "NEAR(a b)", "words:x", "a AND OR", "a\0b", "%_"),
        );
        await fc.assert(
          fc.asyncProperty(odd, async (search) => Array.isArray(await found(search))),
          { numRuns: 300 },
        );
      }),
      20_000,
    );

    test(
      "a search in a gateway without any logs finds nothing",
      withStore(async (store) => {
        expect(await idsOf(store, { search: "river" })).toEqual([]);
      }),
    );

    test(
      "a model is found by its own name and as logs show it, and another provider's of that name is not",
      withStore(async (store) => {
        const logs = [
          sampleLog(1, { provider: "openai", model: "gpt-4o" }),
          sampleLog(2, { provider: "azure-openai", model: "gpt-4o" }),
          sampleLog(3, { provider: "openrouter", model: "openai/gpt-4o" }),
        ];
        await store.ingest(logs, []);
        const found = async (operator: "eq" | "neq" | "contains", ...values: string[]) =>
          (await idsOf(store, { filters: [{ key: "model", operator, values }] })).toSorted();
        expect(await found("eq", "gpt-4o")).toEqual([sampleId(1), sampleId(2)]);
        expect(await found("eq", "openai/gpt-4o")).toEqual([sampleId(1), sampleId(3)]);
        expect(await found("neq", "openai/gpt-4o")).toEqual([sampleId(2)]);
        expect(await found("contains", "azure-openai/gpt")).toEqual([sampleId(2)]);
      }),
    );

    test(
      "a value that tries SQL is a value",
      withStore(async (store) => {
        const hostile = "x'); DROP TABLE logs; --";
        await store.ingest([sampleLog(1), sampleLog(2, { model: hostile, metadata: { [hostile]: hostile } })], []);
        const filters: LogFilter[] = [
          { key: "model", operator: "eq", values: [hostile] },
          { key: "metadata.entry", name: hostile, operator: "contains", values: ["drop table"] },
        ];
        expect(await idsOf(store, { filters })).toEqual([sampleId(2)]);
        expect(
          await idsOf(store, { filters: [{ key: "provider", operator: "contains", values: [hostile, "%", "_"] }] }),
        ).toEqual([]);
        expect(await idsOf(store, {})).toHaveLength(2);
      }),
    );

    test(
      "patches what it is given, clears by null, and filters by the result",
      withStore(async (store) => {
        await store.ingest([sampleLog(1, { metadata: { user: "u1" } }), sampleLog(2)], []);
        expect(await store.patch(scope, sampleId(1), { feedback: -1, score: 90.5 })).toBe(true);
        expect(await store.patch(scope, sampleId(1), { metadata: { reviewed: true } })).toBe(true);
        expect(await store.get(scope, sampleId(1))).toMatchObject({
          feedback: -1,
          score: 90.5,
          record: { metadata: { reviewed: true } },
        });
        const byEntry = (name: string, value: string | boolean): LogFilter => ({
          key: "metadata.entry",
          name,
          operator: "eq",
          values: [value],
        });
        expect(await idsOf(store, { filters: [byEntry("reviewed", true)] })).toEqual([sampleId(1)]);
        expect(await idsOf(store, { filters: [byEntry("user", "u1")] })).toEqual([sampleId(2)]);
        expect(await idsOf(store, { filters: [{ key: "feedback", operator: "lt", values: [0] }] })).toEqual([
          sampleId(1),
        ]);
        await store.patch(scope, sampleId(1), { feedback: null, metadata: null });
        expect(await store.get(scope, sampleId(1))).toMatchObject({
          feedback: null,
          score: 90.5,
          record: { metadata: null },
        });
        expect(await store.patch(scope, sampleId(3), { feedback: 1 })).toBe(false);
      }),
    );
  });

  async function allPages(store: LogStore, query: LogQuery): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await store.list(scope, { ...query, cursor });
      ids.push(...page.logs.map(({ record }) => record.id));
      cursor = page.nextCursor;
      if (cursor === null) return ids;
    }
  }
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => null,
    (error: unknown) => error,
  );
}

function rangeOf(values: readonly (number | null)[]): { min: number | null; max: number | null } {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? { min: null, max: null } : { min: Math.min(...known), max: Math.max(...known) };
}
