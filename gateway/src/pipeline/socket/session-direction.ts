import type { RawConnection, RawListener } from "../../http1/raw-connection.ts";
import { writeClosePayload } from "../../websocket/close-payload.ts";
import { type FrameHead, isControl, opcode, unmasked } from "../../websocket/frame.ts";
import { FrameScanner, type FrameVisitor } from "../../websocket/frame-scanner.ts";
import { PayloadStore } from "../../websocket/payload-store.ts";
import { WebSocketError } from "../../websocket/websocket-error.ts";
import { writeFrame } from "../../websocket/write-frame.ts";

/** What a direction tells its session. */
export interface DirectionOwner {
  /** Bytes came, before any of them is passed on. */
  received(direction: SessionDirection, sizeBytes: number): void;
  /** A whole message passed, mask taken off; only of those that `reads` asks for, and not of longer ones than are read. */
  messagePassed(direction: SessionDirection, message: Buffer): void;
  /** The source closes: `frame` is its close frame as it came, not yet passed on; `payload` is what it says, mask taken off. */
  closeReceived(direction: SessionDirection, frame: Buffer, payload: Buffer): void;
  /** The source broke the protocol. */
  violated(direction: SessionDirection, fault: WebSocketError): void;
  /** The source's connection is gone. */
  lost(direction: SessionDirection): void;
  /** The process stops. */
  stopping(): void;
}

/** Messages longer than this are passed on unread. */
const MAX_READ_BYTES = 1024 * 1024;

/** One direction of a session: passes the frames of its source to its sink as they come, no faster than the sink takes them. */
export class SessionDirection implements RawListener, FrameVisitor {
  readonly source: RawConnection;
  readonly sink: RawConnection;
  readonly isFromClient: boolean;
  readonly #owner: DirectionOwner;
  readonly #scanner: FrameScanner;
  readonly #message = new PayloadStore();
  #isReadingMessage = false;
  readonly #close = new PayloadStore();
  #closeFrame: Buffer[] = [];
  /** True inside a frame whose head was passed on. */
  #isInFrame = false;
  #pendingClose: Buffer | null = null;
  /** The other way; set by the session once both are there. */
  opposite!: SessionDirection;
  /** Which messages are worth reading by now; binary ones are media, except where a vendor writes JSON into them. */
  reads: "nothing" | "text" | "all" = "nothing";
  /** The source has sent its close frame. */
  hasSourceClosed = false;
  /** A close frame was sent to the sink; nothing may follow it. */
  isSinkClosed = false;
  isSourceGone = false;

  constructor(options: { source: RawConnection; sink: RawConnection; isFromClient: boolean; owner: DirectionOwner }) {
    this.source = options.source;
    this.sink = options.sink;
    this.isFromClient = options.isFromClient;
    this.#owner = options.owner;
    this.#scanner = new FrameScanner(options.isFromClient, this);
  }

  /** Passes a close frame of the source on as it is. */
  passClose(frame: Buffer): void {
    if (this.isSinkClosed) return;
    this.isSinkClosed = true;
    this.sink.write(frame);
    this.sink.flush();
  }

  /**
   * Sends a close frame of the gateway's own to the sink: now, or as soon as the frame that is passing has ended. Where the rest of
   * that frame can never come, the sink is cut off instead.
   */
  closeSink(code: number, reason: string): void {
    if (this.isSinkClosed || this.sink.isOver) return;
    const payload = writeClosePayload({ code, reason });
    const frame = writeFrame({ opcode: opcode.close, payload, isMasked: this.isFromClient });
    if (!this.#isInFrame) this.passClose(frame);
    else if (this.isSourceGone) this.sink.terminate();
    else this.#pendingClose = frame;
  }

  /** Listens to the source no more: after what it said, nothing counts but that it goes. */
  abandon(): void {
    this.#scanner.stop();
    this.hasSourceClosed = true;
  }

  received(piece: Buffer): void {
    this.#owner.received(this, piece.length);
    try {
      this.#scanner.push(piece);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#owner.violated(this, error);
    }
    if (!this.sink.isOver && !this.sink.flush()) this.source.setReading(false);
  }

  drained(): void {
    this.opposite.source.setReading(true);
  }

  ended(): void {
    if (this.isSourceGone) return;
    this.isSourceGone = true;
    this.#owner.lost(this);
  }

  stopping(): void {
    this.#owner.stopping();
  }

  begin(frame: FrameHead): void {
    if (frame.opcode === opcode.close) {
      this.#closeFrame.push(frame.bytes);
      return;
    }
    if (this.isSinkClosed) return;
    this.#isInFrame = true;
    this.sink.write(frame.bytes);
    if (frame.opcode === opcode.text) this.#isReadingMessage = this.reads !== "nothing";
    if (frame.opcode === opcode.binary) this.#isReadingMessage = this.reads === "all";
  }

  payload(bytes: Buffer, frame: FrameHead, offset: number): void {
    if (frame.opcode === opcode.close) {
      this.#closeFrame.push(bytes);
      this.#close.add(unmasked(bytes, frame, offset));
      return;
    }
    if (this.isSinkClosed) return;
    this.sink.write(bytes);
    if (!this.#isReadingMessage || isControl(frame.opcode)) return;
    if (this.#message.sizeBytes + bytes.length <= MAX_READ_BYTES) this.#message.add(unmasked(bytes, frame, offset));
    else {
      this.#isReadingMessage = false;
      this.#message.take();
    }
  }

  end(frame: FrameHead): void {
    this.#isInFrame = false;
    if (frame.opcode === opcode.close) {
      this.#scanner.stop();
      this.hasSourceClosed = true;
      this.#owner.closeReceived(this, Buffer.concat(this.#closeFrame), this.#close.take());
      return;
    }
    if (frame.isFinal && !isControl(frame.opcode) && this.#isReadingMessage) {
      this.#isReadingMessage = false;
      this.#owner.messagePassed(this, this.#message.take());
    }
    const pending = this.#pendingClose;
    this.#pendingClose = null;
    if (pending !== null) this.passClose(pending);
  }
}
