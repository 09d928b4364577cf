import type { RequestBody } from "./request-body.ts";

/** Where a streamed request body goes. */
export interface BodySink {
  writeBody(piece: Buffer | string): void;
  /** @returns false when the upstream is slow: `onWritable` tells when it takes bytes again. */
  flushBody(): boolean;
  bodySent(): void;
  bodyFailed(): void;
  onWritable: () => void;
}

const CRLF = "\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** Passes a client's body on as it comes, in the client's own framing, no faster than the upstream takes it. */
export function streamRequestBody(body: RequestBody, sink: BodySink): void {
  const isChunked = body.framing.kind === "chunked";
  sink.onWritable = () => body.resume();
  body.consume({
    data(chunk) {
      if (isChunked) sink.writeBody(`${chunk.length.toString(16)}\r\n`);
      sink.writeBody(chunk);
      if (isChunked) sink.writeBody(CRLF);
    },
    end() {
      if (isChunked) sink.writeBody(LAST_CHUNK);
      sink.onWritable = () => {};
      sink.bodySent();
    },
    error() {
      sink.onWritable = () => {};
      sink.bodyFailed();
    },
    flush() {
      if (!sink.flushBody()) body.pause();
    },
  });
}
