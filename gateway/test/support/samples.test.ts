import { expect, test } from "bun:test";
import { eventBorders } from "./event-borders.ts";
import { encodeEventStreamFrame } from "./event-stream-encoder.ts";
import { bodyBytes, findRecordings, readRecordings, recordedProviders } from "./recordings.ts";
import { sampleExchange, sampleExchanges } from "./samples.ts";

test("samples have unique ids, plain and streamed answers, and errors", () => {
  const ids = sampleExchanges.map((exchange) => exchange.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(sampleExchanges.filter((exchange) => exchange.response.stream).length).toBeGreaterThanOrEqual(10);
  expect(sampleExchanges.filter((exchange) => exchange.response.status >= 400).length).toBeGreaterThanOrEqual(7);
  expect(() => sampleExchange("none")).toThrow("no sample none");
});

test("streamed samples end at the border of their last event, whatever their framing", () => {
  for (const { id, response } of sampleExchanges.filter((exchange) => exchange.response.stream)) {
    const body = bodyBytes(response);
    const borders = eventBorders(body, response.headers["content-type"] ?? "");
    expect([id, borders.at(-1)]).toEqual([id, body.length]);
    expect(borders.length).toBeGreaterThan(1);
  }
});

test("event borders: the three line ends of SSE, comments, unfinished rests, lines, frames", () => {
  const borders = (text: string, type = "text/event-stream"): number[] => eventBorders(Buffer.from(text), type);
  expect(borders("data: a\n\ndata: b\n\n")).toEqual([9, 18]);
  expect(borders("data: a\r\n\r\n: c\r\n\r\nda")).toEqual([11, 18]);
  expect(borders("data: a\r\rdata: b\r\r")).toEqual([9, 18]);
  expect(borders("\n\ndata: a\n\n\n")).toEqual([11]);
  expect(borders('{"a":1}\n{}\n{', "application/x-ndjson")).toEqual([8, 11]);
  const frame = encodeEventStreamFrame({ ":message-type": "event" }, "{}");
  const frames = Buffer.concat([frame, frame, frame.subarray(0, 9)]);
  expect(eventBorders(frames, "application/vnd.amazon.eventstream")).toEqual([frame.length, 2 * frame.length]);
});

test("an event-stream frame has the bytes of its format", () => {
  const frame = encodeEventStreamFrame({ k: "v" }, "{}");
  expect(frame.subarray(0, 8).toString("hex")).toBe("0000001800000006");
  expect(frame.subarray(12, 20).toString("hex")).toBe("016b070001767b7d");
  expect(frame.readUInt32BE(8)).toBe(Bun.hash.crc32(frame.subarray(0, 8)));
  expect(frame.readUInt32BE(20)).toBe(Bun.hash.crc32(frame.subarray(0, 20)));
});

test("without recordings the answer is null and the reason is printed", () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (...words: unknown[]) => void printed.push(...words);
  try {
    expect(findRecordings({ HEADGATE_RECORDINGS: "/nonexistent-folder" })).toBeNull();
  } finally {
    console.log = log;
  }
  expect(String(printed)).toContain("skipped: no recordings in /nonexistent-folder");
});

const recordings = findRecordings();

test.skipIf(recordings === null)("recordings are read one by one, all with the same shape", async () => {
  const directory = recordings as string;
  expect(recordedProviders(directory).length).toBeGreaterThan(30);
  let count = 0;
  for await (const exchange of readRecordings(directory, "replicate")) {
    count += 1;
    expect(exchange.provider).toBe("replicate");
    expect(typeof exchange.response.status).toBe("number");
    expect(bodyBytes(exchange.response).length).toBeGreaterThan(0);
  }
  expect(count).toBe(10);
});
