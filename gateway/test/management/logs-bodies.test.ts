import { expect, test } from "bun:test";
import { grantsOfToken } from "../../src/access/caller.ts";
import { createLogFeed } from "../../src/management/logs/log-feed.ts";
import { logRoutes } from "../../src/management/logs/log-routes.ts";
import { createRouter } from "../../src/management/router.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { startLogsApi } from "../support/start-logs-api.ts";

test("a body comes back byte by byte under its own type, and cannot run as a page", async () => {
  await using api = startLogsApi();
  const bytes = Buffer.from([0, 255, 13, 10, 0xc3]);
  const html = sampleEntry({ responseContentType: "text/html", requestContentType: "multipart/form-data; boundary=x" });
  await api.add([{ ...html, request: bytes, response: Buffer.from("<script>alert(1)</script>") }]);
  const request = await fetch(`${api.logsUrl}/${html.record.id}/request`);
  expect(Buffer.from(await request.arrayBuffer())).toEqual(bytes);
  expect(request.headers.get("content-type")).toBe("multipart/form-data; boundary=x");
  const response = await fetch(`${api.logsUrl}/${html.record.id}/response`);
  expect(response.headers.get("content-type")).toStartWith("text/html");
  expect(response.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("what was cut is marked, and no JSON any more; an odd content type does no harm", async () => {
  await using api = startLogsApi();
  const cut = sampleEntry({
    responseContentType: "application/vnd.api+json",
    requestContentType: "x\r\nset-cookie: a=b",
  });
  await api.add([
    { ...cut, request: Buffer.from("{}"), response: Buffer.from('{"a":"ü').subarray(0, 7), isResponseComplete: false },
  ]);
  const response = await fetch(`${api.logsUrl}/${cut.record.id}/response`);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("headgate-body-complete")).toBe("false");
  const request = await fetch(`${api.logsUrl}/${cut.record.id}/request`);
  expect(request.headers.get("content-type")).toBe("application/octet-stream");
  expect(request.headers.get("set-cookie")).toBeNull();
  const { result } = (await (await fetch(`${api.logsUrl}/${cut.record.id}`)).json()) as { result: object };
  expect(result).toMatchObject({
    request_head: "{}",
    request_head_complete: true,
    response_head: '{"a":"',
    response_head_complete: false,
  });
});

test("heads end at 64 KiB, bodies that are not text have none", async () => {
  await using api = startLogsApi();
  const entry = sampleEntry();
  await api.add([{ ...entry, request: Buffer.from("ü".repeat(40_000)), response: Buffer.from([0xff, 0xfe, 0x80]) }]);
  const { result } = (await (await fetch(`${api.logsUrl}/${entry.record.id}`)).json()) as {
    result: Record<string, unknown>;
  };
  expect(result["request_head"]).toBe("ü".repeat(32_768));
  expect(result).toMatchObject({ request_head_complete: false, response_head: "", response_head_complete: false });
});

test("a token with AI Gateway Metadata Read, which may not read bodies, gets rows without them, and cannot ask for their words", async () => {
  await using api = startLogsApi();
  const id = await api.addOne({}, { request: "secret words" });
  const ask = createRouter(logRoutes({ store: api.store, feed: createLogFeed() }), {
    identify: () => ({
      type: "token",
      id: "t1",
      email: null,
      ip: null,
      grants: grantsOfToken({ accountId: "default", groups: ["AI Gateway Metadata Read"] }),
      gatewayIds: null,
    }),
  });
  const status = async (path: string): Promise<number> => (await ask(new Request(`${api.logsUrl}${path}`))).status;
  const detail = await (await ask(new Request(`${api.logsUrl}/${id}`))).text();
  expect(detail).toContain('"request_size":812');
  expect(detail).not.toContain("secret");
  expect(detail).not.toContain("request_headers");
  for (const path of ["", "/export"]) expect(await status(path)).toBe(200);
  for (const path of [
    "?search=secret",
    `/${id}/request`,
    "/export?bodies=true",
    "/export?search=secret",
    "/tail?search=secret",
  ]) {
    expect([path, await status(path)]).toEqual([path, 403]);
  }
});
