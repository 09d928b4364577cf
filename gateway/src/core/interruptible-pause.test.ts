import { expect, test } from "bun:test";
import { createInterruptiblePause } from "./interruptible-pause.ts";

async function lasting(pause: Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await pause;
  return performance.now() - startedAtMs;
}

test("waking ends one kind of pause and not the other, aborting ends both", async () => {
  const ending = new AbortController();
  const pause = createInterruptiblePause(ending.signal);
  pause.wake();
  expect(await lasting(pause.once(20))).toBeGreaterThan(15);

  const once = lasting(pause.once(5000));
  pause.wake();
  expect(await once).toBeLessThan(1000);

  const whole = lasting(pause.whole(60));
  pause.wake();
  expect(await whole).toBeGreaterThan(55);

  const broken = lasting(pause.whole(5000));
  ending.abort();
  expect(await broken).toBeLessThan(1000);
  expect(await lasting(pause.once(5000))).toBeLessThan(1000);
});
