import type { Socket } from "bun";
import { BodyDecoder } from "./body-decoder.ts";
import { HeadBuffer } from "./head-buffer.ts";
import { parseResponseHead, type ResponseHead } from "./parse-response-head.ts";
import { ProtocolError } from "./protocol-error.ts";
import { RawConnection, type RawOwner } from "./raw-connection.ts";
import { serializeRequestHead } from "./serialize-head.ts";
import { SocketWriter } from "./socket-writer.ts";
import { streamRequestBody, type BodySink } from "./stream-request-body.ts";
import type { CallTransport, UpstreamCall, UpstreamRequest } from "./upstream-call.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

/** Largest answer head accepted. */
const MAX_HEAD_BYTES = 256 * 1024;
/** Interim answers (1xx) skipped before the final one. */
const MAX_INTERIM_ANSWERS = 16;

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** Shared by all writers of the process, `SCRATCH_BYTES` long. */
  readonly scratch: Buffer;
  readonly nowMs: () => number;
  /** The exchange is over and the connection may carry another. */
  released(connection: UpstreamConnection): void;
  /** The connection is gone. `call` is what it was carrying, if anything. */
  lost(connection: UpstreamConnection, call: UpstreamCall | null): void;
}

/** One connection to an origin: carries one call at a time. */
export class UpstreamConnection implements CallTransport, BodySink, RawOwner {
  readonly #socket: Socket<UpstreamConnection>;
  readonly #owner: ConnectionOwner;
  readonly #writer: SocketWriter;
  #call: UpstreamCall | null = null;
  /** What the connection is after it left HTTP behind. */
  #raw: RawConnection | null = null;
  readonly #headBuffer = new HeadBuffer(MAX_HEAD_BYTES);
  #head: ResponseHead | null = null;
  #decoder: BodyDecoder | null = null;
  #interimAnswers = 0;
  #isClosed = false;
  #isReading = true;
  #isRequestSent = true;
  readonly #onData = (chunk: Buffer): void => this.#call?.dataReceived(chunk);
  /** Calls carried so far. */
  callCount = 0;
  onWritable: () => void = () => {};

  constructor(socket: Socket<UpstreamConnection>, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#writer = new SocketWriter(socket, owner.scratch);
  }

  /** True once anything of the current answer came, a part of its head included. */
  get hasAnswerBegun(): boolean {
    return this.#head !== null || this.#headBuffer.isPartial || this.#interimAnswers > 0;
  }

  /** Sends the call's request; its answer goes to the call. */
  carry(call: UpstreamCall): void {
    this.#call = call;
    this.callCount += 1;
    this.#head = null;
    this.#interimAnswers = 0;
    call.attach(this);
    const { request } = call;
    const body = request.body;
    this.#writer.gather(serializeRequestHead(request, connectionLines(request)));
    if (Buffer.isBuffer(body)) this.#writer.gather(body);
    this.#isRequestSent = body === null || Buffer.isBuffer(body);
    this.#writer.flush();
    if (body !== null && !Buffer.isBuffer(body)) streamRequestBody(body, this);
  }

  /** Bytes came from the upstream. */
  received(piece: Buffer): void {
    if (this.#raw !== null) {
      this.#raw.received(piece);
      return;
    }
    if (this.#call === null) {
      // Nothing was asked: whatever this is must not be taken for the next answer.
      this.drop();
      return;
    }
    try {
      this.#read(piece, this.#call);
    } catch (error) {
      const isTooLarge = error instanceof ProtocolError && error.fault === "head_too_large";
      this.#call?.fail(
        new UpstreamFailure(isTooLarge ? "answer_head_too_large" : "malformed_answer", (error as Error).message),
      );
    }
  }

  drained(): void {
    if (!this.#writer.drained()) return;
    if (this.#raw === null) this.onWritable();
    else this.#raw.drained();
  }

  /** The upstream closed the connection, or reset it (`isReset`). */
  closed(isReset: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const call = this.#call;
    this.#call = null;
    // Only an orderly close ends a body without a length; after a reset nobody knows what is missing.
    if (call !== null && !isReset && this.#head?.framing.kind === "close") {
      call.bodyEnded();
      call.pieceDone(this.#owner.nowMs());
      this.#owner.lost(this, null);
      return;
    }
    this.#owner.lost(this, call);
    this.#raw?.closed();
  }

  setReading(isReading: boolean): void {
    if (this.#isReading === isReading || this.#isClosed) return;
    this.#isReading = isReading;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  drop(): void {
    this.#call = null;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.terminate();
    this.#owner.lost(this, null);
    this.#raw?.closed();
  }

  terminate(): void {
    this.drop();
  }

  /** A slow upstream slows the client down; it is not on the clock. */
  writingBlocked(): void {}

  writeBody(piece: Buffer | string): void {
    this.#writer.gather(piece);
  }

  flushBody(): boolean {
    return this.#writer.flush();
  }

  bodySent(): void {
    this.#isRequestSent = true;
  }

  bodyFailed(): void {
    this.#call?.abort();
  }

  #read(piece: Buffer, call: UpstreamCall): void {
    let rest = piece;
    while (this.#head === null) {
      const found = this.#headBuffer.push(rest);
      if (found === null) return;
      rest = found.rest;
      const head = parseResponseHead(found.text, call.request.method);
      if (head.status === 101 && call.request.upgrade !== undefined) {
        this.#switchProtocols(head, rest, call);
        return;
      }
      this.#takeHead(head, call);
      if (this.#head === null && rest.length === 0) return;
    }
    const decoder = this.#decoder as BodyDecoder;
    const end = decoder.decode(rest, this.#onData);
    if (decoder.isDone && this.#call === call) this.#finish(call, end < rest.length);
    call.pieceDone(this.#owner.nowMs());
  }

  #takeHead(head: ResponseHead, call: UpstreamCall): void {
    if (head.status < 200) {
      this.#interimAnswers += 1;
      if (this.#interimAnswers > MAX_INTERIM_ANSWERS || head.status === 101) {
        throw new ProtocolError("malformed", `unexpected interim answers, the last with status ${head.status}`);
      }
      return;
    }
    this.#head = head;
    this.#decoder = new BodyDecoder(head.framing);
    call.headReceived({ status: head.status, headers: head.headers, framing: head.framing }, this.#owner.nowMs());
  }

  #switchProtocols(head: ResponseHead, early: Buffer, call: UpstreamCall): void {
    this.#call = null;
    this.#raw = new RawConnection(this.#socket, this.#writer, { early, owner: this });
    const { status, headers, framing } = head;
    call.switched({ status, headers, framing }, this.#raw, this.#owner.nowMs());
  }

  #finish(call: UpstreamCall, hasExtraBytes: boolean): void {
    this.#call = null;
    const isReusable = this.#head?.keepAlive === true && this.#isRequestSent && !hasExtraBytes;
    try {
      call.bodyEnded();
    } finally {
      if (isReusable) {
        this.setReading(true);
        this.#owner.released(this);
      } else this.drop();
    }
  }
}

function connectionLines({ body, upgrade }: UpstreamRequest): string {
  if (upgrade !== undefined) return `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  if (body === null) return "";
  if (Buffer.isBuffer(body)) return `content-length: ${body.length}\r\n`;
  if (body.framing.kind === "length") return `content-length: ${body.framing.sizeBytes}\r\n`;
  return "transfer-encoding: chunked\r\n";
}
