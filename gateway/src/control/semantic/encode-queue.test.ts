import { expect, test } from "bun:test";
import { openEncodeQueue } from "./encode-queue.ts";
import type { SentenceEncoder } from "./sentence-encoder.ts";

/** An encoder whose texts are done when the test says so. */
function heldEncoder() {
  const held: { text: string; resolve: (vector: Float32Array) => void; reject: (error: Error) => void }[] = [];
  const encoder: SentenceEncoder = {
    name: "held",
    concurrency: 1,
    encode: (text) => new Promise((resolve, reject) => held.push({ text, resolve, reject })),
    stop() {},
  };
  return { held, encoder };
}
const vector = Float32Array.of(1);

test("a text is encoded once for all who ask, and its vector kept", async () => {
  const { held, encoder } = heldEncoder();
  const queue = openEncodeQueue({ encoder, maxWaiting: 4, onFault: () => {} });
  const asked = [queue.encode("a", 0), queue.encode("a", 1000), queue.encode("a", 0)];
  expect(held).toHaveLength(1);
  held[0]?.resolve(vector);
  expect(await Promise.all(asked)).toEqual([vector, vector, vector]);
  expect(await queue.encode("a", 1)).toBe(vector);
  expect(held).toHaveLength(1);
});

test("too many are busy, and one that takes too long is late and kept all the same", async () => {
  const { held, encoder } = heldEncoder();
  const queue = openEncodeQueue({ encoder, maxWaiting: 2, onFault: () => {} });
  const late = queue.encode("a", 5);
  const waiting = [queue.encode("b", 0), queue.encode("c", 0)];
  expect(await queue.encode("d", 0)).toBe("busy");
  expect(await late).toBe("late");
  held[0]?.resolve(vector);
  await Bun.sleep(0);
  expect(await queue.encode("a", 5)).toBe(vector);
  held[1]?.resolve(vector);
  await Bun.sleep(0);
  held[2]?.resolve(vector);
  expect(await Promise.all(waiting)).toEqual([vector, vector]);
  expect(held.map(({ text }) => text)).toEqual(["a", "b", "c"]);
});

test("an encoder that keeps failing is left alone, and that is told once", async () => {
  const { held, encoder } = heldEncoder();
  const problems: string[] = [];
  const queue = openEncodeQueue({ encoder, maxWaiting: 2, onFault: (problem) => problems.push(problem) });
  for (const text of ["a", "b", "c"]) {
    const asked = queue.encode(text, 0);
    held.at(-1)?.reject(new Error(`no ${text}`));
    expect(await asked).toBe("failed");
  }
  expect(await queue.encode("d", 0)).toBe("failed");
  expect(held).toHaveLength(3);
  expect(problems).toEqual(["no c"]);
});
