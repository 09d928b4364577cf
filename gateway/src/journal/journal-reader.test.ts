import { expect, test } from "bun:test";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { encodeFrame } from "../../test/support/encode-frame.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { readSegmentSteps } from "../../test/support/read-journal.ts";
import { openSegmentReader } from "./journal-reader.ts";
import { createSegmentFile } from "./segment-file.ts";
import { maxPayloadBytes } from "./segment-format.ts";

interface Frame {
  readonly kind: number;
  readonly text: string;
}

const frames = fc.array(
  fc.record({ kind: fc.integer({ min: 0, max: 255 }), text: fc.string({ unit: "grapheme", maxLength: 60 }) }),
  { maxLength: 12 },
);

function writeFrames(path: string, list: readonly Frame[]): void {
  const segment = createSegmentFile(path);
  for (const { kind, text } of list) segment.append([encodeFrame(kind, text)]);
  segment.close();
}

function readFrames(path: string): { frames: Frame[]; last: string } {
  const steps = readSegmentSteps(path);
  return {
    frames: steps.flatMap((step) =>
      step.type === "frame" ? [{ kind: step.kind, text: step.payload.toString() }] : [],
    ),
    last: steps.at(-1)?.type ?? "none",
  };
}

let fileCount = 0;
const nextPath = (directory: string): string => join(directory, `segment-${(fileCount += 1)}`);

test("any frames in are the same frames out", () => {
  using directory = temporaryDirectory();
  fc.assert(
    fc.property(frames, (list) => {
      const path = nextPath(directory.path);
      writeFrames(path, list);
      expect(readFrames(path)).toEqual({ frames: list, last: "end" });
    }),
  );
});

test("cut anywhere, what is left reads as a prefix and never as damage", () => {
  using directory = temporaryDirectory();
  fc.assert(
    fc.property(frames, fc.nat(), (list, cut) => {
      const path = nextPath(directory.path);
      writeFrames(path, list);
      truncateSync(path, cut % (readFileSync(path).length + 1));
      const read = readFrames(path);
      expect(read.frames).toEqual(list.slice(0, read.frames.length));
      expect(["end", "torn"]).toContain(read.last);
    }),
  );
});

test("with any byte changed, only right records are read", () => {
  using directory = temporaryDirectory();
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, place, mask) => {
      const path = nextPath(directory.path);
      writeFrames(path, list);
      const bytes = readFileSync(path);
      const index = place % bytes.length;
      bytes[index] = (bytes[index] as number) ^ mask;
      writeFileSync(path, bytes);
      const read = readFrames(path);
      expect(read.frames).toEqual(list.slice(0, read.frames.length));
      expect(read.frames.length < list.length || list.length === 0 || index < 8).toBe(true);
      expect(["torn", "corrupt"]).toContain(read.last);
    }),
  );
});

test("reads on from a remembered position and sees what was added meanwhile", () => {
  using directory = temporaryDirectory();
  const path = nextPath(directory.path);
  const segment = createSegmentFile(path);
  const add = (text: string): void => segment.append([encodeFrame(1, text)]);
  const reader = openSegmentReader(path);
  expect(reader.next()).toEqual({ type: "end", offset: 8 });
  add("one");
  const step = reader.next();
  if (step.type !== "frame") throw new Error(`expected a frame, got ${step.type}`);
  expect(reader.next().type).toBe("end");
  add("two");
  const later = openSegmentReader(path, step.nextOffset);
  for (const each of [reader, later]) {
    const second = each.next();
    expect(second.type === "frame" && second.payload.toString()).toBe("two");
    each.close();
  }
  segment.close();
});

test("frames larger than the read window come whole", () => {
  using directory = temporaryDirectory();
  const path = nextPath(directory.path);
  const list = [
    { kind: 1, text: "a".repeat(300_000) },
    { kind: 2, text: "b" },
    { kind: 1, text: "c".repeat(1_000_000) },
  ];
  writeFrames(path, list);
  expect(readFrames(path)).toEqual({ frames: list, last: "end" });
});

test("an impossible length is damage, a foreign file too", () => {
  using directory = temporaryDirectory();
  const path = nextPath(directory.path);
  writeFrames(path, [{ kind: 1, text: "one" }]);
  const bytes = readFileSync(path);
  const header = Buffer.alloc(9);
  header.writeUInt32LE(maxPayloadBytes + 1, 0);
  writeFileSync(path, Buffer.concat([bytes, header]));
  expect(readSegmentSteps(path).at(-1)).toEqual({ type: "corrupt", offset: bytes.length, reason: "bad_length" });
  writeFileSync(path, "not a journal at all");
  expect(readSegmentSteps(path)).toEqual([{ type: "corrupt", offset: 0, reason: "bad_magic" }]);
});
