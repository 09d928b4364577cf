import { openByteCollector, type CollectedBytes, type CollectorLimits } from "./byte-collector.ts";

/** Finds the lines of a body that holds one JSON value a line. */
export interface JsonLinesScanner {
  /** Takes the next piece of the body, split anywhere. */
  push(chunk: Buffer): void;
  /** The body has ended: a last line without its line feed is given too. */
  end(): void;
}

const lineFeed = 10;

/** A scanner that gives `onLine` each line's raw bytes with its line end; empty lines too. Lines larger than `limits.maxBytes` come with their middle missing. */
export function openJsonLinesScanner(
  onLine: (line: CollectedBytes) => void,
  limits: CollectorLimits,
): JsonLinesScanner {
  const pending = openByteCollector(limits);
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
        pending.push(chunk.subarray(start, end + 1));
        onLine(pending.take());
        start = end + 1;
      }
      pending.push(chunk.subarray(start));
    },
    end() {
      if (!pending.isEmpty) onLine(pending.take());
    },
  };
}
