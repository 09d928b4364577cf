import { expect, test } from "bun:test";
import { eventsOf, eventsOfText, type StreamEvent } from "./event-stream.ts";

const text =
  ': hello\n\nevent: log\r\nid: 1\r\ndata: {"a":1}\r\n\r\ndata: one\rdata:two\r\rdata: ä€😀\n\n: cf-aig-usage {}\n\n';
const expected: StreamEvent[] = [
  { event: "", data: "hello", isComment: true },
  { event: "log", data: '{"a":1}', isComment: false },
  { event: "message", data: "one\ntwo", isComment: false },
  { event: "message", data: "ä€😀", isComment: false },
  { event: "", data: "cf-aig-usage {}", isComment: true },
];

test("events are the same wherever the bytes are broken", async () => {
  expect(eventsOfText(text)).toEqual(expected);
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 1000]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.slice(index * size, (index + 1) * size),
    );
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    expect(await Array.fromAsync(eventsOf(stream))).toEqual(expected);
  }
});

test("what is not ended is told when the stream ends", () => {
  expect(eventsOfText("data: last")).toEqual([{ event: "message", data: "last", isComment: false }]);
  expect(eventsOfText("")).toEqual([]);
});
