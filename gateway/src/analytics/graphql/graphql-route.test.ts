import { afterAll, beforeAll, expect, test } from "bun:test";
import { analyticsFixture } from "../../../test/support/analytics-fixture.ts";
import { sampleRecord } from "../../../test/support/sample-record.ts";

const nowMs = Date.parse("2026-11-22T12:00:00Z");
let fixture: Awaited<ReturnType<typeof analyticsFixture>>;

const records = Array.from({ length: 40 }, (_, index) => {
  const createdAtMs = Date.parse("2026-11-21T09:00:00Z") + index * 600_000;
  const time = createdAtMs.toString(16).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(index).padStart(12, "0")}`;
  const failed = index % 10 === 3;
  return sampleRecord({
    id,
    eventId: id,
    createdAtMs,
    accountId: index === 39 ? "other" : "acc",
    gatewayId: index % 4 === 0 ? "test" : "prod",
    model: index % 2 === 0 ? "gpt-5-mini" : "gpt-5",
    statusCode: failed ? 429 : 200,
    success: !failed,
    errorCode: failed ? 2003 : null,
    cacheStatus: failed ? null : index % 5 === 0 ? "HIT" : "MISS",
    usage: failed ? null : { inputTokens: 100, outputTokens: 10 },
    cost: failed
      ? { state: "none", nanoUsd: null, priceVersion: null }
      : { state: "priced", nanoUsd: 1_000_000, priceVersion: "1" },
    durationMs: 100 + index,
    timeToFirstByteMs: 50,
  });
});

beforeAll(async () => {
  fixture = await analyticsFixture(records, nowMs);
});
afterAll(() => fixture[Symbol.dispose]());

interface Answer {
  readonly data: { readonly viewer: { readonly accounts: Record<string, never>[] } } | null;
  readonly errors: { readonly message: string; readonly path: unknown; readonly extensions: unknown }[] | null;
}

async function send(query: string, variables?: unknown): Promise<Answer> {
  const { status, body } = await fixture.send("/client/v4/graphql", { query, variables });
  expect(status).toBe(200);
  return body as Answer;
}

/** Answers of the single account, without any error. */
async function account(query: string, variables?: unknown): Promise<Record<string, never>> {
  const { data, errors } = await send(query, variables);
  expect(errors).toBeNull();
  return data?.viewer.accounts[0] as Record<string, never>;
}

test("the document of the product's clients, its input type known to nobody", async () => {
  const query =
    "query($a:String!,$f:AccountAiGatewayRequestsAdaptiveGroupsFilter_InputObject){viewer{accounts(filter:{accountTag:$a}){aiGatewayRequestsAdaptiveGroups(limit:100,filter:$f,orderBy:[datetimeHour_ASC]){count sum{cost cachedRequests erroredRequests uncachedTokensIn uncachedTokensOut cachedTokensIn cachedTokensOut} dimensions{datetimeHour gateway provider model}}}}}";
  const filter = {
    datetimeHour_geq: "2026-11-21T00:00:00Z",
    datetimeHour_leq: "2026-11-21T09:59:00Z",
    gateway: "prod",
  };
  const { aiGatewayRequestsAdaptiveGroups: groups } = await account(query, { a: "acc", f: filter });
  const dimensions = { datetimeHour: "2026-11-21T09:00:00Z", gateway: "prod", provider: "openai" };
  // Minutes 10 to 50 without 40: records 1, 2, 3 and 5; 3 failed, 5 came out of the cache.
  expect(groups as unknown).toEqual([
    {
      count: 3,
      sum: {
        cost: 0.002,
        cachedRequests: 1,
        erroredRequests: 1,
        uncachedTokensIn: 100,
        uncachedTokensOut: 10,
        cachedTokensIn: 100,
        cachedTokensOut: 10,
      },
      dimensions: { ...dimensions, model: "openai/gpt-5" },
    },
    {
      count: 1,
      sum: {
        cost: 0.001,
        cachedRequests: 0,
        erroredRequests: 0,
        uncachedTokensIn: 100,
        uncachedTokensOut: 10,
        cachedTokensIn: 0,
        cachedTokensOut: 0,
      },
      dimensions: { ...dimensions, model: "openai/gpt-5-mini" },
    },
  ]);
});

test("aliases, fragments, several datasets and literals with variables inside", async () => {
  const answer = await account(
    `query Dashboard($from: Time!, $gateways: [whatever!]) {
      viewer { accounts(filter: { accountTag: "acc" }) {
        accountTag
        all: aiGatewayRequestsAdaptiveGroups(filter: { datetime_geq: $from }) { ...figures }
        some: aiGatewayRequestsAdaptiveGroups(filter: { AND: [{ datetime_geq: $from }, { gateway_in: $gateways }] }) { ...figures }
        failed: aiGatewayErrorsAdaptiveGroups(filter: { datetime_geq: $from }, orderBy: count_DESC) {
          count dimensions { code: statusCode rateLimited }
        }
        cache: aiGatewayCacheAdaptiveGroups(filter: { datetime_geq: $from }, orderBy: [cacheOp_ASC]) {
          count dimensions { cacheOp }
        }
        size: aiGatewaySizeAdaptiveGroups(limit: 10, filter: { datetimeMinute_geq: $from }) {
          max { rows } dimensions { gateway logManagement }
        }
      } }
    }
    fragment figures on AccountAiGatewayRequestsAdaptiveGroups { n: count money: sum { usd: cost } quantiles { durationMsP50 timeToFirstByteMsP95 } }`,
    { from: "2026-11-21T00:00:00Z", gateways: ["test"] },
  );
  const near = (value: number) => expect.closeTo(value, -1);
  expect(answer as unknown).toEqual({
    accountTag: "acc",
    all: [{ n: 39, money: { usd: 0.035 }, quantiles: { durationMsP50: near(119), timeToFirstByteMsP95: near(50) } }],
    some: [{ n: 10, money: { usd: 0.01 }, quantiles: { durationMsP50: near(116), timeToFirstByteMsP95: near(50) } }],
    failed: [{ count: 4, dimensions: { code: 429, rateLimited: 1 } }],
    cache: [
      { count: 8, dimensions: { cacheOp: "hit" } },
      { count: 27, dimensions: { cacheOp: "miss" } },
    ],
    size: [
      { max: { rows: 29 }, dimensions: { gateway: "prod", logManagement: 10_000 } },
      { max: { rows: 10 }, dimensions: { gateway: "test", logManagement: null } },
    ],
  });
});

async function count(filter: Record<string, unknown>): Promise<number> {
  const query =
    'query($f: X){viewer{accounts(filter:{accountTag:"acc"}){d: aiGatewayRequestsAdaptiveGroups(filter:$f){count}}}}';
  const { d } = (await account(query, { f: filter })) as unknown as { d: { count: number }[] };
  return d[0]?.count ?? 0;
}

test("every suffix of a filter means what it says", async () => {
  expect(await count({})).toBe(39);
  expect(await count({ statusCode_geq: 400 })).toBe(4);
  expect(await count({ statusCode_lt: 400 })).toBe(35);
  expect(await count({ statusCode_leq: 200, cached: 1 })).toBe(8);
  expect(await count({ cached: false })).toBe(31);
  expect(await count({ error: 1, rateLimited: true, wholesale: 0 })).toBe(4);
  expect(await count({ wholesale: true })).toBe(0);
  expect(await count({ gateway_neq: "prod" })).toBe(10);
  expect(await count({ gateway_in: ["prod", "test"] })).toBe(39);
  expect(await count({ gateway_notin: ["prod", "test"] })).toBe(0);
  expect(await count({ model: "openai/gpt-5-mini" })).toBe(20);
  expect(await count({ model: "gpt-5-mini" })).toBe(20);
  expect(await count({ model_neq: "openai/gpt-5-mini" })).toBe(19);
  expect(await count({ OR: [{ statusCode: 429 }, { cached: 1 }] })).toBe(12);
  expect(await count({ date: "2026-11-21" })).toBe(39);
  expect(await count({ date_lt: "2026-11-21" })).toBe(0);
  expect(await count({ datetimeHour_geq: "2026-11-21T10:00:00Z", datetimeHour_lt: "2026-11-21T12:00:00Z" })).toBe(12);
  expect(await count({ datetimeHour_gt: "2026-11-21T10:00:00Z", datetimeHour_leq: "2026-11-21T12:00:00Z" })).toBe(12);
  expect(await count({ datetime_geq: "2026-11-21T09:00:00Z", datetime_leq: "2026-11-21T09:10:00Z" })).toBe(1);
  expect(await count({ durationMs_gt: 130 })).toBe(8);
  expect(await count({ cost_geq: 0.001 })).toBe(35);
  expect(await count({ datetime_geq: "2026-12-21T09:00:00Z" })).toBe(0);
});

test("settings tell what may be asked", async () => {
  const answer = await account(
    '{viewer{accounts(filter:{accountTag:"acc"}){settings{aiGatewayRequestsAdaptiveGroups{enabled notOlderThan maxDuration maxPageSize maxNumberOfFields availableFields}}}}}',
  );
  expect(answer as unknown).toMatchObject({
    settings: { aiGatewayRequestsAdaptiveGroups: { enabled: true, maxPageSize: 10_000 } },
  });
  expect(JSON.stringify(answer)).toContain("sum_uncachedTokensIn");
});

test("accounts are kept apart; without a tag all are told together", async () => {
  const query = (filter: string) => `{viewer{accounts${filter}{aiGatewayRequestsAdaptiveGroups{count}}}}`;
  const counts = async (filter: string) =>
    (await send(query(filter))).data?.viewer.accounts.map(
      (each) => (each as Record<string, unknown>)["aiGatewayRequestsAdaptiveGroups"],
    );
  expect(await counts('(filter:{accountTag:"other"})')).toEqual([[{ count: 1 }]]);
  expect(await counts('(filter:{accountTag_in:["other","nobody"]})')).toEqual([[{ count: 1 }], []]);
  expect(await counts("")).toEqual([[{ count: 40 }]]);
});

test("what is wrong is told in GraphQL's shape", async () => {
  const dataset = (inner: string) =>
    `{viewer{accounts(filter:{accountTag:"acc"}){aiGatewayRequestsAdaptiveGroups${inner}}}}`;
  const broken: [query: string, message: RegExp][] = [
    ["{viewer{", /Syntax Error/],
    ["", /Syntax Error/],
    [dataset("{colour}"), /Cannot query field "colour"/],
    ["{viewer{accounts{nothing}}}", /Cannot query field "nothing"/],
    [dataset("(filter:{colour:1}){count}"), /unknown field "colour" in filter/],
    [dataset("(filter:{gateway_maybe:1}){count}"), /unknown operator "_maybe"/],
    [dataset('(filter:{datetime_geq:"soon"}){count}'), /expected a time/],
    [dataset('(filter:{OR:[{datetime_geq:"2026-01-01"}]}){count}'), /below OR/],
    [dataset("(limit:0){count}"), /limit/],
    [dataset("(limit:1000000){count}"), /limit/],
    [dataset("(orderBy:[colour_ASC]){count}"), /orderBy/],
    [dataset("(orderBy:[model_ASC]){count}"), /unselected/],
    ["query($a:String!){viewer{accounts(filter:{accountTag:$a}){accountTag}}}", /\$a/],
    [
      `{viewer{accounts{${Array.from({ length: 31 }, (_, i) => `a${i}: aiGatewayRequestsAdaptiveGroups{count}`).join(" ")}}}}`,
      /30 datasets/,
    ],
    [`{viewer{accounts{${"accountTag ".repeat(6000)}}}}`, /tokens/],
  ];
  for (const [query, message] of broken) {
    const { data, errors } = await send(query);
    expect([query, errors?.[0]?.message]).toEqual([query, expect.stringMatching(message)]);
    expect(errors?.[0]).toHaveProperty("path");
    expect(errors?.[0]).toHaveProperty("extensions");
    expect(data).toBeNull();
  }
  for (const body of ["{", "[]", '{"query":7}', '{"query":"{viewer{__typename}}","variables":[1]}']) {
    const { status, body: answer } = await fixture.send("/client/v4/graphql", body);
    expect([status, (answer as Answer).data, (answer as Answer).errors?.length]).toEqual([400, null, 1]);
  }
});

test("whoever sees some accounts sees no others, and learns of none", async () => {
  const dataset = "aiGatewayRequestsAdaptiveGroups(limit:10){count}";
  const askAs = async (accountIds: readonly string[], filter: string): Promise<Answer> => {
    const query = `{viewer{accounts${filter}{accountTag ${dataset}}}}`;
    return (await fixture.sendAs(...accountIds)("/client/v4/graphql", { query })).body as Answer;
  };
  const seen = async (accountIds: readonly string[], filter = ""): Promise<unknown> =>
    (await askAs(accountIds, filter)).data?.viewer.accounts;
  const of = (accountTag: string, total: number): object => ({
    accountTag,
    aiGatewayRequestsAdaptiveGroups: [{ count: total }],
  });
  expect(await seen(["other"])).toEqual([of("other", 1)]);
  expect(await seen(["other"], '(filter:{accountTag:"other"})')).toEqual([of("other", 1)]);
  expect(((await seen(["acc", "other"])) as object[]).length).toBe(2);
  for (const foreign of ["acc", "nowhere"]) {
    for (const filter of [`{accountTag:"${foreign}"}`, `{accountTag_in:["other","${foreign}"]}`]) {
      const { errors } = await askAs(["other"], `(filter:${filter})`);
      expect(errors?.map(({ message }) => message)).toEqual(["accountTag: not authorized for that account"]);
    }
  }
});
