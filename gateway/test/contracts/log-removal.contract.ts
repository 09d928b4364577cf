import { describe, expect, test } from "bun:test";
import type { LogFilter } from "../../src/stores/ports/log-store.ts";
import { sampleId, sampleLog, sampleQuery, sampleStartMs } from "../support/sample-log.ts";
import { idsOf, type LogStoreUnderTest, scope, withLogStore } from "./log-store-under-test.ts";

/** What every adapter of the port `LogStore` has to do to get rid of logs. */
export function describeLogRemoval(adapter: string, open: () => LogStoreUnderTest): void {
  const withStore = withLogStore(open);

  describe(`log store, removal: ${adapter}`, () => {
    test(
      "deletes what a filter names, with all that belongs to it",
      withStore(async (store) => {
        const body = Buffer.from("a body");
        const withBody = { request: body, searchText: "gone" };
        await store.ingest(
          Array.from({ length: 700 }, (_, index) =>
            sampleLog(index, { success: index % 7 !== 0 }, index % 2 === 0 ? withBody : {}),
          ),
          [],
        );
        const failed: LogFilter = { key: "success", operator: "eq", values: [false] };
        expect(await store.delete(scope, sampleQuery({ filters: [failed], direction: "asc", limit: 10 }))).toBe(10);
        expect(await idsOf(store, { filters: [failed], direction: "asc", limit: 1 })).toEqual([sampleId(70)]);
        expect(await store.delete(scope, sampleQuery({ filters: [], search: "gone", limit: 10_000 }))).toBe(345);
        expect(await idsOf(store, { search: "gone" })).toEqual([]);
        expect(await store.statistics()).toMatchObject([{ rows: 345, bodies: 0, bodyBytes: 0 }]);
        expect(await store.delete(scope, sampleQuery({ orderBy: "cost", limit: 10_000 }))).toBe(345);
        expect(await store.statistics()).toMatchObject([{ ...scope, rows: 0, rowBytes: 0, bodies: 0, bodyBytes: 0 }]);
      }),
    );

    test(
      "retention removes the oldest, rows and bodies apart, by number, age and size",
      withStore(async (store) => {
        const body = { request: Buffer.from("some words"), searchText: "words" };
        await store.ingest(
          Array.from({ length: 100 }, (_, index) => sampleLog(index, {}, body)),
          [],
        );
        const [before] = await store.statistics();
        expect(await store.prune(scope, { of: "bodies", olderThanMs: sampleStartMs + 30 }, 20)).toBe(20);
        expect(await store.prune(scope, { of: "bodies", olderThanMs: sampleStartMs + 30 }, 20)).toBe(10);
        expect(await store.prune(scope, { of: "bodies", olderThanMs: sampleStartMs + 30 }, 20)).toBe(0);
        expect(await store.get(scope, sampleId(29))).toMatchObject({ hasRequestBody: false });
        expect(await store.body(scope, sampleId(29), "request")).toBeNull();
        expect(await idsOf(store, { search: "words", limit: 100 })).toHaveLength(70);
        const perBody = (before?.bodyBytes ?? 0) / 100;
        expect(await store.prune(scope, { of: "bodies", beyondBytes: perBody * 50 }, 1000)).toBe(20);
        expect(await store.prune(scope, { of: "rows", olderThanMs: sampleStartMs + 10 }, 1000)).toBe(10);
        expect(await store.prune(scope, { of: "rows", beyondRows: 80 }, 1000)).toBe(10);
        expect(await store.prune(scope, { of: "rows", beyondBytes: ((before?.rowBytes ?? 0) / 100) * 60 }, 1000)).toBe(
          20,
        );
        expect(await store.statistics()).toMatchObject([{ rows: 60, bodies: 50 }]);
        expect(await idsOf(store, { direction: "asc", limit: 1 })).toEqual([sampleId(40)]);
        await store.ingest([sampleLog(1, {}, body)], []);
        expect(await store.prune(scope, { of: "bodies", olderThanMs: sampleStartMs + 30 }, 20)).toBe(1);
      }),
    );

    test(
      "takes no rows beyond a limit, counts them, and leaves out what is not to be logged",
      withStore(async (store) => {
        const limited = { rowLimit: 3 };
        const batch = Array.from({ length: 5 }, (_, index) => sampleLog(index, {}, limited));
        expect(await store.ingest([...batch, sampleLog(9, { isLogged: false }, limited)], [])).toEqual({
          stored: 3,
          duplicates: 0,
          unlogged: 1,
          refused: 2,
          events: 0,
        });
        expect(await store.statistics()).toMatchObject([{ rows: 3, refused: 2 }]);
      }),
    );
  });
}
