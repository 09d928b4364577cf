import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startPrices } from "../../src/control/start-prices.ts";
import type { PriceOverrideSettings } from "../../src/core/price-settings.ts";
import { createRouter } from "../../src/management/router.ts";
import { compileProviders } from "../../src/providers/registry.ts";
import type { SettingsObject } from "../../src/core/settings-object.ts";
import { buildSettingsModel } from "../../src/settings/settings-model.ts";
import { PriceStoreUnavailable } from "../../src/stores/ports/price-store.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { applyRollUps } from "../../src/stores/sqlite/roll-ups.ts";
import { openSqliteAnalyticsStore } from "../../src/stores/sqlite/sqlite-analytics-store.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { openSqlitePriceStore } from "../../src/stores/sqlite/sqlite-price-store.ts";
import { checkAnswers } from "../support/check-answers.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result: any;
  readonly errors: readonly { readonly code: number; readonly message: string; readonly path?: readonly string[] }[];
  readonly result_info?: { readonly total_count: number; readonly count: number };
}

const OVERRIDES = "/api/prices/overrides";

const research: SettingsObject = {
  accountId: "research",
  kind: "account",
  id: "research",
  value: { name: "Research" },
  source: "store",
  createdAtMs: 0,
  modifiedAtMs: 0,
};
const madeProvider: SettingsObject = {
  ...research,
  kind: "custom-provider",
  id: "p1",
  value: { name: "Made", slug: "made", base_url: "http://127.0.0.1:1/v1" },
};

/** The routes over a real database, router and price file. */
function startApi(prices: PriceOverrideSettings = {}) {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  const real = openSqlitePriceStore(database);
  let isAway = false;
  const config = { dataDirectory: directory.path, prices };
  const running = startPrices({
    config,
    store: {
      list: () => real.list(),
      add: (entry) => (isAway ? Promise.reject(new PriceStoreUnavailable("full")) : real.add(entry)),
    },
    analytics: openSqliteAnalyticsStore(database),
    providers: compileProviders({ "custom-gpu": { base_url: "http://127.0.0.1:1/v1", dialect: null } }),
    settings: { current: buildSettingsModel(0, [research, madeProvider]) },
    log: () => {},
  });
  const faults: unknown[] = [];
  const answer = createRouter(checkAnswers(running.routes), {
    onFault: (error) => void faults.push(error),
  });
  const ask = async (path: string, body?: unknown): Promise<Answer> => {
    const post = { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await answer(new Request(`http://control${path}`, body === undefined ? {} : post));
    return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
  };
  return {
    ask,
    faults,
    setAway: (value: boolean) => (isAway = value),
    file: (): string => readFileSync(join(directory.path, "prices.json"), "utf8"),
    logs: openSqliteLogStore(database, applyRollUps),
    async [Symbol.asyncDispose]() {
      await running.stop();
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

const priceOf = (model: string, at = "") => `/api/prices?provider=custom-gpu&model=${model}${at && `&at=${at}`}`;

test("a price holds from its date on, is told with its source, and stays in the history", async () => {
  await using api = startApi({ openai: { "gpt-f": { from: "2026-01-01", input_per_million: 4 } } });
  expect((await api.ask("/api/prices?provider=openai&model=gpt-4o")).result.price).toMatchObject({
    source: "list",
    override_id: null,
    prices: { input_per_million: 2.5, output_per_million: 10 },
  });
  expect((await api.ask("/api/prices?provider=openai&model=GPT-F")).result.price).toMatchObject({
    source: "file",
    version: "override@2026-01-01",
  });
  expect((await api.ask(priceOf("m"))).result).toMatchObject({ provider: "custom-gpu", model: "m", price: null });
  const provider = "custom-gpu";
  const first = await api.ask(OVERRIDES, { provider, model: "M", prices: { input_per_million: 0.075 } });
  expect([first.status, first.result]).toMatchObject([200, { model: "m", source: "api", overruled_by_file: false }]);
  expect(Math.abs(Date.parse(first.result.from) - Date.now())).toBeLessThan(10_000);
  const later = {
    provider,
    model: "m",
    from: "2099-01-01",
    prices: { per_request: 0.002, service_tiers: { flex: 0.5 } },
  };
  const second = await api.ask(OVERRIDES, later);
  const third = await api.ask(OVERRIDES, { provider, model: "m", from: Date.UTC(2099, 6), prices: null });
  const always = await api.ask(OVERRIDES, { provider, model: "x*", from: null, prices: { output_per_million: 1 } });
  expect((await api.ask(priceOf("m"))).result.price).toEqual({
    version: `api@${first.result.id}`,
    source: "api",
    override_id: first.result.id,
    prices: { input_per_million: 0.075, output_per_million: 0 },
  });
  expect((await api.ask(priceOf("m", "2026-01-01"))).result.price).toBeNull();
  expect((await api.ask(priceOf("m", "2099-02-01"))).result.price).toMatchObject({
    override_id: second.result.id,
    prices: { per_request: 0.002, service_tiers: { flex: 0.5 } },
  });
  expect((await api.ask(priceOf("m", "2099-08-01"))).result.price).toBeNull();
  expect((await api.ask(priceOf("x-1", "1999-08-01"))).result.price.override_id).toBe(always.result.id);
  const history = await api.ask(OVERRIDES);
  expect(history.result.map((row: { id: string }) => row.id)).toEqual([
    ...[always, third, second, first].map(({ result }) => result.id as string),
    null,
  ]);
  expect(history.result.at(-1)).toMatchObject({ source: "file", from: "2026-01-01T00:00:00.000Z", created_at: null });
  expect((await api.ask(`${OVERRIDES}?provider=custom-gpu&model=m&per_page=1&page=2`)).result).toEqual([second.result]);
  expect(JSON.parse(api.file()).entries).toHaveLength(4);
  expect(api.faults).toEqual([]);
});

test("a provider that was made through the API has prices like any other", async () => {
  await using api = startApi();
  const set = { provider: "custom-made", model: "own", prices: { input_per_million: 2 } };
  expect(await api.ask(OVERRIDES, set)).toMatchObject({ status: 200, result: { provider: "custom-made" } });
  expect(await api.ask("/api/prices?provider=custom-made&model=own")).toMatchObject({
    result: { price: { source: "api", prices: { input_per_million: 2 } } },
  });
  expect((await api.ask(OVERRIDES, { ...set, provider: "custom-other" })).errors[0]?.path).toEqual([
    "body",
    "provider",
  ]);
});

test("what cannot be a price is refused with its path, and changes nothing", async () => {
  await using api = startApi();
  const good = { provider: "custom-gpu", model: "m", prices: { input_per_million: 1 } };
  await api.ask(OVERRIDES, good);
  const before = api.file();
  const bad: [body: unknown, path: string][] = [
    ["{", "body"],
    [[], "body"],
    [{ ...good, extra: 1 }, "body.extra"],
    [{ ...good, provider: "nobody" }, "body.provider"],
    [{ ...good, provider: 1 }, "body.provider"],
    [{ ...good, model: " " }, "body.model"],
    [{ ...good, model: "a*b" }, "body.model"],
    [{ ...good, model: "a\nb" }, "body.model"],
    [{ ...good, from: "soon" }, "body.from"],
    [{ ...good, from: -1 }, "body.from"],
    [{ provider: "custom-gpu", model: "m" }, "body.prices"],
    [{ ...good, prices: [] }, "body.prices"],
    [{ ...good, prices: {} }, "body.prices"],
    [{ ...good, prices: { input: 1 } }, "body.prices"],
    [{ ...good, prices: { from: "2026-01-01", input_per_million: 1 } }, "body.prices"],
    [{ ...good, prices: { input_per_million: "1" } }, "body.prices.input_per_million"],
    [{ ...good, prices: { input_per_million: null } }, "body.prices.input_per_million"],
    [{ ...good, prices: { output_per_million: -1 } }, "body.prices.output_per_million"],
    [{ ...good, prices: { per_request: 9001 } }, "body.prices.per_request"],
    [{ ...good, prices: { per_request: 1, service_tiers: { flex: 101 } } }, "body.prices.service_tiers.flex"],
    [{ ...good, prices: { per_request: 1, service_tiers: { "a.b": 1 } } }, "body.prices.service_tiers"],
  ];
  for (const [body, path] of bad) {
    const { status, errors } = await api.ask(OVERRIDES, body);
    expect([body, status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([body, 400, 7001, path]);
  }
  for (const query of [
    "model=m",
    "provider=nobody&model=m",
    "provider=openai&model=m&at=x",
    "provider=openai&model=",
  ]) {
    expect((await api.ask(`/api/prices?${query}`)).status).toBe(400);
  }
  expect([api.file(), (await api.ask(OVERRIDES)).result_info?.total_count]).toEqual([before, 1]);
  expect(api.faults).toEqual([]);
});

test("what the configuration file sets is not set again, a beginning of names beside it is", async () => {
  await using api = startApi({ openai: { "GPT-F": { input_per_million: 4 } } });
  const body = { provider: "openai", model: "gpt-f", prices: { input_per_million: 1 } };
  const refused = await api.ask(OVERRIDES, body);
  expect([refused.status, refused.errors[0]?.message]).toEqual([409, expect.stringContaining("configuration file")]);
  expect((await api.ask(OVERRIDES, { ...body, model: "gpt-f*" })).status).toBe(200);
  expect((await api.ask("/api/prices?provider=openai&model=gpt-f")).result.price.source).toBe("file");
  expect((await api.ask("/api/prices?provider=openai&model=gpt-f2")).result.price.source).toBe("api");
});

test("prices set at once are all kept; a store without space takes none and leaves the file", async () => {
  await using api = startApi();
  const set = (model: string) => api.ask(OVERRIDES, { provider: "openai", model, prices: { per_request: 1 } });
  await Promise.all(Array.from({ length: 12 }, (_, index) => set(`m${index}`)));
  const before = api.file();
  expect(JSON.parse(before).entries).toHaveLength(12);
  api.setAway(true);
  expect([(await set("late")).status, api.file()]).toEqual([503, before]);
  api.setAway(false);
  expect((await set("late")).status).toBe(200);
  expect(JSON.parse(api.file()).entries).toHaveLength(13);
});

test("models without a price are told with what they used and the body that prices them", async () => {
  await using api = startApi();
  const unpriced = { state: "unpriced", nanoUsd: null, priceVersion: null } as const;
  const nowMs = Date.now();
  const usage = { inputTokens: 10, outputTokens: 4 };
  const add = (model: string | null, ageMs: number, cost: object = unpriced) =>
    sampleEntry({ provider: "custom-gpu", model, usage, cost: cost as typeof unpriced, createdAtMs: nowMs - ageMs });
  const entries = [
    ...[3, 2, 1].map((hours) => add("m", hours * 3_600_000)),
    add("n", 60_000),
    add(null, 60_000),
    add("old", 20 * 86_400_000),
    add("priced", 60_000, { state: "priced", nanoUsd: 5, priceVersion: "1" }),
  ];
  await api.logs.ingest(
    entries.map((entry) => Object.assign(entry, { searchText: "", rowLimit: null })),
    [],
  );
  const { result } = await api.ask("/api/prices/unpriced");
  expect(result).toHaveLength(3);
  expect(result[0]).toEqual({
    provider: "custom-gpu",
    model: "m",
    requests: 3,
    tokens_in: 30,
    tokens_out: 12,
    last_seen: new Date(Math.floor((nowMs - 3_600_000) / 60_000) * 60_000).toISOString(),
    has_price: false,
    set_price: {
      provider: "custom-gpu",
      model: "m",
      prices: { input_per_million: null, output_per_million: null },
    },
  });
  expect(result.find((row: { model: string | null }) => row.model === null).set_price).toBeNull();
  const filled = { ...result[0].set_price, prices: { input_per_million: 1, output_per_million: 2 } };
  expect((await api.ask(OVERRIDES, result[0].set_price)).status).toBe(400);
  expect((await api.ask(OVERRIDES, filled)).status).toBe(200);
  expect((await api.ask("/api/prices/unpriced")).result[0]).toMatchObject({ model: "m", has_price: true });
  const since = (ageMs: number) => api.ask(`/api/prices/unpriced?since=${new Date(nowMs - ageMs).toISOString()}`);
  expect((await since(2.5 * 3_600_000)).result[0]).toMatchObject({ model: "m", requests: 2 });
  expect((await since(30 * 86_400_000)).result).toHaveLength(4);
  expect((await since(60 * 86_400_000)).result).toHaveLength(4);
  for (const ageMs of [-60_000, 500 * 86_400_000]) expect((await since(ageMs)).status).toBe(400);
  expect(api.faults).toEqual([]);
});
