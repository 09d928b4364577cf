import type { HeaderList } from "../core/header-list.ts";
import type { Watched, WheelSlot } from "../core/deadline-wheel.ts";
import type { BodyConsumer } from "./body-consumer.ts";
import type { BodyFraming } from "./body-framing.ts";
import type { Origin } from "./origin.ts";
import type { RequestBody } from "./request-body.ts";
import type { RawConnection } from "./raw-connection.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

/** A request to send. `headers` are complete but for framing: `host` included, no `content-length`, no hop-by-hop fields. */
export interface UpstreamRequest {
  readonly origin: Origin;
  readonly method: string;
  /** Origin-form target, sent exactly as given. */
  readonly target: string;
  readonly headers: HeaderList;
  /** Bytes at hand can be sent again on a fresh connection; a body that streams from the client cannot. */
  readonly body: Buffer | RequestBody | null;
  readonly timeouts: UpstreamTimeouts;
  /** Protocol to leave HTTP for (RFC 9110 §7.8), where the upstream agrees with status 101; its other fields are among `headers`. */
  readonly upgrade?: "websocket";
}

/** Time-outs in milliseconds; 0 means none. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  /** From the start of the call to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Longest silence inside the answer. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** The head of an answer. */
export interface UpstreamResponse {
  readonly status: number;
  readonly headers: HeaderList;
  /** How the body's end is found; `none` when there is no body. */
  readonly framing: BodyFraming;
}

/** The connection that serves a call. */
export interface CallTransport {
  setReading(isReading: boolean): void;
  /** Ends the exchange; the connection cannot be used again. */
  drop(): void;
}

/** What a call tells whoever watches over it. */
export interface CallOwner {
  /** The deadline came nearer: the call wants to be watched anew. */
  deadlineNearer(call: UpstreamCall): void;
  /** The call is over, for whatever reason; told once. */
  settled(call: UpstreamCall): void;
}

/** Bytes of an answer kept while nobody consumes it. */
const EARLY_LIMIT_BYTES = 256 * 1024;

/** One exchange with an upstream: resolves to its head, then gives its body to one consumer. */
export class UpstreamCall implements Watched {
  readonly request: UpstreamRequest;
  /** Rejects with UpstreamFailure. */
  readonly response: Promise<UpstreamResponse>;
  /** Monotonic times; 0 until it happened. */
  readonly startedAtMs: number;
  firstByteAtMs = 0;
  /** What became of the connection after status 101; null for every other answer. Whoever takes it ends it. */
  raw: RawConnection | null = null;
  deadlineMs: number;
  slot: WheelSlot | undefined = undefined;
  #resolve!: (response: UpstreamResponse) => void;
  #reject!: (failure: UpstreamFailure) => void;
  #transport: CallTransport | null = null;
  #consumer: BodyConsumer<UpstreamFailure> | null = null;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #state: "waiting" | "body" | "ended" | "failed" = "waiting";
  #failure: UpstreamFailure | null = null;
  readonly #owner: CallOwner;
  readonly #totalDeadlineMs: number;

  constructor(request: UpstreamRequest, nowMs: number, owner: CallOwner) {
    this.request = request;
    this.startedAtMs = nowMs;
    this.#owner = owner;
    this.#totalDeadlineMs = after(nowMs, request.timeouts.totalMs);
    this.deadlineMs = Math.min(after(nowMs, request.timeouts.firstByteMs), this.#totalDeadlineMs);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** True once the answer ended or failed. */
  get isOver(): boolean {
    return this.#state === "ended" || this.#state === "failed";
  }

  /** True once any byte of an answer came. */
  get hasAnswer(): boolean {
    return this.firstByteAtMs > 0;
  }

  /** Starts the flow of the body; what came before comes first. A body is consumed by one consumer at a time. */
  consume(consumer: BodyConsumer<UpstreamFailure>): void {
    this.#consumer = consumer;
    const early = this.#early;
    this.#early = [];
    this.#earlyBytes = 0;
    this.#transport?.setReading(true);
    for (const chunk of early) consumer.data(chunk);
    if (this.#state === "ended") consumer.end();
    if (this.#failure === null) consumer.flush();
    else consumer.error(this.#failure);
  }

  /** The pieces of a body that is already whole and that nobody has consumed; null otherwise. Taking them consumes them. */
  takeWhole(): readonly Buffer[] | null {
    if (this.#state !== "ended" || this.#consumer !== null) return null;
    const pieces = this.#early;
    this.#early = [];
    return pieces;
  }

  /** Gives back what a consumer took to look at: `chunks` come first for the next consumer. */
  giveBack(chunks: readonly Buffer[]): void {
    this.#consumer = null;
    this.#early = [...chunks];
  }

  pause(): void {
    this.#transport?.setReading(false);
    // A client that reads slowly is not the provider's silence.
    this.deadlineMs = this.#totalDeadlineMs;
  }

  resume(nowMs: number): void {
    this.#touch(nowMs);
    this.#owner.deadlineNearer(this);
    this.#transport?.setReading(true);
  }

  /** Gives the call up: the connection is cut at once, in whatever phase it is. */
  abort(): void {
    this.raw?.terminate();
    this.fail(new UpstreamFailure("aborted", "the exchange was given up"));
  }

  onDeadline(): void {
    const isTotal = this.deadlineMs >= this.#totalDeadlineMs;
    const reason = isTotal ? "total_timeout" : this.hasAnswer ? "idle_timeout" : "first_byte_timeout";
    const { totalMs, idleMs, firstByteMs } = this.request.timeouts;
    const limitMs = isTotal ? totalMs : this.hasAnswer ? idleMs : firstByteMs;
    this.fail(new UpstreamFailure(reason, `${reason.replaceAll("_", " ")} after ${limitMs} ms`));
  }

  /** The connection that carries the call from now on; called by the connection. */
  attach(transport: CallTransport): void {
    this.#transport = transport;
  }

  /** The answer's head came. */
  headReceived(response: UpstreamResponse, nowMs: number): void {
    this.#state = "body";
    this.firstByteAtMs = nowMs;
    this.#touch(nowMs);
    this.#owner.deadlineNearer(this);
    this.#resolve(response);
  }

  /** The upstream switched protocols: the exchange is over, the connection is the caller's. */
  switched(response: UpstreamResponse, raw: RawConnection, nowMs: number): void {
    this.#state = "ended";
    this.firstByteAtMs = nowMs;
    this.raw = raw;
    this.#transport = null;
    this.#owner.settled(this);
    this.#resolve(response);
  }

  dataReceived(chunk: Buffer): void {
    if (this.#consumer !== null) {
      this.#consumer.data(chunk);
      return;
    }
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > EARLY_LIMIT_BYTES) this.#transport?.setReading(false);
  }

  /** All of one piece was given. */
  pieceDone(nowMs: number): void {
    this.#touch(nowMs);
    this.#consumer?.flush();
  }

  /** The answer is whole. */
  bodyEnded(): void {
    if (this.isOver) return;
    this.#state = "ended";
    this.#transport = null;
    this.#owner.settled(this);
    this.#consumer?.end();
  }

  fail(failure: UpstreamFailure): void {
    if (this.isOver) return;
    const hadHead = this.#state === "body";
    this.#state = "failed";
    this.#failure = failure;
    const transport = this.#transport;
    this.#transport = null;
    this.#owner.settled(this);
    transport?.drop();
    if (!hadHead) {
      // Whoever aborts a call may never look at its response.
      this.response.catch(() => {});
      this.#reject(failure);
    } else this.#consumer?.error(failure);
  }

  #touch(nowMs: number): void {
    this.deadlineMs = Math.min(after(nowMs, this.request.timeouts.idleMs), this.#totalDeadlineMs);
  }
}

function after(nowMs: number, timeoutMs: number): number {
  return timeoutMs > 0 ? nowMs + timeoutMs : Number.POSITIVE_INFINITY;
}
