import { expect, test } from "bun:test";
import fc from "fast-check";
import { BodyKeeper } from "./keep-body.ts";

test("keeps what fits of any pieces, and says whether that is all", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 9000 }),
      (pieces, limit) => {
        const keeper = new BodyKeeper(limit);
        for (const piece of pieces) keeper.add(Buffer.from(piece));
        const whole = Buffer.concat(pieces);
        const snapshot = keeper.snapshot("gzip");
        if (whole.length === 0) {
          expect(snapshot).toBeNull();
          return;
        }
        expect(Buffer.concat([...(snapshot?.pieces ?? [])]).equals(whole.subarray(0, limit))).toBe(true);
        expect(snapshot?.isComplete).toBe(whole.length <= limit);
        expect(snapshot?.contentEncoding).toBe("gzip");
      },
    ),
  );
});
