import { expect, test } from "bun:test";
import type { ConnectionSocket } from "./connection-socket.ts";
import { RawConnection } from "./raw-connection.ts";
import { SCRATCH_BYTES, SocketWriter } from "./socket-writer.ts";

/** A raw connection over a socket whose kernel takes at most `roomBytes` at a time, and everything that was done to it. */
function open({ early = "", roomBytes = 1000 } = {}) {
  const done: string[] = [];
  const kernel = { roomBytes };
  const socket = {
    write(bytes: Buffer, offset = 0, length = bytes.length) {
      const taken = Math.min(kernel.roomBytes, length);
      kernel.roomBytes -= taken;
      done.push(`write ${bytes.toString("latin1", offset, offset + taken)}`);
      return taken;
    },
    pause: () => void done.push("pause"),
    resume: () => void done.push("resume"),
    shutdown: () => void done.push("shutdown"),
    setKeepAlive: () => true,
  } as unknown as ConnectionSocket;
  const writer = new SocketWriter(socket, Buffer.alloc(SCRATCH_BYTES));
  const owner = { writingBlocked: () => void done.push("blocked"), terminate: () => raw.closed() };
  const raw = new RawConnection(socket, writer, { early: Buffer.from(early), owner });
  const listener = {
    received: (piece: Buffer) => void done.push(`received ${piece.toString()}`),
    drained: () => void done.push("drained"),
    ended: () => void done.push("ended"),
    stopping: () => void done.push("stopping"),
  };
  return { raw, writer, kernel, listener, done };
}

test("what comes before somebody listens is kept, nothing more is read, and it is told first", () => {
  const { raw, listener, done } = open({ early: "a" });
  raw.received(Buffer.from("b"));
  expect(done).toEqual(["pause"]);
  raw.listen(listener);
  raw.received(Buffer.from("c"));
  expect(done).toEqual(["pause", "resume", "received ab", "received c"]);
});

test("a connection that is gone before somebody listens tells what came and its end", () => {
  const { raw, listener, done } = open({ early: "a" });
  raw.closed();
  raw.listen(listener);
  expect(done).toEqual(["received a", "ended"]);
});

test("a listener that cuts the connection over the first bytes hears of the end once", () => {
  const { raw, listener, done } = open({ early: "a" });
  raw.listen({ ...listener, received: () => raw.terminate() });
  expect(done).toEqual(["ended"]);
});

test("the end waits for a slow peer, and nothing may follow it", () => {
  const { raw, writer, kernel, listener, done } = open({ roomBytes: 3 });
  raw.listen(listener);
  raw.write(Buffer.from("hello"));
  raw.end();
  raw.write(Buffer.from("more"));
  expect(raw.isBlocked).toBe(true);
  expect(done).toEqual(["write hel", "blocked"]);
  kernel.roomBytes = 100;
  expect(writer.drained()).toBe(true);
  raw.drained();
  expect(done.slice(2)).toEqual(["write lo", "shutdown"]);
});

test("a stop is told once; where nobody listens it cuts the connection", () => {
  const heard = open();
  heard.raw.listen(heard.listener);
  heard.raw.stopping();
  heard.raw.stopping();
  expect(heard.done).toEqual(["stopping"]);
  const unheard = open();
  unheard.raw.stopping();
  expect(unheard.raw.isOver).toBe(true);
});
