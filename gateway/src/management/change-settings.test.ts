import { expect, test } from "bun:test";
import { join } from "node:path";
import { compileAddressPolicy, strictNetwork } from "../core/address-policy.ts";
import { combineSettings } from "../settings/combine-settings.ts";
import { openSettingsDesk } from "../settings/settings-desk.ts";
import { SettingsConflict, type SettingsStore, SettingsStoreUnavailable } from "../stores/ports/settings-store.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { createRouter } from "./router.ts";
import { settingsRoutes } from "./settings-routes.ts";
import type { SettingsRoutesOptions } from "./settings-routes-options.ts";

const body = JSON.stringify({
  id: "g",
  cache_invalidate_on_update: false,
  cache_ttl: null,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
});

test("a store that is away or was changed by somebody else changes nothing, and says so", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  const real = openSqliteSettingsStore(database);
  let fault: Error | null = null;
  const answered = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    fault === null ? ask() : Promise.reject(fault);
  const store: SettingsStore = {
    ...real,
    commit: (commit) => answered(() => real.commit(commit)),
    versions: (query) => answered(() => real.versions(query)),
    audit: (query) => answered(() => real.audit(query)),
  };
  const desk = await openSettingsDesk({
    store,
    combine: (stored) => combineSettings({ host: "127.0.0.1", accounts: {}, providers: {} }, stored),
    check: () => {},
    stage: () => ({ commit: () => {}, discard: () => {} }),
    clock: { nowMs: () => 1 },
  });
  const options = { desk, store, addresses: compileAddressPolicy(strictNetwork), dialects: ["any"] };
  const faults: unknown[] = [];
  const ask = createRouter(settingsRoutes(options as unknown as SettingsRoutesOptions), {
    onFault: (error) => faults.push(error),
  });
  const gateways = "http://control/client/v4/accounts/default/ai-gateway/gateways";
  const refusalOf = async (answer: Response): Promise<unknown> => {
    const { errors } = (await answer.json()) as { readonly errors: readonly { readonly code: number }[] };
    return [answer.status, errors[0]?.code];
  };
  for (const [error, refusal] of [
    [new SettingsStoreUnavailable("disk full"), [503, 7000]],
    [new SettingsConflict("changed"), [409, 7001]],
    [new Error("unforeseen"), [500, 7000]],
  ] as const) {
    fault = error;
    expect(await refusalOf(await ask(new Request(gateways, { method: "POST", body })))).toEqual(refusal);
    fault = null;
    expect((await ask(new Request(`${gateways}/g`))).status).toBe(404);
  }
  expect(faults).toHaveLength(1);
  fault = new SettingsStoreUnavailable("gone");
  const audit = "http://control/client/v4/accounts/default/logs/audit";
  expect(await refusalOf(await ask(new Request(audit)))).toEqual([503, 7000]);
  fault = null;
  expect((await ask(new Request(gateways, { method: "POST", body }))).status).toBe(200);
  database.close();
});
