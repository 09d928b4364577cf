import { expect, test } from "bun:test";
import { type Caller, grantsOfRoles } from "../access/caller.ts";
import { success } from "./envelope.ts";
import { invalid, ManagementError } from "./management-error.ts";
import { z } from "zod";
import type { Route } from "./route.ts";
import { createRouter } from "./router.ts";

/** What routes of these tests need not tell apart. */
function declared(path: string): Pick<Route, "tag" | "summary" | "params" | "answer"> {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] as string);
  return {
    tag: "System",
    summary: path,
    params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
    answer: { kind: "result", schema: z.unknown() },
  };
}

const routes: readonly Route[] = (
  [
    {
      method: "GET",
      path: "/things",
      permission: "gateways.read",
      handle: async () => success([], { count: 0, page: 1, per_page: 20, total_count: 0 }),
    },
    { method: "GET", path: "/things/newest", permission: "gateways.read", handle: async () => success("newest") },
    {
      method: "GET",
      path: "/things/:id",
      permission: "gateways.read",
      handle: async ({ params }) => success(params["id"]),
    },
    {
      method: "PATCH",
      path: "/things/:id",
      permission: "gateways.edit",
      handle: async (request) => success(await request.json()),
    },
    {
      method: "GET",
      path: "/things/:id/parts/:part",
      permission: "gateways.read",
      handle: async ({ params }) => success(params),
    },
    {
      method: "POST",
      path: "/faults/:kind",
      permission: "gateways.edit",
      handle: async ({ params }) => fail(params["kind"] as string),
    },
  ] as const satisfies readonly Partial<Route>[]
).map((route) => ({ ...declared(route.path), ...route }));

function fail(kind: string): never {
  if (kind === "invalid") throw invalid("Expected number, received nan", ["body", "list", 0, "size"]);
  if (kind === "missing") throw new ManagementError("notFound");
  throw new Error("secret of the house");
}

const ask = createRouter(routes, { maxBodyBytes: 100 });
const call = (path: string, init?: RequestInit) => ask(new Request(`http://localhost${path}`, init));

async function refusal(answer: Response): Promise<[number, number, string, string[] | undefined]> {
  const {
    success: isSuccess,
    errors,
    messages,
    result,
  } = (await answer.json()) as Record<string, unknown> & {
    errors: { code: number; message: string; path?: string[] }[];
  };
  expect([isSuccess, messages, result]).toEqual([false, [], null]);
  const [error] = errors;
  return [answer.status, error?.code as number, error?.message as string, error?.path];
}

test("named segments go before parameters, which are decoded", async () => {
  expect(await (await call("/things/newest")).json()).toEqual({
    success: true,
    errors: [],
    messages: [],
    result: "newest",
  });
  expect(await (await call("/things/a%2Fb%20%C3%A9%25")).json()).toMatchObject({ result: "a/b é%" });
  expect(await (await call("/things/newest/parts/2")).json()).toMatchObject({ result: { id: "newest", part: "2" } });
  expect(await (await call("/things?page=1")).json()).toMatchObject({
    result: [],
    result_info: { count: 0, per_page: 20 },
  });
});

test("unknown paths are 404 with code 7003", async () => {
  for (const path of [
    "/",
    "/thing",
    "/things/",
    "/things/1/",
    "/things//parts/2",
    "/things/%E0%A4%A",
    "/things/1/parts",
  ]) {
    const [status, code, message] = await refusal(await call(path));
    expect([path, status, code]).toEqual([path, 404, 7003]);
    expect(message).toBe(`Could not route to ${path}, perhaps your object identifier is invalid?`);
  }
});

test("unknown methods are 405 and name the known ones; HEAD is GET without a body", async () => {
  const answer = await call("/things/1", { method: "DELETE" });
  expect(answer.headers.get("allow")).toBe("GET, HEAD, PATCH");
  expect((await refusal(answer)).slice(0, 2)).toEqual([405, 7001]);
  const head = await call("/things", { method: "HEAD" });
  expect([head.status, await head.text(), head.headers.get("content-type")]).toEqual([
    200,
    "",
    "application/json;charset=utf-8",
  ]);
  expect((await call("/faults/x", { method: "HEAD" })).status).toBe(405);
});

test("errors thrown on purpose become envelopes, others tell nothing", async () => {
  expect(await refusal(await call("/faults/invalid", { method: "POST" }))).toEqual([
    400,
    7001,
    "Expected number, received nan",
    ["body", "list", "0", "size"],
  ]);
  expect(await refusal(await call("/faults/missing", { method: "POST" }))).toEqual([404, 7002, "Not Found", undefined]);
  const seen: unknown[] = [];
  const watched = createRouter(routes, {
    onFault: (error, route) => seen.push([(error as Error).message, route.path]),
  });
  const answer = await watched(new Request("http://localhost/faults/other", { method: "POST" }));
  expect(await refusal(answer)).toEqual([500, 7000, "Internal error", undefined]);
  expect(seen).toEqual([["secret of the house", "/faults/:kind"]]);
});

test("bodies are bounded and have to be JSON", async () => {
  const patch = (body: string | ReadableStream) => call("/things/1", { method: "PATCH", body });
  expect(await (await patch('{"a":1}')).json()).toMatchObject({ result: { a: 1 } });
  for (const body of ["", "{", "\u0000"]) expect((await refusal(await patch(body))).slice(0, 2)).toEqual([400, 7001]);
  expect(await refusal(await patch(`"${"a".repeat(100)}"`))).toEqual([
    413,
    3006,
    "The request body is larger than 100 bytes",
    undefined,
  ]);
  let pulled = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(40));
    },
  });
  expect((await refusal(await patch(endless)))[0]).toBe(413);
  expect(pulled).toBeLessThan(20);
});

test("routes that contradict each other or declare themselves by half are refused at once", () => {
  const handle = async (): Promise<Response> => success(null);
  const get = (path: string, changes: Partial<Route> = {}): Route => ({
    ...declared(path),
    method: "GET",
    path,
    permission: "gateways.read",
    handle,
    ...changes,
  });
  expect(() => createRouter([get("/a"), get("/a")])).toThrow("Two routes for GET /a");
  expect(() => createRouter([get("/a/:x"), get("/a/:y/b")])).toThrow(":y is called :x in another route");
  for (const permission of ["", "gateways", "toString"]) {
    const wrong = { permission: permission as Route["permission"] };
    expect(() => createRouter([get("/a", wrong)])).toThrow("GET /a declares no permission");
  }
  expect(() => createRouter([get("/a", { summary: "" })])).toThrow("GET /a declares no summary");
  for (const shape of [{}, { y: z.string() }, { x: z.string(), y: z.string() }]) {
    const wrong = { params: z.object(shape) };
    expect(() => createRouter([get("/a/:x", wrong)])).toThrow("GET /a/:x declares other parameters than it has");
  }
});

test("pages of other sites may read what they can, and change nothing", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  expect((await call("/things", { headers })).status).toBe(200);
  expect((await refusal(await call("/things/1", { method: "PATCH", headers, body: "{}" }))).slice(0, 2)).toEqual([
    403, 10_000,
  ]);
});

test("a route asks for its permission in the account and the gateway of its path, before anything else", async () => {
  const path = "/client/v4/accounts/:accountId/ai-gateway/gateways/:gatewayId/things";
  const seen: unknown[] = [];
  const route: Route = {
    ...declared(path),
    method: "POST",
    path,
    permission: "logs.read",
    handle: async (request) => {
      seen.push(request.caller.id);
      request.require("logs.edit");
      return success(null);
    },
  };
  const status = async (changes: Partial<Caller>, account = "acme", gateway = "main"): Promise<number> => {
    const caller: Caller = {
      type: "token",
      id: "t1",
      email: null,
      ip: null,
      grants: new Map(),
      gatewayIds: null,
      ...changes,
    };
    const router = createRouter([route], { identify: () => caller });
    const url = `http://localhost/client/v4/accounts/${account}/ai-gateway/gateways/${gateway}/things`;
    return (await router(new Request(url, { method: "POST", body: "no JSON" }))).status;
  };
  expect(await status({ grants: grantsOfRoles({ acme: "developer" }) })).toBe(200);
  expect(await status({ grants: grantsOfRoles({ "*": "developer" }) })).toBe(200);
  expect(seen).toEqual(["t1", "t1"]);
  expect(await status({})).toBe(403);
  expect(await status({ grants: grantsOfRoles({ acme: "developer" }) }, "other")).toBe(403);
  expect(await status({ grants: grantsOfRoles({ acme: "developer" }), gatewayIds: ["spare"] })).toBe(403);
  expect(seen).toHaveLength(2);
  expect(await status({ grants: grantsOfRoles({ acme: "viewer" }) })).toBe(403);
  expect(seen).toHaveLength(3);
});

test("what is public asks for nobody, what is for everybody known asks who it is", async () => {
  const open = (["public.read", "self.read"] as const).map((permission): Route => {
    const path = `/${permission}`;
    return { ...declared(path), method: "GET", path, permission, handle: async () => success(null) };
  });
  const router = createRouter(open, {
    identify() {
      throw new ManagementError("unauthenticated");
    },
  });
  expect((await router(new Request("http://localhost/public.read"))).status).toBe(200);
  expect((await router(new Request("http://localhost/self.read"))).status).toBe(401);
});
