import type { Clock } from "../core/clock.ts";
import type { ResponseWriter } from "./response-writer.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** What happens beside the bytes. Exactly one of `ended`, `broken`, `clientGone` is called, once. */
export interface RelayHooks {
  /** A piece of the body, before it leaves. */
  chunk(chunk: Buffer): void;
  /** The body is whole; its last bytes leave after this returns. */
  ended(): void;
  /** The upstream broke off. Whoever handles this ends or breaks the answer. */
  broken(failure: UpstreamFailure): void;
  /** The client left; the call has been aborted. */
  clientGone(): void;
}

/** Passes the body of `call` to `response` as it comes: every piece leaves in the tick it came, a slow client slows the upstream. */
export function relayBody(
  { call, response, clock }: { call: UpstreamCall; response: ResponseWriter; clock: Clock },
  hooks: RelayHooks,
): void {
  let isSettled = false;
  const settle = (tell: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    tell();
  };
  response.onDrain = () => call.resume(clock.monotonicMs());
  response.onClientGone = () =>
    settle(() => {
      call.abort();
      hooks.clientGone();
    });
  call.consume({
    data(chunk) {
      hooks.chunk(chunk);
      response.write(chunk);
    },
    end() {
      settle(() => hooks.ended());
      response.end();
    },
    error(failure) {
      // Calls are only ever given up for a client that left.
      settle(() => (failure.reason === "aborted" ? hooks.clientGone() : hooks.broken(failure)));
    },
    flush() {
      if (!response.isOver && !response.flush()) call.pause();
    },
  });
}
