import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeFrame } from "../../test/support/encode-frame.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { readSegmentSteps } from "../../test/support/read-journal.ts";
import { createSegmentFile } from "./segment-file.ts";

const documentation = readFileSync(join(import.meta.dir, "../../../docs/reference/journal-format.md"), "utf8");

/** The bytes of the page's hex sample: the fenced block whose lines begin with an offset. */
function documentedSample(): { bytes: Buffer; payload: string } {
  const hex = [...documentation.matchAll(/^[0-9a-f]{4}: ([0-9a-f ]+?)(?: {2}.*)?$/gm)].map(
    (match) => match[1] as string,
  );
  const payload = /^payload: (.*)$/m.exec(documentation)?.[1];
  if (hex.length === 0 || payload === undefined) throw new Error("journal-format.md has no sample");
  return { bytes: Buffer.from(hex.join("").replaceAll(" ", ""), "hex"), payload };
}

test("what is written is the documented sample, byte for byte", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "sample");
  const { bytes, payload } = documentedSample();
  const segment = createSegmentFile(path);
  segment.append([encodeFrame(1, payload)]);
  segment.close();
  expect(readFileSync(path).toString("hex")).toBe(bytes.toString("hex"));
});

test("the documented sample reads as documented", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "sample");
  const { bytes, payload } = documentedSample();
  await Bun.write(path, bytes);
  const [first, second] = readSegmentSteps(path);
  expect(first).toMatchObject({ type: "frame", kind: 1, offset: 8, nextOffset: bytes.length });
  expect(first?.type === "frame" && first.payload.toString("utf8")).toBe(payload);
  expect(second).toEqual({ type: "end", offset: bytes.length });
});
