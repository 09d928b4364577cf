import { expect, test } from "bun:test";
import { until } from "../../test/support/until.ts";
import { systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";
import { createUpstreamClient, type UpstreamClientOptions } from "./upstream-client.ts";

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

/** A client of one upstream, and how to post to it. */
function clientOf(port: number, options: Pick<UpstreamClientOptions, "maxIdleConnections"> = {}) {
  const wheel = new DeadlineWheel(systemClock);
  const client = createUpstreamClient({ clock: systemClock, wheel, scratch: Buffer.alloc(SCRATCH_BYTES), ...options });
  const post = () =>
    client.send({
      origin: { secure: false, hostname: "127.0.0.1", port },
      method: "POST",
      target: "/",
      headers: ["host", "a"],
      body: Buffer.from("{}"),
      timeouts: { connectMs: 2000, firstByteMs: 2000, idleMs: 2000, totalMs: 2000 },
    }).response;
  const end = (): void => {
    client.close();
    wheel.stop();
  };
  return { post, idleCount: () => client.idleCount, [Symbol.dispose]: end };
}

async function postTwice(port: number): Promise<string> {
  using client = clientOf(port);
  await client.post();
  return await client.post().then(
    ({ status }) => String(status),
    ({ reason }: { reason: string }) => reason,
  );
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

test("no more connections are kept than may be, and those that are kept are used again", async () => {
  let connections = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: () => void (connections += 1),
      data: (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
    },
  });
  try {
    using client = clientOf(server.port, { maxIdleConnections: 2 });
    await Promise.all(Array.from({ length: 5 }, client.post));
    await until("the rest dropped", () => client.idleCount() === 2);
    expect(connections).toBe(5);
    await Promise.all([client.post(), client.post()]);
    expect([connections, client.idleCount()]).toEqual([5, 2]);
  } finally {
    server.stop(true);
  }
});
