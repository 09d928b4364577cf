import type { Socket } from "bun";
import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel, Watched } from "../core/deadline-wheel.ts";
import { dial, type DialOptions, type Dialing } from "./dial.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** Several addresses of one host to be tried. */
export interface DialInTurnOptions extends Omit<DialOptions, "hostname"> {
  /** At least one, in the order to be tried. */
  readonly addresses: readonly string[];
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
}

/** How long an address is waited for alone before the next is dialed too (RFC 8305 §5). */
const HEAD_START_MS = 250;

/**
 * Connects to the first of several addresses that can be connected to: the next is dialed when one fails, or after 250 ms. The first that
 * is ready wins, the others are given up. Fails with the first failure when all have failed.
 */
export function dialInTurn(options: DialInTurnOptions): Dialing {
  const { addresses, clock, wheel } = options;
  const running = new Set<Dialing>();
  let next = 0;
  let isOver = false;
  let firstFailure: UpstreamFailure | null = null;
  const turn: Watched = { deadlineMs: Number.POSITIVE_INFINITY, onDeadline: () => dialNext() };
  const end = (): void => {
    isOver = true;
    wheel.unwatch(turn);
    for (const dialing of running) dialing.end();
    running.clear();
  };
  const dialNext = (): void => {
    const hostname = addresses[next] as string;
    next += 1;
    const dialing = dial({
      ...options,
      hostname,
      onReady(socket: Socket<UpstreamConnection>) {
        running.delete(dialing);
        end();
        options.onReady(socket);
      },
      onFailure(failure) {
        if (isOver) return;
        running.delete(dialing);
        firstFailure ??= failure;
        if (next < addresses.length) dialNext();
        else if (running.size === 0) {
          end();
          options.onFailure(firstFailure);
        }
      },
    });
    running.add(dialing);
    wheel.unwatch(turn);
    if (next === addresses.length) return;
    turn.deadlineMs = clock.monotonicMs() + HEAD_START_MS;
    wheel.watch(turn);
  };
  dialNext();
  return { end };
}
