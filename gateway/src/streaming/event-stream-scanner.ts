import { crc32 } from "node:zlib";
import { openByteCollector } from "./byte-collector.ts";
import { parseEventStreamHeaders } from "./event-stream-headers.ts";

/** One message of an `application/vnd.amazon.eventstream` body. */
export interface EventStreamMessage {
  /** Headers of text type, e.g. `:message-type`, `:event-type`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** Takes an event-stream body apart into messages, checking both checksums of each. */
export interface EventStreamScanner {
  /** Takes the next piece of the body, split anywhere. Ignored once a fault was found: there is no way back into step. */
  push(chunk: Buffer): void;
  /** True when bytes of an unfinished message are held: at the end of the body, a cut. */
  readonly isInsideMessage: boolean;
  /** What was wrong with the body's form, in words; null while nothing was. */
  readonly fault: string | null;
  /** Messages larger than the bound, which were passed over unread and unchecked. */
  readonly skippedMessages: number;
}

const preludeBytes = 12;
const checksumBytes = 4;

/**
 * A scanner that gives `onMessage` each message of at most `maxMessageBytes`.
 * Form: total length, header length, CRC-32 of these two, headers, payload, CRC-32 of all before; integers big-endian
 * (docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream).
 */
export function openEventStreamScanner(
  onMessage: (message: EventStreamMessage) => void,
  maxMessageBytes: number,
): EventStreamScanner {
  const prelude = Buffer.alloc(preludeBytes);
  const rest = openByteCollector({ maxBytes: maxMessageBytes, windowBytes: 0 });
  let preludeFilled = 0;
  let leftBytes = 0;
  let isSkipping = false;
  let fault: string | null = null;
  let messages = 0;
  let skippedMessages = 0;

  function startMessage(): void {
    const totalBytes = prelude.readUInt32BE(0);
    if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) fail("prelude checksum does not match");
    else if (prelude.readUInt32BE(4) > totalBytes - preludeBytes - checksumBytes) fail("lengths contradict each other");
    leftBytes = totalBytes - preludeBytes;
    isSkipping = totalBytes > maxMessageBytes;
  }

  function finishMessage(bytes: Buffer): void {
    const headerBytes = prelude.readUInt32BE(4);
    const checksumAt = bytes.length - checksumBytes;
    const checksum = crc32(bytes.subarray(0, checksumAt), crc32(prelude));
    if (checksum !== bytes.readUInt32BE(checksumAt)) return fail("message checksum does not match");
    const headers = parseEventStreamHeaders(bytes.subarray(0, headerBytes));
    if (headers === null) return fail("headers cannot be read");
    messages += 1;
    onMessage({ headers, payload: bytes.subarray(headerBytes, checksumAt) });
  }

  function fail(reason: string): void {
    fault = `event-stream message ${messages + skippedMessages + 1}: ${reason}`;
    leftBytes = 0;
  }

  function takeRest(chunk: Buffer, from: number): number {
    const piece = chunk.subarray(from, from + leftBytes);
    const isWhole = piece.length === leftBytes && rest.isEmpty;
    leftBytes -= piece.length;
    if (!isSkipping && !isWhole) rest.push(piece);
    if (leftBytes > 0) return from + piece.length;
    preludeFilled = 0;
    if (isSkipping) skippedMessages += 1;
    else finishMessage(isWhole ? piece : rest.take().head);
    return from + piece.length;
  }

  return {
    push(chunk) {
      let position = 0;
      while (position < chunk.length) {
        if (fault !== null) return;
        if (preludeFilled === preludeBytes) {
          position = takeRest(chunk, position);
          continue;
        }
        const copied = chunk.copy(prelude, preludeFilled, position, position + preludeBytes - preludeFilled);
        preludeFilled += copied;
        position += copied;
        if (preludeFilled === preludeBytes) startMessage();
      }
    },
    get isInsideMessage() {
      return preludeFilled > 0;
    },
    get fault() {
      return fault;
    },
    get skippedMessages() {
      return skippedMessages;
    },
  };
}
