import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { defaultGatewaySettings } from "../../src/core/gateway-settings.ts";
import { budgetSchema } from "../../src/limits/budget-settings.ts";
import { limitSchema } from "../../src/limits/limit-settings.ts";
import { openSharedCounterStore } from "../../src/stores/shared-memory/shared-counter-store.ts";
import { type ChatUpstream, startChatUpstream } from "../support/chat-upstream.ts";
import { askAtOnce } from "../support/crowd.ts";
import { createFarCache, type FarCache } from "../support/far-cache.ts";
import { openFarCounters } from "../support/far-counters.ts";
import { type StartedGateway, startGateway } from "../support/start-gateway.ts";

// Two gateways that share their counters and their cache with stores that answer nothing at once, as stores over a network would.

const DELAY_MS = 5;
const PATH = (gateway: string): string => `/v1/default/${gateway}/openai/chat/completions`;

let upstream: ChatUpstream;
let cache: FarCache;
let gateways: readonly [StartedGateway, StartedGateway];
let callsBefore = 0;
const calls = (): number => upstream.count - callsBefore;

beforeAll(async () => {
  upstream = startChatUpstream();
  cache = createFarCache(DELAY_MS);
  const counters = openSharedCounterStore({ path: null });
  const hashKey = Buffer.alloc(32, 7);
  const open = (): Promise<StartedGateway> =>
    startGateway({
      accounts: {
        default: {
          gateways: {
            cached: { ...defaultGatewaySettings, cache_ttl: 300 },
            narrow: defaultGatewaySettings,
            money: defaultGatewaySettings,
          },
          logpush: [],
          providers: {},
          limits: { narrow: limitSchema.parse({ metric: "requests", limit: 20, window: 3600, gateways: ["narrow"] }) },
          budgets: {
            purse: budgetSchema.parse({ limit: 1, period: "month", technique: "sliding", gateways: ["money"] }),
          },
        },
      },
      providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
      // Nothing is kept near, so that every answer comes from far away.
      cache: { max_memory_bytes: 0 },
      shared: { hashKey, counters: openFarCounters(counters, DELAY_MS), sharedAnswers: cache.open() },
    });
  gateways = [await open(), await open()];
});
beforeEach(() => {
  callsBefore = upstream.count;
  upstream.answer({});
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  upstream[Symbol.dispose]();
});

const askBoth = async (
  path: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<readonly number[]> => {
  const [first, second] = gateways.map(({ port }) => askAtOnce({ port, path, count, headers }));
  return [...(await first!), ...(await second!)];
};
const ask = (gateway: StartedGateway, seed: number): Promise<Response> =>
  fetch(`${gateway.url}${PATH("cached")}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-test" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [], seed }),
  });
const passed = (statuses: readonly number[]): number => statuses.filter((status) => status === 200).length;

test("a limit of 20 admits 20 of 100 at once, over both", async () => {
  const statuses = await askBoth(PATH("narrow"), 50);
  expect([passed(statuses), calls()]).toEqual([20, 20]);
  expect(statuses.filter((status) => status === 429)).toHaveLength(80);
});

test("a budget of $1 pays for 100 requests of a cent and no more", async () => {
  const cent = { "cf-aig-custom-cost": '{"total_cost":0.01}' };
  const statuses = await askBoth(PATH("money"), 80, cent);
  expect(passed(statuses)).toBeLessThanOrEqual(100);
  // What was held beyond the truth is free again.
  await Bun.sleep(10 * DELAY_MS);
  const later = await askBoth(PATH("money"), 40, cent);
  expect(passed(statuses) + passed(later)).toBe(100);
});

test("of equal requests at once, over both, one asks the provider", async () => {
  upstream.answer({ delayMs: 100 });
  const statuses = await askBoth(PATH("cached"), 100);
  expect([passed(statuses), calls()]).toEqual([200, 1]);
});

test("what one was answered is a hit for the other, until it is purged", async () => {
  const [first, second] = gateways;
  const statusOf = async (gateway: StartedGateway): Promise<string | null> => {
    const response = await ask(gateway, 1);
    await response.text();
    return response.headers.get("cf-aig-cache-status");
  };
  expect(await statusOf(first)).toBe("MISS");
  expect([await statusOf(second), await statusOf(first)]).toEqual(["HIT", "HIT"]);
  await cache.open().board.purge(null);
  expect([await statusOf(second), await statusOf(first), calls()]).toEqual(["MISS", "HIT", 2]);
});

test("a provider's failure reaches those who wait on the other side, too, and the next request asks anew", async () => {
  upstream.answer({ delayMs: 50, status: 500 });
  const statuses = await askBoth(`${PATH("cached")}?failing`, 10);
  expect(statuses.every((status) => status === 500)).toBe(true);
  expect(calls()).toBeLessThanOrEqual(4);
  upstream.answer({});
  expect(passed(await askBoth(`${PATH("cached")}?failing`, 1))).toBe(2);
});
