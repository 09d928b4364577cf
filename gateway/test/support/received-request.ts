import { headerLineValue } from "./header-lines.ts";
import type { MessageHead } from "./message-reader.ts";
import { replayIdOf } from "./replay-control.ts";

/** One request as it arrived at the replay upstream; a live view while its body is still coming. */
export interface ReceivedRequest {
  readonly method: string;
  /** Request target exactly as sent. */
  readonly target: string;
  /** Field lines exactly as sent, in order. */
  readonly headerLines: readonly string[];
  readonly replayId: string | null;
  /** Counts connections from 1, so reuse of a connection shows. */
  readonly connectionNumber: number;
  /** First value of a header, whatever its case. */
  header(name: string): string | undefined;
  /** Body bytes so far. */
  readonly bodySizeBytes: number;
  /** The body so far; throws when it outgrew what is kept, then compare `bodySha256` instead. */
  body(): Buffer;
  /** SHA-256 of the body so far, hex. */
  bodySha256(): string;
  /** Fulfilled when the body is whole; never when the client leaves before. */
  readonly bodyEnded: Promise<void>;
  /** Trailer lines of a chunked body. */
  readonly trailers: readonly string[];
  /** Bytes of the answer the network took, head and framing included. */
  readonly sentBytes: number;
  /** Monotonic time at which the client left before its answer was whole; null when it did not. */
  readonly abortedAtMs: number | null;
  /** Whether the answer was sent whole, or ended the way its control said. */
  readonly answered: boolean;
}

/** The upstream's own side of a `ReceivedRequest`. */
export interface RequestLog extends ReceivedRequest {
  bodySizeBytes: number;
  trailers: readonly string[];
  sentBytes: number;
  abortedAtMs: number | null;
  answered: boolean;
  addBody(piece: Buffer): void;
  endBody(trailers: readonly string[]): void;
}

const largestKeptBytes = 8 * 1024 * 1024;

/** A fresh log for the request that `head` begins; null when its start line is no HTTP/1.1 request line. */
export function logRequest(head: MessageHead, connectionNumber: number): RequestLog | null {
  const match = /^([!#$%&'*+\-.^_`|~\w]+) (\S+) HTTP\/1\.1$/.exec(head.startLine);
  if (match === null) return null;
  const pieces: Buffer[] = [];
  const hasher = new Bun.CryptoHasher("sha256");
  const ended = Promise.withResolvers<void>();
  return {
    method: match[1] as string,
    target: match[2] as string,
    headerLines: head.headerLines,
    replayId: replayIdOf(head.headerLines),
    connectionNumber,
    bodySizeBytes: 0,
    bodyEnded: ended.promise,
    trailers: [],
    sentBytes: 0,
    abortedAtMs: null,
    answered: false,
    header: (name) => headerLineValue(head.headerLines, name),
    body() {
      if (this.bodySizeBytes > largestKeptBytes) throw new Error("body too large to be kept; compare bodySha256()");
      return Buffer.concat(pieces);
    },
    bodySha256: () => hasher.copy().digest("hex"),
    addBody(piece) {
      this.bodySizeBytes += piece.length;
      hasher.update(piece);
      if (this.bodySizeBytes <= largestKeptBytes) pieces.push(Buffer.from(piece));
      else pieces.length = 0;
    },
    endBody(trailers) {
      this.trailers = trailers;
      ended.resolve();
    },
  };
}
