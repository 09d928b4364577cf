/** What a reader tells about one HTTP/1.1 message. */
export interface MessageEvents {
  /** Start line and fields as they came, without the empty line. */
  head(head: string): void;
  /** A piece of the body with its framing taken off. The bytes may be reused after the call. */
  body(bytes: Buffer): void;
  end(): void;
}

type Phase = "head" | "length" | "chunk-size" | "chunk-data" | "chunk-end" | "trailer" | "until-close";

/** State of a connection that is being read; made by `newMessageReader`, changed by `readMessages`. */
export interface MessageReader {
  readonly kind: "request" | "response";
  readonly events: MessageEvents;
  phase: Phase;
  unread: Buffer | null;
  remainingBytes: number;
}

/**
 * A reader for the messages of one connection, one after the other (RFC 9112). It trusts its peer, as a load generator
 * on loopback may: limits and malformed input are not its business.
 */
export function newMessageReader(kind: "request" | "response", events: MessageEvents): MessageReader {
  return { kind, events, phase: "head", unread: null, remainingBytes: 0 };
}

/** Reads what has just arrived. */
export function readMessages(reader: MessageReader, bytes: Buffer): void {
  let rest: Buffer | null = reader.unread === null ? bytes : Buffer.concat([reader.unread, bytes]);
  reader.unread = null;
  while (rest !== null && rest.length > 0) rest = steps[reader.phase](reader, rest);
}

/** Tells the reader that the connection is closed, which ends a body without a length. */
export function endMessages(reader: MessageReader): void {
  if (reader.phase === "until-close") finish(reader);
}

/** Each step takes bytes of its phase and returns those behind, or null when it needs more. */
const steps: Record<Phase, (reader: MessageReader, bytes: Buffer) => Buffer | null> = {
  head(reader, bytes) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return keep(reader, bytes);
    const head = bytes.toString("latin1", 0, end);
    reader.events.head(head);
    startBody(reader, head);
    return bytes.subarray(end + 4);
  },
  length(reader, bytes) {
    const piece = bytes.subarray(0, reader.remainingBytes);
    reader.remainingBytes -= piece.length;
    reader.events.body(piece);
    if (reader.remainingBytes === 0) finish(reader);
    return bytes.subarray(piece.length);
  },
  "chunk-size"(reader, bytes) {
    const end = bytes.indexOf("\r\n");
    if (end === -1) return keep(reader, bytes);
    reader.remainingBytes = Number.parseInt(bytes.toString("latin1", 0, end), 16);
    reader.phase = reader.remainingBytes === 0 ? "trailer" : "chunk-data";
    return bytes.subarray(end + 2);
  },
  "chunk-data"(reader, bytes) {
    const piece = bytes.subarray(0, reader.remainingBytes);
    reader.remainingBytes -= piece.length;
    reader.events.body(piece);
    if (reader.remainingBytes === 0) reader.phase = "chunk-end";
    return bytes.subarray(piece.length);
  },
  "chunk-end"(reader, bytes) {
    if (bytes.length < 2) return keep(reader, bytes);
    reader.phase = "chunk-size";
    return bytes.subarray(2);
  },
  trailer(reader, bytes) {
    const end = bytes.indexOf("\r\n");
    if (end === -1) return keep(reader, bytes);
    if (end === 0) finish(reader);
    return bytes.subarray(end + 2);
  },
  "until-close"(reader, bytes) {
    reader.events.body(bytes);
    return null;
  },
};

function startBody(reader: MessageReader, head: string): void {
  const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    reader.remainingBytes = Number(length);
    reader.phase = "length";
    if (reader.remainingBytes === 0) finish(reader);
  } else if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) {
    reader.phase = "chunk-size";
  } else if (reader.kind === "response") {
    reader.phase = "until-close";
  } else {
    finish(reader);
  }
}

function finish(reader: MessageReader): void {
  reader.phase = "head";
  reader.events.end();
}

function keep(reader: MessageReader, bytes: Buffer): null {
  reader.unread = Buffer.from(bytes);
  return null;
}
