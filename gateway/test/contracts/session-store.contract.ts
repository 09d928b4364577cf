import { describe, expect, test } from "bun:test";
import type { SessionStore, StoredSession } from "../../src/stores/ports/session-store.ts";

/** A new empty store. */
export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  readonly dispose: () => void;
}

const session = (idHash: string, changes: Partial<StoredSession> = {}): StoredSession => ({
  idHash,
  userId: "u1",
  createdAtMs: 1_700_000_000_001,
  usedAtMs: 1_700_000_000_002,
  endsAtMs: 1_800_000_000_000,
  address: "203.0.113.7",
  userAgent: null,
  ...changes,
});

/** What every adapter of the port `SessionStore` has to do. */
export function describeSessionStore(adapter: string, open: () => SessionStoreUnderTest): void {
  const withStore = (run: (store: SessionStore) => Promise<void>) => async (): Promise<void> => {
    const { store, dispose } = open();
    try {
      await run(store);
    } finally {
      dispose();
    }
  };

  describe(`${adapter} as a session store`, () => {
    test(
      "gives back what was added, and null for what was not",
      withStore(async (store) => {
        await store.add(session("a"));
        expect(await store.find("a")).toEqual(session("a"));
        expect(await store.find("b")).toBeNull();
        expect(await store.find("")).toBeNull();
      }),
    );

    test(
      "lists those of a person or of everybody, the last used first, so many at most",
      withStore(async (store) => {
        await store.add(session("a", { usedAtMs: 3 }));
        await store.add(session("b", { usedAtMs: 5, userAgent: "Browser/1" }));
        await store.add(session("c", { usedAtMs: 4, userId: "u2" }));
        const idsOf = async (userId: string | null, limit: number) =>
          (await store.list(userId, limit)).map(({ idHash }) => idHash);
        expect(await idsOf("u1", 9)).toEqual(["b", "a"]);
        expect(await idsOf(null, 9)).toEqual(["b", "c", "a"]);
        expect(await idsOf(null, 1)).toEqual(["b"]);
        expect(await idsOf("nobody", 9)).toEqual([]);
        expect((await store.list("u1", 1))[0]).toEqual(session("b", { usedAtMs: 5, userAgent: "Browser/1" }));
      }),
    );

    test(
      "notes use, and brings nothing back by it",
      withStore(async (store) => {
        await store.add(session("a"));
        await store.touch("a", 1_700_000_009_999);
        await store.touch("b", 1_700_000_009_999);
        expect((await store.find("a"))?.usedAtMs).toBe(1_700_000_009_999);
        expect(await store.find("b")).toBeNull();
      }),
    );

    test(
      "removes one, or all of a person and nobody else's",
      withStore(async (store) => {
        for (const id of ["a", "b", "c"]) await store.add(session(id));
        await store.add(session("d", { userId: "u2" }));
        await store.remove("a");
        await store.remove("nothing");
        expect(await store.find("a")).toBeNull();
        expect(await store.find("b")).not.toBeNull();
        await store.removeOf("u1");
        expect([await store.find("b"), await store.find("c")]).toEqual([null, null]);
        expect(await store.find("d")).not.toBeNull();
      }),
    );

    test(
      "prunes what was long not used and what has ended",
      withStore(async (store) => {
        await store.add(session("fresh", { usedAtMs: 1000, endsAtMs: 2001 }));
        await store.add(session("idle", { usedAtMs: 999, endsAtMs: 3000 }));
        await store.add(session("over", { usedAtMs: 1500, endsAtMs: 2000 }));
        expect(await store.prune(1000, 2000)).toBe(2);
        expect(await store.find("fresh")).not.toBeNull();
        expect(await store.prune(1000, 2000)).toBe(0);
      }),
    );
  });
}
