import { expect, test } from "bun:test";
import { createLogFeed } from "../../src/management/logs/log-feed.ts";
import { logRoutes } from "../../src/management/logs/log-routes.ts";
import { createRouter } from "../../src/management/router.ts";
import type { LogStore } from "../../src/stores/ports/log-store.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { type RunningLogsApi, startLogsApi } from "../support/start-logs-api.ts";

interface Tail {
  /** Text up to and with the next occurrence of `mark`. */
  until(mark: string): Promise<string>;
  readonly answer: Response;
}

async function openTail(api: RunningLogsApi, query = ""): Promise<Tail> {
  const answer = await fetch(`${api.logsUrl}/tail${query}`);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    answer,
    async until(mark) {
      while (!text.includes(mark)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the tail ended before ${mark}: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
      const end = text.indexOf(mark) + mark.length;
      const taken = text.slice(0, end);
      text = text.slice(end);
      return taken;
    },
  };
}

test("tells of new logs as they are stored, with filters and search, and of nothing else", async () => {
  await using api = startLogsApi();
  await api.addOne({ success: false });
  const tail = await openTail(api, "?search=Refund&filters.key=success&filters.operator=eq&filters.value=false");
  expect(tail.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(await tail.until("\n\n")).toBe(": tail begins\n\n");
  await api.addOne({ success: true }, { request: "refund" });
  await api.addOne({ success: false }, { request: "something else" });
  await api.addOne({ success: false, gatewayId: "other" }, { request: "refund" });
  await api.addOne({ success: false, isLogged: false }, { request: "refund" });
  const id = await api.addOne({ success: false, metadata: { user: "u1" } }, { request: "a refund", response: "no" });
  const event = await tail.until("\n\n");
  const [name, idLine, data] = event.split("\n");
  expect([name, idLine]).toEqual(["event: log", `id: ${id}`]);
  const listed = (await (await fetch(`${api.logsUrl}?per_page=1`)).json()) as { result: unknown[] };
  expect(JSON.parse((data as string).slice(6))).toEqual(listed.result[0]);
});

test("is silent no longer than its heartbeat", async () => {
  await using api = startLogsApi({ heartbeatMs: 20 });
  const tail = await openTail(api);
  await tail.until(": tail begins\n\n");
  expect(await tail.until("\n\n")).toBe(":\n\n");
});

test("lets go of a client that has gone", async () => {
  const feed = createLogFeed(1);
  const ask = createRouter(logRoutes({ store: {} as LogStore, feed }));
  const url = "http://localhost/client/v4/accounts/default/ai-gateway/gateways/default/logs/tail";
  const leave = new AbortController();
  expect((await ask(new Request(url, { signal: leave.signal }))).status).toBe(200);
  expect((await ask(new Request(url))).status).toBe(503);
  leave.abort();
  const next = await ask(new Request(url));
  expect(next.status).toBe(200);
  await next.body?.cancel();
  expect((await ask(new Request(url, { method: "HEAD" }))).status).toBe(200);
  expect((await ask(new Request(url))).status).toBe(200);
});

test("a client that reads nothing loses rows, is told how many, and costs bounded memory", async () => {
  const feed = createLogFeed();
  const ask = createRouter(logRoutes({ store: {} as LogStore, feed }));
  const answer = await ask(
    new Request("http://localhost/client/v4/accounts/default/ai-gateway/gateways/default/logs/tail"),
  );
  const sent = 20_000;
  for (let index = 0; index < sent; index += 1) void feed.consume([sampleEntry({ path: "x".repeat(1000) })]);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  const text = new TextDecoder().decode(value);
  expect(text.length).toBeLessThan(4_300_000);
  const kept = text.split("event: log\n").length - 1;
  const lost = /event: lost\ndata: {"rows":(\d+)}\n\n$/.exec(text)?.[1];
  expect(kept).toBeGreaterThan(1000);
  expect(kept + Number(lost)).toBe(sent);
  await feed.consume([sampleEntry()]);
  expect(new TextDecoder().decode((await reader.read()).value)).toStartWith("event: log\n");
  await reader.cancel();
});
