import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { SettingsObject } from "../core/settings-object.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";
import { combineSettings } from "./combine-settings.ts";
import { writeOf } from "./plan-apply.ts";
import { changesBackTo } from "./roll-back.ts";
import { type ObjectWrite, openSettingsDesk, type SettingsDesk } from "./settings-desk.ts";

const actor = { type: "local", id: "test", email: null, ip: null } as const;
const part = { host: "127.0.0.1", accounts: {}, providers: {} };
const ids = ["f", "g", "h"];
const write = fc.oneof(
  fc.record({ id: fc.constantFrom(...ids), ttl: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ id: fc.constantFrom(...ids), ttl: fc.constant(null) }),
);

function writesOf(list: readonly { readonly id: string; readonly ttl: number | null }[]): ObjectWrite[] {
  return list.map(({ id, ttl }) => {
    const key = { accountId: "default", kind: "gateway", id } as const;
    return ttl === null ? { remove: key } : { put: { ...key, value: { cache_ttl: ttl } } };
  });
}

const shown = (desk: SettingsDesk): (readonly [string, unknown])[] =>
  desk.current.list("default", "gateway").map(({ id, value }: SettingsObject) => [id, value["cache_ttl"]] as const);

test("every version can be brought back, whatever was changed since", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(write, { maxLength: 4 }), { minLength: 1, maxLength: 8 }), async (steps) => {
      using directory = temporaryDirectory();
      const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
      try {
        const store = openSqliteSettingsStore(database);
        const desk = await openSettingsDesk({
          store,
          combine: (stored) => combineSettings(part, stored),
          check: () => {},
          stage: () => ({ commit: () => {}, discard: () => {} }),
          clock: { nowMs: () => 1 },
        });
        const known = new Map([[0, shown(desk)]]);
        for (const step of steps) {
          const unique = [...new Map(step.map((each) => [each.id, each])).values()];
          await desk.change(actor, () => ({ writes: writesOf(unique), audit: [], result: null }));
          known.set(desk.current.version, shown(desk));
        }
        for (const [version, then] of known) {
          await desk.change(actor, async (model) => {
            const changes = (await changesBackTo(model, store, version)) ?? [];
            return { writes: changes.map(writeOf), audit: [], result: null };
          });
          expect(shown(desk)).toEqual(then);
        }
        expect(await changesBackTo(desk.current, store, desk.current.version + 1)).toBeNull();
      } finally {
        database.close();
      }
    }),
    { numRuns: 25 },
  );
});
