import { expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { newId } from "../../src/core/ids.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { type RunningLogsApi, startLogsApi } from "../support/start-logs-api.ts";

type LogListParams = Cloudflare.AIGateway.LogListParams;
/** The SDK's own keys; ours are passed as if they were. */
type FilterKey = NonNullable<LogListParams["filters"]>[number]["key"];

const account = { account_id: "default" };
const one = { ...account, gateway_id: "default" };

/** The vendor's own SDK, pointed at the API. */
function sdk(api: RunningLogsApi, apiToken = "any"): Cloudflare["aiGateway"]["logs"] {
  return new Cloudflare({ baseURL: `${api.url}/client/v4`, apiToken, maxRetries: 0 }).aiGateway.logs;
}

async function idsOf(api: RunningLogsApi, params: Partial<LogListParams> = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const log of sdk(api).list("default", { ...account, ...params })) ids.push(log.id);
  return ids;
}

test("the list shows every member of a row, newest first", async () => {
  await using api = startLogsApi();
  const older = await api.addOne({
    eventId: "event-1",
    cost: { state: "unpriced", nanoUsd: null, priceVersion: null },
  });
  const id = await api.addOne({
    cacheStatus: "HIT",
    cost: { state: "custom", nanoUsd: 79_300, priceVersion: null },
    model: "openai/gpt-5-mini",
    metadata: { user: "u1", paid: true },
  });
  const page = await sdk(api).list("default", account);
  expect(page.result.map((row) => row.id)).toEqual([id, older]);
  expect(page.result[0] as unknown).toEqual({
    id,
    event_id: "0190c6f0-0000-7000-8000-000000000001",
    created_at: "2025-10-09T08:53:20.000Z",
    provider: "openai",
    model: "openai/gpt-5-mini",
    model_type: "chat",
    path: "chat/completions",
    duration: 640,
    request_type: "provider",
    request_content_type: "application/json",
    response_content_type: "application/json",
    status_code: 200,
    success: true,
    cached: true,
    tokens_in: 0,
    tokens_out: 0,
    cost: 0.0000793,
    custom_cost: true,
    step: 0,
    metadata: { user: "u1", paid: true },
    usage_metadata: { input_tokens: 12, output_tokens: 34, total_tokens: 46, input_cached_tokens: 0 },
    timings: { total: 640, latency: 232 },
    location: { region: "self", colo: "local" },
    feedback: null,
    score: null,
    prompts: null,
    guardrails: null,
    authentication: false,
    wholesale: false,
    byok: false,
    byok_alias: null,
    user_agent: "OpenAI/JS 7.57.0",
    dlp_action: null,
    dlp_profiles: null,
    request: "",
    response: "",
    request_id: "0190c6f0-0000-7000-8000-000000000002",
    trace_id: "0190c6f000007000800000000000000a",
    method: "POST",
    attempt: 1,
    outcome: "complete",
    error_code: null,
    cause: null,
    streamed: false,
    user: "user:u1",
    token_id: null,
    cache_status: "HIT",
    cost_state: "custom",
    price_version: null,
    usage_estimated: false,
    time_to_first_byte: 232,
    overhead: 0.4,
  });
  expect(page.result[1] as unknown).toMatchObject({
    event_id: "event-1",
    model: "openai/gpt-4o-mini",
    tokens_in: 12,
    cost: null,
    cost_state: "unpriced",
  });
  expect((page as unknown as { result_info: unknown }).result_info).toMatchObject({
    count: 2,
    page: 1,
    per_page: 20,
    total_count: 2,
    cursor: null,
  });
});

test("two filters narrow together, and iterating ends behind the last page", async () => {
  await using api = startLogsApi();
  const providers = ["openai", "anthropic", "groq"];
  await api.add(
    Array.from({ length: 121 }, (_, index) =>
      sampleEntry({
        provider: providers[index % 3] as string,
        cost: { state: "priced", nanoUsd: index * 1_000_000, priceVersion: "1" },
      }),
    ),
  );
  expect(await idsOf(api, { per_page: 50 })).toHaveLength(121);
  expect(await idsOf(api)).toHaveLength(121);
  const rows = [];
  for await (const row of sdk(api).list("default", {
    ...account,
    per_page: 7,
    filters: [
      { key: "provider", operator: "eq", value: ["openai", "groq"] },
      { key: "cost", operator: "gt", value: [0.0495] },
    ],
  }))
    rows.push(row);
  expect(rows.length).toBe(
    Array.from({ length: 121 }, (_, index) => index).filter((index) => index % 3 !== 1 && index > 49.5).length,
  );
  expect(new Set(rows.map(({ provider }) => provider))).toEqual(new Set(["openai", "groq"]));
  expect(rows.every(({ cost }) => (cost ?? 0) > 0.0495)).toBe(true);
});

test("order, search, ranges and the deprecated parameters", async () => {
  await using api = startLogsApi();
  const cheap = await api.addOne(
    {
      provider: "b",
      durationMs: 10,
      createdAtMs: Date.UTC(2026, 0, 1),
      cost: { state: "priced", nanoUsd: 1_000, priceVersion: "1" },
    },
    { request: "capital of France", response: "Paris" },
  );
  const dear = await api.addOne(
    {
      provider: "a",
      durationMs: 500.4,
      createdAtMs: Date.UTC(2026, 0, 2),
      success: false,
      statusCode: 500,
      cost: { state: "priced", nanoUsd: 2_000_000_000, priceVersion: "1" },
    },
    { request: "capital of Peru", response: "Lima" },
  );
  expect(await idsOf(api, { order_by: "provider", order_by_direction: "asc" })).toEqual([dear, cheap]);
  expect(await idsOf(api, { direction: "asc" })).toEqual([cheap, dear]);
  expect(await idsOf(api, { search: "capital peru" })).toEqual([dear]);
  expect(await idsOf(api, { search: "paris" })).toEqual([cheap]);
  expect(await idsOf(api, { start_date: "2026-01-02T00:00:00Z" })).toEqual([dear]);
  expect(await idsOf(api, { end_date: "2026-01-01" })).toEqual([cheap]);
  expect(await idsOf(api, { min_cost: 2, max_cost: 2 })).toEqual([dear]);
  expect(await idsOf(api, { min_duration: 500, max_duration: 500 })).toEqual([dear]);
  expect(await idsOf(api, { max_tokens_in: 11 })).toEqual([]);
  expect(
    await idsOf(api, {
      min_tokens_in: 12,
      max_total_tokens: 46,
      provider: "a",
      success: false,
      model_type: "chat",
      cached: false,
    }),
  ).toEqual([dear]);
  const page = await sdk(api).list("default", { ...account, meta_info: true });
  expect((page as unknown as { result_info: unknown }).result_info).toMatchObject({
    min_cost: 0.000001,
    max_cost: 2,
    min_duration: 10,
    max_duration: 500,
    min_tokens_in: 12,
    max_tokens_out: 34,
    min_total_tokens: 46,
    max_total_tokens: 46,
  });
});

test("metadata filters: independent as the product has them, and paired", async () => {
  await using api = startLogsApi();
  const own = await api.addOne({ metadata: { user: 42, x: 1 } });
  const other = await api.addOne({ metadata: { user: 1, x: "42" } });
  const find = (filters: readonly { key: string; operator: string; value: unknown[] }[]) =>
    idsOf(api, { filters } as never);
  const independent = [
    { key: "metadata.key", operator: "eq", value: ["user"] },
    { key: "metadata.value", operator: "eq", value: [42] },
  ];
  expect(await find(independent)).toEqual([other, own]);
  expect(await find([{ key: "metadata.user", operator: "eq", value: [42] }])).toEqual([own]);
  expect(await find([{ key: "metadata.entry.x", operator: "eq", value: ["42"] }])).toEqual([other]);
  expect(await find([{ key: "metadata.user", operator: "gt", value: [5] }])).toEqual([own]);
});

test("get, edit, request and response", async () => {
  await using api = startLogsApi();
  const request = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Zażółć"}]}';
  const response = '{"id":"x","choices":[]}';
  const id = await api.addOne({ responseHeaders: { "x-request-id": "abc" } }, { request, response });
  expect((await sdk(api).get(id, one)) as unknown).toMatchObject({
    id,
    request_size: 812,
    response_size: 1430,
    request_head: request,
    request_head_complete: true,
    response_head: response,
    response_head_complete: true,
    request_headers: { "content-type": "application/json" },
    response_headers: { "x-request-id": "abc" },
  });
  expect(await sdk(api).request(id, one)).toEqual(JSON.parse(request));
  expect(await sdk(api).response(id, one)).toEqual(JSON.parse(response));

  expect(await sdk(api).edit(id, { ...one, feedback: 1, score: 90, metadata: { reviewed: true } })).toEqual({});
  expect((await sdk(api).get(id, one)) as unknown).toMatchObject({
    feedback: 1,
    score: 90,
    metadata: { reviewed: true },
  });
  await sdk(api).edit(id, { ...one, feedback: null });
  expect((await sdk(api).get(id, one)) as unknown).toMatchObject({
    feedback: null,
    score: 90,
    metadata: { reviewed: true },
  });
  expect(await idsOf(api, { filters: [{ key: "metadata.key", operator: "eq", value: ["user"] }] })).toEqual([]);
  expect(await idsOf(api, { filters: [{ key: "feedback", operator: "eq", value: [null] }] })).toEqual([id]);
});

test("what is not there is 404 with code 7002: logs, bodies, and logs of other gateways", async () => {
  await using api = startLogsApi();
  const id = await api.addOne();
  const elsewhere = await api.addOne({ gatewayId: "other" }, { request: "{}" });
  const logs = sdk(api);
  for (const call of [
    () => logs.get(newId(), one),
    () => logs.get("'; DROP TABLE logs; --", one),
    () => logs.get(elsewhere, one),
    () => logs.request(id, one),
    () => logs.response(elsewhere, one),
    () => logs.edit(newId(), { ...one, score: 1 }),
    () => logs.edit(elsewhere, { ...one, score: 1 }),
  ]) {
    const error = await call().then(
      () => null,
      (fault: unknown) => fault,
    );
    expect(error).toBeInstanceOf(Cloudflare.NotFoundError);
    expect((error as { errors: unknown }).errors).toMatchObject([{ code: 7002 }]);
  }
  expect(await idsOf(api)).toEqual([id]);
});

test("delete takes what matches, oldest first, up to its limit, and answers without an envelope", async () => {
  await using api = startLogsApi();
  const ids: string[] = [];
  for (const success of [false, true, false, false]) ids.push(await api.addOne({ success }));
  const failed = { ...account, filters: [{ key: "success" as const, operator: "eq" as const, value: [false] }] };
  expect(await sdk(api).delete("default", { ...failed, limit: 2 })).toMatchObject({ success: true });
  expect(await idsOf(api)).toEqual([ids[3] as string, ids[1] as string]);
  expect(await sdk(api).delete("default", { ...account, order_by: "cost", order_by_direction: "desc" })).toMatchObject({
    success: true,
  });
  expect(await idsOf(api)).toEqual([]);
});

test("a filter value that tries SQL is just a value", async () => {
  await using api = startLogsApi();
  const hostile = [
    "' OR '1'='1",
    "x'); DELETE FROM logs; --",
    '" OR 1=1 --',
    "%",
    "_",
    "\\",
    "openai\u0000",
    "${1}",
    "?1",
  ];
  const id = await api.addOne();
  const evil = await api.addOne({
    model: hostile[0] as string,
    metadata: { [hostile[1] as string]: hostile[2] as string },
  });
  for (const value of hostile) {
    for (const key of ["id", "provider", "path", "user_agent", "metadata.key", "metadata.value", "event_id"] as const) {
      for (const operator of ["eq", "contains"] as const) {
        const found = await idsOf(api, { filters: [{ key: key as FilterKey, operator, value: [value] }] });
        expect(found.includes(id)).toBe(false);
      }
    }
    await idsOf(api, { search: value });
    await sdk(api).delete("default", {
      ...account,
      filters: [{ key: "path" as FilterKey, operator: "eq", value: [value] }],
    });
  }
  expect(await idsOf(api, { filters: [{ key: "model", operator: "eq", value: [hostile[0] as string] }] })).toEqual([
    evil,
  ]);
  expect(
    await idsOf(api, {
      filters: [{ key: `metadata.${hostile[1]}` as never, operator: "eq", value: [hostile[2] as string] }],
    }),
  ).toEqual([evil]);
  expect(await idsOf(api)).toEqual([evil, id]);
  expect(api.faults).toEqual([]);
});

test("with an admin token the SDK needs it", async () => {
  await using api = startLogsApi({ adminToken: "right" });
  expect((await sdk(api, "right").list("default", account)).result).toEqual([]);
  const asStranger = async (): Promise<unknown> => sdk(api, "wrong").list("default", account);
  await expect(asStranger()).rejects.toBeInstanceOf(Cloudflare.AuthenticationError);
  const anonymous = await fetch(api.logsUrl);
  expect([anonymous.status, await anonymous.json()]).toEqual([
    401,
    {
      success: false,
      errors: [{ code: 10_000, message: expect.stringContaining("send a token as") }],
      messages: [],
      result: null,
    },
  ]);
});
