import { expect, test } from "bun:test";
import { segmentBytesFor } from "./segment-bytes-for.ts";

test("is the configured size unless two for each worker would exceed the bound", () => {
  const sizeFor = (workers: number): number =>
    segmentBytesFor({ workers, journal: { segment_bytes: 64, max_bytes: 1024 } });
  expect([0, 1, 8, 16, 100].map(sizeFor)).toEqual([64, 64, 64, 32, 5]);
});
