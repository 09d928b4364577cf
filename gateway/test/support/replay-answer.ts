import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { eventBorders } from "./event-borders.ts";
import type { RecordedExchange } from "./recordings.ts";
import { bodyBytes } from "./recordings.ts";
import type { ReplayControl } from "./replay-control.ts";

/** What happens after the last piece of an answer. */
export type AnswerEnding = "complete" | "close" | "reset" | "hang";

/** An answer ready to be sent: head, framed body pieces in order, and how it ends. */
export interface ReplayAnswer {
  readonly head: Buffer;
  readonly pieces: Iterable<Buffer>;
  readonly ending: AnswerEnding;
}

const reasonPhrases: Readonly<Record<number, string>> = { 200: "OK", 204: "No Content", 304: "Not Modified" };
const generatedPiece = Buffer.alloc(64 * 1024, "generated body ");

/**
 * The answer to a request of `method` for `exchange`. The recorded header fields come first and in order, then a fixed
 * `date`, the content coding, added lines and the framing. HEAD, 204 and 304 get no body; HEAD keeps the length it would have.
 */
export function planAnswer(exchange: RecordedExchange, control: ReplayControl, method: string): ReplayAnswer {
  const status = control.status ?? exchange.response.status;
  const plain = corrupted(bodyBytes(exchange.response), control.corruptOffset);
  const body = encoded(plain, control.encoding);
  const sizeBytes = control.generateBytes ?? body.length;
  const bodiless = method === "HEAD" || status === 204 || status === 304;
  const framing = control.framing ?? (exchange.response.stream ? "chunked" : "length");
  const head = answerHead({ exchange, control, status, framing, sizeBytes, method });
  if (bodiless) return { head, pieces: [], ending: "complete" };
  const cutAt = cutOffset(control, body, exchange);
  const kept = cutAt === null ? body : body.subarray(0, cutAt);
  const pieces =
    control.generateBytes === undefined ? splitBody(kept, control, exchange) : generated(control.generateBytes);
  const cutEnding = cutAt === null ? null : (control.cutMode ?? "close");
  return {
    head,
    pieces: framing === "chunked" ? chunkFramed(pieces, cutEnding === null) : pieces,
    ending: cutEnding ?? (framing === "close" ? "close" : "complete"),
  };
}

interface HeadParts {
  readonly exchange: RecordedExchange;
  readonly control: ReplayControl;
  readonly status: number;
  readonly framing: "length" | "chunked" | "close";
  readonly sizeBytes: number;
  readonly method: string;
}

function answerHead(parts: HeadParts): Buffer {
  const { control, status, framing } = parts;
  const lines = [`HTTP/1.1 ${status} ${reasonPhrases[status] ?? "Replayed"}`];
  for (const [name, value] of Object.entries(parts.exchange.response.headers)) lines.push(`${name}: ${value}`);
  lines.push("date: Sat, 01 Nov 2025 12:00:00 GMT");
  if (control.encoding !== undefined) lines.push(`content-encoding: ${control.encoding}`);
  if (control.headerLines !== undefined) lines.push(...control.headerLines);
  if (status !== 204 && status !== 304) {
    if (framing === "length") lines.push(`content-length: ${parts.sizeBytes}`);
    if (framing === "chunked") lines.push("transfer-encoding: chunked");
    if (framing === "close") lines.push("connection: close");
  }
  let sizeBytes = lines.reduce((sum, line) => sum + line.length + 2, 2);
  for (let index = 0; sizeBytes < (control.headBytes ?? 0); index += 1) {
    const line = `x-padding-${index}: ${"p".repeat(Math.min(4000, (control.headBytes ?? 0) - sizeBytes))}`;
    lines.push(line);
    sizeBytes += line.length + 2;
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function corrupted(body: Buffer, offset: number | undefined): Buffer {
  if (offset === undefined || offset >= body.length) return body;
  const copy = Buffer.from(body);
  copy[offset] = (copy[offset] as number) ^ 0xff;
  return copy;
}

function encoded(body: Buffer, encoding: ReplayControl["encoding"]): Buffer {
  if (encoding === "gzip") return gzipSync(body);
  if (encoding === "br") return brotliCompressSync(body);
  if (encoding === "zstd") return zstdCompressSync(body);
  if (encoding === "deflate") return deflateSync(body);
  return body;
}

function contentTypeOf(exchange: RecordedExchange): string {
  return exchange.response.headers["content-type"] ?? "";
}

function cutOffset(control: ReplayControl, body: Buffer, exchange: RecordedExchange): number | null {
  if (control.cutAfterBytes !== undefined) return Math.min(control.cutAfterBytes, body.length);
  if (control.cutAfterEvents === undefined) return null;
  if (control.cutAfterEvents === 0) return 0;
  return eventBorders(body, contentTypeOf(exchange))[control.cutAfterEvents - 1] ?? body.length;
}

function* splitBody(body: Buffer, control: ReplayControl, exchange: RecordedExchange): Generator<Buffer> {
  const { split } = control;
  if (split === undefined) {
    if (body.length > 0) yield body;
    return;
  }
  let start = 0;
  for (const border of splitBorders(body, split, exchange)) {
    if (border <= start || border >= body.length) continue;
    yield body.subarray(start, border);
    start = border;
  }
  if (start < body.length) yield body.subarray(start);
}

function* splitBorders(
  body: Buffer,
  split: NonNullable<ReplayControl["split"]>,
  exchange: RecordedExchange,
): Generator<number> {
  if (split.kind === "events") yield* eventBorders(body, contentTypeOf(exchange));
  else if (split.kind === "at") yield split.offset;
  else for (let border = split.bytes; border < body.length; border += split.bytes) yield border;
}

function* generated(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= generatedPiece.length) yield generatedPiece.subarray(0, left);
}

function* chunkFramed(pieces: Iterable<Buffer>, ended: boolean): Generator<Buffer> {
  let held: Buffer | null = null;
  for (const piece of pieces) {
    if (held !== null) yield held;
    held = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
  }
  const last = ended ? [Buffer.from("0\r\n\r\n")] : [];
  const final = Buffer.concat(held === null ? last : [held, ...last]);
  if (final.length > 0) yield final;
}
