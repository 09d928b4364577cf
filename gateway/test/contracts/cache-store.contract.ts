import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type {
  AnswerEnd,
  AnswerHead,
  AnswerTail,
  AnswerWriter,
  CacheStore,
  PurgeBoard,
} from "../../src/stores/ports/cache-store.ts";

/** A new empty store. */
export interface CacheStoreUnderTest {
  readonly store: CacheStore;
  readonly board: PurgeBoard;
  readonly dispose: () => void;
}

const tail: AnswerTail = { model: "m", usage: { inputTokens: 3 }, costNanoUsd: 42 };
/** Keys in different folders, and two in one. */
const keys = ["00", "01", "01f", "ff"].map((start) => start.padEnd(64, "a"));

const end: AnswerEnd = { reason: "failed" };

/** A writer where nobody else writes. */
async function writing(store: CacheStore, key: string): Promise<AnswerWriter | null> {
  const writer = await store.write(key);
  return writer === "taken" ? null : writer;
}

/** What every adapter of the port `CacheStore` has to do. */
export function describeCacheStore(adapter: string, open: () => CacheStoreUnderTest): void {
  const withStore = (run: (opened: CacheStoreUnderTest) => Promise<void>) => async (): Promise<void> => {
    const opened = open();
    try {
      await run(opened);
    } finally {
      await opened.store.close();
      opened.dispose();
    }
  };
  const head = async (
    { board }: CacheStoreUnderTest,
    changes: Partial<AnswerHead> = {},
    names: string[] = [],
  ): Promise<AnswerHead> => ({
    status: 200,
    headers: ["content-type", "text/event-stream", "x-umlaut", "gr\u00fcn"],
    storedAtMs: 1000,
    freshUntilMs: 2000,
    usableUntilMs: 3000,
    origin: "here",
    stamp: await board.stamp(names),
    ...changes,
  });
  const [key = "", other = ""] = keys;

  describe(`cache store: ${adapter}`, () => {
    test(
      "gives an answer back as it was: head, pieces with their times, tail",
      withStore(async (opened) => {
        const { store } = opened;
        expect(await store.get(key, 1000)).toBeNull();
        const given = await head(opened);
        const writer = await writing(store, key);
        writer?.begin(given);
        const bytes = [Buffer.from("data: 1\n\n"), Buffer.from([0, 255, 10]), Buffer.alloc(200_000, 3)];
        bytes.forEach((piece, index) => writer?.add({ bytes: piece, atMs: index * 20 }));
        expect(await store.get(key, 1000)).toBeNull();
        await writer?.commit(tail);
        const found = await store.get(key, 1000);
        expect([found?.head, found?.tail, found?.sizeBytes]).toEqual([given, tail, 200_012]);
        expect(
          found?.pieces.map(({ bytes: piece, atMs }) => [Buffer.compare(piece, bytes[atMs / 20] as Buffer), atMs]),
        ).toEqual([0, 20, 40].map((atMs) => [0, atMs]));
        expect(await store.get(other, 1000)).toBeNull();
      }),
    );

    test(
      "a discarded answer was never there, and gives way to another",
      withStore(async (opened) => {
        const { store } = opened;
        const writer = await writing(store, key);
        writer?.begin(await head(opened));
        writer?.add({ bytes: Buffer.from("x"), atMs: 0 });
        writer?.discard(end);
        await writer?.commit(tail);
        expect(await store.get(key, 1000)).toBeNull();
        const second = await writing(store, key);
        second?.begin(await head(opened, { status: 201 }));
        await second?.commit(tail);
        second?.discard(end);
        expect((await store.get(key, 1000))?.head.status).toBe(201);
      }),
    );

    test(
      "an answer without a body is an answer",
      withStore(async (opened) => {
        const writer = await writing(opened.store, key);
        writer?.begin(await head(opened));
        await writer?.commit(tail);
        expect(await opened.store.get(key, 1000)).toMatchObject({ sizeBytes: 0, pieces: [] });
      }),
    );

    test(
      "behaves as a map does of answers that are usable and not purged, whatever happens in which order",
      withStore(async (opened) => {
        await fc.assert(
          fc.asyncProperty(fc.array(anyAction, { maxLength: 60 }), (actions) => play(opened, actions)),
          {
            numRuns: 60,
          },
        );
      }),
    );

    async function play(opened: CacheStoreUnderTest, actions: readonly Action[]): Promise<void> {
      const { store, board } = opened;
      board.purge(null);
      const expected = new Map<string, { text: string; untilMs: number; name: string }>();
      for (const { kind, at, nowMs, lifeMs, text, name } of actions) {
        const place = keys[at] as string;
        if (kind === "put" || kind === "discard") {
          const writer = await writing(store, place);
          writer?.begin(await head(opened, { usableUntilMs: nowMs + lifeMs }, [name]));
          for (const part of text) writer?.add({ bytes: Buffer.from(part), atMs: 1 });
          if (kind === "discard") writer?.discard(end);
          else {
            await writer?.commit(tail);
            expected.set(place, { text: text.join(""), untilMs: nowMs + lifeMs, name });
          }
        } else if (kind === "purge") {
          await board.purge(name);
          for (const [known, entry] of expected) if (entry.name === name) expected.delete(known);
        } else if (kind === "purge-all") {
          await board.purge(null);
          expected.clear();
        } else {
          const found = await store.get(place, nowMs);
          const entry = expected.get(place);
          const isUsable = entry !== undefined && entry.untilMs > nowMs;
          expect(found === null ? null : Buffer.concat(found.pieces.map(({ bytes }) => bytes)).toString()).toBe(
            isUsable ? entry.text : null,
          );
          // What was found too old is gone for good, even for a clock that goes back.
          if (!isUsable) expected.delete(place);
        }
      }
    }
  });
}

interface Action {
  readonly kind: "put" | "discard" | "get" | "purge" | "purge-all";
  readonly at: number;
  readonly nowMs: number;
  readonly lifeMs: number;
  readonly text: readonly string[];
  readonly name: string;
}

const anyAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom("put", "put", "get", "get", "get", "discard", "purge", "purge-all"),
  at: fc.nat(keys.length - 1),
  nowMs: fc.integer({ min: 0, max: 1000 }),
  lifeMs: fc.integer({ min: 0, max: 1000 }),
  text: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 5 }),
  name: fc.constantFrom("gateway a", "gateway b"),
});
