import { afterEach, expect, test } from "bun:test";
import { openRawClient, type RawClient } from "../../test/support/raw-client.ts";
import { systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import { type Listener, listen } from "./listen.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";

let stop = async (): Promise<void> => {};
afterEach(() => stop());

/** A listener that answers everything, and refuses with 503. */
function listening(maxConnections: number): Listener {
  const wheel = new DeadlineWheel(systemClock);
  const answer = (status: number) => (response: Parameters<Parameters<typeof listen>[0]["refuse"]>[1]) => {
    response.head(status, ["content-length", "0"], "length");
    response.end();
  };
  const listener = listen(
    {
      clock: systemClock,
      wheel,
      handle: ({ response }) => answer(200)(response),
      refuse: (reason, response) => answer(reason === "too_many" ? 503 : 400)(response),
      maxHeadBytes: 65_536,
      maxBodyBytes: 65_536,
      clientHeadMs: 10_000,
      clientWriteMs: 10_000,
      keepAliveMs: 10_000,
      scratch: Buffer.alloc(SCRATCH_BYTES),
      isDraining: false,
    },
    { hostname: "127.0.0.1", port: 0, reusePort: false, maxConnections },
  );
  stop = async () => {
    await listener.stop(0);
    wheel.stop();
  };
  return listener;
}

const ask = async (client: RawClient): Promise<number> => {
  await client.request({ method: "GET", target: "/", headerLines: ["host: a"] });
  return (await client.nextResponse()).status;
};

test("connections beyond the bound are told so, those within it are served, and room that was made is used", async () => {
  const listener = listening(2);
  const open = (): Promise<RawClient> => openRawClient({ port: listener.port });
  const within = [await open(), await open()];
  for (const client of within) expect(await ask(client)).toBe(200);
  const beyond = await open();
  expect((await beyond.nextResponse()).status).toBe(503);
  expect(await beyond.ended).toBe("closed");
  expect([listener.connectionCount, listener.refusedCount]).toEqual([2, 1]);
  for (const client of within) expect(await ask(client)).toBe(200);
  within[0]?.close();
  while (listener.connectionCount > 1) await Bun.sleep(1);
  expect(await ask(await open())).toBe(200);
  expect(listener.refusedCount).toBe(1);
});

test("of a crowd beyond the bound few are told, and the others cut off", async () => {
  const listener = listening(0);
  const crowd = await Promise.all(Array.from({ length: 100 }, () => openRawClient({ port: listener.port })));
  const ends = await Promise.all(crowd.map((client) => client.ended));
  expect(ends).toHaveLength(100);
  expect(listener.refusedCount).toBe(100);
  expect(listener.connectionCount).toBe(0);
});
