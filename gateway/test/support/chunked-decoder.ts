/** What one push into a chunked decoder left: unread bytes, and the trailers once the last chunk was seen. */
export interface ChunkedProgress {
  readonly rest: Buffer;
  readonly trailers: readonly string[] | null;
  readonly fault: string | null;
}

/** Takes the chunked coding (RFC 9112 §7.1) off a body; partial lines are kept inside. */
export interface ChunkedDecoder {
  push(bytes: Buffer): ChunkedProgress;
}

const empty = Buffer.alloc(0);

/** A decoder for one body; data goes to `onBody` in the pieces they came in. */
export function createChunkedDecoder(sink: { onBody(piece: Buffer): void }): ChunkedDecoder {
  let kept: Buffer = empty;
  let remaining = 0;
  let phase: "size" | "data" | "data-end" | "trailers" = "size";
  const trailers: string[] = [];

  function takeLine(bytes: Buffer): { line: string | null; rest: Buffer } {
    const end = bytes.indexOf("\r\n");
    if (end < 0) {
      kept = Buffer.from(bytes);
      return { line: null, rest: empty };
    }
    return { line: bytes.toString("latin1", 0, end), rest: bytes.subarray(end + 2) };
  }

  function takeData(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, remaining);
    remaining -= piece.length;
    if (remaining === 0) phase = "data-end";
    sink.onBody(piece);
    return bytes.subarray(piece.length);
  }

  /** Answers a fault, "done", or null to go on. */
  function readLine(line: string): string | null {
    if (phase === "data-end") {
      if (line !== "") return "chunk data longer than its size";
      phase = "size";
    } else if (phase === "trailers") {
      if (line === "") return "done";
      trailers.push(line);
    } else {
      const size = /^([0-9a-f]{1,12})(?:[ \t]*;.*)?$/i.exec(line)?.[1];
      if (size === undefined) return `bad chunk size line ${JSON.stringify(line.slice(0, 40))}`;
      remaining = Number.parseInt(size, 16);
      phase = remaining === 0 ? "trailers" : "data";
    }
    return null;
  }

  return {
    push(bytes) {
      let rest = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      kept = empty;
      while (rest.length > 0) {
        if (phase === "data") {
          rest = takeData(rest);
          continue;
        }
        const taken = takeLine(rest);
        rest = taken.rest;
        if (taken.line === null) break;
        const outcome = readLine(taken.line);
        if (outcome === "done") return { rest, trailers, fault: null };
        if (outcome !== null) return { rest: empty, trailers: null, fault: outcome };
      }
      return { rest: empty, trailers: null, fault: null };
    },
  };
}
