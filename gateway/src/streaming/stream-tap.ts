import type { AnswerTap } from "./answer-reading.ts";
import { asBuffer } from "./as-buffer.ts";
import type { CollectedBytes, CollectorLimits } from "./byte-collector.ts";
import type { EventReader } from "./event-reader.ts";
import { eventStreamPayload } from "./event-stream-payload.ts";
import { openEventStreamScanner, type EventStreamMessage } from "./event-stream-scanner.ts";
import { openJsonLinesScanner } from "./json-lines-scanner.ts";
import { parseSseEvent } from "./parse-sse-event.ts";
import { openSseScanner } from "./sse-scanner.ts";

/** Largest event that is read whole; of larger ones both ends are. */
const eventLimits: CollectorLimits = { maxBytes: 1_048_576, windowBytes: 65_536 };

/** A tap on a plain SSE body. */
export function openSseTap(reader: EventReader): AnswerTap {
  const scanner = openSseScanner((event) => readSse(reader, event), eventLimits);
  return {
    observe: (chunk) => scanner.push(asBuffer(chunk)),
    get progress() {
      return reader.progress;
    },
    get atEventBorder() {
      return scanner.atEventBorder;
    },
    finish() {
      scanner.end();
      return reader.finish("sse", false);
    },
  };
}

/** A tap on a body of JSON lines. */
export function openJsonLinesTap(reader: EventReader): AnswerTap {
  const scanner = openJsonLinesScanner((line) => readLine(reader, line), eventLimits);
  return {
    observe: (chunk) => scanner.push(asBuffer(chunk)),
    get progress() {
      return reader.progress;
    },
    atEventBorder: false,
    finish() {
      scanner.end();
      return reader.finish("json-lines", false);
    },
  };
}

/** A tap on an AWS event-stream body. A damaged message ends the reading with an error, an unfinished one as a cut. */
export function openEventStreamTap(reader: EventReader): AnswerTap {
  const scanner = openEventStreamScanner((message) => readMessage(reader, message), eventLimits.maxBytes);
  return {
    observe(chunk) {
      const skippedBefore = scanner.skippedMessages;
      scanner.push(asBuffer(chunk));
      if (scanner.skippedMessages > skippedBefore) reader.skipUnread();
      if (scanner.fault !== null) reader.fail(scanner.fault);
    },
    get progress() {
      return reader.progress;
    },
    atEventBorder: false,
    finish: () => reader.finish("aws-event-stream", scanner.isInsideMessage),
  };
}

function readSse(reader: EventReader, event: CollectedBytes): void {
  if (event.isWhole && reader.isDull(event.head)) return;
  const fields = parseSseEvent(event.head);
  if (fields === null) reader.skipComment();
  else if (event.isWhole) reader.read(fields.type, fields.data);
  else reader.readWindows(fields.type, event);
}

function readLine(reader: EventReader, line: CollectedBytes): void {
  if (!line.isWhole) return reader.readWindows("", line);
  if (reader.isDull(line.head)) return;
  const text = line.head.toString("utf8").trim();
  if (text === "") reader.skipComment();
  else reader.read("", text);
}

function readMessage(reader: EventReader, message: EventStreamMessage): void {
  const { headers } = message;
  const payload = eventStreamPayload(message.payload);
  if (headers[":message-type"] === "exception" || headers[":message-type"] === "error") {
    const text = payload.toString("utf8");
    reader.fail(headers[":error-message"] ?? (text || (headers[":exception-type"] ?? "")));
  } else if (!reader.isDull(payload)) reader.read(headers[":event-type"] ?? "", payload.toString("utf8"));
}
