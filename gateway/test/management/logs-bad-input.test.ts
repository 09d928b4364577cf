import { expect, test } from "bun:test";
import { LogStoreUnavailable } from "../../src/stores/ports/log-store.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { startLogsApi } from "../support/start-logs-api.ts";

interface Refusal {
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string; readonly path?: readonly string[] }[];
  readonly result: unknown;
}

const filter = (changes: object): string =>
  `filters=${encodeURIComponent(JSON.stringify([{ key: "provider", operator: "eq", value: ["openai"], ...changes }]))}`;

test("bad filters, operators, pages, dates and orders are 400 with code 7001 and the path of each", async () => {
  await using api = startLogsApi();
  const cases: [method: string, path: string, faultPath: string[]][] = [
    ["GET", "?page=0", ["query", "page"]],
    ["GET", "?page=x", ["query", "page"]],
    ["GET", "?per_page=100", ["query", "per_page"]],
    ["GET", "?per_page=0", ["query", "per_page"]],
    ["GET", "?order_by=colour", ["query", "order_by"]],
    ["GET", "?order_by_direction=up", ["query", "order_by_direction"]],
    ["GET", "?direction=up", ["query", "direction"]],
    ["GET", "?meta_info=yes", ["query", "meta_info"]],
    ["GET", "?start_date=2026-02-30", ["query", "start_date"]],
    ["GET", "?end_date=tomorrow", ["query", "end_date"]],
    ["GET", "?min_cost=free", ["query", "min_cost"]],
    ["GET", "?success=1", ["query", "success"]],
    ["GET", "?cursor=nonsense", ["query", "cursor"]],
    ["GET", `?search=${"x".repeat(1001)}`, ["query", "search"]],
    ["GET", "?filters=nonsense", ["query", "filters"]],
    ["GET", `?${filter({ key: "colour" })}`, ["query", "filters", "0", "key"]],
    ["GET", `?${filter({ operator: "like" })}`, ["query", "filters", "0", "operator"]],
    ["GET", `?${filter({ key: "created_at", value: ["soon"] })}`, ["query", "filters", "0", "value", "0"]],
    ["GET", "?filters.key=cost&filters.operator=gt&filters.value=dear", ["query", "filters", "0", "value", "0"]],
    ["DELETE", "?limit=0", ["query", "limit"]],
    ["DELETE", "?limit=10001", ["query", "limit"]],
    ["DELETE", `?${filter({ key: "colour" })}`, ["query", "filters", "0", "key"]],
    ["GET", "/tail?filters=nonsense", ["query", "filters"]],
    ["GET", "/export?format=xml", ["query", "format"]],
    ["GET", "/export?limit=0", ["query", "limit"]],
  ];
  const id = await api.addOne();
  for (const [method, path, faultPath] of cases) {
    const answer = await fetch(`${api.logsUrl}${path}`, { method });
    const { success, errors, result } = (await answer.json()) as Refusal;
    expect([path, answer.status, success, errors[0]?.code, errors[0]?.path, result]).toEqual([
      path,
      400,
      false,
      7001,
      faultPath,
      null,
    ]);
  }
  expect(await api.store.get({ accountId: "default", gatewayId: "default" }, id)).not.toBeNull();
  expect(api.faults).toEqual([]);
});

test("bad patches are 400 with code 7001 and change nothing", async () => {
  await using api = startLogsApi();
  const id = await api.addOne({ metadata: { user: "u1" } });
  const cases: [body: string, faultPath: string[]][] = [
    ["", ["body"]],
    ["[]", ["body"]],
    ["null", ["body"]],
    ['{"score":1', ["body"]],
    ['{"feedback":2}', ["body", "feedback"]],
    ['{"feedback":"1"}', ["body", "feedback"]],
    ['{"score":101}', ["body", "score"]],
    ['{"score":-0.1}', ["body", "score"]],
    ['{"metadata":[]}', ["body", "metadata"]],
    ['{"metadata":{"a":null}}', ["body", "metadata", "a"]],
    ['{"metadata":{"a":{}}}', ["body", "metadata", "a"]],
    ['{"metadata":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}}', ["body", "metadata"]],
    ['{"score":5,"feedback":0.5}', ["body", "feedback"]],
  ];
  for (const [body, faultPath] of cases) {
    const answer = await fetch(`${api.logsUrl}/${id}`, { method: "PATCH", body });
    const { errors } = (await answer.json()) as Refusal;
    expect([body, answer.status, errors[0]?.code, errors[0]?.path]).toEqual([body, 400, 7001, faultPath]);
  }
  const log = await api.store.get({ accountId: "default", gatewayId: "default" }, id);
  expect(log).toMatchObject({ score: null, feedback: null, record: { metadata: { user: "u1" } } });
});

test("an account or gateway that cannot be is 400, one that has no logs is empty", async () => {
  await using api = startLogsApi();
  const at = (accountId: string, gatewayId: string) =>
    fetch(`${api.url}/client/v4/accounts/${accountId}/ai-gateway/gateways/${gatewayId}/logs`);
  expect((await at("default", "a%20b")).status).toBe(400);
  expect((await at("x".repeat(65), "default")).status).toBe(400);
  expect(await (await at("default", "never-seen")).json()).toMatchObject({
    success: true,
    result: [],
    result_info: { total_count: 0 },
  });
});

test("pages beyond the end are empty, HEAD has no body, unknown parameters are ignored", async () => {
  await using api = startLogsApi();
  await api.addOne();
  expect(await (await fetch(`${api.logsUrl}?page=9&x=1`)).json()).toMatchObject({
    success: true,
    result: [],
    result_info: { count: 0, page: 9, total_count: 1 },
  });
  const head = await fetch(api.logsUrl, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const wrong = await fetch(api.logsUrl, { method: "POST" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD"]);
});

test("the cursor leads through everything once while new logs come in", async () => {
  await using api = startLogsApi();
  await api.add(Array.from({ length: 130 }, () => sampleEntry()));
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "per_page=50" : `per_page=50&cursor=${encodeURIComponent(cursor)}`;
    const { result, result_info: info } = (await (await fetch(`${api.logsUrl}?${query}`)).json()) as {
      result: { id: string }[];
      result_info: { cursor: string | null };
    };
    seen.push(...result.map(({ id }) => id));
    cursor = info.cursor;
    await api.addOne();
  }
  expect([seen.length, new Set(seen).size]).toEqual([130, 130]);
});

test("a store that is away is 503, one that fails unforeseen 500 without a word of it", async () => {
  const failWith = (error: Error) =>
    startLogsApi({
      wrapStore: (store) => ({
        ...store,
        async list() {
          throw error;
        },
      }),
    });
  await using away = failWith(new LogStoreUnavailable("database is locked"));
  const answer = await fetch(away.logsUrl);
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { errors: [{ code: 7000, message: "The store is not available" }] },
  ]);
  await using broken = failWith(new Error("no such column: secret"));
  const text = await (await fetch(broken.logsUrl)).text();
  expect(text).toContain("Internal error");
  expect(text).not.toContain("secret");
  expect(broken.faults).toHaveLength(1);
});
