import { expect, test } from "bun:test";
import { systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";
import { createUpstreamClient } from "./upstream-client.ts";

/** An upstream that answers its first request, and the second one of a connection only with `lastWords` and a close. */
function closingUpstream(lastWords: string) {
  let requests = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        requests += 1;
        if (requests === 2) socket.end(lastWords);
        else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      },
    },
  });
  return { port: server.port, requests: () => requests, [Symbol.dispose]: () => server.stop(true) };
}

async function postTwice(port: number): Promise<string> {
  const wheel = new DeadlineWheel(systemClock);
  const client = createUpstreamClient({ clock: systemClock, wheel, scratch: Buffer.alloc(SCRATCH_BYTES) });
  const post = () =>
    client.send({
      origin: { secure: false, hostname: "127.0.0.1", port },
      method: "POST",
      target: "/",
      headers: ["host", "a"],
      body: Buffer.from("{}"),
      timeouts: { connectMs: 2000, firstByteMs: 2000, idleMs: 2000, totalMs: 2000 },
    }).response;
  try {
    await post();
    return await post().then(
      ({ status }) => String(status),
      ({ reason }: { reason: string }) => reason,
    );
  } finally {
    client.close();
    wheel.stop();
  }
}

test("a request on a kept connection that closes without a byte goes again on a fresh one", async () => {
  using upstream = closingUpstream("");
  expect(await postTwice(upstream.port)).toBe("200");
  expect(upstream.requests()).toBe(3);
});

test("a request that was seen, as the beginning of an answer tells, is not sent twice", async () => {
  for (const lastWords of ["HTTP/1.1 200 OK\r\ncontent-", "HTTP/1.1 100 Continue\r\n\r\n"]) {
    using upstream = closingUpstream(lastWords);
    expect(await postTwice(upstream.port)).toBe("closed_before_answer");
    expect(upstream.requests()).toBe(2);
  }
});
