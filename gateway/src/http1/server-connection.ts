import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel, Watched, WheelSlot } from "../core/deadline-wheel.ts";
import type { ConnectionSocket } from "./connection-socket.ts";
import { HeadBuffer } from "./head-buffer.ts";
import { parseRequestHead, type RequestHead } from "./parse-request-head.ts";
import { ProtocolError } from "./protocol-error.ts";
import { RawConnection, type RawOwner } from "./raw-connection.ts";
import { type BodySource, RequestBody } from "./request-body.ts";
import type { ResponseSink } from "./response-sink.ts";
import { type ResponseOwner, ResponseWriter } from "./response-writer.ts";
import { SocketWriter } from "./socket-writer.ts";

/** One request as the pipeline sees it. */
export interface IncomingRequest {
  readonly head: RequestHead;
  readonly body: RequestBody;
  readonly response: ResponseSink;
  /** Monotonic time at which the head was complete. */
  readonly receivedAtMs: number;
  readonly remoteAddress: string;
}

/** Why a connection is answered before the pipeline saw a request. `too_many`: there is no room for it. */
export type RefusalReason = ProtocolError | "too_slow" | "too_many";

/** What a listener shares with its connections. */
export interface ServerContext {
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  /** Takes each request. It must answer or break each one, and must not throw. */
  readonly handle: (request: IncomingRequest) => void;
  /** Answers a request that could not be read; the connection closes after it. */
  readonly refuse: (error: RefusalReason, response: ResponseSink) => void;
  readonly maxHeadBytes: number;
  readonly maxBodyBytes: number;
  readonly clientHeadMs: number;
  readonly clientWriteMs: number;
  readonly keepAliveMs: number;
  /** Shared by all writers of the process, `SCRATCH_BYTES` long. */
  readonly scratch: Buffer;
  /** True while the listener drains: connections close after their current answer. */
  isDraining: boolean;
}

/** Bytes of a pipelined next request kept while an answer is under way. */
const MAX_AHEAD_BYTES = 64 * 1024;
/** Who connected or had an answer so short a time ago may have sent a request already that did not arrive yet. */
const MAY_SEND_MS = 250;
/** How long a refused client may go on sending before the connection is cut. */
const LINGER_MS = 2000;
/** A body must average this many bytes a second once the grace time is over. */
const MIN_BODY_BYTES_PER_SECOND = 240;
const BODY_GRACE_MS = 10_000;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const EMPTY = Buffer.alloc(0);
/** First byte of a TLS hello: such a client would otherwise wait for an answer until the head time-out. */
const TLS_HANDSHAKE = 0x16;

/** The request under way, with the side of its answer that the connection drives. */
interface CurrentRequest extends IncomingRequest {
  readonly response: ResponseWriter;
}

type Phase = "head" | "exchange" | "raw" | "lingering" | "closed";

/** One client connection: reads requests one after the other, hands each to the pipeline, writes its answer. */
export class ServerConnection implements ResponseOwner, RawOwner, BodySource, Watched {
  readonly #context: ServerContext;
  readonly #socket: ConnectionSocket;
  readonly #writer: SocketWriter;
  readonly #head: HeadBuffer;
  #phase: Phase = "head";
  #request: CurrentRequest | null = null;
  /** What the connection is after it left HTTP behind. */
  #raw: RawConnection | null = null;
  #ahead: Buffer = EMPTY;
  #isReading = true;
  #closesWhenFlushed = false;
  #isBodyUnread = false;
  #waitsForContinue = false;
  #bodyStartedAtMs = 0;
  #waitsSinceMs: number;
  deadlineMs: number;
  slot: WheelSlot | undefined = undefined;

  constructor(socket: ConnectionSocket, context: ServerContext) {
    this.#socket = socket;
    this.#context = context;
    this.#writer = new SocketWriter(socket, context.scratch);
    this.#head = new HeadBuffer(context.maxHeadBytes);
    this.#waitsSinceMs = context.clock.monotonicMs();
    this.deadlineMs = this.#waitsSinceMs + context.clientHeadMs;
    context.wheel.watch(this);
  }

  /** True while no request is being read or answered. */
  get isIdle(): boolean {
    return this.#phase === "head" && !this.#head.isPartial && this.#writer.pendingBytes === 0;
  }

  get closesAfterAnswer(): boolean {
    return (
      this.#context.isDraining || this.#request?.head.keepAlive !== true || this.#request.body.isComplete === false
    );
  }

  /** Bytes came from the client. */
  received(piece: Buffer): void {
    if (this.#raw !== null) {
      this.#raw.received(piece);
      return;
    }
    let rest = piece;
    while (rest.length > 0) {
      if (this.#phase === "lingering" || this.#phase === "closed") return;
      try {
        rest = this.#phase === "head" ? this.#readHead(rest) : this.#readDuringExchange(rest);
      } catch (error) {
        this.#refuse(error as ProtocolError);
        return;
      }
    }
  }

  /** The kernel takes bytes again. */
  drained(): void {
    if (!this.#writer.drained()) {
      this.writingBlocked();
      return;
    }
    if (this.#closesWhenFlushed) this.#endWriting();
    else if (this.#raw !== null) {
      this.#context.wheel.unwatch(this);
      this.#raw.drained();
    } else if (this.#phase === "head") this.#expectNextRequest();
    else if (this.#phase === "exchange") {
      this.#expectNothing();
      this.#request?.response.listener.drained();
    }
  }

  /** While bytes wait for a slow reader, the connection lives only as long as the reader takes some now and then. */
  writingBlocked(): void {
    this.#expectWithin(this.#context.clientWriteMs);
  }

  /** The client closed, half-closed or reset the connection. A half-close counts as leaving, as most servers hold it. */
  closed(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#context.wheel.unwatch(this);
    const request = this.#request;
    this.#request = null;
    this.#raw?.closed();
    request?.body.fail("client_gone");
    request?.response.lost();
  }

  /**
   * Closes when idle for a moment, so that no request meets a closed connection, else after the current answer; a raw connection is told
   * once. For a listener that drains, again and again.
   */
  closeWhenIdle(): void {
    if (!this.isIdle) this.#raw?.stopping();
    else if (this.#context.clock.monotonicMs() - this.#waitsSinceMs >= MAY_SEND_MS) this.#close();
  }

  /** Leaves HTTP behind: bytes go both ways from here on. What came after the request is the beginning of it. */
  takeOver(): RawConnection {
    const early = this.#ahead;
    this.#ahead = EMPTY;
    this.#request = null;
    this.#phase = "raw";
    this.setReading(true);
    this.#context.wheel.unwatch(this);
    this.#raw = new RawConnection(this.#socket, this.#writer, { early, owner: this });
    this.#raw.flush();
    return this.#raw;
  }

  /** Tells a client that has just connected that there is no room for it, and closes. */
  turnAway(): void {
    this.#refuse("too_many");
  }

  /** Breaks the connection whatever it is doing. */
  terminate(): void {
    this.#socket.terminate();
    this.closed();
  }

  onDeadline(): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (this.#phase === "lingering" || this.#writer.pendingBytes > 0) this.terminate();
    else if (this.#phase === "head" && this.#head.isPartial) this.#refuse("too_slow");
    else if (this.#phase === "head") this.#close();
    else this.#checkBodyRate(nowMs);
  }

  setReading(isReading: boolean): void {
    if (this.#isReading === isReading || this.#phase === "closed") return;
    this.#isReading = isReading;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  bodyWanted(): void {
    if (!this.#waitsForContinue) return;
    this.#waitsForContinue = false;
    this.#bodyStartedAtMs = this.#context.clock.monotonicMs();
    this.#writer.gather(CONTINUE);
    this.#writer.flush();
  }

  answerEnded(isCloseAnnounced: boolean): void {
    const request = this.#request;
    if (request === null) return;
    if (isCloseAnnounced || this.closesAfterAnswer) {
      this.#linger();
      this.#request = null;
      return;
    }
    this.#request = null;
    this.#phase = "head";
    this.#waitsSinceMs = this.#context.clock.monotonicMs();
    this.#expectWithin(this.#writer.pendingBytes > 0 ? this.#context.clientWriteMs : this.#context.keepAliveMs);
    const ahead = this.#ahead;
    this.#ahead = EMPTY;
    this.setReading(true);
    if (ahead.length > 0) queueMicrotask(() => this.received(ahead));
  }

  answerBroken(needsReset: boolean): void {
    if (needsReset) this.terminate();
    else this.#linger();
    this.#request = null;
  }

  #readHead(piece: Buffer): Buffer {
    const isFirstPiece = !this.#head.isPartial;
    const start = isFirstPiece ? withoutLeadingLineEnd(piece) : piece;
    if (start.length === 0) return EMPTY;
    if (isFirstPiece && start[0] === TLS_HANDSHAKE) throw new ProtocolError("malformed", "this port speaks no TLS");
    const found = this.#head.push(start);
    if (found === null) {
      if (isFirstPiece) this.#expectWithin(this.#context.clientHeadMs);
      return EMPTY;
    }
    return this.#begin(parseRequestHead(found.text), found.rest);
  }

  /** @returns what came after the request: the beginning of the next one. */
  #begin(head: RequestHead, rest: Buffer): Buffer {
    const nowMs = this.#context.clock.monotonicMs();
    if (head.framing.kind === "length" && head.framing.sizeBytes > this.#context.maxBodyBytes) {
      throw new ProtocolError(
        "body_too_large",
        `the request body is ${head.framing.sizeBytes} bytes, at most ${this.#context.maxBodyBytes} are accepted`,
      );
    }
    const body = new RequestBody({ framing: head.framing, source: this, limitBytes: this.#context.maxBodyBytes });
    const response = new ResponseWriter(this.#writer, this);
    const request = { head, body, response, receivedAtMs: nowMs, remoteAddress: this.#socket.remoteAddress };
    this.#request = request;
    this.#phase = "exchange";
    this.#waitsForContinue = head.expectsContinue && !body.isComplete;
    this.#bodyStartedAtMs = nowMs;
    const after = rest.length === 0 ? rest : this.#readDuringExchange(rest);
    this.#expectNothing();
    this.#context.handle(request);
    return after;
  }

  #readDuringExchange(piece: Buffer): Buffer {
    const body = this.#request?.body;
    if (body !== undefined && !body.isComplete) {
      const end = body.push(piece);
      return piece.subarray(end);
    }
    this.#ahead = this.#ahead.length === 0 ? piece : Buffer.concat([this.#ahead, piece]);
    if (this.#ahead.length > MAX_AHEAD_BYTES) this.setReading(false);
    return EMPTY;
  }

  #checkBodyRate(nowMs: number): void {
    const body = this.#request?.body;
    if (body === undefined || body.isComplete) return;
    const seconds = (nowMs - this.#bodyStartedAtMs) / 1000;
    // Whoever was not asked to go on yet cannot be too slow.
    const isExpected = this.#isReading && !this.#waitsForContinue;
    if (isExpected && body.receivedBytes < seconds * MIN_BODY_BYTES_PER_SECOND) this.#refuse("too_slow");
    else this.#expectWithin(BODY_GRACE_MS);
  }

  #expectWithin(timeoutMs: number): void {
    this.deadlineMs = this.#context.clock.monotonicMs() + timeoutMs;
    this.#context.wheel.watch(this);
  }

  /** During an exchange only an unfinished body is on the clock; the answer has time-outs of its own. */
  #expectNothing(): void {
    if (this.#request?.body.isComplete === false) this.#expectWithin(BODY_GRACE_MS);
    else this.#context.wheel.unwatch(this);
  }

  /** A slow reader has the last of its answer; a request that has begun to come is on the clock already. */
  #expectNextRequest(): void {
    if (!this.#head.isPartial) this.#expectWithin(this.#context.keepAliveMs);
  }

  #refuse(error: RefusalReason): void {
    const request = this.#request;
    const response = request?.response ?? new ResponseWriter(this.#writer, this);
    if (error !== "too_many") request?.body.fail(error);
    if (response.isHeadSent) {
      response.break();
      response.listener.clientGone();
      return;
    }
    this.#context.refuse(error, response);
    response.listener.clientGone();
    this.#linger();
    this.#request = null;
  }

  /** Ends the connection once the answer is out; reads on for a moment so that a client still sending gets it before any reset. */
  #linger(): void {
    if (this.#phase === "closed" || this.#phase === "lingering") return;
    this.#phase = "lingering";
    this.#ahead = EMPTY;
    this.#isBodyUnread = this.#request?.body.isComplete !== true;
    this.setReading(true);
    if (this.#writer.flush()) this.#endWriting();
    else {
      this.#closesWhenFlushed = true;
      this.writingBlocked();
    }
  }

  #endWriting(): void {
    if (!this.#isBodyUnread) {
      this.#close();
      return;
    }
    this.#socket.shutdown();
    this.#expectWithin(LINGER_MS);
  }

  #close(): void {
    this.#socket.end();
  }
}

function withoutLeadingLineEnd(piece: Buffer): Buffer {
  return piece[0] === 13 && piece[1] === 10 ? piece.subarray(2) : piece;
}
