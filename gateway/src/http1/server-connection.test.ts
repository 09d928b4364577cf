import { expect, test } from "bun:test";
import { systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { ServerConnection } from "./server-connection.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";

const KEEP_ALIVE_MS = 30_000;
const CLIENT_HEAD_MS = 10_000;
const request = Buffer.from("GET / HTTP/1.1\r\nhost: a\r\n\r\n");

/** A connection whose answers are larger than what its client takes at once. */
function slowlyRead() {
  let nowMs = 1000;
  let roomBytes = 10;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const wheel = new DeadlineWheel(clock);
  const socket = {
    write(bytes: Buffer, offset = 0, sizeBytes = bytes.length - offset) {
      const taken = Math.min(roomBytes, sizeBytes);
      roomBytes -= taken;
      return taken;
    },
    pause: () => {},
    resume: () => {},
    remoteAddress: "127.0.0.1",
  } as unknown as ConnectionSocket;
  const connection = new ServerConnection(socket, {
    clock,
    wheel,
    handle({ response }) {
      response.head(200, ["content-length", "100"], "length");
      response.write(Buffer.alloc(100));
      response.end();
    },
    refuse: () => {},
    maxHeadBytes: 65_536,
    maxBodyBytes: 65_536,
    clientHeadMs: CLIENT_HEAD_MS,
    clientWriteMs: 20_000,
    keepAliveMs: KEEP_ALIVE_MS,
    scratch: Buffer.alloc(SCRATCH_BYTES),
    isDraining: false,
  });
  const drain = (laterMs: number): void => {
    nowMs += laterMs;
    roomBytes = 1000;
    connection.drained();
  };
  return { connection, wheel, drain, nowMs: () => nowMs, [Symbol.dispose]: () => wheel.stop() };
}

test("after a slow reader took the last of its answer, the idle connection is still on the clock", () => {
  using client = slowlyRead();
  client.connection.received(request);
  client.drain(500);
  expect(client.connection.isIdle).toBe(true);
  expect(client.wheel.size).toBe(1);
  expect(client.connection.deadlineMs).toBe(client.nowMs() + KEEP_ALIVE_MS);
});

test("a request head that began to come meanwhile keeps its own deadline", () => {
  using client = slowlyRead();
  client.connection.received(request);
  client.connection.received(Buffer.from("GET / HT"));
  const begunAtMs = client.nowMs();
  client.drain(500);
  expect(client.wheel.size).toBe(1);
  expect(client.connection.deadlineMs).toBe(begunAtMs + CLIENT_HEAD_MS);
});
