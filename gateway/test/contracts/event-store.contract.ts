import { describe, expect, test } from "bun:test";
import type { EventQuery, EventStore } from "../../src/stores/ports/event-store.ts";
import type { LogStore } from "../../src/stores/ports/log-store.ts";
import { sampleEvent } from "../support/sample-event.ts";

/** A new empty store, and the one that brings events in. */
export interface EventStoreUnderTest {
  readonly store: EventStore;
  readonly logs: Pick<LogStore, "ingest">;
  readonly dispose: () => void;
}

const HOUR_MS = 3_600_000;

const everything: EventQuery = {
  accountId: "a",
  type: null,
  budgetId: null,
  sinceMs: null,
  beforeMs: null,
  olderThan: null,
  limit: 100,
};

/** What every adapter of the port `EventStore` has to do. */
export function describeEventStore(adapter: string, open: () => EventStoreUnderTest): void {
  const withStore = (run: (subject: EventStoreUnderTest) => Promise<void>) => async (): Promise<void> => {
    const subject = open();
    try {
      await run(subject);
    } finally {
      subject.dispose();
    }
  };
  const idsOf = async (store: EventStore, query: Partial<EventQuery> = {}) =>
    (await store.list({ ...everything, ...query })).map(({ event }) => event.id);

  describe(`event store: ${adapter}`, () => {
    test(
      "gives events back as they were, the newest first, a page at a time, to their account alone",
      withStore(async ({ store, logs }) => {
        const events = [10, 20, 30, 40, 50].map((threshold) => sampleEvent({ threshold }));
        const foreign = sampleEvent({ accountId: "b" });
        expect(await logs.ingest([], [], [...events, foreign])).toMatchObject({ events: 6 });
        const listed = await store.list(everything);
        expect(listed.map(({ event }) => event)).toEqual(events.toReversed());
        const pages: string[] = [];
        for (let olderThan: number | null = null; ;) {
          const page = await store.list({ ...everything, olderThan, limit: 2 });
          pages.push(...page.map(({ event }) => event.id));
          if (page.length < 2) break;
          olderThan = page.at(-1)?.sequence ?? null;
        }
        expect(pages).toEqual(events.map(({ id }) => id).toReversed());
        expect(await idsOf(store, { accountId: "b" })).toEqual([foreign.id]);
      }),
    );

    test(
      "finds by budget, type and time",
      withStore(async ({ store, logs }) => {
        const early = sampleEvent({ atMs: HOUR_MS, sinceMs: 0 });
        const other = sampleEvent({ budgetId: "company" });
        await logs.ingest([], [], [early, other]);
        expect(await idsOf(store, { budgetId: "company" })).toEqual([other.id]);
        expect(await idsOf(store, { type: "budget_threshold", beforeMs: 10 * HOUR_MS })).toEqual([early.id]);
        expect(await idsOf(store, { sinceMs: 10 * HOUR_MS })).toEqual([other.id]);
        expect(await idsOf(store, { budgetId: "nobody's" })).toEqual([]);
      }),
    );

    test(
      "keeps an occasion once in its period, and again in the next, for another part, threshold or limit",
      withStore(async ({ store, logs }) => {
        const first = sampleEvent();
        await logs.ingest([], [], [first]);
        const again = [first, sampleEvent(), sampleEvent({ atMs: 10 * HOUR_MS + 1 })];
        expect(await logs.ingest([], [], again)).toMatchObject({ events: 0 });
        const others = [
          sampleEvent({ partition: '["blue"]' }),
          sampleEvent({ threshold: 80 }),
          sampleEvent({ limitNanoUsd: 2_000_000_000 }),
          sampleEvent({ accountId: "b" }),
          sampleEvent({ atMs: 12 * HOUR_MS, sinceMs: 11 * HOUR_MS }),
        ];
        expect(await logs.ingest([], [], others)).toMatchObject({ events: 5 });
        expect(await idsOf(store)).toHaveLength(5);
      }),
    );

    test(
      "a new receiver gets what comes from then on, in order, until it says that it has it",
      withStore(async ({ store, logs }) => {
        await logs.ingest([], [], [sampleEvent({ threshold: 1 })]);
        expect(await store.pending("hook", 10)).toEqual([]);
        const events = [2, 3, 4].map((threshold) => sampleEvent({ threshold }));
        await logs.ingest([], [], events);
        const pending = await store.pending("hook", 2);
        expect(pending.map(({ event }) => event.threshold)).toEqual([2, 3]);
        expect(await store.pending("hook", 2)).toEqual(pending);
        await store.delivered("hook", pending[1]?.sequence as number);
        // What is behind stays behind.
        await store.delivered("hook", pending[0]?.sequence as number);
        expect((await store.pending("hook", 2)).map(({ event }) => event.threshold)).toEqual([4]);
        expect(await store.pending("late", 10)).toEqual([]);
      }),
    );
  });
}
