import type { Watched } from "../core/deadline-wheel.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import type { AnswerTap } from "../streaming/answer-tap.ts";
import type { Gateway } from "./gateway.ts";

const COMMENT = Buffer.from(": keep-alive\n\n");

/** Keeps idle proxies in front from closing a silent event stream: a comment between two events, which no reader takes for data. */
export interface KeepAlive {
  /** The stream said something. */
  touch(): void;
  stop(): void;
}

const NO_KEEP_ALIVE: KeepAlive = { touch: () => {}, stop: () => {} };

/** Starts sending comments into `response` when `streams.keep_alive_ms` asks for it and the answer is an event stream. */
export function startKeepAlive(
  gateway: Gateway,
  stream: { readonly response: ResponseSink; readonly tap: AnswerTap; readonly isEventStream: boolean },
): KeepAlive {
  const intervalMs = gateway.config.streams.keep_alive_ms;
  if (intervalMs === 0 || !stream.isEventStream || !stream.response.takesExtraBytes) return NO_KEEP_ALIVE;
  const { clock, wheel } = gateway;
  const watched: Watched = {
    deadlineMs: clock.monotonicMs() + intervalMs,
    onDeadline() {
      const { response } = stream;
      // A client that does not even take what is waiting needs no comment, and must not gain time by it.
      if (stream.tap.atEventBorder && !response.isOver && !response.isBlocked) {
        response.write(COMMENT);
        response.flush();
      }
      watched.deadlineMs = clock.monotonicMs() + intervalMs;
      wheel.watch(watched);
    },
  };
  wheel.watch(watched);
  return {
    touch() {
      watched.deadlineMs = clock.monotonicMs() + intervalMs;
    },
    stop: () => wheel.unwatch(watched),
  };
}
