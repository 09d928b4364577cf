import { openByteCollector, type CollectedBytes, type CollectorLimits } from "./byte-collector.ts";

/** Finds where the events of a `text/event-stream` body end, without changing or decoding a byte. */
export interface SseScanner {
  /** Takes the next piece of the body, split anywhere. */
  push(chunk: Buffer): void;
  /** The body has ended: bytes after the last blank line are given as a last event. */
  end(): void;
  /** True when all bytes so far end with an event's blank line, so that another event or a comment may follow. */
  readonly atEventBorder: boolean;
}

const lineFeed = 10;
const carriageReturn = 13;

/**
 * A scanner that gives `onEvent` each event's raw bytes: all lines up to and with the blank one that ends it. Lines end with LF, CRLF or CR
 * (HTML standard, §9.2.6). An event larger than `limits.maxBytes` comes with its middle missing. Blank lines between events are no events;
 * comments are.
 */
export function openSseScanner(onEvent: (event: CollectedBytes) => void, limits: CollectorLimits): SseScanner {
  const pending = openByteCollector(limits);
  let lineHasBytes = false;
  let eventHasLines = false;
  /** The last byte was a CR that ended a line; a LF now belongs to it. */
  let afterReturn = false;

  function finishEvent(piece: Buffer): void {
    eventHasLines = false;
    if (pending.isEmpty && piece.length <= limits.maxBytes) {
      onEvent({ isWhole: true, head: piece, tail: piece.subarray(piece.length) });
      return;
    }
    pending.push(piece);
    onEvent(pending.take());
  }

  return {
    push(chunk) {
      const ends = openLineEnds(chunk);
      let eventStart = 0;
      let position = 0;
      if (afterReturn && chunk.length > 0) {
        afterReturn = false;
        if (chunk[0] === lineFeed) position = 1;
        if (!eventHasLines) eventStart = position;
      }
      while (position < chunk.length) {
        const lineEnd = ends.next(position);
        if (lineEnd < 0) {
          lineHasBytes = true;
          break;
        }
        const isBlank = lineEnd === position && !lineHasBytes;
        position = lineEnd + 1;
        if (chunk[lineEnd] === carriageReturn) {
          if (position === chunk.length) afterReturn = true;
          else if (chunk[position] === lineFeed) position += 1;
        }
        lineHasBytes = false;
        if (!isBlank) eventHasLines = true;
        else {
          if (eventHasLines) finishEvent(chunk.subarray(eventStart, position));
          eventStart = position;
        }
      }
      if (eventStart < chunk.length) pending.push(chunk.subarray(eventStart));
    },
    end() {
      if (!pending.isEmpty) onEvent(pending.take());
    },
    get atEventBorder() {
      return !lineHasBytes && !eventHasLines && !afterReturn;
    },
  };
}

/** The ends of a chunk's lines. Each kind of end is looked for once per place, so that a chunk full of one kind does not cost a search per line for the other. */
function openLineEnds(chunk: Buffer): { next(from: number): number } {
  let feed = chunk.indexOf(lineFeed);
  let carriage = chunk.indexOf(carriageReturn);
  return {
    next(from) {
      if (feed >= 0 && feed < from) feed = chunk.indexOf(lineFeed, from);
      if (carriage >= 0 && carriage < from) carriage = chunk.indexOf(carriageReturn, from);
      return feed < 0 || (carriage >= 0 && carriage < feed) ? carriage : feed;
    },
  };
}
