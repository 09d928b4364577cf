import type { UpstreamCall } from "../http1/upstream-call.ts";

/** Bytes and time that an unwanted answer may take to end, so that its connection can be kept. */
const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 1000;

/** Reads a small unwanted answer to its end; cuts off a longer or slower one. @returns what came of it. */
export function discardAnswer(call: UpstreamCall): Promise<readonly Buffer[]> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const over = (): void => {
      clearTimeout(timer);
      resolve(pieces);
    };
    const timer = setTimeout(() => call.abort(), DISCARD_MS);
    call.consume({
      data(chunk) {
        pieces.push(chunk);
        sizeBytes += chunk.length;
      },
      end: over,
      error: over,
      flush() {
        if (sizeBytes > DISCARD_BYTES) call.abort();
      },
    });
  });
}
