import type { Clock } from "../core/clock.ts";
import type { HeaderList } from "../core/header-list.ts";
import type { BodyConsumer } from "./body-consumer.ts";
import type { ResponseListener, ResponseSink } from "./response-sink.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** What happens beside the bytes. Exactly one of `ended`, `broken`, `clientGone` is called, once. */
export interface RelayHooks {
  /** A piece of the body, before it leaves. */
  chunk(chunk: Buffer): void;
  /** The body is whole; its last bytes leave after this returns, with the trailer fields it answers. */
  ended(): HeaderList;
  /** The upstream broke off. Whoever handles this ends or breaks the answer. */
  broken(failure: UpstreamFailure): void;
  /** The client left; the call has been aborted. */
  clientGone(): void;
  /** Asked when the client reads slowly: whether others want the body as fast as it comes. Absent means no. */
  isWantedElsewhere?(): boolean;
  /** Asked when the client left: whether the body is taken to its end all the same, for others. Absent means no. */
  goesOn?(): boolean;
}

/** Passes the body of `call` to `response` as it comes: every piece leaves in the tick it came, a slow client slows the upstream. */
export function relayBody(
  ends: { readonly call: UpstreamCall; readonly response: ResponseSink; readonly clock: Clock },
  hooks: RelayHooks,
): void {
  const relay = new Relay(ends, hooks);
  ends.response.listener = relay;
  ends.call.consume(relay);
}

class Relay implements BodyConsumer<UpstreamFailure>, ResponseListener {
  readonly #call: UpstreamCall;
  readonly #response: ResponseSink;
  readonly #clock: Clock;
  readonly #hooks: RelayHooks;
  #isSettled = false;

  constructor(ends: { call: UpstreamCall; response: ResponseSink; clock: Clock }, hooks: RelayHooks) {
    this.#call = ends.call;
    this.#response = ends.response;
    this.#clock = ends.clock;
    this.#hooks = hooks;
  }

  data(chunk: Buffer): void {
    this.#hooks.chunk(chunk);
    this.#response.write(chunk);
  }

  end(): void {
    try {
      this.#response.end(this.#settle() ? this.#hooks.ended() : []);
    } catch (error) {
      // A fault of ours must not leave the client waiting for an end.
      this.#response.break();
      throw error;
    }
  }

  error(failure: UpstreamFailure): void {
    if (!this.#settle()) return;
    // Calls are only ever given up for a client that left.
    if (failure.reason === "aborted") this.#hooks.clientGone();
    else this.#hooks.broken(failure);
  }

  flush(): void {
    if (this.#response.isOver || this.#response.flush()) return;
    if (this.#hooks.isWantedElsewhere?.() !== true) this.#call.pause();
  }

  drained(): void {
    this.#call.resume(this.#clock.monotonicMs());
  }

  clientGone(): void {
    if (this.#isSettled) return;
    if (this.#hooks.goesOn?.() === true) {
      this.#call.resume(this.#clock.monotonicMs());
      return;
    }
    this.#settle();
    this.#call.abort();
    this.#hooks.clientGone();
  }

  /** True for the first ending only. */
  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    return true;
  }
}
