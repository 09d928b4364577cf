import { expect, test } from "bun:test";
import { sampleEntry } from "../support/sample-entry.ts";
import { type RunningLogsApi, startLogsApi } from "../support/start-logs-api.ts";

const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function exported(api: RunningLogsApi, query: string): Promise<{ answer: Response; text: string }> {
  const answer = await fetch(`${api.logsUrl}/export?${query}`);
  return { answer, text: await answer.text() };
}

test("NDJSON holds every log that matches, as the list shows it, and says how many are to come", async () => {
  await using api = startLogsApi();
  await api.add(Array.from({ length: 1234 }, (_, index) => sampleEntry({ success: index % 2 === 0 })));
  const { answer, text } = await exported(api, "filters.key=success&filters.operator=eq&filters.value=true");
  expect(answer.headers.get("headgate-total-rows")).toBe("617");
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="logs-default.ndjson"');
  const rows = rowsOf(text);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(617);
  const { result } = (await (await fetch(`${api.logsUrl}?success=true&per_page=1`)).json()) as { result: object[] };
  const { request, response, ...listed } = result[0] as Record<string, unknown>;
  expect([request, response]).toEqual(["", ""]);
  expect(rows[0]).toEqual(listed);
});

test("a limit ends it, progress is told on lines of its own", async () => {
  await using api = startLogsApi();
  await api.add(Array.from({ length: 600 }, () => sampleEntry()));
  const limited = await exported(api, "limit=550&progress=true&order_by_direction=asc");
  expect(limited.answer.headers.get("headgate-total-rows")).toBe("550");
  const rows = rowsOf(limited.text);
  expect(rows.filter((row) => "progress" in row)).toEqual([
    { progress: { rows: 500, of: 550, done: false } },
    { progress: { rows: 550, of: 550, done: true } },
  ]);
  const ids = rows.flatMap(({ id }) => (id === undefined ? [] : [id as string]));
  expect(ids).toEqual(ids.toSorted());
  const csv = (await exported(api, "format=csv&progress=true&limit=1")).text.split("\r\n");
  expect([csv.length, csv[2]]).toEqual([4, "# 1 of 1 rows, end"]);
});

test("bodies come along when asked for, binary ones in base64", async () => {
  await using api = startLogsApi();
  await api.addOne({}, { request: '{"a":"ü"}' });
  const binary = sampleEntry();
  await api.add([{ ...binary, response: Buffer.from([0xff, 0x00, 0x80]), isResponseComplete: false }]);
  const [second, first] = rowsOf((await exported(api, "bodies=true")).text);
  expect(first).toMatchObject({
    request: '{"a":"ü"}',
    request_encoding: "utf-8",
    request_complete: true,
    response: null,
    response_encoding: null,
  });
  expect(second).toMatchObject({
    request: null,
    response: "/wCA",
    response_encoding: "base64",
    response_complete: false,
  });
  expect(rowsOf((await exported(api, "")).text).every((row) => !("request" in row))).toBe(true);
});

test("CSV has one record a log and no cell that a spreadsheet would run", async () => {
  await using api = startLogsApi();
  await api.addOne(
    { model: "=cmd|'/C calc'!A0", path: "chat, twice", metadata: { note: '"quoted"' } },
    { request: "two\nlines" },
  );
  const { answer, text } = await exported(api, "format=csv&bodies=true");
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  expect(text).toContain(",openai/=cmd|'/C calc'!A0,");
  expect(text).toContain(',"chat, twice",');
  expect(text).toContain(',"{""note"":""\\""quoted\\""""}",');
  expect(text).toContain(',"two\nlines",utf-8,true,');
  await api.addOne({ provider: "", model: "=1+1", path: "-x" });
  expect((await exported(api, "format=csv&limit=1")).text).toMatch(/,'=1\+1,.*,'-x,/);
});

test("reads no further ahead of the client than it takes", async () => {
  let pages = 0;
  await using api = startLogsApi({
    wrapStore: (store) => ({
      ...store,
      list: (scope, query) => {
        pages += 1;
        return store.list(scope, query);
      },
    }),
  });
  const agent = "x".repeat(1500);
  for (let part = 0; part < 20; part += 1)
    await api.add(Array.from({ length: 1000 }, () => sampleEntry({ userAgent: agent })));
  const answer = await fetch(`${api.logsUrl}/export`);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await Bun.sleep(200);
  const pagesWhileWaiting = pages;
  let sizeBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    sizeBytes += value.byteLength;
  }
  expect(pages).toBeGreaterThanOrEqual(40);
  expect(sizeBytes).toBeGreaterThan(40_000_000);
  expect(pagesWhileWaiting).toBeLessThan(pages);
});

test("a client that leaves ends the reading", async () => {
  let pages = 0;
  await using api = startLogsApi({
    wrapStore: (store) => ({
      ...store,
      list: (scope, query) => {
        pages += 1;
        return store.list(scope, query);
      },
    }),
  });
  await api.add(Array.from({ length: 8000 }, () => sampleEntry({ userAgent: "x".repeat(3000) })));
  const leave = new AbortController();
  const answer = await fetch(`${api.logsUrl}/export`, { signal: leave.signal });
  await (answer.body as ReadableStream<Uint8Array>).getReader().read();
  leave.abort();
  await Bun.sleep(100);
  const pagesThen = pages;
  await Bun.sleep(100);
  expect(pages).toBe(pagesThen);
  expect(pages).toBeLessThan(16);
});

test("a fault on the way breaks the answer instead of ending it", async () => {
  let pages = 0;
  await using api = startLogsApi({
    wrapStore: (store) => ({
      ...store,
      list: (scope, query) => {
        pages += 1;
        return pages === 2 ? Promise.reject(new Error("disk gone")) : store.list(scope, query);
      },
    }),
  });
  await api.add(Array.from({ length: 800 }, () => sampleEntry()));
  const answer = await fetch(`${api.logsUrl}/export`);
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  expect(api.faults).toMatchObject([{ message: "disk gone" }]);
});
