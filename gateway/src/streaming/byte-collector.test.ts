import { expect, test } from "bun:test";
import fc from "fast-check";
import { openByteCollector } from "./byte-collector.ts";

test("what was pushed is what is taken, or both its ends", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, fc.nat(6000), (arrays, maxBytes) => {
      const windowBytes = Math.floor(maxBytes / 3);
      const collector = openByteCollector({ maxBytes, windowBytes });
      for (let round = 0; round < 2; round += 1) {
        for (const bytes of arrays) collector.push(Buffer.from(bytes));
        const all = Buffer.concat(arrays);
        expect(collector.isEmpty && windowBytes > 0).toBe(all.length === 0 && windowBytes > 0);
        const { isWhole, head, tail } = collector.take();
        expect(isWhole).toBe(all.length <= maxBytes);
        expect(head.equals(isWhole ? all : all.subarray(0, windowBytes))).toBe(true);
        expect(tail.equals(isWhole ? Buffer.alloc(0) : all.subarray(all.length - windowBytes))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
