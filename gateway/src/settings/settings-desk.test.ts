import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { defaultGatewaySettings } from "../core/gateway-settings.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";
import type { SettingsStore, StoredSettings } from "../stores/ports/settings-store.ts";
import { combineSettings } from "./combine-settings.ts";
import { type ObjectWrite, openSettingsDesk, type SettingsDesk } from "./settings-desk.ts";

const actor = { type: "local", id: "test", email: null, ip: null } as const;
const part = {
  host: "127.0.0.1",
  accounts: { acme: { gateways: { fixed: defaultGatewaySettings }, logpush: [], providers: {} } },
  providers: { "custom-own": { base_url: "http://127.0.0.1:1", dialect: null } },
};

interface Opened {
  readonly desk: SettingsDesk;
  readonly store: SettingsStore;
  /** What workers were told, newest last. */
  readonly told: StoredSettings[];
}

async function withDesk(run: (opened: Opened) => Promise<void>, check: () => void = () => {}): Promise<void> {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  try {
    const store = openSqliteSettingsStore(database);
    const told: StoredSettings[] = [];
    const desk = await openSettingsDesk({
      store,
      combine: (stored) => combineSettings(part, stored),
      check,
      stage: (stored) => ({ commit: () => void told.push(stored), discard: () => {} }),
      clock: { nowMs: () => 1000 },
    });
    await run({ desk, store, told });
  } finally {
    database.close();
  }
}

const put = (id: string, value: object = {}): ObjectWrite => {
  return { put: { accountId: "acme", kind: "gateway", id, value: { ...value } } };
};
const change = (writes: readonly ObjectWrite[]) => () => ({ writes, audit: [], result: writes.length });

test("a change is in the model, in the store and told to the workers", () =>
  withDesk(async ({ desk, store, told }) => {
    expect(await desk.change(actor, change([put("g", { cache_ttl: 5 })]))).toBe(1);
    expect(desk.current.get("acme", "gateway", "g")).toEqual({
      accountId: "acme",
      kind: "gateway",
      id: "g",
      value: { cache_ttl: 5 },
      source: "store",
      createdAtMs: 1000,
      modifiedAtMs: 1000,
    });
    expect(desk.current.version).toBe(1);
    expect(told).toEqual([await store.load()]);
    await desk.change(actor, change([{ remove: { accountId: "acme", kind: "gateway", id: "g" } }]));
    expect(desk.current.get("acme", "gateway", "g")).toBeUndefined();
    expect(told.at(-1)).toMatchObject({ version: 2, objects: [] });
  }));

test("what the file declares and what is implied is there, and the file's goes first", () =>
  withDesk(async ({ desk }) => {
    const sources = () => desk.current.list("acme", "gateway").map(({ id, source }) => `${id} ${source}`);
    expect(desk.current.accountIds).toEqual(["acme"]);
    expect(sources()).toEqual(["default implied", "fixed file"]);
    expect(desk.current.list("acme", "custom-provider").map(({ value }) => value["slug"])).toEqual(["own"]);
    await desk.change(actor, change([put("default"), put("fixed", { cache_ttl: 9 })]));
    expect(sources()).toEqual(["default store", "fixed file"]);
  }));

test("changes run one after the other, each on what the one before left", () =>
  withDesk(async ({ desk }) => {
    const seen: number[] = [];
    const increment = async (): Promise<void> => {
      await desk.change(actor, async (model) => {
        const count = Number(model.get("acme", "gateway", "n")?.value["count"] ?? 0);
        seen.push(count);
        await Bun.sleep(1);
        return { writes: [put("n", { count: count + 1 })], audit: [], result: null };
      });
    };
    await Promise.all(Array.from({ length: 5 }, increment));
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  }));

test("a verb that throws and a model that is refused leave everything as it was, and the next change works", () => {
  let isRefusing = false;
  return withDesk(
    async ({ desk, store, told }) => {
      const thrower = () => {
        throw new Error("no");
      };
      expect(desk.change(actor, thrower)).rejects.toThrow("no");
      isRefusing = true;
      expect(desk.change(actor, change([put("g")]))).rejects.toThrow("refused");
      await desk.change(actor, change([]));
      isRefusing = false;
      expect(await store.load()).toMatchObject({ version: 0, objects: [] });
      expect([desk.current.version, told]).toEqual([0, []]);
      await desk.change(actor, change([put("g")]));
      expect(desk.current.version).toBe(1);
    },
    () => {
      if (isRefusing) throw new Error("refused");
    },
  );
});

test("a change that only adds to the audit log makes no version and tells nobody", () =>
  withDesk(async ({ desk, store, told }) => {
    const draft = { accountId: "acme", action: "a", resourceType: "r", resourceId: "i", before: null, after: null };
    await desk.change(actor, () => ({ writes: [], audit: [draft], result: null }));
    const query = { accountId: "acme", sinceMs: null, beforeMs: null, olderThan: null, limit: 5 };
    expect(await store.audit(query)).toMatchObject([{ ...draft, actor, atMs: 1000 }]);
    expect([desk.current.version, told.length]).toEqual([0, 0]);
  }));

test("listeners hear of each change until they stop", () =>
  withDesk(async ({ desk }) => {
    const heard: number[] = [];
    const stop = desk.onChange(({ version }) => heard.push(version));
    await desk.change(actor, change([put("g")]));
    stop();
    await desk.change(actor, change([put("h")]));
    expect(heard).toEqual([1]);
  }));
