import { expect, test } from "bun:test";
import { ResponseWriter } from "../http1/response-writer.ts";
import { SCRATCH_BYTES, SocketWriter } from "../http1/socket-writer.ts";
import type { Exchange } from "./exchange.ts";
import { refuse } from "./refuse.ts";

test("a fault after the head was sent breaks the answer: nothing of ours follows, and it ends uncleanly", () => {
  const sent: string[] = [];
  const events: string[] = [];
  const faults: unknown[] = [];
  const socket = {
    write(bytes: Buffer, offset = 0, length = bytes.length) {
      sent.push(bytes.toString("latin1", offset, offset + length));
      return length;
    },
  };
  const response = new ResponseWriter(new SocketWriter(socket as never, Buffer.alloc(SCRATCH_BYTES)), {
    closesAfterAnswer: false,
    answerEnded: () => void events.push("ended"),
    answerBroken: () => void events.push("broken"),
    writingBlocked: () => {},
    takeOver: () => expect.unreachable(),
  });
  const exchange = {
    request: { response, head: { method: "POST", headers: [] } },
    gateway: { onFault: (fault: unknown) => void faults.push(fault) },
    requestId: "request",
    eventId: "event",
    traceId: "trace",
    attempts: [],
    isClientGone: false,
  } as unknown as Exchange;
  response.head(200, ["content-type", "application/json"], "chunked");
  response.write(Buffer.from('{"a":'));
  response.flush();
  const bug = new Error("a bug");
  refuse(exchange, null, bug);
  expect(faults).toEqual([{ requestId: "request", error: bug }]);
  expect(events).toEqual(["broken"]);
  expect(sent.join("")).toEndWith('5\r\n{"a":\r\n');
});
