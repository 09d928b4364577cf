import { expect, test } from "bun:test";
import fc from "fast-check";
import { readLines } from "./read-lines.ts";

async function linesOf(text: string, pieceBytes: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += pieceBytes)));
    },
  });
  return Array.fromAsync(readLines(stream));
}

test("lines are the same wherever the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""))),
      fc.integer({ min: 1, max: 9 }),
      async (lines, pieceBytes) => {
        expect(await linesOf(lines.map((line) => `${line}\r\n`).join(""), pieceBytes)).toEqual(lines);
        expect(await linesOf(lines.join("\n"), pieceBytes)).toEqual(
          lines
            .join("\n")
            .split("\n")
            .slice(0, lines.at(-1) === "" || lines.length === 0 ? -1 : undefined),
        );
      },
    ),
  );
});
