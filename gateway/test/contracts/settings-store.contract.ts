import { describe, expect, test } from "bun:test";
import { newId } from "../../src/core/ids.ts";
import type { Actor, AuditEntry, ObjectChange } from "../../src/core/settings-object.ts";
import {
  type SettingsCommit,
  SettingsConflict,
  type SettingsStore,
  type StoredObject,
} from "../../src/stores/ports/settings-store.ts";

/** A new empty store. */
export interface SettingsStoreUnderTest {
  readonly store: SettingsStore;
  readonly dispose: () => void;
}

const actor: Actor = { type: "token", id: "t1", email: null, ip: "127.0.0.1" };
const gateway = (id: string, changes: Partial<ObjectChange> = {}): ObjectChange => {
  return { accountId: "a", kind: "gateway", id, before: null, after: { cache_ttl: 5, note: "ü\u{1F600}" }, ...changes };
};
const line = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id: newId(),
  atMs: 10,
  actor,
  accountId: "a",
  action: "gateway created",
  resourceType: "ai_gateway.gateway",
  resourceId: "g",
  before: null,
  after: { cache_ttl: 5 },
  ...changes,
});
const commit = (changes: Partial<SettingsCommit>): SettingsCommit => {
  return { baseVersion: 0, atMs: 100, actor, source: "store", changes: [], audit: [], ...changes };
};

/** What every adapter of the port `SettingsStore` has to do. */
export function describeSettingsStore(adapter: string, open: () => SettingsStoreUnderTest): void {
  const withStore = (run: (store: SettingsStore) => Promise<void>) => async (): Promise<void> => {
    const { store, dispose } = open();
    try {
      await run(store);
    } finally {
      dispose();
    }
  };

  describe(`settings store: ${adapter}`, () => {
    test(
      "replaces values that mean the same: version, times and history stay, the audit log grows",
      withStore(async (store) => {
        await store.commit(commit({ changes: [gateway("g"), gateway("h")] }));
        const before = await store.load();
        const entry = line();
        const [first, second] = before.objects as [StoredObject, StoredObject];
        await store.replace(
          [
            { ...second, value: { anew: true } },
            { ...first, id: "gone" },
          ],
          [entry],
        );
        expect(await store.load()).toEqual({ ...before, objects: [first, { ...second, value: { anew: true } }] });
        expect(await store.versions({ before: null, limit: 10 })).toHaveLength(1);
        const lines = await store.audit({ accountId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 10 });
        expect(lines).toEqual([entry]);
        // Of two lines under one id the second cannot be written: nothing of the call is done.
        const failing = store.replace([{ ...second, value: {} }], [entry]);
        await expect(failing).rejects.toThrow();
        expect((await store.load()).objects[1]?.value).toEqual({ anew: true });
      }),
    );

    test(
      "is at version 0 with nothing in it, and gives back what was kept",
      withStore(async (store) => {
        const { createdAtMs, ...empty } = await store.load();
        expect(empty).toEqual({ version: 0, objects: [] });
        expect(Math.abs(createdAtMs - Date.now())).toBeLessThan(60_000);
        expect(await store.commit(commit({ changes: [gateway("g"), gateway("f", { accountId: "" })] }))).toBe(1);
        expect(await store.commit(commit({ baseVersion: 1, atMs: 200, changes: [gateway("g", { after: {} })] }))).toBe(
          2,
        );
        const times = { source: "store", kind: "gateway", createdAtMs: 100 } as const;
        expect(await store.load()).toEqual({
          version: 2,
          createdAtMs,
          objects: [
            { ...times, accountId: "", id: "f", value: { cache_ttl: 5, note: "ü\u{1F600}" }, modifiedAtMs: 100 },
            { ...times, accountId: "a", id: "g", value: {}, modifiedAtMs: 200 },
          ],
        });
        await store.commit(commit({ baseVersion: 2, changes: [gateway("g", { after: null })] }));
        expect((await store.load()).objects.map(({ id }) => id)).toEqual(["f"]);
      }),
    );

    test(
      "what the file declares lies beside what the API set",
      withStore(async (store) => {
        await store.commit(commit({ changes: [gateway("g")] }));
        await store.commit(commit({ baseVersion: 1, source: "file", changes: [gateway("g", { after: { x: 1 } })] }));
        expect((await store.load()).objects.map(({ source }) => source).toSorted()).toEqual(["file", "store"]);
        await store.commit(commit({ baseVersion: 2, source: "file", changes: [gateway("g", { after: null })] }));
        expect((await store.load()).objects.map(({ source, value }) => [source, value["cache_ttl"]])).toEqual([
          ["store", 5],
        ]);
      }),
    );

    test(
      "a change made on an old version is refused, and nothing of it is kept",
      withStore(async (store) => {
        await store.commit(commit({ changes: [gateway("g")] }));
        const late = commit({ changes: [gateway("h")], audit: [line()] });
        expect(store.commit(late)).rejects.toBeInstanceOf(SettingsConflict);
        expect((await store.load()).objects.map(({ id }) => id)).toEqual(["g"]);
        expect(
          await store.audit({ accountId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 9 }),
        ).toEqual([]);
      }),
    );

    test(
      "history tells versions newest first, with versioned kinds alone",
      withStore(async (store) => {
        const token = gateway("t", { kind: "token", after: { hash: "x" } });
        await store.commit(commit({ changes: [gateway("g"), token] }));
        await store.commit(commit({ baseVersion: 1, changes: [token] }));
        await store.commit(commit({ baseVersion: 2, atMs: 300, source: "file", changes: [gateway("h")] }));
        const all = await store.versions({ before: null, limit: 9 });
        expect(all).toEqual([
          { version: 3, atMs: 300, actor, source: "file", changes: [gateway("h")] },
          { version: 1, atMs: 100, actor, source: "store", changes: [gateway("g")] },
        ]);
        expect(await store.versions({ before: 3, limit: 1 })).toEqual(all.slice(1));
      }),
    );

    test(
      "the audit log tells newest first, by account, time and place; alone it makes no version",
      withStore(async (store) => {
        const lines = [
          line({ atMs: 1 }),
          line({ atMs: 2, accountId: "" }),
          line({ atMs: 3 }),
          line({ atMs: 4, accountId: "b" }),
        ];
        expect(await store.commit(commit({ audit: lines }))).toBe(0);
        const ask = (changes: object) =>
          store.audit({ accountId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 9, ...changes });
        expect(await ask({})).toEqual(lines.toReversed());
        expect(await ask({ accountId: "a" })).toEqual([lines[2]!, lines[0]!]);
        expect(await ask({ accountId: "" })).toEqual([lines[1]!]);
        expect(await ask({ sinceMs: 2, beforeMs: 3 })).toEqual([lines[2]!, lines[1]!]);
        expect(await ask({ olderThan: lines[2]!.id, limit: 1 })).toEqual([lines[1]!]);
      }),
    );
  });
}
