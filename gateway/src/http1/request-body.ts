import type { BodyConsumer } from "./body-consumer.ts";
import { BodyDecoder } from "./body-decoder.ts";
import type { BodyFraming } from "./body-framing.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Why a request body broke off: the client left, sent rubbish, too much, or too slowly. */
export type RequestBodyFailure = "client_gone" | "too_slow" | ProtocolError;

/** What a body asks of its connection. */
export interface BodySource {
  /** Reads on (true) or leaves bytes in the kernel (false). */
  setReading(isReading: boolean): void;
  /** The body is about to be read: a client that waits for `100 Continue` gets it. */
  bodyWanted(): void;
}

const EMPTY = Buffer.alloc(0);
/** Bytes of a body kept while nobody consumes it yet. */
const EARLY_LIMIT_BYTES = 64 * 1024;

/** The body of one request, pushed by its connection, taken by at most one consumer. */
export class RequestBody {
  readonly framing: BodyFraming;
  readonly #decoder: BodyDecoder;
  readonly #source: BodySource;
  readonly #limitBytes: number;
  #consumer: BodyConsumer<RequestBodyFailure> | null = null;
  #observer: ((chunk: Buffer) => void) | null = null;
  #early: Buffer[] = [];
  #failure: RequestBodyFailure | null = null;
  readonly #onData = (chunk: Buffer): void => this.#take(chunk);
  /** Body bytes received so far, framing not counted. */
  receivedBytes = 0;

  constructor(options: { framing: BodyFraming; source: BodySource; limitBytes: number }) {
    this.framing = options.framing;
    this.#decoder = new BodyDecoder(options.framing);
    this.#source = options.source;
    this.#limitBytes = options.limitBytes;
  }

  /** True once the last byte was received. */
  get isComplete(): boolean {
    return this.#decoder.isDone;
  }

  /** Has every byte that is consumed from now on shown to `observer` too, before the consumer gets it. */
  observe(observer: (chunk: Buffer) => void): void {
    this.#observer = observer;
  }

  /** Starts the flow; everything received before comes first. A body is consumed once. */
  consume(consumer: BodyConsumer<RequestBodyFailure>): void {
    this.#consumer = consumer;
    const early = this.#early;
    this.#early = [];
    for (const chunk of early) this.#give(chunk, consumer);
    if (this.#failure !== null) {
      consumer.error(this.#failure);
      return;
    }
    if (this.isComplete) consumer.end();
    consumer.flush();
    if (this.isComplete) return;
    this.#source.bodyWanted();
    this.#source.setReading(true);
  }

  /** The whole body when it came in one piece and nobody has consumed it; null otherwise. Taking it consumes it. */
  takeWhole(): Buffer | null {
    if (!this.isComplete || this.#early.length !== 1) return null;
    return this.#early.pop() as Buffer;
  }

  /** What was received and not consumed yet; for a look ahead. */
  peek(): Buffer {
    return this.#early[0] ?? EMPTY;
  }

  /** Gives a body back that turned out too large to keep: `chunks` come first for the next consumer. */
  giveBack(chunks: readonly Buffer[]): void {
    this.#consumer = null;
    this.#early = [...chunks];
    this.pause();
  }

  /** Stops reading from the client until `resume`. */
  pause(): void {
    if (!this.isComplete) this.#source.setReading(false);
  }

  resume(): void {
    this.#source.setReading(true);
  }

  /**
   * Takes bytes off the wire; called by the connection.
   * @returns index of the first byte after the body.
   * @throws ProtocolError `malformed`, or `body_too_large` over the limit.
   */
  push(piece: Buffer): number {
    const end = this.#decoder.decode(piece, this.#onData);
    if (this.#consumer !== null) {
      if (this.isComplete) this.#consumer.end();
      this.#consumer.flush();
    }
    return end;
  }

  /** Breaks the body off; called by the connection. */
  fail(failure: RequestBodyFailure): void {
    if (this.isComplete || this.#failure !== null) return;
    this.#failure = failure;
    this.#consumer?.error(failure);
  }

  #give(chunk: Buffer, consumer: BodyConsumer<RequestBodyFailure>): void {
    this.#observer?.(chunk);
    consumer.data(chunk);
  }

  #take(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > this.#limitBytes) {
      throw new ProtocolError("body_too_large", `the request body is over ${this.#limitBytes} bytes`);
    }
    if (this.#consumer !== null) {
      this.#give(chunk, this.#consumer);
      return;
    }
    this.#early.push(chunk);
    if (this.receivedBytes > EARLY_LIMIT_BYTES) this.#source.setReading(false);
  }
}
