import { createChunkedDecoder } from "./chunked-decoder.ts";

/** Head of one HTTP/1.1 message as it crossed the wire; one character per byte. */
export interface MessageHead {
  readonly startLine: string;
  /** Field lines in order, unparsed, without their line ends. */
  readonly headerLines: readonly string[];
}

/** How long the body of a message is (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** What a reader tells as it goes. `onHead` answers how the body that follows is framed; "interim" means another head follows. */
export interface MessageHandlers {
  onHead(head: MessageHead): BodyFraming | "interim";
  onBody(piece: Buffer): void;
  /** The message is whole; trailers are the field lines after the last chunk. */
  onEnd(trailers: readonly string[]): void;
  /** The bytes are not HTTP/1.1; nothing more is read. */
  onFault(reason: string): void;
}

/** Reads the messages of one direction of a connection, whatever the borders of the pieces pushed. */
export interface MessageReader {
  push(bytes: Buffer): void;
  /** The peer closed. Ends a message framed by close; answers false when a message was left unfinished. */
  finish(): boolean;
}

const largestHeadBytes = 16 * 1024 * 1024;

/** A reader for requests or responses; which of both is for `onHead` to know. */
export function createMessageReader(handlers: MessageHandlers): MessageReader {
  let pending: Buffer = Buffer.alloc(0);
  let state: "head" | "length" | "chunked" | "close" | "dead" = "head";
  let remaining = 0;
  let chunked = createChunkedDecoder(handlers);

  function readHead(): boolean {
    const end = pending.indexOf("\r\n\r\n");
    if (end < 0) {
      if (pending.length > largestHeadBytes) fail("head too large");
      return false;
    }
    const lines = pending.toString("latin1", 0, end).split("\r\n");
    pending = pending.subarray(end + 4);
    const framing = handlers.onHead({ startLine: lines[0] ?? "", headerLines: lines.slice(1) });
    if (framing !== "interim") enterBody(framing);
    return true;
  }

  function enterBody(framing: BodyFraming): void {
    if (framing.kind === "none" || (framing.kind === "length" && framing.bytes === 0)) return handlers.onEnd([]);
    state = framing.kind;
    if (framing.kind === "length") remaining = framing.bytes;
    if (framing.kind === "chunked") chunked = createChunkedDecoder(handlers);
  }

  function readLength(): void {
    const piece = pending.subarray(0, remaining);
    pending = pending.subarray(piece.length);
    remaining -= piece.length;
    handlers.onBody(piece);
    if (remaining === 0) {
      state = "head";
      handlers.onEnd([]);
    }
  }

  function readChunked(): void {
    const result = chunked.push(pending);
    pending = result.rest;
    if (result.fault !== null) return fail(result.fault);
    if (result.trailers !== null) {
      state = "head";
      handlers.onEnd(result.trailers);
    }
  }

  function fail(reason: string): void {
    state = "dead";
    pending = Buffer.alloc(0);
    handlers.onFault(reason);
  }

  return {
    push(bytes) {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      while (pending.length > 0 && state !== "dead") {
        if (state === "head") {
          if (!readHead()) return;
        } else if (state === "length") readLength();
        else if (state === "chunked") readChunked();
        else {
          handlers.onBody(pending);
          pending = Buffer.alloc(0);
        }
      }
    },
    finish() {
      if (state !== "close") return state === "head" && pending.length === 0;
      state = "head";
      handlers.onEnd([]);
      return true;
    },
  };
}
